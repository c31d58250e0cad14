"""When was a vehicle inside which facility?

A visit begins at the first fix inside the fence and ends at the last fix inside the fence widened by
`exit_buffer_m`, so that GNSS scatter at a gate does not make ten visits of one. It counts when two
fixes or `confirm_s` speak for it. A step between two fixes that crosses a fence without a fix inside
counts when it left time to stop there. A dwell is an interval (DETECTION.md section 2): a data gap,
or the beginning or end of the data beside the visit, censors it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from models.thresholds import TrackThresholds
from models.values import BoolArray, FacilityArea, FloatArray, IntArray, Track
from models.vocabulary import Mode
from tracking.rules.geometry import frame_at, steps_m, unwrap_deg

CENSOR_GAP_S = 600.0  # a hole longer than this beside a visit hides when it began or ended
CROSSED_S = 300.0  # of a longer step nobody knows where it led: the straight line proves no visit
CELL_DEG = 0.01  # about 1 km: the size of a facility
CELLS_A_ROW = 100_000
MERGE_EXCURSION_M = 150.0  # leaving by less than this is scatter, not a departure


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay: first and last fix inside, and the nearest fixes outside (None where censored). Times ms."""

    facility_id: int
    entered_ms: int
    left_ms: int
    outside_before_ms: int | None
    outside_after_ms: int | None
    fix_count: int

    @property
    def shortest_s(self) -> float:
        """Lower bound of the dwell in s."""
        return (self.left_ms - self.entered_ms) / 1000.0

    @property
    def longest_s(self) -> float:
        """Upper bound of the dwell in s; infinite where censored."""
        if self.outside_before_ms is None or self.outside_after_ms is None:
            return float("inf")
        return (self.outside_after_ms - self.outside_before_ms) / 1000.0


class Fences:
    """The fences of all facilities, indexed; built once and used for every vehicle."""

    def __init__(self, facilities: Sequence[FacilityArea], exit_buffer_m: float) -> None:
        self.facilities = tuple(facilities)
        self.core = np.array([shapely.Polygon(place.polygon) for place in facilities], dtype=object)
        self.wide = np.array([widened(place, exit_buffer_m) for place in facilities], dtype=object)
        self.tree = shapely.STRtree(list(self.wide))
        self.bounds = shapely.bounds(self.wide).reshape(-1, 4).tolist()
        self.places_of_cell = cells_of(self.bounds)
        self.cells = np.array(sorted(self.places_of_cell), dtype=np.int64)
        for polygon in (*self.core, *self.wide):
            shapely.prepare(polygon)

    def masks(self, track: Track) -> dict[int, tuple[BoolArray, BoolArray]]:
        """For each facility index touched by a fix: (inside the fence, inside the widened fence)."""
        cell = cell_of(track.lat, track.lon)
        close = np.flatnonzero(self.known(cell))
        lon, lat = track.lon[close], track.lat[close]
        found: dict[int, tuple[BoolArray, BoolArray]] = {}
        for index in sorted(
            {place for each in np.unique(cell[close]) for place in self.places_of_cell[each]}
        ):
            west, south, east, north = self.bounds[index]
            boxed = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            within = boxed[shapely.contains_xy(self.wide[index], lon[boxed], lat[boxed])]
            if within.size == 0:
                continue
            inside, wide = np.zeros((2, len(track)), dtype=np.bool_)
            wide[close[within]] = True
            inside[close[within]] = shapely.contains_xy(self.core[index], lon[within], lat[within])
            found[index] = (inside, wide)
        return found

    def known(self, cell: IntArray) -> BoolArray:
        """Which of these cells does any fence touch?"""
        if self.cells.size == 0:
            return np.zeros(cell.size, dtype=np.bool_)
        where = np.minimum(np.searchsorted(self.cells, cell), self.cells.size - 1)
        return np.asarray(self.cells[where] == cell)

    def near(self, lat: float, lon: float, within_m: float) -> bool:
        """Is a place (degrees) inside, or within `within_m` of, any fence?"""
        frame = frame_at(lat, lon)
        reach = shapely.box(
            lon - within_m / frame.east_m_per_deg,
            lat - within_m / frame.north_m_per_deg,
            lon + within_m / frame.east_m_per_deg,
            lat + within_m / frame.north_m_per_deg,
        )
        return bool(self.tree.query(reach, predicate="intersects").size)


