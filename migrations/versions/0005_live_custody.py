"""What does a manifest know that people move step by step? New columns and words of old tables.

Revision: 0005, after 0004.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.words import change_words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
ADDED: tuple[tuple[str, str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("manifest", "leg_seq", sa.Integer(), "0"),
    ("manifest", "version", sa.Integer(), "1"),
    ("manifest", "planned_kg", sa.Float(), None),
    ("manifest", "approval", sa.String(length=100), None),
    ("manifest", "place_lat", sa.Float(), None),
    ("manifest", "place_lon", sa.Float(), None),
    ("manifest", "due_at", sa.DateTime(timezone=True), None),
    ("manifest", "updated_at", sa.DateTime(timezone=True), None),
    ("moisture_test", "method", sa.String(length=32), None),
    ("custody_event", "recorded_at", sa.DateTime(timezone=True), None),
    ("facility", "province", sa.String(length=32), None),
)
"""Table, column, type, and what rows that are there already have in it (None: NULL)."""

REFERENCES = (
    ("manifest", "custodian_id", "organisation"),
    ("manifest", "issuer_id", "organisation"),
    ("manifest", "received_at_id", "facility"),
    ("leg", "driver_id", "user_account"),
    ("leg", "carrier_id", "organisation"),
    ("custody_event", "user_id", "user_account"),
)
"""Table, new column, and the table that it refers to."""

INDEXES = (
    ("ix_manifest_updated_at_id", "manifest", ("updated_at", "id")),
    ("ix_manifest_custody_state_issued_at_id", "manifest", ("custody_state", "issued_at", "id")),
    ("ix_manifest_due_at", "manifest", ("due_at",)),
    ("ix_manifest_issuer_id", "manifest", ("issuer_id",)),
    ("ix_manifest_received_at_id", "manifest", ("received_at_id",)),
    ("ix_leg_driver_id", "leg", ("driver_id",)),
    ("ix_leg_carrier_id", "leg", ("carrier_id",)),
)

KINDS = ("normal", "return", "alternate", "rescue")
ROLES = ("regulator", "plant", "hauler", "site", "administrator")
ROLES_NOW = ("regulator", "plant", "hauler", "driver", "site", "administrator")
WEIGHINGS = ("loaded", "handover", "received")
WEIGHINGS_NOW = ("loaded", "handover", "taken", "received")
STATES = (
    "draft", "issued", "loaded", "in_transit", "at_transfer", "in_store", "arrived", "accepted",
    "part_accepted", "rejected", "disposed", "closed", "expired", "cancelled", "aborted",
)  # fmt: skip
WORDS = (
    ("manifest", "kind", KINDS, (*KINDS, "split", "group")),
    ("manifest", "custody_state", STATES, (*STATES, "regrouped")),
    ("custody_event", "to_state", STATES, (*STATES, "regrouped")),
    ("user_account", "role", ROLES, ROLES_NOW),
    ("weighing", "role", WEIGHINGS, WEIGHINGS_NOW),
    ("moisture_test", "role", WEIGHINGS, WEIGHINGS_NOW),
)
"""Table, column, its words before and after."""


def upgrade() -> None:
    """Words first: a table that is written anew is written without the new columns."""
    for table, column, before, after in WORDS:
        change_words(table, column, before, after)
    for table, name, kind, default in ADDED:
        op.add_column(table, sa.Column(name, kind, server_default=default, nullable=default is None))
    false = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.add_column(
        "manifest", sa.Column("overdue", sa.Boolean(), server_default=sa.text(false), nullable=False)
    )
    add_source()
    for table, column, referred in REFERENCES:
        refer(table, column, referred)
    for name, table, columns in INDEXES:
        op.create_index(name, table, list(columns), unique=False)


def downgrade() -> None:
    """The other way round; a row with a new word keeps its table from going back."""
    for name, table, _columns in INDEXES:
        op.drop_index(name, table_name=table)
    for table, column, _referred in reversed(REFERENCES):
        op.drop_column(table, column)
    for column in ("source", "overdue"):
        op.drop_column("manifest", column)
    for table, name, *_rest in reversed(ADDED):
        op.drop_column(table, name)
    for table, column, before, after in reversed(WORDS):
        change_words(table, column, after, before)


def add_source() -> None:
    """With its CHECK in one statement: SQLite cannot add that afterwards."""
    op.execute(
        "ALTER TABLE manifest ADD COLUMN source VARCHAR(32) DEFAULT 'paper' NOT NULL "
        "CONSTRAINT ck_manifest_source CHECK (source IN ('live', 'paper', 'emergency'))"
    )


def refer(table: str, column: str, referred: str) -> None:
    """A column that refers to a table, in one statement for the same reason."""
    kind = ROW_ID.compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} "
        f"CONSTRAINT fk_{table}_{column}_{referred} REFERENCES {referred} (id)"
    )
