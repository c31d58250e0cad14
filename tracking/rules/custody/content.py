"""What exactly does somebody sign? The content of a manifest as canonical JSON, and its hash.

Canonical: UTF-8, keys sorted, no spaces, no blanks (a field that is unknown is absent), times as ISO 8601 in
UTC, masses in kg as shortest decimals (RFC 8785 for the values used here). The hash is SHA-256.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from models.vocabulary import WeighingRole
from tracking.rules.custody.facts import Custody, Part, Stretch, Weighed

Content = dict[str, Any]


def content_of(custody: Custody, codes: "Codes") -> Content:
    """Everything that the paper says, by codes and not by row ids: it means the same on another server."""
    content: Content = without_blanks(
        {
            "number": custody.number,
            "version": custody.version,
            "kind": custody.kind.value,
            "source": custody.source.value,
            "issued_at": moment(custody.issued_at),
            "origin": codes.facilities.get(custody.origin_id),
            "destination": codes.facilities.get(custody.destination_id),
            "received_at": codes.facilities.get(custody.received_at_id or 0),
            "issuer": codes.organisations.get(custody.issuer_id or 0),
            "sludge_kind": custody.sludge_kind.value,
            "planned_kg": number(custody.planned_kg),
            "plan": custody.plan,
            "diversion": custody.diversion,
            "approval": custody.approval,
            "place": None if custody.place is None else [number(each) for each in custody.place],
            "legs": [leg_content(leg, codes) for leg in custody.legs],
            "weighings": weighings_content(custody),
            "arrival": None if custody.arrival is None else weighed_content(custody.arrival),
            "decision": None if custody.decision is None else custody.decision.value,
            "accepted_kg": number(custody.accepted_kg),
            "refused_kg": number(custody.refused_kg),
            "parents": [part_content(part) for part in custody.parts_in],
        }
    )
    return content


class Codes:
    """Codes by row id of what a manifest names."""

    def __init__(
        self,
        facilities: dict[int, str],
        organisations: dict[int, str],
        routes: dict[int, str],
    ) -> None:
        self.facilities, self.organisations, self.routes = facilities, organisations, routes


def leg_content(leg: Stretch, codes: Codes) -> Content:
    return {
        "seq": leg.seq,
        "mode": leg.mode.value,
        "carrier": codes.organisations.get(leg.carrier_id or 0),
        "vehicle": leg.vehicle_code,
        "from": codes.facilities.get(leg.from_id),
        "to": codes.facilities.get(leg.to_id),
        "route": codes.routes.get(leg.route_id or 0),
        "driver": leg.driver,
        "voyage": leg.voyage,
    }


def weighings_content(custody: Custody) -> Content:
    """By role, and by leg where one role can come more than once."""
    named: Content = {}
    for (role, leg_seq), weighed in sorted(custody.weighed.items(), key=lambda each: each[0]):
        name = (
            role.value
            if role in (WeighingRole.LOADED, WeighingRole.RECEIVED) and not leg_seq
            else (f"{role.value}:{leg_seq}")
        )
        named[name] = weighed_content(weighed)
    return named


def weighed_content(weighed: Weighed) -> Content:
    return {
        "at": moment(weighed.at),
        "gross_kg": number(weighed.gross_kg),
        "tare_kg": number(weighed.tare_kg),
        "scale": weighed.scale_code,
        "ticket": weighed.ticket,
        "moisture": number(weighed.moisture_fraction),
        "u_moisture": number(weighed.u_moisture_fraction),
        "moisture_method": None if weighed.moisture_method is None else weighed.moisture_method.value,
    }


def part_content(part: Part) -> Content:
    return {"number": part.number, "wet_kg": number(part.wet_kg), "dry_kg": number(part.dry_kg)}


def digest_of(content: Content) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return sha256(canonical(content)).hexdigest()


def canonical(content: Content) -> bytes:
    """The bytes that are hashed."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def without_blanks(value: Any) -> Any:
    """The same without keys that say nothing."""
    if isinstance(value, dict):
        kept = {key: without_blanks(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in (None, [], {})}
    return [without_blanks(each) for each in value] if isinstance(value, list) else value


def number(value: float | None) -> float | int | None:
    """A whole number without its point, as JSON would read it back."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(value)


def moment(at: datetime) -> str:
    """ISO 8601 in UTC, to the second or finer where it is known finer."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
