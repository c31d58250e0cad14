"""Which way leads over real roads, and on which road was each fix? Asked of Valhalla, in this process.

Valhalla comes with the extra `bench`, the road network from ../shared/data/osm; without either this part
is left out, and the result says so.
"""

import json
import subprocess
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LonLat = NDArray[np.float64]  # (n, 2) degrees
SHARED = Path("..") / "shared" / "data" / "osm"
NETWORK = SHARED / "liechtenstein-latest.osm.pbf"
POLYLINE_DEGREES = 1e-6


def is_there() -> bool:
    return find_spec("valhalla") is not None and NETWORK.is_file()


class Roads:
    """A routable network, built into a folder; takes a few seconds for a small country."""

    def __init__(self, folder: Path) -> None:
        valhalla = import_module("valhalla")
        tiles = folder / "tiles"
        tiles.mkdir()
        archive = folder / "tiles.tar"
        archive.touch()  # the configuration wants it to exist
        config = valhalla.get_config(tile_extract=str(archive), tile_dir=str(tiles), verbose=False)
        config["mjolnir"]["concurrency"] = 1
        archive.unlink()  # and the service prefers it to the folder, even when it is empty
        file = folder / "valhalla.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        builder = Path(str(valhalla.__file__)).parent / "bin" / "valhalla_build_tiles"
        words = [str(builder), "-c", str(file), str(NETWORK.resolve())]
        subprocess.run(words, check=True, capture_output=True, cwd=folder)  # it leaves lists where it runs
        self.actor = valhalla.Actor(config)

    def way(self, places: LonLat) -> LonLat | None:
        """The quickest way of a truck through these places; None where there is none."""
        asked = [{"lon": lon, "lat": lat, "type": "through"} for lon, lat in places.tolist()]
        asked[0]["type"] = asked[-1]["type"] = "break"
        try:
            told = self.actor.route({"locations": asked, "costing": "truck"})
        except RuntimeError:  # no road near a place, or no way between them
            return None
        return np.vstack([polyline(leg["shape"]) for leg in told["trip"]["legs"]])

    def matched(self, fixes: LonLat, t_s: NDArray[np.float64]) -> LonLat:
        """Each fix moved to the road that Valhalla's map matching gives it; unmatched ones stay."""
        shape = [
            {"lon": lon, "lat": lat, "time": at}
            for (lon, lat), at in zip(fixes.tolist(), t_s.tolist(), strict=True)
        ]
        asked = {"shape": shape, "costing": "auto", "shape_match": "map_snap"}
        filters = {"attributes": ["matched.point", "matched.type"], "action": "include"}
        try:
            told: dict[str, Any] = self.actor.trace_attributes(asked | {"filters": filters})
        except RuntimeError:  # nothing could be matched
            return fixes
        moved = fixes.copy()
        for index, point in enumerate(told["matched_points"]):
            if point["type"] != "unmatched":
                moved[index] = point["lon"], point["lat"]
        return moved


def polyline(text: str) -> LonLat:
    """An encoded polyline of six decimals as (n, 2) longitude, latitude."""
    values: list[int] = []
    value = shift = 0
    for letter in text:
        piece = ord(letter) - 63
        value |= (piece & 31) << shift
        shift += 5
        if piece < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    steps = np.array(values, dtype=np.float64).reshape(-1, 2)
    places = np.cumsum(steps, axis=0) * POLYLINE_DEGREES
    return places[:, ::-1].copy()
