"""What speaks for interference with a device, and what is a tunnel, a hall, a glitch or the whole area?"""

from typing import Any

import numpy as np

from models.thresholds import DeviceThresholds
from models.vocabulary import Doubt, FacilityKind
from tests.tracking.device_ground import noisy_drive, sent
from tests.tracking.ground import HOME, at, city, place
from tracking.rules.area_events import Loss, area_events
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.device_tamper import find_tampering
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.shadows import Silences
from tracking.rules.world import World

LIMITS = DeviceThresholds()
OPEN = city([place(1, FacilityKind.PLANT, (-5_000.0, 0.0))])


def drive(**columns: Any) -> DeviceFixes:
    return sent(*noisy_drive(100), **columns)


def over(low: int, high: int, inside: int, outside: int) -> np.ndarray[Any, Any]:
    """100 values, `inside` from low to high."""
    values = np.full(100, outside)
    values[low : high + 1] = inside
    return values


def found(fixes: DeviceFixes, world: World = OPEN) -> list[Stretch]:
    return find_tampering(fixes, world, LIMITS)


def alarmed(low: int, high: int, bits: int) -> DeviceFixes:
    return drive(doubts=over(low, high, int(Doubt.TAMPER), 0), alarm=over(low, high, bits, 0))


def blinded(low: int, high: int, signal: np.ndarray[Any, Any] | int = 20) -> DeviceFixes:
    return drive(satellites=over(low, high, 2, 11), signal=np.broadcast_to(signal, 100))


def test_the_terminal_says_so_itself() -> None:
    (stretch,) = found(alarmed(30, 45, 1 << 5))
    assert (stretch.cause, stretch.from_ms, stretch.to_ms) == ("alarm", at(300), at(450))
    assert [stretch.figures[name] for name in ("receiver", "antenna", "power")] == [0, 1, 0]


def test_one_alarm_is_a_glitch() -> None:
    assert found(alarmed(30, 30, 1 << 8)) == []


def test_alarms_that_come_and_go_are_one() -> None:
    doubts = over(30, 32, int(Doubt.TAMPER), 0) | over(60, 62, int(Doubt.TAMPER), 0)
    (stretch,) = found(drive(doubts=doubts, alarm=over(30, 62, 1 << 4, 0)))
    assert stretch.figures["fixes"] == 6


def test_satellites_vanish_while_the_network_stays() -> None:
    (stretch,) = found(blinded(30, 50))
    assert (stretch.cause, stretch.from_ms) == ("satellites", at(300))
    assert (stretch.figures["satellites_before"], stretch.figures["satellites"]) == (11.0, 2.0)


def test_in_a_tunnel_the_network_goes_too() -> None:
    assert found(blinded(30, 50, over(30, 50, 3, 20))) == []


def test_less_than_two_minutes_is_a_bridge() -> None:
    assert found(blinded(30, 40)) == []


def test_under_a_roof_nobody_sees_satellites() -> None:
    hall = city([place(1, FacilityKind.SITE, (3_480.0, 0.0), half_m=300.0)])
    assert found(blinded(30, 50), hall) == []


def test_where_others_fall_silent_it_is_the_place() -> None:
    lat, lon = (np.repeat(each, 3) for each in HOME.to_degrees(np.array([3_500.0]), np.array([0.0])))
    vehicles, times = np.array([7, 8, 9]), np.zeros(3, dtype=np.int64)
    shadow = Silences(vehicles, times, times + 300_000, lat, lon, lat, lon)
    assert (
        found(blinded(30, 50), city([place(1, FacilityKind.PLANT, (-5_000.0, 0.0))], silences=shadow)) == []
    )


def test_without_a_known_network_it_proves_nothing() -> None:
    assert found(drive(satellites=over(30, 50, 2, 11))) == []


def test_a_lost_position_alone_is_kept_as_a_loss_only() -> None:
    (stretch,) = found(drive(doubts=over(30, 50, int(Doubt.NOT_FIXED), 0)))
    assert stretch.cause == "lost"


def losses(*where: tuple[int, float, float]) -> list[Loss]:
    """Of vehicles, at metres east, at seconds."""
    places = [(vehicle, HOME.to_degrees(np.array([x]), np.array([0.0])), s) for vehicle, x, s in where]
    return [
        Loss(vehicle, vehicle, at(s), at(s + 200), float(lat[0]), float(lon[0]))
        for vehicle, (lat, lon), s in places
    ]


def test_three_vehicles_at_one_place_and_time_are_an_event_of_the_area() -> None:
    (event,) = area_events(losses((1, 0, 0), (2, 600, 100), (3, 900, 400)), LIMITS)
    assert [loss.vehicle_id for loss in event] == [1, 2, 3]


def test_two_vehicles_or_one_three_times_are_none() -> None:
    assert area_events(losses((1, 0, 0), (2, 600, 100)), LIMITS) == []
    assert area_events(losses((1, 0, 0), (1, 600, 100), (1, 900, 400)), LIMITS) == []


def test_far_apart_in_place_or_time_are_none() -> None:
    assert area_events(losses((1, 0, 0), (2, 600, 100), (3, 5_000, 400)), LIMITS) == []
    assert area_events(losses((1, 0, 0), (2, 600, 100), (3, 900, 1_400)), LIMITS) == []
