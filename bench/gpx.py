"""How fast and in how little memory is a long GPX file read, beside gpxpy?

Both read the same files in one run and must give the same fixes. gpxpy is timed at making its own points
only, this project at making fixes. The memory is that of a process of its own that goes through a file of a
million points: what it takes beyond what it had before the first byte (VmHWM of /proc/self/status, Linux).
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gpxpy
import numpy as np

from gps_ingest.decoders.fix_batch import COLUMNS, FixBatch, merge
from gps_ingest.decoders.gpx import decode_whole
from gps_ingest.decoders.gpx_stream import GpxStream

POINTS = 100_000
LONG_POINTS = 1_000_000
ROUNDS = 3
SEED = 7
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="bench" '
    'xmlns="http://www.topografix.com/GPX/1/1"><trk><name>D1</name><trkseg>\n'
)
TAIL = "</trkseg></trk></gpx>\n"
GOALS = {"times_gpxpy": 3.0, "long_file_mb": 60.0}


def run() -> dict[str, Any]:
    """Points a second of both, their ratio, and the memory for a million points."""
    with TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        file = Path(folder) / "track.gpx"
        write_track(file, POINTS)
        text = file.read_text("utf-8")
        peer_s = min(timed(lambda: gpxpy.parse(text)) for _ in range(ROUNDS))
        own_s = min(timed(lambda: read(file)) for _ in range(ROUNDS))
        assert_same(file, text)
        write_track(file, LONG_POINTS)
        long_points, growth_bytes, long_s = measured_alone(file)
    assert long_points == LONG_POINTS
    return {
        "bench": "gpx",
        "seed": SEED,
        "settings": {"points": POINTS, "long_points": LONG_POINTS} | GOALS,
        "figures": {
            "points_per_s": POINTS / own_s,
            "long_file_points_per_s": LONG_POINTS / long_s,
            "long_file_mb": growth_bytes / 1e6,
        },
        "peers": {"gpxpy_points_per_s": POINTS / peer_s},
        "ratios": {
            "times_gpxpy": peer_s / own_s,
            "memory_to_goal": growth_bytes / 1e6 / GOALS["long_file_mb"],
        },
    }


def timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write_track(file: Path, count: int) -> None:
    """A drive with a point a second, speed in an extension at every hundredth point."""
    steps = np.random.default_rng(SEED).normal(0, 1e-4, (2, count)).cumsum(axis=1)
    with file.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        out.writelines(track_lines(31.25 + steps[0], 120.5 + steps[1]))
        out.write(TAIL)


def track_lines(lats: np.ndarray[Any, Any], lons: np.ndarray[Any, Any]) -> Iterator[str]:
    for index, (lat, lon) in enumerate(zip(lats.tolist(), lons.tolist(), strict=True)):
        moment = (BEGIN + timedelta(seconds=index)).strftime("%Y-%m-%dT%H:%M:%SZ")
        speed = "<extensions><speed>11.5</speed></extensions>" if index % 100 == 0 else ""
        yield f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"><ele>3.2</ele><time>{moment}</time>{speed}</trkpt>\n'


def read(file: Path) -> list[FixBatch]:
    """All batches of a file."""
    with file.open("rb") as source:
        return [batch for batch, _refusals in GpxStream(source).batches()]


def assert_same(file: Path, text: str) -> None:
    """Both ways give the same fixes."""
    whole = decode_whole(gpxpy.parse(text))
    own = merge(read(file))
    assert whole is not None
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(whole.batch, name), getattr(own, name))


def measured_alone(file: Path) -> tuple[int, int, float]:
    """(points, bytes of memory beyond the start, seconds) of reading a file in a process of its own."""
    command = [sys.executable, "-m", "bench.gpx", str(file)]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(words[0]), int(words[1]), float(words[2])


def go_through(file: Path) -> tuple[int, int, float]:
    """The same in this process; batches are let go, as a reader that stores them does."""
    before, began, count = peak_bytes(), time.perf_counter(), 0
    with file.open("rb") as source:
        for batch, _refusals in GpxStream(source).batches():
            count += len(batch)
    return count, peak_bytes() - before, time.perf_counter() - began


def peak_bytes() -> int:
    """The most memory that this process ever had, resident."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(*go_through(Path(sys.argv[1])))
