"""What is attached to a certificate for machines? The facts as JSON, the map as GeoJSON.

Same facts, same bytes: keys are sorted, figures are the ones that are printed, unrounded. Times are
ISO 8601 UTC, masses kg, moisture a fraction, distances m.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

import orjson

from models.vocabulary import MS_PER_S
from reports.certificate.facts import CertificateFacts
from tracking.queries.manifest_judgement import ManifestFinding
from tracking.queries.manifest_movement import TripStory, VisitStory
from tracking.queries.manifest_paper import LegStory, Place, WeighingStory
from tracking.queries.manifest_story import ManifestStory
from tracking.rules.mass_balance import MassGap

FORMAT = "sludgetrace-certificate/1"
Json = dict[str, Any]


def facts_json(facts: CertificateFacts) -> bytes:
    """The facts of a certificate, complete, for machines."""
    story = facts.story
    content = {
        "format": FORMAT,
        "document": {
            "number": facts.number,
            "version": facts.version,
            "made_at": facts.made_at,
            "issuing_body": facts.issuing_body,
            "issuing_body_en": facts.issuing_body_en,
            "verify": facts.verify_url,
            "rule_versions": facts.rule_versions,
        },
        "manifest": _manifest(story),
        "legs": [_leg(leg) for leg in story.legs],
        "weighings": [_weighing(each) for each in story.weighings],
        "gap": _gap(story.gap),
        "custody": [asdict(step) | {"on_paper": step.on_paper} for step in story.custody],
        "receipt": story.receipt and asdict(story.receipt),
        "disposal": story.disposal and asdict(story.disposal),
        "trips": [_trip(trip) for trip in story.trips],
        "visits": [_visit(visit) for visit in story.visits],
        "findings": [_finding(found) for found in story.findings],
        "verdict": asdict(story.verdict),
        "names": {code: asdict(name) for code, name in story.named.items()},
    }
    return _dumped(content)


def map_geojson(facts: CertificateFacts) -> bytes:
    """The map of a certificate: tracks with times and speeds, corridor, places, marks."""
    return _dumped(facts.map)


def fingerprint(content: bytes) -> str:
    """SHA-256 in hexadecimal: printed in the document, recomputed by whoever checks it."""
    return sha256(content).hexdigest()


def _dumped(content: Json) -> bytes:
    options = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(content, default=_plain, option=options)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)


def _manifest(story: ManifestStory) -> Json:
    return {
        "number": story.number,
        "kind": story.kind,
        "sludge_kind": story.sludge_kind,
        "custody_state": story.custody_state,
        "issued_at": story.issued_at,
        "plan": story.plan,
        "diversion": story.diversion,
        "origin": _place(story.origin),
        "destination": _place(story.destination),
        "hauler": story.hauler and asdict(story.hauler),
        "parent": story.parent,
        "children": story.children,
    }


def _place(place: Place) -> Json:
    said = asdict(place)
    return {name: said[name] for name in ("name", "kind", "organisation", "method", "max_moisture_fraction")}


def _leg(leg: LegStory) -> Json:
    said = asdict(leg)
    kept = ("seq", "mode", "vehicle", "hauler", "driver", "devices", "voyage", "starts_at", "ends_at")
    route = leg.route and {
        "code": leg.route.code,
        "corridor_m": leg.route.corridor_m,
        "planned_minutes": leg.route.planned_minutes,
    }
    ends = {"origin": leg.origin.name.code, "destination": leg.destination.name.code}
    return (
        {name: said[name] for name in kept}
        | ends
        | {"route": route, "registered": leg.vehicle_id is not None}
    )


def _weighing(each: WeighingStory) -> Json:
    facts, masses = each.facts, each.masses
    return {
        "role": each.role,
        "leg_seq": each.leg_seq,
        "at": each.at,
        "gross_kg": facts.gross_kg,
        "tare_kg": facts.tare_kg,
        "moisture_fraction": facts.moisture_fraction,
        "u_moisture_fraction": facts.u_moisture_fraction,
        "scale": facts.scale_code,
        "scale_division_kg": facts.scale_division_kg,
        "ticket": facts.ticket,
    } | asdict(masses)


def _gap(gap: MassGap | None) -> Json | None:
    if gap is None:
        return None
    return asdict(gap) | {"wet_ratio": gap.wet_ratio, "dry_ratio": gap.dry_ratio}


def _trip(trip: TripStory) -> Json:
    said = asdict(trip)
    del said["vehicle_id"]
    return _dated(said, "departed_ms", "arrived_ms")


def _visit(visit: VisitStory) -> Json:
    return _dated(asdict(visit), "entered_ms", "left_ms", "outside_before_ms", "outside_after_ms")


def _finding(found: ManifestFinding) -> Json:
    said = asdict(found)
    said["evidence"].pop("marks", None)  # they are features of the GeoJSON, under the finding's key
    return _dated(said, "start_ms", "end_ms", "detected_ms")


def _dated(said: Json, *names: str) -> Json:
    """The same with `x_ms` as `x`, in ISO 8601."""
    for name in names:
        at_ms = said.pop(name)
        said[name.removesuffix("_ms")] = (
            None if at_ms is None else datetime.fromtimestamp(at_ms / MS_PER_S, UTC)
        )
    return said
