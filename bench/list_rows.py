"""Which rows does a city leave behind that issues manifests day by day? Statements for the engine.

Manifest i of n was issued n - i times EVERY_S before the end: a longer history is older, not denser, so the
loads under way are as many in a large database as in a small one. Who, what and where follow from i by
arithmetic, the same on both engines. Row ids of people and places are those of bench/list_cast.py.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bench.list_cast import HAULERS, PLANTS, SITES, TRUCKS, VESSELS, WHARVES, Cast

EVERY_S = 96  # 900 a day
UNDER_WAY: Final = ((20, "issued"), (60, "loaded"), (160, "in_transit"), (180, "arrived"), (400, "accepted"))
DONE = 700  # what is older than so many is closed
SELDOM: Final = ((200, 7, "expired"), (300, 9, "cancelled"), (150, 3, "rejected"))
NOT_CARRIED = "('draft', 'issued', 'expired', 'cancelled')"
RECEIVED = "('accepted', 'part_accepted', 'rejected', 'disposed', 'closed')"
LOADED_KG, RECEIVED_KG = "15000 + i * 13 % 6000", "14950 + i * 13 % 6000"


def statements(cast: Cast, dialect: str, count: int, end: datetime) -> Iterator[str]:
    """In the order in which they refer to each other."""
    series = Series(dialect, count, end)
    yield from manifests(series, cast)
    yield from papers(series)
    yield from judgements(series, cast)
    yield from follow_up(series, cast)


class Series:
    """The numbers 1 to n as a table `s`, and what the engine calls a moment."""

    def __init__(self, dialect: str, count: int, end: datetime) -> None:
        self.count, self.postgresql = count, dialect == "postgresql"
        self.start = end - timedelta(seconds=EVERY_S * count)
        self.true = "true" if self.postgresql else "1"
        self.false = "false" if self.postgresql else "0"

    def at(self, later_s: int = 0) -> str:
        seconds = f"{int(self.start.timestamp()) + later_s} + i * {EVERY_S}"
        if self.postgresql:
            return f"to_timestamp({seconds})"
        return f"datetime({seconds}, 'unixepoch') || '.000000'"

    def into(self, table: str, columns: dict[str, str], where: str = "", source: str = "s") -> str:
        """INSERT … SELECT; `columns`: name → expression over i."""
        if self.postgresql:
            counted = "WITH s AS (SELECT i FROM generate_series(1::bigint, CAST(:n AS bigint)) AS g(i))"
        else:
            counted = "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < :n)"
        parts = ["INSERT INTO", table, "(", ", ".join(columns), ")", counted.replace(":n", str(self.count))]
        parts += ["SELECT", ", ".join(columns.values()), "FROM", source, "WHERE", where or "1 = 1"]
        return " ".join(parts)

    def state(self) -> str:
        age = f"{self.count} - i"
        seldom = " ".join(f"WHEN i % {of} = {rest} THEN '{word}'" for of, rest, word in SELDOM)
        young = " ".join(f"WHEN {age} < {most} THEN '{word}'" for most, word in UNDER_WAY)
        return (
            f"CASE WHEN {age} < 20 AND i % 4 = 0 THEN 'draft' {young} "
            f"WHEN {age} < {DONE} THEN 'disposed' {seldom} ELSE 'closed' END"
        )


PAPER = "(SELECT id AS i, custody_state, updated_at FROM manifest) AS m"
"""The manifests with their number as `i`."""


def manifests(series: Series, cast: Cast) -> Iterator[str]:
    """Manifests and their legs; every tenth goes on from a wharf by vessel."""
    plant = f"{cast.plants} + i * 7919 % {PLANTS}"
    site = f"{cast.sites} + (i * 31 + i / {PLANTS}) % {SITES}"
    truck = f"(i * 101 + i / {TRUCKS}) % {TRUCKS}"
    vessel, wharf = f"i / 10 % {VESSELS}", f"{cast.wharves} + i / 10 % {WHARVES}"
    hauler = f"{cast.haulers} + {truck} % {HAULERS}"
    yield series.into(
        "manifest",
        {
            "id": "i",
            "number": "'ML-' || CAST(1000000000 + i AS text)",
            "kind": "'normal'",
            "origin_id": plant,
            "destination_id": site,
            "hauler_id": hauler,
            "sludge_kind": "'dewatered'",
            "custody_state": series.state(),
            "issued_at": series.at(),
            "updated_at": series.at(3_000),
            "due_at": f"CASE WHEN {series.count} - i < 400 THEN {series.at(86_400)} END",
            "planned_kg": "15000 + i * 13 % 6000",
            "leg_seq": "1",
            "overdue": f"CASE WHEN {series.count} - i BETWEEN 150 AND 159 THEN {series.true} "
            f"ELSE {series.false} END",
            "source": "'live'",
            "custodian_id": hauler,
            "issuer_id": f"{cast.plant_parties} + (i * 7919 % {PLANTS}) / 2",
        },
    )
    leg = {"manifest_id": "i", "seq": "1", "mode": "'road'", "from_id": plant}
    leg |= {"vehicle_code": f"'T' || CAST({truck} AS text)", "vehicle_id": f"{cast.trucks} + {truck}"}
    leg |= {"carrier_id": hauler, "to_id": f"CASE WHEN i % 10 = 0 THEN {wharf} ELSE {site} END"}
    yield series.into(
        "leg", leg | {"handover_at": f"CASE WHEN {series.count} - i > 160 THEN {series.at(2_000)} END"}
    )
    by_water = {"manifest_id": "i", "seq": "2", "mode": "'water'", "from_id": wharf, "to_id": site}
    by_water |= {"vehicle_code": f"'W' || CAST({vessel} AS text)", "vehicle_id": f"{cast.vessels} + {vessel}"}
    by_water |= {
        "carrier_id": f"{cast.haulers} + {vessel} % {HAULERS}",
        "voyage": "'VY-' || CAST(i / 200 AS text)",
    }
    yield series.into("leg", by_water, "i % 10 = 0")


def papers(series: Series) -> Iterator[str]:
    """What was weighed and tested, what the receiver said, and the newest change of state."""
    carried, received = f"custody_state NOT IN {NOT_CARRIED}", f"custody_state IN {RECEIVED}"
    for role, wet, where, later in (
        ("loaded", LOADED_KG, carried, 600),
        ("received", RECEIVED_KG, received, 2_400),
    ):
        of = {"manifest_id": "i", "role": f"'{role}'", "leg_seq": "0", "at": series.at(later)}
        yield series.into("weighing", of | {"gross_kg": f"11000 + {wet}", "tare_kg": "11000"}, where, PAPER)
        yield series.into("moisture_test", of | {"moisture_fraction": "0.78 + i % 5 * 0.005"}, where, PAPER)
    taken = {"manifest_id": "i", "at": series.at(2_500), "refused_kg": "0", "accepted_kg": RECEIVED_KG}
    decision = "CASE custody_state WHEN 'rejected' THEN 'rejected' ELSE 'accepted' END"
    yield series.into("receipt", taken | {"decision": decision}, received, PAPER)
    event = {"manifest_id": "i", "leg_seq": "1", "actor": "'driver'", "recorded_at": series.at(900)}
    event |= {"from_state": "'loaded'", "to_state": "'in_transit'", "at": series.at(900)}
    yield series.into("custody_event", event, carried, PAPER)


def judgements(series: Series, cast: Cast) -> Iterator[str]:
    """A verdict of each load, a finding of each hundredth, and a decision on all but the newest."""
    value = (
        "CASE WHEN i % 50 = 1 THEN 'contradicted' WHEN i % 12 = 2 THEN 'insufficient' ELSE 'consistent' END"
    )
    told = {"version": "1", "current": series.true, "reasons": "'[]'", "rule_version": "'bench'"}
    told |= {"recorded_at": series.at(4_000)}
    verdict = {"manifest_id": "i", "value": value, "score": "i * 37 % 1000 / 1000.0"}
    yield series.into("verdict", told | verdict, f"custody_state IN {RECEIVED}", PAPER)
    start_ms = f"CAST({int(series.start.timestamp())} + i * {EVERY_S} AS bigint) * 1000"
    finding = {"id": "i / 100 + 1", "key": "'F-' || CAST(i AS text)", "retracted": series.false}
    finding |= {"scope": "'manifest:' || CAST(i AS text)", "kind": "'wet_gap'", "severity": "'medium'"}
    finding |= {"score": "i / 100 * 37 % 97 / 97.0", "start_ms": start_ms, "end_ms": start_ms}
    finding |= {"detected_ms": start_ms, "evidence": "'{}'"}
    yield series.into("finding", told | finding, "i % 100 = 1")
    about = {"finding_id": "i / 100 + 1", "ordinal": "0"}
    yield series.into("finding_manifest", about | {"manifest_id": "i"}, "i % 100 = 1")
    truck = f"'T' || CAST((i * 101 + i / {TRUCKS}) % {TRUCKS} AS text)"
    yield series.into("finding_vehicle", about | {"vehicle_code": truck}, "i % 100 = 1")
    decided = {"finding_key": "'F-' || CAST(i AS text)", "finding_version": "1", "outcome": "'dismiss'"}
    decided |= {"reason": "'weighed again'", "user_id": str(cast.regulator), "decided_at": series.at(90_000)}
    yield series.into("decision", decided, f"i % 100 = 1 AND {series.count} - i > 900")


def follow_up(series: Series, cast: Cast) -> Iterator[str]:
    """Cases, corrections, holds, what lay in stores, what left the sites, results of laboratories."""
    who, count = str(cast.regulator), series.count
    case = {"number": "'C-' || CAST(i AS text)", "title": "'mass gap'", "opened_by_id": who}
    case |= {"state": f"CASE WHEN {count} - i > 900 THEN 'closed' ELSE 'open' END"}
    case |= {"opened_at": series.at(5_000), "updated_at": series.at(6_000)}
    yield series.into("case_file", case, "i % 500 = 1")
    plant = f"{cast.plant_parties} + (i * 7919 % {PLANTS}) / 2"
    correction = {"id": "i", "manifest_id": "i", "field": "'weighings.loaded.gross_kg'", "old": "'26000'"}
    correction |= {"new": "'26100'", "reason": "'misread'", "organisation_id": plant}
    correction |= {"requested_at": series.at(7_000)}
    state = (
        f"CASE WHEN {count} - i > 900 THEN 'accepted' WHEN i % 100 = 13 THEN 'with_regulator' ELSE 'open' END"
    )
    yield series.into("correction", correction | {"state": state}, "i % 50 = 13")
    answer = {
        "correction_id": "i",
        "organisation_id": f"{cast.haulers} + (i * 101 + i / {TRUCKS}) % {TRUCKS} % {HAULERS}",
    }
    yield series.into("correction_answer", answer, "i % 50 = 13")
    asked = {"manifest_id": "i", "field": "'plan'", "comment": "'which plan?'", "organisation_id": plant}
    asked |= {"asked_by_id": who, "asked_at": series.at(7_000)}
    asked |= {"answered_at": f"CASE WHEN {count} - i > 900 THEN {series.at(9_000)} END"}
    yield series.into("correction_question", asked, "i % 250 = 17")
    hold = {"manifest_id": "i", "reason": "'looked at'", "placed_by_id": who, "placed_at": series.at(3_000)}
    hold |= {"lifted_at": f"CASE WHEN {count} - i > 900 THEN {series.at(9_000)} END"}
    yield series.into("hold", hold, "i % 250 = 19")
    wharf = f"{cast.wharves} + i / 10 % {WHARVES}"
    for move, sign, later in (("stored", "", 1_500), ("loaded", "-", 1_900)):
        entry = {
            "facility_id": wharf,
            "pile": "'A'",
            "move": f"'{move}'",
            "manifest_id": "i",
            "at": series.at(later),
        }
        entry |= {"wet_kg": f"{sign}(15000 + i % 7)", "dry_kg": f"{sign}3000", "entered_at": series.at(later)}
        yield series.into("stock_entry", entry, "i % 10 = 0")
    left = {"facility_id": f"{cast.sites} + i / 100 % {SITES}", "number": "'PD-' || CAST(i AS text)"}
    left |= {
        "product": "'compost'",
        "mass_kg": "9000",
        "receiver": "'park'",
        "at": series.at(),
        "entered_at": series.at(),
    }
    yield series.into("product_dispatch", left | {_USE: "'soil'"}, "i % 100 = 0")


_USE = '"use"'
