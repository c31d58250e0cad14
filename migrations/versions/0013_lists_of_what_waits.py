"""By which ways are findings, a vehicle's loads, verdicts and piles read, however many rows there are?

Revision: 0013, after 0012. Why: docs/decisions/0112.
"""

import sqlalchemy as sa
from alembic import op

from migrations.listed import OF_ALL, drop_triggers, make_triggers

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
TIME = sa.DateTime(timezone=True)
BY_CHANGE = ("custody_state", "origin_id", "destination_id", "hauler_id", "overdue")
ADDED = (("finding", "waiting"), ("manifest_sight", "verdict"), ("manifest_sight", "score"))
# (name, table, columns)
MADE = (
    ("ix_finding_waiting_score_id", "finding", ("waiting", "score", "id")),
    ("ix_finding_waiting_start_ms_id", "finding", ("waiting", "start_ms", "id")),
    (
        "ix_manifest_sight_verdict",
        "manifest_sight",
        ("organisation_id", "verdict", "issued_at", "manifest_id"),
    ),
    ("ix_manifest_sight_score", "manifest_sight", ("organisation_id", "score", "manifest_id")),
    *(
        (f"ix_manifest_{column}_updated_at_id", "manifest", (column, "updated_at", "id"))
        for column in BY_CHANGE
    ),
)


def upgrade() -> None:
    """Tables and ways first, then what they hold of the rows that are there, then what keeps them."""
    op.add_column("finding", sa.Column("waiting", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "manifest_sight", sa.Column("verdict", sa.String(32), server_default="pending", nullable=False)
    )
    op.add_column("manifest_sight", sa.Column("score", sa.Float(), server_default="-1", nullable=False))
    make_finding_sight()
    make_vehicle_load()
    make_pile_sum()
    for name, table, columns in MADE:
        op.create_index(name, table, list(columns))
    op.create_index(
        "ix_manifest_number_begins", "manifest", ["number"], postgresql_ops={"number": "text_pattern_ops"}
    )
    for statement in (*OF_ALL, *make_triggers(op.get_bind().dialect.name)):
        op.execute(statement)


def downgrade() -> None:
    """The other way round."""
    for statement in drop_triggers(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index("ix_manifest_number_begins", table_name="manifest")
    for name, table, _columns in MADE:
        op.drop_index(name, table_name=table)
    for table in ("pile_sum", "vehicle_load", "finding_sight"):
        op.drop_table(table)
    for table, column in ADDED:
        op.drop_column(table, column)


def make_finding_sight() -> None:
    op.create_table(
        "finding_sight",
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("finding_id", ROW_ID, nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["finding.id"],
            name=op.f("fk_finding_sight_finding_id_finding"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_finding_sight_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "finding_id", name=op.f("pk_finding_sight")),
    )
    op.create_index("ix_finding_sight_finding_id", "finding_sight", ["finding_id"])
    for value in ("score", "start_ms"):
        ordered = [value, "finding_id"]
        op.create_index(f"ix_finding_sight_{value}", "finding_sight", ["organisation_id", *ordered])
        op.create_index(
            f"ix_finding_sight_waiting_{value}", "finding_sight", ["organisation_id", "waiting", *ordered]
        )


def make_vehicle_load() -> None:
    op.create_table(
        "vehicle_load",
        sa.Column("vehicle_code", sa.String(64), nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["manifest_id"],
            ["manifest.id"],
            name=op.f("fk_vehicle_load_manifest_id_manifest"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("vehicle_code", "manifest_id", name=op.f("pk_vehicle_load")),
    )
    op.create_index("ix_vehicle_load_manifest_id", "vehicle_load", ["manifest_id"])
    for moment in ("issued_at", "updated_at"):
        ordered = ["vehicle_code", moment, "manifest_id"]
        op.create_index(f"ix_vehicle_load_{moment}", "vehicle_load", ordered)


def make_pile_sum() -> None:
    op.create_table(
        "pile_sum",
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("pile", sa.String(64), nullable=False),
        sa.Column("wet_kg", sa.Float(), nullable=False),
        sa.Column("dry_kg", sa.Float(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("newest_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name=op.f("fk_pile_sum_facility_id_facility"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("facility_id", "pile", name=op.f("pk_pile_sum")),
    )
