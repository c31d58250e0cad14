"""What does the database keep beside its rows, so that the newest of a list are found without the others?

Triggers write it in the transaction that changes what it follows from, whoever the writer is:

- `finding.waiting`: does the finding wait for a person (docs/decisions/0112)?
- `finding_sight`: the current findings that may concern an organisation, as manifest_sight for manifests;
- `manifest_sight.verdict` and `.score`: the current verdict beside each manifest;
- `vehicle_load`: the manifests of each vehicle in order of issue;
- `pile_sum`: the sums of each pile's ledger.
"""

# ruff: noqa: S608  # statements put together from the texts of this file alone
from collections.abc import Iterator
from typing import Final

WORSE: Final = 0.2
"""By so much more probable, a decided finding is worth another look."""
SEVERITIES: Final = ("low", "medium", "high")
NOT_JUDGED: Final = -1.0


def rank_of(table: str) -> str:
    """A severity as a number that grows with it."""
    words = " ".join(f"WHEN '{word}' THEN {rank}" for rank, word in enumerate(SEVERITIES))
    return f"CASE {table}.severity {words} END"


SETTLED: Final = (
    "EXISTS (SELECT 1 FROM decision d JOIN finding a ON a.key = d.finding_key "
    "AND a.version = d.finding_version WHERE d.finding_key = finding.key AND (d.finding_version >= "
    f"finding.version OR ({rank_of('finding')} <= {rank_of('a')} AND finding.score < a.score + {WORSE})))"
)
WAITS: Final = f"(finding.current AND NOT finding.retracted AND NOT {SETTLED})"
SIGHT_OF_FINDING: Final = "f.id, f.waiting, f.score, f.start_ms FROM finding f"
OF_FINDING: Final = (
    f"SELECT s.organisation_id, {SIGHT_OF_FINDING} JOIN finding_manifest m ON m.finding_id = f.id "
    "JOIN manifest_sight s ON s.manifest_id = m.manifest_id WHERE {holds} AND {of}",
    f"SELECT v.organisation_id, {SIGHT_OF_FINDING} JOIN finding_vehicle c ON c.finding_id = f.id "
    "JOIN vehicle v ON v.code = c.vehicle_code WHERE v.organisation_id IS NOT NULL AND {holds} AND {of}",
    f"SELECT f.hauler_id, {SIGHT_OF_FINDING} WHERE f.hauler_id IS NOT NULL AND {{holds}} AND {{of}}",
)
HOLDS: Final = "f.current AND NOT f.retracted"


def into_findings(sources: tuple[str, ...], of: str) -> str:
    """Note whom the findings of these sources may concern."""
    found = " UNION ".join(source.format(holds=HOLDS, of=of) for source in sources)
    return (
        "INSERT INTO finding_sight (organisation_id, finding_id, waiting, score, start_ms) "
        f"{found} ON CONFLICT DO NOTHING"
    )


def loads_of(of: str) -> str:
    """Note the manifests of vehicles."""
    return (
        "INSERT INTO vehicle_load (vehicle_code, manifest_id, issued_at, updated_at) "
        "SELECT l.vehicle_code, m.id, m.issued_at, m.updated_at FROM leg l "
        f" JOIN manifest m ON m.id = l.manifest_id WHERE {of} ON CONFLICT DO NOTHING"
    )


def judged(of: str) -> str:
    """Write the current verdict beside the manifest."""
    return (
        "UPDATE manifest_sight SET verdict = v.value, score = v.score FROM verdict v "
        f"WHERE v.manifest_id = manifest_sight.manifest_id AND v.current AND {of}"
    )


def summed(of: str) -> str:
    """Add what came to a pile, or went."""
    return (
        "INSERT INTO pile_sum (facility_id, pile, wet_kg, dry_kg, unknown, entries, newest_at) "
        "SELECT facility_id, pile, sum(wet_kg), coalesce(sum(dry_kg), 0), count(*) - count(dry_kg), "
        f"count(*), max(at) FROM stock_entry WHERE {of} GROUP BY facility_id, pile "
        "ON CONFLICT (facility_id, pile) DO UPDATE SET wet_kg = pile_sum.wet_kg + excluded.wet_kg, "
        "dry_kg = pile_sum.dry_kg + excluded.dry_kg, unknown = pile_sum.unknown + excluded.unknown, "
        "entries = pile_sum.entries + excluded.entries, newest_at = "
        "CASE WHEN excluded.newest_at > pile_sum.newest_at THEN excluded.newest_at "
        "ELSE pile_sum.newest_at END"
    )


