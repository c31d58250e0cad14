"""How does the database keep, beside each manifest, the organisations and places that it may concern?

Triggers on what names them write models/sight.py in the same transaction, whoever the writer is. Each of the
sources below is one way in which an organisation is named; the visibility of a row is decided elsewhere.
"""

from collections.abc import Iterator
from typing import Final

Sources = tuple[str, ...]

OF_PLACE: Final = (
    "SELECT f.organisation_id, m.id, m.issued_at FROM manifest m JOIN facility f ON f.id = m.place_id "
    "WHERE f.organisation_id IS NOT NULL AND {of}"
)
# (organisation_id, manifest_id, issued_at) each; {of} narrows it to the row that was written.
NAMED_BY_MANIFEST: Final[Sources] = (
    "SELECT m.issuer_id, m.id, m.issued_at FROM manifest m WHERE m.issuer_id IS NOT NULL AND {of}",
    "SELECT m.hauler_id, m.id, m.issued_at FROM manifest m WHERE m.hauler_id IS NOT NULL AND {of}",
    *(OF_PLACE.replace("place_id", place) for place in ("origin_id", "destination_id", "received_at_id")),
    "SELECT f.organisation_id, m.id, m.issued_at FROM manifest m "
    "JOIN diversion d ON d.from_site_id = m.destination_id AND d.valid_to > m.issued_at "
    "JOIN facility f ON f.id = d.to_site_id WHERE f.organisation_id IS NOT NULL AND {of}",
)
NAMED_BY_LEG: Final[Sources] = (
    "SELECT l.carrier_id, m.id, m.issued_at FROM leg l JOIN manifest m ON m.id = l.manifest_id "
    "WHERE l.carrier_id IS NOT NULL AND {of}",
    "SELECT v.organisation_id, m.id, m.issued_at FROM leg l JOIN manifest m ON m.id = l.manifest_id "
    "JOIN vehicle v ON v.id = l.vehicle_id WHERE v.organisation_id IS NOT NULL AND {of}",
    "SELECT f.organisation_id, m.id, m.issued_at FROM leg l JOIN manifest m ON m.id = l.manifest_id "
    "JOIN facility f ON f.id = l.to_id WHERE f.organisation_id IS NOT NULL AND {of}",
    "SELECT u.organisation_id, m.id, m.issued_at FROM leg l JOIN manifest m ON m.id = l.manifest_id "
    "JOIN user_account u ON u.id = l.driver_id WHERE u.organisation_id IS NOT NULL AND {of}",
)
# (organisation_id, facility_id)
PLACES: Final[Sources] = (
    "SELECT s.organisation_id, m.origin_id FROM manifest_sight s JOIN manifest m ON m.id = s.manifest_id "
    "WHERE {of}",
    "SELECT s.organisation_id, m.destination_id FROM manifest_sight s "
    "JOIN manifest m ON m.id = s.manifest_id WHERE {of}",
    "SELECT s.organisation_id, l.from_id FROM manifest_sight s JOIN leg l ON l.manifest_id = s.manifest_id "
    "WHERE {of}",
    "SELECT s.organisation_id, l.to_id FROM manifest_sight s JOIN leg l ON l.manifest_id = s.manifest_id "
    "WHERE {of}",
)

