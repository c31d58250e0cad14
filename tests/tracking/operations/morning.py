"""Which morning do tests of the analysis look at? A small one in which almost everything goes wrong once."""

from tests.village import DEPOT, PLANT, SITE, TIP, Village, hauls, settled, weighing

FIELD = (4_000.0, 3_000.0)


def busy_morning() -> Village:
    """Eleven vehicles, thirteen papers: four honest loads and one of each fraud that a village can hold."""
    village = settled()
    honest(village)
    elsewhere(village)
    papers_that_lie(village)
    silent(village)
    return village


def honest(village: Village) -> None:
    """Two trucks, two loads each."""
    for number in (1, 2):
        truck = village.truck(f"HONEST{number}")
        truck.stands(7.0 * number)
        for load in (1, 2):
            way = hauls(truck)
            village.paper(f"H-{number}-{load}", truck.code, way.left, way.arrived)
        truck.drives(PLANT, DEPOT).stands(40)


def elsewhere(village: Village) -> None:
    """To the wrong site, by a detour, with a stop, and without any paper."""
    wrong = village.truck("WRONG")
    way = hauls(wrong, (6_000, 0), (6_000, 8_000), TIP)
    village.paper("M-WRONG", "WRONG", way.left, way.arrived)
    detour = village.truck("DETOUR")
    way = hauls(detour, (3_000, 0), (3_000, 900), (6_000, 900), (6_000, 0), SITE)
    village.paper("M-DETOUR", "DETOUR", way.left, way.arrived)
    stop = village.truck("STOP")
    stop.drives(PLANT).stands(20)
    left = stop.minute
    stop.drives((7_000, 0)).stands(9).drives(SITE)
    village.paper("M-STOP", "STOP", left, stop.minute)
    stop.stands(20)
    ghost = village.truck("GHOST")
    ghost.drives(PLANT).stands(20).drives((4_000, 0), FIELD).stands(15).drives((4_000, 0), PLANT).stands(3)
    ghost.drives(DEPOT).stands(20)


def papers_that_lie(village: Village) -> None:
    """A truck in its depot, an invented one, a colleague's load, one that shrank, one that never left."""
    village.truck("IDLE").stands(260)
    village.paper("M-PHANTOM", "IDLE", 60, 90)
    village.paper("M-HEAVY", "IDLE", 150, 180, net_kg=23_000, received_kg=15_000)
    village.paper("M-UNKNOWN", "INVENTED", 30, 200, net_kg=17_000, received_kg=15_000)
    way = hauls(village.truck("COLLEAGUE"))
    village.truck("NAMED").stands(200)
    village.paper("M-COLLEAGUE", "NAMED", way.left, way.arrived)
    way = hauls(village.truck("SHRANK"))
    paper = village.paper("M-SHRANK", "SHRANK", way.left, way.arrived)
    paper["received"] = weighing(14_000, 0.79, way.arrived + 5, "SITE-1") | {"decision": "accepted"}


def silent(village: Village) -> None:
    """Half an hour without a fix in the middle of the way."""
    truck = village.truck("SILENT")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives((5_000, 0)).stands(30, silent=True).drives((5_500, 0), silent=True).drives(SITE)
    village.paper("M-SILENT", "SILENT", left, truck.minute)
    truck.stands(20)