def cell_of(lat: FloatArray, lon: FloatArray) -> IntArray:
    """The number of the CELL_DEG cell in which each point lies."""
    row = np.floor(np.asarray(lat) / CELL_DEG).astype(np.int64)
    column = np.floor(np.asarray(lon) / CELL_DEG).astype(np.int64)
    return row * CELLS_A_ROW + column


def cells_of(bounds: list[list[float]]) -> dict[int, list[int]]:
    """Which fences' boxes touch each cell: elsewhere no fence need be asked."""
    places: dict[int, list[int]] = {}
    for index, (west, south, east, north) in enumerate(bounds):
        lat = np.arange(np.floor(south / CELL_DEG), np.floor(north / CELL_DEG) + 1)
        lon = np.arange(np.floor(west / CELL_DEG), np.floor(east / CELL_DEG) + 1)
        rows, columns = np.meshgrid(lat.astype(np.int64), lon.astype(np.int64))
        for cell in (rows * CELLS_A_ROW + columns).ravel().tolist():
            places.setdefault(cell, []).append(index)
    return places


def widened(place: FacilityArea, buffer_m: float) -> shapely.Polygon:
    """The fence grown by `buffer_m`, in degrees."""
    lon, lat = np.array(place.polygon, dtype=np.float64).T
    frame = frame_at(float(lat.mean()), float(lon.mean()))
    grown = shapely.Polygon(np.column_stack(frame.to_xy(lat, lon))).buffer(buffer_m, quad_segs=4)
    x_m, y_m = np.array(grown.exterior.coords).T
    lat, lon = frame.to_degrees(x_m, y_m)
    return shapely.Polygon(np.column_stack((lon, lat)))


def find_visits(track: Track, fences: Fences, mode: Mode, thresholds: TrackThresholds) -> list[Visit]:
    """Confirmed visits in order of entry (track: n usable fixes in time order)."""
    visits: list[Visit] = []
    if len(track) == 0:
        return visits
    for index, (inside, wide) in fences.masks(track).items():
        place = fences.facilities[index]
        runs = [run for run in true_runs(wide) if inside[run[0] : run[1]].any()]
        stays = [stay_of(track, place.id, inside, run) for run in runs]
        visits += [v for v in merged(track, stays) if confirmed(v, thresholds) and valid_then(place, v)]
    visits += crossings(track, fences, visits, free_flow_kmh(mode, thresholds), thresholds.confirm_s)
    return sorted(visits, key=lambda visit: (visit.entered_ms, visit.facility_id))


