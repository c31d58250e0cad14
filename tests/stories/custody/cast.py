"""Who acts in a story of custody? The cast of the tests of custody, with codes and names a reader knows.

Every person is a desk or a seat, known by what is done there.
"""

from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Vehicle
from models.organisations import Organisation
from models.vocabulary import Role
from tests import factories as make
from tests.tracking.custody.haulage import Haulage, haulage

WHO: dict[str, tuple[str, str]] = {
    "plant": ("产生单位", "the plant"),
    "second": ("产生单位另一终端", "another device of the plant"),
    "driver": ("驾驶员", "the driver"),
    "dispatcher": ("运输单位调度", "the dispatcher"),
    "master": ("船长", "the master"),
    "store": ("转运站", "the transfer station"),
    "gate": ("处置单位", "the site"),
    "regulator": ("监管部门", "the regulator"),
    "machine": ("系统", "the system"),
}
"""What a story calls them, in Chinese and in English."""

Named = Organisation | Facility | Vehicle


def settle(session: Session) -> Haulage:
    """The cast in its places, committed."""
    town = haulage(session)
    town.people["administrator"] = make.user(session, Role.ADMINISTRATOR)
    town.people["second"] = make.user(session, Role.PLANT, town.plant_org)
    names: list[tuple[Named, str, str, str]] = [
        (town.plant_org, "PLANT-CO", "产生单位", "Plant operator"),
        (town.road_org, "ROAD-CO", "公路运输单位", "Road haulier"),
        (town.water_org, "WATER-CO", "水路运输单位", "Water carrier"),
        (town.store_org, "WHARF-CO", "码头与贮存单位", "Wharf and store operator"),
        (town.site_org, "SITE-CO", "处置单位", "Site operator"),
        (town.plant, "PLANT", "污水处理厂", "Wastewater plant"),
        (town.wharf, "WHARF-1", "装船码头", "Loading wharf"),
        (town.far_wharf, "WHARF-2", "卸船码头", "Unloading wharf"),
        (town.store, "STORE", "临时贮存点", "Temporary store"),
        (town.site, "SITE", "处置厂", "Disposal site"),
        (town.truck, "TRUCK-1", "TRUCK-1", ""),
        (town.far_truck, "TRUCK-2", "TRUCK-2", ""),
        (town.vessel, "VESSEL-1", "VESSEL-1", ""),
    ]
    for row, code, name, name_en in names:
        row.code, row.name = code, name
        if not isinstance(row, Vehicle):
            row.name_en = name_en
    for row in (town.truck, town.far_truck, town.vessel):
        make.device(session, row, code=f"GPS-{row.code}")
    for who, user in town.people.items():
        user.display_name = WHO.get(str(who), (str(who), ""))[0]
    town.people["second"].display_name = town.people["plant"].display_name
    session.commit()
    return town
