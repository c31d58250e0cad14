"""What devices say beside their place, how their clocks run, what their vendors mean; releases; platforms.

Revision: 0002, after 0001. Columns are added plainly and not by copying the table: SQLite would have to drop
a table that others refer to.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
ADDED: tuple[tuple[str, str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("device", "model", sa.String(length=64), None),
    ("device", "utc_offset_minutes", sa.Integer(), None),
    ("device", "terminal_id", sa.String(length=64), None),
    ("device", "pending_token_hash", sa.String(length=64), None),
    ("device", "token_issue", sa.Integer(), "0"),
    ("fix", "satellites", sa.SmallInteger(), None),
    ("fix", "signal", sa.SmallInteger(), None),
    ("fix", "recorder_speed_kmh", sa.REAL(), None),
    ("fix", "load_kg", sa.REAL(), None),
    ("fix", "alarm", sa.BigInteger(), "0"),
)
"""Table, column, type, and what rows that are there already have in it (None: NULL)."""

FINDING_KINDS = (
    "ghost_trip", "phantom_manifest", "wrong_vehicle", "unknown_vehicle", "wrong_destination",
    "shared_trip", "not_permitted", "no_dwell", "overdue", "off_route", "unplanned_stop", "rendezvous",
    "signal_gap", "teleport", "frozen_position", "replayed_track", "cloned_device", "clock_skew",
    "datum_shift", "device_tamper", "handover_mismatch", "wet_gap", "dry_gap", "dilution", "overload",
    "tare_drift", "repeated_weight", "moisture_over_limit", "skimming", "plant_imbalance",
    "site_imbalance", "over_capacity",
)  # fmt: skip


def upgrade() -> None:
    """New tables, then new columns of old ones."""
    add_device_days()
    op.create_table(
        "device_model",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_model")),
        sa.UniqueConstraint("name", name=op.f("uq_device_model_name")),
    )
    op.create_table(
        "platform",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
        sa.UniqueConstraint("code", name=op.f("uq_platform_code")),
    )
    op.create_table(
        "device_model_field",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("model_id", ROW_ID, nullable=False),
        sa.Column("tlv_id", sa.SmallInteger(), nullable=False),
        sa.Column("offset_bytes", sa.SmallInteger(), nullable=False),
        sa.Column("width_bytes", sa.SmallInteger(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("scale", sa.Float(), nullable=False),
        sa.Column("quantity", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "offset_bytes >= 0 AND width_bytes BETWEEN 1 AND 8", name=op.f("ck_device_model_field_place")
        ),
        sa.CheckConstraint("tlv_id BETWEEN 0 AND 255", name=op.f("ck_device_model_field_tlv_id")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["device_model.id"], name=op.f("fk_device_model_field_model_id_device_model")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_model_field")),
        sa.UniqueConstraint("model_id", "quantity", name=op.f("uq_device_model_field_model_id_quantity")),
    )
    op.create_table(
        "device_record",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("raw_id", ROW_ID, nullable=False),
        sa.Column("device_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('waybill', 'driver_card')", name=op.f("ck_device_record_kind")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_record_device_id_device")),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_device_record_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_message.id"], name=op.f("fk_device_record_raw_id_raw_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_record")),
        sa.UniqueConstraint("raw_id", name=op.f("uq_device_record_raw_id")),
    )
    op.create_index("ix_device_record_device_id_at_ms", "device_record", ["device_id", "at_ms"], unique=False)
    op.create_index(op.f("ix_device_record_manifest_id"), "device_record", ["manifest_id"], unique=False)

    op.create_table(
        "raw_release",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("raw_id", ROW_ID, nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("not_taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("decision IN ('released', 'rejected')", name=op.f("ck_raw_release_decision")),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_message.id"], name=op.f("fk_raw_release_raw_id_raw_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_release")),
    )
    op.create_index(op.f("ix_raw_release_raw_id"), "raw_release", ["raw_id"], unique=False)

    for table, name, kind, default in ADDED:
        op.add_column(table, sa.Column(name, kind, server_default=default, nullable=default is None))
    tie_devices_to_platforms()
    lock_releases()


def downgrade() -> None:
    """The other way round."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER raw_release_insert_only ON raw_release")
        op.execute("DROP TRIGGER raw_release_no_truncate ON raw_release")
    op.drop_column("device", "platform_id")
    for table, name, *_rest in reversed(ADDED):
        op.drop_column(table, name)
    for table in ("track_window", "doubt_stretch", "device_day"):
        op.drop_table(table)
    op.drop_index(op.f("ix_raw_release_raw_id"), table_name="raw_release")

    op.drop_table("raw_release")
    op.drop_index(op.f("ix_device_record_manifest_id"), table_name="device_record")
    op.drop_index("ix_device_record_device_id_at_ms", table_name="device_record")

    op.drop_table("device_record")
    op.drop_table("device_model_field")
    op.drop_table("platform")
    op.drop_table("device_model")


def tie_devices_to_platforms() -> None:
    """A column that refers to a table, in one statement: SQLite cannot add the reference afterwards."""
    kind = ROW_ID.compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE device ADD COLUMN platform_id {kind} "
        "CONSTRAINT fk_device_platform_id_platform REFERENCES platform (id)"
    )


def add_device_days() -> None:
    """What the analysis concludes about devices, derived from fixes."""
    words = ", ".join(f"'{kind}'" for kind in FINDING_KINDS)
    op.create_table(
        "device_day",
        *of_device(),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("datum", sa.String(length=32), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("compared", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_device_day_datum")),
        *keys_of_device("device_day"),
        sa.PrimaryKeyConstraint("vehicle_id", "device_id", "day", name=op.f("pk_device_day")),
    )
    op.create_index("ix_device_day_compared_told", "device_day", ["compared", "told"], unique=False)
    op.create_table(
        "doubt_stretch",
        *of_device(),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"kind IN ({words})", name=op.f("ck_doubt_stretch_kind")),
        sa.CheckConstraint("to_ms >= from_ms", name=op.f("ck_doubt_stretch_interval")),
        *keys_of_device("doubt_stretch"),
        sa.PrimaryKeyConstraint(
            "vehicle_id", "device_id", "kind", "cause", "from_ms", name=op.f("pk_doubt_stretch")
        ),
    )
    op.create_index("ix_doubt_stretch_kind_from_ms", "doubt_stretch", ["kind", "from_ms"], unique=False)
    op.create_table(
        "track_window",
        *of_device(),
        sa.Column("time_ms", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        *keys_of_device("track_window"),
        sa.PrimaryKeyConstraint("device_id", "time_ms", name=op.f("pk_track_window")),
    )
    op.create_index("ix_track_window_fingerprint", "track_window", ["fingerprint"], unique=False)


def of_device() -> tuple[sa.Column[int], sa.Column[int]]:
    """The columns that say which device on which vehicle."""
    return sa.Column("vehicle_id", ROW_ID, nullable=False), sa.Column("device_id", ROW_ID, nullable=False)


def keys_of_device(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    """What these columns refer to."""
    return (
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f(f"fk_{table}_vehicle_id_vehicle")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f(f"fk_{table}_device_id_device")),
    )


def lock_releases() -> None:
    """A release from quarantine is evidence too: it is added, never changed."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER raw_release_insert_only BEFORE UPDATE OR DELETE ON raw_release "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER raw_release_no_truncate BEFORE TRUNCATE ON raw_release "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER raw_release_no_{verb.lower()} BEFORE {verb} ON raw_release "
            "BEGIN SELECT RAISE(ABORT, 'raw_release is insert-only'); END"
        )
