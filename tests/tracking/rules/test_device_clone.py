"""When is one identity used by two devices, and when has one device only a bad connection or reception?"""

import numpy as np

from models.thresholds import DeviceThresholds
from models.vocabulary import Protocol
from tests.tracking.device_ground import noisy_drive, sent
from tests.tracking.ground import at
from tracking.rules.device_clone import Sender, clone_suspects, dealt_out, find_clone
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.doubt_stretches import Stretch

LIMITS = DeviceThresholds()
ONE, OTHER = Sender(Protocol.JT808, "10.0.0.1:40001"), Sender(Protocol.JT808, "10.0.0.9:50001")


def both(second_from: int, second_to: int, away_m: float = 9_000.0) -> tuple[DeviceFixes, np.ndarray]:
    """A drive of 100 fixes, and another device with the same identity elsewhere at the same time; which fixes
    are the other's. Each fix came in a message of its own."""
    seconds, points = noisy_drive(100)
    _, elsewhere = noisy_drive(100, seed=2)
    part = slice(second_from, second_to)
    times = np.concatenate((seconds, seconds[part] + 4.0))
    places = np.concatenate((points, elsewhere[part] + (0.0, away_m)))
    others = np.concatenate((np.zeros(100, dtype=bool), np.ones(second_to - second_from, dtype=bool)))
    order = np.argsort(times, kind="stable")
    return sent(times[order], places[order], raw_id=np.arange(order.size)), others[order]


def by_connection(others: np.ndarray) -> dict[int, Sender]:
    return {raw_id: OTHER if other else ONE for raw_id, other in enumerate(others.tolist())}


def clones(fixes: DeviceFixes, senders: dict[int, Sender]) -> list[Stretch]:
    found = [find_clone(fixes, *suspect, senders, LIMITS) for suspect in clone_suspects(fixes, LIMITS)]
    return [stretch for stretch in found if stretch is not None]


def test_two_connections_in_two_places() -> None:
    fixes, others = both(20, 80)
    (stretch,) = clones(fixes, by_connection(others))
    assert (stretch.from_ms, stretch.to_ms) == (at(204), at(800))
    assert stretch.figures["other_fixes"] == 60
    assert 8_500 < float(stretch.figures["distance_m"] or 0) < 10_500


def test_fixes_are_dealt_out_to_whom_they_belong() -> None:
    fixes, others = both(20, 80)
    assert dealt_out(fixes).tolist() == others.tolist()


def test_one_connection_that_jumps_is_a_broken_receiver() -> None:
    fixes, others = both(20, 80)
    assert clones(fixes, dict.fromkeys(range(others.size), ONE)) == []


def test_a_shared_way_in_does_not_make_them_one() -> None:
    """A platform, a broker or a file brings the messages of many devices."""
    fixes, others = both(20, 80)
    for shared in (Sender(Protocol.AIS, "10.0.0.5:1234"), Sender(Protocol.CSV, "tracks/a.csv")):
        assert len(clones(fixes, dict.fromkeys(range(others.size), shared))) == 1


def test_a_half_open_connection_after_a_reconnect_is_normal() -> None:
    """The same device goes on over a new connection: one way, two connections."""
    fixes = sent(*noisy_drive(100), raw_id=np.arange(100))
    senders = {raw_id: ONE if raw_id < 50 else OTHER for raw_id in range(100)}
    assert clones(fixes, senders) == []


def test_a_device_moved_to_another_vehicle_is_not_two() -> None:
    """There and not back: the first place sends no more."""
    seconds, points = noisy_drive(100)
    points[50:] += (0.0, 9_000.0)
    assert clones(sent(seconds, points, raw_id=np.arange(100)), {}) == []


def test_one_stray_fix_is_bad_reception() -> None:
    fixes, others = both(20, 21)
    assert clones(fixes, by_connection(others)) == []


def test_two_kilometres_or_less_are_one_place() -> None:
    fixes, others = both(20, 80, away_m=1_500.0)
    assert clones(fixes, by_connection(others)) == []
