"""How does a GeoJSON file become position reports?

A FeatureCollection or one Feature. A Point is one report: its properties have the names of the scenario's
columns (`recorded_at` or `time`, `speed_kmh` …). A LineString or MultiLineString is a track: its times stand
in `coordTimes` or `coordinateProperties.times`, one for each position, as converters of GPX write them.
Sources: RFC 7946; https://github.com/placemark/togeojson.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, batch_of, nothing_decoded
from gps_ingest.decoders.fix_fields import read_fix
from models.device_values import DecodedFix
from models.values import Refusal

PLACE = "point {}"
DEVICE = "device_id"
NO_GEOJSON = "is neither a FeatureCollection nor a Feature of GeoJSON"
NO_POINTS = "has no feature that is a report or a track"
OTHER_CRS = "states a reference system that is not WGS 84"
WGS84_NAMES = ("CRS84", "4326")


class FeatureRefused(ValueError):
    """A feature cannot be read; `field` is its part, the message the sentence for a person."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(reason)
        self.field = part


@dataclass(slots=True)
class Reading:
    """What was read so far. Points are counted from 1 over all features, refused ones included."""

    device_code: str
    fixes: list[DecodedFix] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    count: int = 0

    def take(self, values: Mapping[str, object]) -> None:
        """One report by its named fields."""
        self.count += 1
        fix = read_fix(values, PLACE.format(self.count))
        if isinstance(fix, list):
            self.faults.refuse(fix)
        else:
            self.faults.good += 1
            self.fixes.append(fix)
            self.positions.append(self.count)

    def take_feature(self, number: int, feature: Any) -> None:
        """The reports of the `number`th feature."""
        try:
            for values in reports_of(feature, self.device_code):
                self.take(values)
                if self.faults.in_vain:
                    break
        except FeatureRefused as refused:
            self.faults.refuse([Refusal(f"feature {number}", refused.field, str(refused))])

    def take_features(self, features: Sequence[Any]) -> None:
        """All of them, unless it is in vain; one that is left in its midst counts as one more."""
        for number, feature in enumerate(features, start=1):
            self.take_feature(number, feature)
            if self.faults.in_vain:
                self.faults.stop(f"feature {number}", len(features) - number + 1)
                return


def decode(body: bytes, device_code: str) -> Decoded:
    """The reports of all features in order; a feature of another device than `device_code` is refused."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return nothing_decoded("file", "", f"is not JSON: {error}")
    features = features_of(value)
    if features is None:
        return nothing_decoded("file", "type", NO_GEOJSON)
    if not is_wgs84(value.get("crs")):
        return nothing_decoded("file", "crs", OTHER_CRS)
    reading = Reading(device_code)
    reading.take_features(features)
    refusals = reading.faults.refusals
    if not reading.count and not refusals:
        return nothing_decoded("file", "features", NO_POINTS)
    named = next(filter(None, map(device_of, features)), None)
    return Decoded(batch_of(reading.fixes, reading.positions), refusals, named, PLACE)


def features_of(value: Any) -> list[Any] | None:
    """The features of a document, or None where it is none of GeoJSON."""
    if not isinstance(value, dict):
        return None
    if value.get("type") == "Feature":
        return [value]
    features = value.get("features")
    return features if value.get("type") == "FeatureCollection" and isinstance(features, list) else None


def is_wgs84(crs: Any) -> bool:
    """`crs` is of the older GeoJSON; RFC 7946 knows WGS 84 only."""
    return crs is None or any(name in str(crs) for name in WGS84_NAMES)


def device_of(feature: Any) -> str | None:
    """The device that a feature names, or None."""
    named = properties_of(feature).get(DEVICE)
    return None if named in (None, "") else str(named)


def properties_of(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def reports_of(feature: Any, device_code: str) -> Iterator[dict[str, object]]:
    """The named fields of each report of a feature; raises FeatureRefused."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise FeatureRefused("geometry", "is missing")
    if device_of(feature) not in (None, device_code):
        raise FeatureRefused(DEVICE, "the feature belongs to another device")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    properties = properties_of(feature)
    if kind == "Point":
        return iter([point_values(coordinates, properties)])
    if kind == "LineString":
        return line_values(coordinates, times_of(properties))
    if kind == "MultiLineString":
        return lines_values(coordinates, times_of(properties))
    raise FeatureRefused("geometry", f"{str(kind)[:40]!a} is neither a point nor a line")


def point_values(coordinates: Any, properties: Mapping[str, object]) -> dict[str, object]:
    """A point's fields; `time` stands in for `recorded_at`."""
    clock = "recorded_at" if "recorded_at" in properties else "time"
    return {**properties, "recorded_at": properties.get(clock), **place_of(coordinates)}


def place_of(coordinates: Any) -> dict[str, object]:
    """Longitude comes first; a third number is the altitude."""
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise FeatureRefused("coordinates", "is not a list of longitude and latitude")
    return {"lon": coordinates[0], "lat": coordinates[1]}


def times_of(properties: Mapping[str, Any]) -> Any:
    """The times of a track, as far as there are any."""
    inner = properties.get("coordinateProperties")
    newer = inner.get("times") if isinstance(inner, dict) else None
    return properties.get("coordTimes", newer)


def line_values(coordinates: Any, times: Any) -> Iterator[dict[str, object]]:
    """Each position of a line with its time."""
    if not isinstance(times, list):
        raise FeatureRefused("coordTimes", "is missing: positions without times prove nothing")
    if not isinstance(coordinates, list) or len(times) != len(coordinates):
        raise FeatureRefused("coordTimes", "has not one time for each position")
    return ({"recorded_at": time, **place_of(place)} for place, time in zip(coordinates, times, strict=True))


def lines_values(coordinates: Any, times: Any) -> Iterator[dict[str, object]]:
    """The same for several lines, whose times are lists of lists."""
    if not isinstance(coordinates, list) or not isinstance(times, list) or len(times) != len(coordinates):
        raise FeatureRefused("coordTimes", "has not one list of times for each line")
    return (
        values
        for line, of_line in zip(coordinates, times, strict=True)
        for values in line_values(line, of_line)
    )
