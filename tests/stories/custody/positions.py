"""How do vehicles of a story move? Positions every half minute, loaded as their devices sent them."""

import csv
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from models.facilities import Facility
from tests.city_factories import centre, drive
from tests.stories.custody.story import Step
from tests.stories.custody.teller import WHO, Teller
from tests.tracking.custody.haulage import Haulage

HEADER = ["device_id", "recorded_at", "lat", "lon", "speed_kmh", "course_deg"]


@dataclass
class Wheels:
    """One vehicle: where it is since when, and what its device reported."""

    code: str
    place: Facility
    since: datetime
    points: list[tuple[datetime, float, float]] = field(default_factory=list)

    def leaves_for(self, there: Facility, left: datetime, arrived: datetime) -> None:
        """It stood here until `left`, then drove straight, and got there at `arrived`."""
        here = centre(self.place)
        for start, end, line in (
            (self.since, left, [here, here]),
            (left, arrived, [here, centre(there)]),
        ):
            minutes = (end - start).total_seconds() / 60
            self.points += drive(line, start, minutes)[1:]
        self.place, self.since = there, arrived

    def stays_until(self, moment: datetime) -> None:
        """It stands where it is."""
        self.leaves_for(self.place, self.since, moment)


def wheels(town: Haulage, code: str, place: Facility) -> Wheels:
    """A vehicle at a place since now."""
    return Wheels(code, place, town.now - timedelta(minutes=5))


def positions_come_in(teller: Teller, moved: list[Wheels]) -> None:
    """What the devices reported is loaded."""
    folder = teller.folder / "positions"
    teller.desk.run("export", folder)
    for each in moved:
        write_track(folder / "tracks" / f"{each.code}.csv", each)
    teller.desk.load(folder)
    what = ("车船定位数据导入", "positions of the vehicles are loaded")
    count = sum(len(each.points) for each in moved)
    answer = (f"{count} 个定位点", f"{count} positions")
    teller.record.happened.append(Step(WHO["machine"], what, "sludgetrace load DIR", answer))


def write_track(path: Path, moved: Wheels) -> None:
    """A file of one device."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for at, lon, lat in moved.points:
            writer.writerow([f"GPS-{moved.code}", at.isoformat(), f"{lat:.7f}", f"{lon:.7f}", "", ""])
