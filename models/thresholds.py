"""Which thresholds do the rules use?

Import-free apart from the standard library. Each number is a default with its unit in its name and
its reason beside it; the environment variable `SLUDGETRACE_RULE_<NAME>` overrides it
(docs/deployment.md). Sources: DETECTION.md, INGEST.md, BALANCE.md.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from models.settings import parse_value

PREFIX = "SLUDGETRACE_RULE_"


@dataclass(frozen=True, slots=True)
class DoubtThresholds:
    """When is a fix doubted as it comes in?"""

    future_doubt_s: float = 300.0  # device clocks are off by minutes; beyond that the time is wrong
    future_quarantine_s: float = 86_400.0
    late_s: float = 300.0  # buffered upload is normal: marked, no accusation
    reconstructed_s: float = 259_200.0  # after 72 h nobody can have buffered by accident
    rollover_age_s: float = 611_539_200.0  # 1024 GPS weeks less 90 days
    low_accuracy_m: float = 50.0
    low_satellites: int = 4
    truck_teleport_kmh: float = 130.0
    vessel_teleport_kmh: float = 35.0
    teleport_min_m: float = 1000.0


@dataclass(frozen=True, slots=True)
class DeviceThresholds:
    """When can a device's data not be a true track?"""

    skew_fixes: int = 20  # live fixes whose median delay is the error of the clock
    skew_ahead_s: float = 30.0  # the clock may be ahead of receipt by this
    skew_behind_s: float = 120.0
    zone_slip_s: float = 120.0  # this near to a multiple of half an hour, a time zone was taken for another
    outlier_fixes: int = 3  # away and back within so many fixes is reception, longer is a place claimed
    frozen_fixes: int = 5
    frozen_kmh: float = 10.0  # of the wheels: slower is a queue in which a receiver may hold its place
    frozen_min_km: float = 0.5  # odometers count in 0.1 km
    datum_stop_fixes: int = 20
    datum_stop_m: float = 30.0  # as near to a facility must a standing fix come
    datum_away_m: float = 100.0  # and as far from every one was it as sent
    datum_route_fixes: int = 50
    datum_route_far_m: float = 150.0
    datum_route_near_m: float = 30.0
    datum_axis_share: float = 0.08  # of the way in the less driven direction: one straight road has twins
    replay_windows: int = 3
    replay_fixes: int = 20  # of a window
    replay_distinct_steps: int = 12  # of a window: an even drive or a stand repeats without fraud
    clone_apart_m: float = 2_000.0
    clone_within_s: float = 60.0
    clone_fixes: int = 3  # of each of the two places, each of them sent on after the other began
    tamper_fixes: int = 2  # with an alarm: a single one is ignition
    tamper_join_s: float = 600.0
    blinded_from_satellites: int = 8
    blinded_to_satellites: int = 3
    blinded_s: float = 120.0
    signal_steady: int = 5  # of 31 steps of the mobile network
    area_vehicles: int = 3  # that lose their position near each other: jamming or works, nobody's doing
    area_m: float = 1_000.0
    area_s: float = 600.0


@dataclass(frozen=True, slots=True)
class CustodyThresholds:
    """How long may a step of custody take, and how often may a one-time code be tried?"""

    issued_expiry_s: float = 86_400.0
    departure_s: float = 7_200.0  # loaded and still in the yard
    handover_s: float = 14_400.0  # given and not taken over
    eta_factor: float = 1.5  # of the routes' planned minutes
    decision_working_days: int = 2  # after arrival
    disposal_s: float = 2_592_000.0  # 30 days in the site's stock
    correction_s: float = 604_800.0  # unanswered: to the regulator
    paper_confirmation_s: float = 604_800.0  # a signature of emergency paper, unconfirmed: to the regulator
    code_valid_s: float = 600.0
    code_wrong_per_manifest: int = 5  # an hour; a six-digit code: five guesses in a million
    code_wrong_per_address: int = 20  # an hour
    recent_login_s: float = 900.0  # a password typed for one signature serves the next ones this long


@dataclass(frozen=True, slots=True)
class TrackThresholds:
    """When does a track leave a facility, a corridor, a schedule, or fall silent?"""

    exit_buffer_m: float = 40.0  # hysteresis: GNSS at a gate scatters by 10-20 m
    confirm_fixes: int = 2  # of the live watch; a visit is confirmed by the time that it can have lasted
    confirm_s: float = 60.0
    trip_split_s: float = 43_200.0  # 12 h without a facility ends a trip
    min_dwell_s: float = 240.0  # nobody fills a truck in less
    corridor_slack_m: float = 75.0  # scored distance begins at corridor_m - 75 m
    on_sigma_m: float = 6.0
    on_tail_sigma_m: float = 60.0
    on_tail_share: float = 0.03
    off_scale_m: float = 250.0
    cusum_alarm: float = 9.0
    cusum_cap: float = 12.0
    cusum_over: float = 4.0
    cusum_step_s: float = 10.0
    off_clear_m: float = 30.0  # an alarm needs a fix this far beyond: p99 of GNSS noise is 36 m
    off_plain_m: float = 120.0  # reflections between houses throw a place up to this far beside the road ...
    off_faint_s: float = 420.0  # ... for some minutes: what is no farther off tells only after this long
    off_min_travel_m: float = 100.0
    off_at_once_m: float = 500.0
    off_at_once_widths: float = 4.0
    cursor_segments: int = 20
    cursor_reset_m: float = 250.0
    truck_stop_m: float = 100.0
    truck_stop_s: float = 240.0
    vessel_stop_m: float = 150.0
    vessel_stop_s: float = 900.0
    stop_outliers: int = 2
    stop_merge_s: float = 120.0
    rendezvous_s: float = 600.0  # two that stand side by side for less may wait or talk
    rendezvous_m: float = 50.0
    gap_min_s: float = 120.0
    gap_report_s: float = 240.0  # tunnels and underpasses of a city are shorter than 4 minutes
    gap_intervals: float = 6.0
    interval_window: int = 50
    parked_m: float = 200.0
    still_report_s: float = (
        600.0  # the slowest heartbeat at one place: up to this it stood, whatever came before
    )
    shadow_m: float = 250.0  # silences that begin and end this near to each other are of one shadow
    shadow_silences: int = 3
    shadow_vehicles: int = 2
    slack_min_s: float = 180.0  # silence that leaves less than this to spare proves nothing
    truck_free_flow_kmh: float = 50.0
    vessel_free_flow_kmh: float = 14.0
    overdue_factor: float = 1.5
    overdue_trips: int = 10  # clean trips before their p90 serves as ETA


