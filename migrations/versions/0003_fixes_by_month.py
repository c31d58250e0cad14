"""Fixes by month on PostgreSQL, and no references to look up for each fix.

Revision: 0003, after 0002. Why, and what guards the two references instead: docs/decisions/0107.

The rows that are there are copied once, by either direction: on PostgreSQL into their months, on SQLite
into a table without the references. The whole step is one transaction.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAMES = (
    "device_id, time_ms, lat_e7, lon_e7, speed_kmh, course_deg, accuracy_m, odometer_km, received_ms, load_state, "
    "acc, doubts, raw_id, satellites, signal, recorder_speed_kmh, load_kg, alarm"
)
KEY = ("device_id", "time_ms", "lat_e7", "lon_e7")
FIRST_MONTH_MS = 1_577_836_800_000  # 2020-01-01: what is older comes from a clock that was never set
END_MONTH_MS = 4_102_444_800_000  # 2100-01-01: no decoder reads a later time

# In its own short transaction, called by gps_ingest/store/fix_months.py. LIKE and ATTACH hold up neither
# readers nor writers of other months; CREATE TABLE … PARTITION OF would wait for all of them. ATTACH copies
# the key and the row triggers of the whole table; a trigger on TRUNCATE it does not.
CREATE_MONTH = """
CREATE FUNCTION create_fix_month(of_year integer, of_month integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := make_timestamptz(of_year, of_month, 1, 0, 0, 0, 'UTC');
    month text := format('fix_%s_%s', of_year, lpad(of_month::text, 2, '0'));
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('create_fix_month'));
    IF to_regclass('fix_months.' || month) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE fix_months.%I (LIKE fix INCLUDING DEFAULTS)', month);
    EXECUTE format('CREATE TRIGGER fix_no_truncate BEFORE TRUNCATE ON fix_months.%I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', month);
    EXECUTE format('ALTER TABLE fix ATTACH PARTITION fix_months.%I FOR VALUES FROM (%s) TO (%s)', month,
        (extract(epoch FROM start) * 1000)::bigint,
        (extract(epoch FROM start AT TIME ZONE 'UTC' + interval '1 month') * 1000)::bigint);
END $$
"""
# For what is not dated: two partitions that are there from the beginning, so that every row has a place.
OPEN_ENDS = (
    ("fix_before_2020", f"FROM (MINVALUE) TO ({FIRST_MONTH_MS})"),
    ("fix_from_2100", f"FROM ({END_MONTH_MS}) TO (MAXVALUE)"),
)
MONTHS_OF_ROWS = f"""
SELECT create_fix_month(extract(year FROM month)::integer, extract(month FROM month)::integer)
FROM (
    SELECT DISTINCT date_trunc('month', to_timestamp(time_ms / 1000) AT TIME ZONE 'UTC') AS month
    FROM fix_before WHERE time_ms >= {FIRST_MONTH_MS} AND time_ms < {END_MONTH_MS}
) AS months
"""  # noqa: S608 - numbers of this file
KEEP_DEVICE = "a device with fixes stays"


def upgrade() -> None:
    """The new table beside the old one, the rows across, the old one away."""
    if op.get_bind().dialect.name == "postgresql":
        set_aside("fix_before")
        op.create_table(
            "fix",
            *columns(),
            sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_fix")),
            postgresql_partition_by="RANGE (time_ms)",
        )
        lock_on_postgresql()
        create_months()
    else:
        op.rename_table("fix", "fix_before")
        drop_locks_on_sqlite()
        create_plain(references=False)
    move_rows()
    keep_devices()


def downgrade() -> None:
    """Back to one table that refers to devices and messages."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER device_with_fixes_stays ON device")
        op.execute("DROP FUNCTION keep_device_with_fixes()")
        set_aside("fix_before")
        create_plain(references=True)
        lock_on_postgresql()
        move_rows()
        op.execute("DROP FUNCTION create_fix_month(integer, integer)")
        op.execute("DROP SCHEMA fix_months")
        return
    for verb in ("delete", "update"):
        op.execute(f"DROP TRIGGER device_with_fixes_no_{verb}")
    op.rename_table("fix", "fix_before")
    drop_locks_on_sqlite()
    create_plain(references=True)
    move_rows()


