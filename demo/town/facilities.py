"""Which facilities does the town have, and where do they stand?"""

from dataclasses import dataclass, field

import numpy as np
from shapely import Polygon

from demo.town.names import PLANTS, SITES, STORE, Name
from demo.town.network import Edge
from demo.town.parcels import Ground, Parcel, Wanted, room_for
from demo.town.plane import Points
from demo.town.streets import TOWN_CENTRE
from demo.town.water import Water

Spot = tuple[float, float]
SITE_METHODS = (
    "incineration",
    "co_processing",
    "landfill",
    "composting",
    "dredged_treatment",
    "building_material",
)
SITE_SIZE_M = {
    "landfill": (430.0, 360.0),
    "co_processing": (400.0, 300.0),
    "composting": (300.0, 240.0),
    "incineration": (320.0, 260.0),
    "dredged_treatment": (240.0, 190.0),
    "building_material": (260.0, 200.0),
    "land_use": (300.0, 260.0),
}


@dataclass(frozen=True)
class Yard:
    """What lies inside a fence, as far as a driver cares."""

    driveway: Points  # road → gate → weighbridge
    bay: Spot
    slots: tuple[Spot, ...]
    berth: Spot | None = None


@dataclass
class Facility:
    """A fenced place; `node` is the junction at its gate, None where nothing turns in by a driveway."""

    id: str
    name: Name
    kind: str
    polygon: Polygon
    yard: Yard | None = None
    node: int | None = None
    method: str | None = None
    org: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def centre(self) -> Spot:
        return self.polygon.centroid.x, self.polygon.centroid.y


def yard_of(parcel: Parcel) -> Yard:
    return Yard(parcel.driveway, parcel.bay, tuple(parcel.slot(k) for k in range(30)))


class Placer:
    """Puts facilities on free ground one after the other and gives each its junction."""

    def __init__(self, rng: np.random.Generator, ground: Ground, water: Water) -> None:
        self.rng, self.ground, self.water = rng, ground, water
        self.found: list[Facility] = []
        edges = ground.network.edges
        self._roads = [e for e in edges if e.klass in ("primary", "secondary")]

    def place(
        self,
        ident: str,
        name: Name,
        kind: str,
        size_m: tuple[float, float],
        wishes: list[Wanted],
        method: str | None = None,
    ) -> Facility:
        """The first wish that finds ground wins; raises RuntimeError when the board is full."""
        for wanted in wishes:
            hit = room_for(self.rng, self.ground, self._roads, size_m, wanted)
            if hit:
                parcel, edge, at_m = hit
                node = self.gate(edge, at_m)
                made = Facility(ident, name, kind, parcel.polygon, yard_of(parcel), node, method)
                self.found.append(made)
                return made
        raise RuntimeError(f"no room left for {ident} ({name.en}): fewer plants, please")

    def gate(self, edge: Edge, at_m: float) -> int:
        node = self.ground.network.split(edge, at_m)
        self._roads.append(self.ground.network.edges[-1])
        return node


def spread(found: list[Facility], kinds: tuple[str, ...], gap_m: float) -> tuple[tuple[Spot, ...], float]:
    return tuple(f.centre for f in found if f.kind in kinds), gap_m


def place_plants(placer: Placer, count: int) -> None:
    """Plants lie on water, some way out of the core, far from each other."""
    wet = placer.water.area
    gap = 3_600.0 if count <= 8 else 28_000.0 / count
    for k in range(count):
        size = (float(placer.rng.uniform(230, 380)), float(placer.rng.uniform(170, 260)))
        wishes = [
            Wanted(TOWN_CENTRE, ring, spread(placer.found, ("plant",), apart), (wet, near))
            for ring, apart, near in (
                ((3_000, 8_800), gap, 180.0),
                ((3_000, 10_500), gap * 0.7, 400.0),
                ((2_600, 13_500), gap * 0.4, 2_000.0),
                ((1_500, 16_000), 500.0, 20_000.0),
            )
        ]
        base = PLANTS[k % len(PLANTS)]
        tail = "" if k < len(PLANTS) else f"{k // len(PLANTS) + 1}"
        name = Name(
            base.zh.replace("污水", f"第{tail}污水") if tail else base.zh,
            base.en + (f" {tail}" if tail else ""),
        )
        placer.place(f"P{k + 1:02d}", name, "plant", size, wishes)


def site_methods(plants: int) -> list[str]:
    """Five sites for a small town, one more for every third plant beyond five."""
    methods = list(SITE_METHODS[: 5 if plants < 6 else 6])
    extra = ("incineration", "co_processing", "composting", "landfill", "land_use")
    methods.extend(extra[k % len(extra)] for k in range(max(0, (plants - 6) // 3)))
    return methods


def place_sites(placer: Placer, methods: list[str], kiln_near: Spot | None) -> None:
    """Sites lie at the edge of the town; the first kiln lies near the far wharf when there is one."""
    count: dict[str, int] = {}
    for k, method in enumerate(methods):
        number = count[method] = count.get(method, -1) + 1
        base = SITES[method][number % len(SITES[method])]
        tail = "" if number < len(SITES[method]) else str(number + 1)
        name = Name(base.zh + (f"{tail}号" if tail else ""), base.en + (f" No. {tail}" if tail else ""))
        others = spread(placer.found, ("site", "plant"), 2_300.0)
        wishes = [
            Wanted(TOWN_CENTRE, (8_300, 13_500), others),
            Wanted(TOWN_CENTRE, (6_500, 14_500), spread(placer.found, ("site", "plant"), 1_200.0)),
            Wanted(TOWN_CENTRE, (3_000, 18_000), spread(placer.found, ("site",), 500.0)),
        ]
        if method == "co_processing" and number == 0 and kiln_near:
            wishes.insert(0, Wanted(kiln_near, (1_800, 5_200), others))
        placer.place(f"S{k + 1:02d}", name, "site", SITE_SIZE_M[method], wishes, method)


def place_depots(placer: Placer, names: list[Name]) -> None:
    for k, name in enumerate(names):
        wishes = [
            Wanted(TOWN_CENTRE, (4_000, 8_500), spread(placer.found, ("depot",), 3_000.0)),
            Wanted(TOWN_CENTRE, (2_500, 14_000), spread(placer.found, ("depot",), 800.0)),
        ]
        placer.place(
            f"D{k + 1:02d}", Name(name.zh + "停车场", name.en + " Depot"), "depot", (150.0, 110.0), wishes
        )


def place_store(placer: Placer) -> None:
    wishes = [
        Wanted(TOWN_CENTRE, (5_500, 11_000), spread(placer.found, ("site", "plant", "depot"), 1_500.0)),
        Wanted(TOWN_CENTRE, (3_000, 16_000)),
    ]
    placer.place("ST1", STORE, "store", (170.0, 140.0), wishes)