@dataclass(frozen=True, slots=True)
class AssignmentThresholds:
    """Which trip may have carried which leg?"""

    gate_s: float = 14_400.0
    sigma_departure_s: float = 600.0
    sigma_arrival_s: float = 900.0
    sigma_absence_s: float = 180.0  # clocks of scales and devices differ by minutes, not more
    huber_delta: float = 2.0
    wrong_vehicle_cost: float = 8.0
    wrong_destination_cost: float = 8.0
    empty_cost: float = 3.0  # a trip that looked empty answers less well
    unknown_load_cost: float = 1.0
    unmatched_cost: float = 8.0  # leaving a leg and a trip unmatched together costs twice this
    margin_for_person: float = 2.0
    coverage_min_fraction: float = 0.5


@dataclass(frozen=True, slots=True)
class MassThresholds:
    """When do two weighings of a load contradict?"""

    gap_u: float = 3.3  # 1 in 1,000 clean loads, two-sided
    significant_wet_fraction: float = 0.10  # 40 CFR 264.72
    scale_division_kg: float = 20.0
    default_u_moisture_fraction: float = 0.0058  # +-1 % absolute, rectangular
    evaporation_fraction: float = 0.002  # drip and evaporation on the way, of the wet mass
    u_evaporation_fraction: float = 0.002
    overload_u: float = 3.3
    road_cap_kg: float = 49_000.0  # GB 1589-2016: six-axle articulated, gross
    tare_drift_fraction: float = 0.02  # DOMAIN.md section 5; more than half a tank of diesel weighs
    repeat_loads: int = 5  # DOMAIN.md section 5: identical to the last 5
    repeat_chance: float = 1e-6  # 1 in a million loads by chance: less than one a year in a city
    usual_net_spread_fraction: float = 0.01  # somebody who fills to a mark hits it within 1 %
    usual_moisture_spread: float = 0.005  # of a belt press in steady running, day to day
    handover_early_s: float = 900.0  # clocks of two devices, and the way from the quay to the fence
    signing_place_m: float = 1_000.0  # GNSS of a phone among cranes, and the length of a wharf
    signing_moment_s: float = 300.0  # a fix so near to the signature says where the vehicle was


@dataclass(frozen=True, slots=True)
class ServiceThresholds:
    """What counts in the regulators' service figures? None of these raises a finding."""

    qualified_speed_kmh: float = 160.0  # JT/T 809 platforms take no truck to be faster
    track_break_s: float = 300.0  # two reports of the slowest moving terminal, with reserve
    track_break_m: float = 500.0  # silence of a standing vehicle leaves no way untold
    offline_s: float = 600.0  # the connection of a terminal that is silent for so long is closed
    offline_m: float = 2000.0
    drift_fixes: int = 1  # fixes out of place that make a vehicle a drifting one


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All thresholds of the rules."""

    doubt: DoubtThresholds = DoubtThresholds()
    track: TrackThresholds = TrackThresholds()
    assignment: AssignmentThresholds = AssignmentThresholds()
    mass: MassThresholds = MassThresholds()
    device: DeviceThresholds = DeviceThresholds()
    service: ServiceThresholds = ServiceThresholds()
    custody: CustodyThresholds = CustodyThresholds()


DEFAULTS = Thresholds()

GROUPS = (
    DoubtThresholds,
    TrackThresholds,
    AssignmentThresholds,
    MassThresholds,
    DeviceThresholds,
    ServiceThresholds,
    CustodyThresholds,
)


def read_thresholds(environ: Mapping[str, str] | None = None) -> Thresholds:
    """The thresholds of this installation; raises SettingError for a value that does not parse."""
    environ = os.environ if environ is None else environ
    groups = []
    for group in GROUPS:
        given = {}
        for item in fields(group):
            name = PREFIX + item.name.upper()
            if name in environ:
                given[item.name] = parse_value(name, environ[name], item.default)
        groups.append(group(**given))
    return Thresholds(*groups)  # type: ignore[arg-type]  # GROUPS is in the order of the fields