LEFT_OVER: Final = (
    "DELETE FROM finding_sight WHERE finding_id = NEW.id AND NOT (NEW.current AND NOT NEW.retracted)"
)
FOLLOWED: Final = (
    "UPDATE finding_sight SET waiting = f.waiting, score = f.score, start_ms = f.start_ms FROM finding f "
    "WHERE f.id = NEW.id AND finding_sight.finding_id = NEW.id"
)
"""From the row as it is by now: no engine promises in which order the triggers of one change run."""
WAIT_OF_ONE: Final = f"UPDATE finding SET waiting = {WAITS} WHERE id = NEW.id AND waiting <> {WAITS}"
WAIT_OF_KEY: Final = (
    f"UPDATE finding SET waiting = {WAITS} WHERE key = NEW.finding_key AND current AND waiting <> {WAITS}"
)
OF_ALL: Final = (
    f"UPDATE finding SET waiting = {WAITS} WHERE current",
    into_findings(OF_FINDING, "1 = 1"),
    judged("1 = 1"),
    loads_of("1 = 1"),
    summed("1 = 1"),
)
"""Everything anew, from what the tables say."""

Act = tuple[str, str, tuple[str, ...], tuple[str, ...]]
"""Name, table, columns whose change counts (none: a new row does), and what is then done in this order."""
ACTS: Final[tuple[Act, ...]] = (
    ("finding_listed", "finding", (), (into_findings(OF_FINDING[2:], "f.id = NEW.id"), WAIT_OF_ONE)),
    ("finding_waits", "finding", ("current", "retracted", "severity", "score"), (WAIT_OF_ONE,)),
    (
        "finding_follows",
        "finding",
        ("current", "retracted", "waiting", "score", "start_ms"),
        (FOLLOWED, LEFT_OVER),
    ),
    ("decision_settles", "decision", (), (WAIT_OF_KEY,)),
    (
        "finding_manifest_listed",
        "finding_manifest",
        (),
        (into_findings(OF_FINDING[:1], "m.finding_id = NEW.finding_id AND m.manifest_id = NEW.manifest_id"),),
    ),
    (
        "finding_vehicle_listed",
        "finding_vehicle",
        (),
        (
            into_findings(
                OF_FINDING[1:2], "c.finding_id = NEW.finding_id AND c.vehicle_code = NEW.vehicle_code"
            ),
        ),
    ),
    (
        "manifest_sight_listed",
        "manifest_sight",
        (),
        (
            into_findings(
                OF_FINDING[:1], "s.organisation_id = NEW.organisation_id AND s.manifest_id = NEW.manifest_id"
            ),
            judged(
                "manifest_sight.organisation_id = NEW.organisation_id "
                "AND manifest_sight.manifest_id = NEW.manifest_id"
            ),
        ),
    ),
    (
        "vehicle_listed",
        "vehicle",
        ("organisation_id", "code"),
        (into_findings(OF_FINDING[1:2], "v.id = NEW.id"),),
    ),
    ("verdict_listed", "verdict", (), (judged("v.id = NEW.id"),)),
    ("verdict_follows", "verdict", ("current", "value", "score"), (judged("v.id = NEW.id"),)),
    ("leg_listed", "leg", (), (loads_of("l.id = NEW.id"),)),
    ("leg_follows", "leg", ("manifest_id", "vehicle_code"), (loads_of("l.id = NEW.id"),)),
    (
        "manifest_loads",
        "manifest",
        ("issued_at", "updated_at"),
        (
            "UPDATE vehicle_load SET issued_at = NEW.issued_at, updated_at = NEW.updated_at "
            "WHERE manifest_id = NEW.id",
        ),
    ),
    ("stock_entry_summed", "stock_entry", (), (summed("id = NEW.id"),)),
)


def make_triggers(dialect: str) -> Iterator[str]:
    """The statements that make them."""
    for name, table, columns, acts in ACTS:
        event = f"UPDATE OF {', '.join(columns)}" if columns else "INSERT"
        if dialect != "postgresql":
            changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
            when = f" WHEN {changed}" if columns else ""
            yield f"CREATE TRIGGER {name} AFTER {event} ON {table}{when} BEGIN {'; '.join(acts)}; END"
            continue
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        when = f" WHEN ({changed})" if columns else ""
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {'; '.join(acts)}; RETURN NULL; END $$"
        )
        yield (f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {name}()")


def drop_triggers(dialect: str) -> Iterator[str]:
    """The other way round."""
    for name, table, _columns, _acts in ACTS:
        if dialect == "postgresql":
            yield f"DROP TRIGGER {name} ON {table}"
            yield f"DROP FUNCTION {name}()"
        else:
            yield f"DROP TRIGGER {name}"
