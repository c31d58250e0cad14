"""What is a load of sludge, from the plant's weighbridge to the site's, and what goes wrong with it?"""

from dataclasses import dataclass, field

from demo.world.driving import Drive
from demo.world.lines import Line

Key = tuple[int, int, int]  # truck, day, number of the load on that day


@dataclass(frozen=True)
class Misdeed:
    """A violation to commit on one load; `size` is drawn between the bounds of the plan."""

    kind: str
    size: float
    graded: bool = False  # of any size, be it one that nobody could see


@dataclass
class Carriage:
    """One leg as it was driven. `to` is where it really ended, None outside every fence."""

    vehicle: str
    line: Line
    trip: Drive
    left_s: float  # out of the fence at the start
    reached_s: float | None  # into the fence at the end
    to: str | None


@dataclass
class Handover:
    """One carrier gives the load to the next and it is weighed."""

    at_s: float
    facility: str
    tare_kg: float


@dataclass
class Load:
    """What physically happened, and the times at which paper was signed."""

    key: Key
    origin: str
    destination: str  # as the paper says
    sludge_kind: str
    truck: str
    wet_kg: float
    moisture: float
    tare_kg: float
    issued_s: float
    loaded_s: float
    line: Line  # the approved route on the paper (first leg)
    carriages: list[Carriage] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    received_s: float | None = None
    decision: str = "accepted"
    refused_kg: float = 0.0
    reason: str = ""
    received_at: str | None = None  # the facility whose scale weighed it in
    received_wet_kg: float | None = None
    received_tare_kg: float | None = None
    received_moisture: float | None = None
    diversion: str | None = None
    voyage: str | None = None
    planned_relay: str | None = None
    misdeed: Misdeed | None = None
    kind: str = "normal"
    parent: "Load | None" = None
    child: "Load | None" = None
    number: str = ""
    on_paper: bool = True
    copied_from: "Load | None" = None  # the load whose weights stand on its tickets
    wrong_method: str | None = None  # of disposal, on paper
    partner: str | None = None  # the vehicle that it met on the way
    paper_vehicle: str | None = None  # where the paper names another vehicle than the one that drove
    extra: dict[str, float] = field(default_factory=dict)

    @property
    def direct(self) -> bool:
        """A single road leg from an origin to a site: the ordinary case, the one that is tampered with."""
        return self.kind == "normal" and self.voyage is None and self.diversion is None

    @property
    def arrived(self) -> bool:
        return self.received_s is not None