Watched = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A table, the columns whose change counts, and what is then done."""


def into_manifests(sources: Sources, of: str) -> str:
    """Note the organisations that these sources name."""
    found = " UNION ".join(source.format(of=of) for source in sources)
    return (
        f"INSERT INTO manifest_sight (organisation_id, manifest_id, issued_at) {found} ON CONFLICT DO NOTHING"
    )


def into_places(of: str) -> str:
    """Note the places of their manifests."""
    found = " UNION ".join(source.format(of=of) for source in PLACES)
    return f"INSERT INTO facility_sight (organisation_id, facility_id) {found} ON CONFLICT DO NOTHING"


OF_ALL: Final = (
    into_manifests((*NAMED_BY_MANIFEST, *NAMED_BY_LEG), "1 = 1"),
    into_places("1 = 1"),
)
"""Everything anew, from what the tables say."""
FOLLOW: Final = (
    "UPDATE manifest_sight SET issued_at = NEW.issued_at "
    "WHERE manifest_id = NEW.id AND issued_at <> NEW.issued_at"
)
"""A draft gets its time when it is issued."""
WATCHED: Final[tuple[Watched, ...]] = (
    (
        "manifest",
        ("issuer_id", "hauler_id", "origin_id", "destination_id", "received_at_id", "issued_at"),
        (FOLLOW, into_manifests(NAMED_BY_MANIFEST, "m.id = NEW.id"), into_places("s.manifest_id = NEW.id")),
    ),
    (
        "leg",
        ("manifest_id", "carrier_id", "vehicle_id", "driver_id", "from_id", "to_id"),
        (
            into_manifests(NAMED_BY_LEG, "l.id = NEW.id"),
            into_places("s.manifest_id = NEW.manifest_id"),
        ),
    ),
    *(
        (
            table,
            ("organisation_id",),
            (
                into_manifests((*NAMED_BY_MANIFEST[2:], *NAMED_BY_LEG[2:3]), "f.id = NEW.id")
                if table == "facility"
                else into_manifests(NAMED_BY_LEG[place : place + 1], f"{alias}.id = NEW.id"),
                into_places("s.organisation_id = NEW.organisation_id"),
            ),
        )
        for table, alias, place in (("facility", "f", 0), ("vehicle", "v", 1), ("user_account", "u", 3))
    ),
    (
        "diversion",
        ("from_site_id", "to_site_id", "valid_to"),
        (
            into_manifests(NAMED_BY_MANIFEST[5:], "d.id = NEW.id"),
            into_places(
                "s.organisation_id = (SELECT f.organisation_id FROM facility f WHERE f.id = NEW.to_site_id)"
            ),
        ),
    ),
)
"""What of people and places changes hands seldom: these read much once, the first two little often."""
NEW_ROWS_TELL_NOTHING = frozenset({"facility", "vehicle", "user_account"})  # nothing names them yet


def make_triggers(dialect: str) -> Iterator[str]:
    """The statements that make them."""
    make = on_postgresql if dialect == "postgresql" else on_sqlite
    for watched in WATCHED:
        yield from make(*watched)


def drop_triggers(dialect: str) -> Iterator[str]:
    """The other way round."""
    for table, _columns, _acts in WATCHED:
        for event in events_of(table):
            name = f"{table}_sight_{event}"
            yield f"DROP TRIGGER {name} ON {table}" if dialect == "postgresql" else f"DROP TRIGGER {name}"
        if dialect == "postgresql":
            yield f"DROP FUNCTION {table}_sight()"


def events_of(table: str) -> tuple[str, ...]:
    return ("update",) if table in NEW_ROWS_TELL_NOTHING else ("insert", "update")


def on_postgresql(table: str, columns: tuple[str, ...], acts: tuple[str, ...]) -> Iterator[str]:
    body = "; ".join(acts)
    yield (
        f"CREATE FUNCTION {table}_sight() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$"
    )
    for event in events_of(table):
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        when = f" WHEN ({changed})" if event == "update" else ""
        of = f" OF {', '.join(columns)}" if event == "update" else ""
        yield (
            f"CREATE TRIGGER {table}_sight_{event} AFTER {event.upper()}{of} ON {table} "
            f"FOR EACH ROW{when} EXECUTE FUNCTION {table}_sight()"
        )


def on_sqlite(table: str, columns: tuple[str, ...], acts: tuple[str, ...]) -> Iterator[str]:
    for event in events_of(table):
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        when = f" WHEN {changed}" if event == "update" else ""
        of = f" OF {', '.join(columns)}" if event == "update" else ""
        yield (
            f"CREATE TRIGGER {table}_sight_{event} AFTER {event.upper()}{of} ON {table}{when} "
            f"BEGIN {'; '.join(acts)}; END"
        )
