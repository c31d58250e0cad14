"""An honest load goes by truck, vessel and truck; a part of it is refused and goes home."""

from models.custody_words import Act
from tests.stories.custody.analysis import findings_after, kinds, night_passes
from tests.stories.custody.positions import Wheels, wheels
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, leg, weighed

BY_WATER = [
    leg("TRUCK-1", "PLANT", "WHARF-1"),
    leg("VESSEL-1", "WHARF-1", "WHARF-2", "water"),
    leg("TRUCK-2", "WHARF-2", "SITE"),
]
DRIVE, VOYAGE, HOME = 38, 290, 145  # minutes


def tell(teller: Teller) -> None:
    """From issue to closing, nothing lost on the way."""
    teller.prose(
        "产生单位签发联单 M-1：17 吨脱水污泥，先由车运到码头，再由船运过河，最后由车运到处置厂。",
        "The plant issues M-1: 17 t of dewatered sludge, by truck to the wharf, by vessel across, by "
        "truck to the site.",
    )
    town = teller.town
    truck = wheels(teller, "TRUCK-1", town.plant)
    vessel = wheels(teller, "VESSEL-1", town.wharf)
    far_truck = wheels(teller, "TRUCK-2", town.far_wharf)
    number = teller.issued("plant", "M-1", legs=BY_WATER)
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    teller.signed("driver", number, Act.DEPART)
    truck.leaves_for(town.wharf, DRIVE)
    across_the_water(teller, number, vessel, far_truck)
    child = partly_refused(teller, number)
    goes_home(teller, number, child, far_truck)
    closes(teller, number, child)


def across_the_water(teller: Teller, number: str, vessel: Wheels, far_truck: Wheels) -> None:
    """Each handover is signed by giver and taker."""
    teller.prose(
        "每次交接都由交出方和接运方分别签名：任何时刻，都有且只有一方对这车污泥负责。",
        "Each handover is signed by giver and taker: at any moment exactly one of them answers for the load.",
    )
    town = teller.town
    teller.signed("driver", number, Act.HAND_OVER, 40)
    teller.signed("master", number, Act.TAKE_OVER, 20)
    vessel.leaves_for(town.far_wharf, VOYAGE)
    teller.signed("master", number, Act.HAND_OVER, 300)
    answer = teller.signed("driver", number, Act.TAKE_OVER, 20)
    far_truck.leaves_for(town.site, DRIVE)
    assert (answer.state, answer.told["leg_seq"]) == ("in_transit", 3)
    assert answer.told["custodian"] == "ROAD-CO"


def partly_refused(teller: Teller, number: str) -> str:
    """The site takes 12 t; 4.98 t travel home under a child."""
    teller.prose(
        "处置厂过磅 16.98 吨，接收 12 吨，其余 4.98 吨因含杂物拒收。拒收的污泥仍是污泥：另立退运联单 M-2，"
        "由同一辆车运回。",
        "The site weighs 16.98 t in, accepts 12 t and refuses 4.98 t for what is mixed into it. What is "
        "refused is "
        "still sludge: it travels home under a return manifest of its own, M-2.",
    )
    teller.signed("gate", number, Act.ARRIVE, 40, weighed={"gross_kg": 27_980})
    answer = teller.signed(
        "gate",
        number,
        Act.PART_ACCEPT,
        weighed=weighed(16_980, 0.79),
        accepted_kg=12_000,
        refused_kg=4_980,
        reason="含杂物",
    )
    assert answer.state == "part_accepted"
    return teller.issued(
        "gate",
        "M-2",
        kind="return",
        origin="SITE",
        destination="PLANT",
        planned_kg=4_980,
        legs=[leg("TRUCK-2", "SITE", "PLANT")],
        parents=[{"number": number, "wet_kg": 4_980}],
    )


def goes_home(teller: Teller, number: str, child: str, far_truck: Wheels) -> None:
    """While the child is on the road its parent stays open."""
    town = teller.town
    teller.signed("gate", child, Act.LOAD)
    teller.signed("driver", child, Act.DEPART)
    far_truck.leaves_for(town.plant, HOME)
    teller.signed("gate", number, Act.DISPOSE, 60, method="incineration")
    teller.prose(
        "退运的污泥还在路上时，M-1 不能办结：子联单未了，母联单不结。",
        "While the refused part is on the road M-1 is not closed: no parent ends before its child.",
    )
    night_passes(teller, 1)
    assert teller.whole(number)["state"] == "disposed"


def closes(teller: Teller, number: str, child: str) -> None:
    """The plant takes its sludge back into its stock; the night closes both, and the analysis is content."""
    teller.signed("plant", child, Act.ARRIVE, 30, weighed={"gross_kg": 15_980})
    teller.signed("plant", child, Act.ACCEPT, weighed=weighed(4_980, 0.79))
    teller.prose(
        "退回的污泥计入产生单位的库存，不登记处置；当夜两张联单由系统办结。",
        "What came back lies in the plant’s stock again; nothing is disposed of, and the night closes both.",
    )
    night_passes(teller)
    assert [teller.whole(each)["state"] for each in (number, child)] == ["closed", "closed"]
    teller.prose(
        "再看全程：三辆车船的轨迹与每一段联单相符，湿重、干重逐段对得上。",
        "The whole of it: the tracks of all three vehicles answer every leg, and wet and dry masses agree.",
    )
    assert kinds(findings_after(teller)) == set()
    assert set(teller.desk.verdicts().values()) == {"consistent"}


STORY = Story(
    "honest_haul", ("车、船、车：部分接收与退运", "Truck, vessel, truck: a part refused goes home"), tell
)