def columns() -> list[sa.Column[Any]]:
    """The columns as they stood after step 0002."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [
        sa.Column("device_id", row_id, nullable=False),
        sa.Column("time_ms", sa.BigInteger(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=False),
        sa.Column("lon_e7", sa.Integer(), nullable=False),
        sa.Column("speed_kmh", sa.REAL(), nullable=True),
        sa.Column("course_deg", sa.REAL(), nullable=True),
        sa.Column("accuracy_m", sa.REAL(), nullable=True),
        sa.Column("odometer_km", sa.Float(precision=53), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=True),
        sa.Column("load_state", sa.SmallInteger(), nullable=False),
        sa.Column("acc", sa.SmallInteger(), nullable=False),
        sa.Column("doubts", sa.BigInteger(), nullable=False),
        sa.Column("raw_id", row_id, nullable=False),
        sa.Column("satellites", sa.SmallInteger(), nullable=True),
        sa.Column("signal", sa.SmallInteger(), nullable=True),
        sa.Column("recorder_speed_kmh", sa.REAL(), nullable=True),
        sa.Column("load_kg", sa.REAL(), nullable=True),
        sa.Column("alarm", sa.BigInteger(), server_default="0", nullable=False),
    ]


def set_aside(name: str) -> None:
    """Another name for the table and its key, so that the new one can have theirs (PostgreSQL)."""
    op.rename_table("fix", name)
    op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT pk_fix TO pk_{name}")


def create_plain(*, references: bool) -> None:
    """The table in one piece, with or without its references."""
    refer = (
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fix_device_id_device")),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_message.id"], name=op.f("fk_fix_raw_id_raw_message")),
    )
    op.create_table(
        "fix",
        *columns(),
        *(refer if references else ()),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_fix")),
        sqlite_with_rowid=False,
    )


def create_months() -> None:
    """The schema of the months, the two open ends, and a month for every row that waits to be moved."""
    op.execute("CREATE SCHEMA fix_months")
    op.execute(CREATE_MONTH)
    for name, bounds in OPEN_ENDS:
        op.execute(f"CREATE TABLE fix_months.{name} PARTITION OF fix FOR VALUES {bounds}")
        op.execute(
            f"CREATE TRIGGER fix_no_truncate BEFORE TRUNCATE ON fix_months.{name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(MONTHS_OF_ROWS)


def move_rows() -> None:
    """Copy what is there; on SQLite the locks come after it, and before anybody else sees the table."""
    op.execute(f"INSERT INTO fix ({NAMES}) SELECT {NAMES} FROM fix_before")  # noqa: S608 - names of this file
    op.drop_table("fix_before")
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER fix_no_{verb.lower()} BEFORE {verb} ON fix "
                "BEGIN SELECT RAISE(ABORT, 'fix is insert-only'); END"
            )


def drop_locks_on_sqlite() -> None:
    """They move with a table that is given another name, and DROP TABLE would delete row by row past none."""
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER fix_no_{verb}")


def lock_on_postgresql() -> None:
    """As step 0001 locked the old table."""
    op.execute(
        "CREATE TRIGGER fix_insert_only BEFORE UPDATE OR DELETE ON fix "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER fix_no_truncate BEFORE TRUNCATE ON fix "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def keep_devices() -> None:
    """What the reference to the device did for it: a device that sent fixes cannot go, nor change its key.
    Messages need no such guard: they are insert-only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION keep_device_with_fixes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF EXISTS (SELECT FROM fix WHERE device_id = OLD.id) THEN "
            f"RAISE EXCEPTION '{KEEP_DEVICE}' USING ERRCODE = 'restrict_violation'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER device_with_fixes_stays BEFORE DELETE OR UPDATE OF id ON device "
            "FOR EACH ROW EXECUTE FUNCTION keep_device_with_fixes()"
        )
        return
    for name, event in (("delete", "DELETE"), ("update", "UPDATE OF id")):
        when = "WHEN EXISTS (SELECT 1 FROM fix WHERE device_id = OLD.id)"
        then = f"BEGIN SELECT RAISE(ABORT, '{KEEP_DEVICE}'); END"
        op.execute(f"CREATE TRIGGER device_with_fixes_no_{name} BEFORE {event} ON device {when} {then}")
