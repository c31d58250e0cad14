"""How do vehicles of a story move? Their devices post a position every half minute."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gps_ingest.store.devices import issue_token
from models.facilities import Facility
from models.session import write_sessions
from tests.city_factories import centre, drive
from tests.stories.custody.teller import Teller

BATCH = 900  # fixes a request
SINCE = timedelta(minutes=5)  # a vehicle stands where it is for so long before it is first looked at


@dataclass
class Wheels:
    """One vehicle: where it is since when, and what its device has yet to post."""

    teller: Teller
    code: str
    place: Facility
    since: datetime
    token: str
    points: list[tuple[datetime, float, float]] = field(default_factory=list)

    def leaves_for(self, there: Facility, minutes: float) -> None:
        """It stands here until now, then drives straight for so many minutes."""
        now = self.teller.town.now
        self.stays_until(now)
        self.points += drive([centre(self.place), centre(there)], now, minutes)[1:]
        self.place, self.since = there, now + timedelta(minutes=minutes)

    def stays_until(self, moment: datetime) -> None:
        """It stands where it is."""
        minutes = (moment - self.since).total_seconds() / 60
        if minutes > 0:
            here = centre(self.place)
            self.points += drive([here, here], self.since, minutes)[1:]
            self.since = moment

    def posts(self) -> None:
        """The device posts all that it measured up to now."""
        now = self.teller.town.now
        self.stays_until(now)
        due = [point for point in self.points if point[0] <= now]
        self.points = [point for point in self.points if point[0] > now]
        for low in range(0, len(due), BATCH):
            self.post(due[low : low + BATCH])

    def post(self, points: list[tuple[datetime, float, float]]) -> None:
        """One request of the device."""
        fixes = [{"recorded_at": at.isoformat(), "lat": lat, "lon": lon} for at, lon, lat in points]
        client = self.teller.app.test_client()
        head = {"Authorization": f"Bearer {self.token}"}
        answer = client.post("/api/v1/fixes", json=fixes, headers=head)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["accepted"] == len(points), answer.text


def wheels(teller: Teller, code: str, place: Facility) -> Wheels:
    """A vehicle that stands at a place; from now on its device is heard before each step."""
    with write_sessions(teller.engine).begin() as session:
        token = issue_token(session, f"GPS-{code}")
    moved = Wheels(teller, code, place, teller.town.now - SINCE, token)
    teller.on_the_way.append(moved.posts)
    return moved