def true_runs(mask: BoolArray) -> list[tuple[int, int]]:
    """The runs of True as (first, one past last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def stay_of(track: Track, facility_id: int, inside: BoolArray, run: tuple[int, int]) -> Visit:
    """The visit that a run of fixes inside the widened fence makes."""
    first = run[0] + int(np.argmax(inside[run[0] : run[1]]))
    last = run[1] - 1
    time_ms = track.time_ms
    before = int(time_ms[first - 1]) if first > 0 else None
    after = int(time_ms[last + 1]) if last + 1 < len(track) else None
    return Visit(
        facility_id,
        int(time_ms[first]),
        int(time_ms[last]),
        before if before is not None and time_ms[first] - before <= CENSOR_GAP_S * 1000 else None,
        after if after is not None and after - time_ms[last] <= CENSOR_GAP_S * 1000 else None,
        last - first + 1,
    )


def merged(track: Track, stays: list[Visit]) -> list[Visit]:
    """Stays at one facility with no real departure between them, joined."""
    joined: list[Visit] = []
    for stay in stays:
        if joined and not departed_between(track, joined[-1], stay):
            before = joined.pop()
            joined.append(
                replace(
                    stay,
                    entered_ms=before.entered_ms,
                    outside_before_ms=before.outside_before_ms,
                    fix_count=before.fix_count + stay.fix_count,
                )
            )
        else:
            joined.append(stay)
    return joined


def departed_between(track: Track, first: Visit, second: Visit) -> bool:
    """Did the vehicle really leave between two stays: far enough, or for long?"""
    outside = track.between(first.left_ms, second.entered_ms)
    return float(steps_m(outside.lat, outside.lon).sum()) > 2 * MERGE_EXCURSION_M or (
        second.entered_ms - first.left_ms > CENSOR_GAP_S * 1000
    )


def confirmed(visit: Visit, thresholds: TrackThresholds) -> bool:
    """Can it have lasted `confirm_s`? Whoever was surely gone sooner drove by: at a road along a fence
    several fixes in a row scatter into it."""
    return visit.longest_s >= thresholds.confirm_s


def valid_then(place: FacilityArea, visit: Visit) -> bool:
    """A works that has moved away, or a site not yet open, is no facility at that time."""
    return (place.valid_from_ms is None or visit.left_ms >= place.valid_from_ms) and (
        place.valid_to_ms is None or visit.entered_ms <= place.valid_to_ms
    )


def free_flow_kmh(mode: Mode, thresholds: TrackThresholds) -> float:
    """The speed at which an unhindered vehicle of this mode covers a gap."""
    return thresholds.vessel_free_flow_kmh if mode is Mode.WATER else thresholds.truck_free_flow_kmh


def crossings(
    track: Track, fences: Fences, known: list[Visit], speed_kmh: float, confirm_s: float
) -> list[Visit]:
    """Visits between two fixes: the step crosses a fence and left `confirm_s` to stop there."""
    if len(track) < 2:
        return []
    step_s = np.diff(track.time_ms) / 1000.0
    drive_s = steps_m(track.lat, track.lon) / (speed_kmh / 3.6)
    steps = np.flatnonzero((step_s - drive_s >= confirm_s) & (step_s <= CROSSED_S) & (drive_s > 0))
    if steps.size == 0:
        return []
    found = []
    for step, place in crossed(track, fences, steps, known):
        facility = fences.facilities[place]
        before, after = int(track.time_ms[step]), int(track.time_ms[step + 1])
        middle = (before + after) // 2
        visit = Visit(facility.id, middle, middle, before, after, 0)
        if valid_then(facility, visit):
            found.append(visit)
    return found


def crossed(track: Track, fences: Fences, steps: IntArray, known: list[Visit]) -> Iterator[tuple[int, int]]:
    """(step, facility index) of those of the steps that cross a fence and are no part of a known visit."""
    # The short way: a step over the antimeridian does not cross every fence of its latitude.
    onward_lon = track.lon[steps] + unwrap_deg(track.lon[steps + 1] - track.lon[steps])
    lon = np.stack((track.lon[steps], onward_lon))
    lat = np.stack((track.lat[steps], track.lat[steps + 1]))
    low_lon, high_lon, low_lat, high_lat = lon.min(axis=0), lon.max(axis=0), lat.min(axis=0), lat.max(axis=0)
    spans: dict[int, list[Visit]] = {}
    for visit in known:
        spans.setdefault(visit.facility_id, []).append(visit)
    for place, (west, south, east, north) in enumerate(fences.bounds):
        boxed = (low_lon <= east) & (high_lon >= west) & (low_lat <= north) & (high_lat >= south)
        near = np.flatnonzero(boxed)
        if near.size:
            stays = spans.get(fences.facilities[place].id, [])
            near = near[~beside_stays(track.time_ms[steps[near]], track.time_ms[steps[near] + 1], stays)]
        if near.size:
            lines = shapely.linestrings(np.stack((lon[:, near].T, lat[:, near].T), axis=-1))
            crossing = near[
                shapely.intersects(fences.wide[place], lines) & shapely.intersects(fences.core[place], lines)
            ]
            yield from ((step, place) for step in steps[crossing].tolist())


def beside_stays(before_ms: IntArray, after_ms: IntArray, stays: Sequence[Visit]) -> BoolArray:
    """Which steps touch a known stay at a facility, or come so near in time that they are part of it?"""
    beside_ms = int(CENSOR_GAP_S * 1000)
    entered = np.sort(np.array([stay.entered_ms for stay in stays], dtype=np.int64))
    left = np.sort(np.array([stay.left_ms for stay in stays], dtype=np.int64))
    begun = np.searchsorted(entered, after_ms + beside_ms, side="right")
    over = np.searchsorted(left, before_ms - beside_ms, side="left")
    return np.asarray(begun > over)
