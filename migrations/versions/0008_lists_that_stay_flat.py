"""By which ways are lists read, however many rows there are? Indexes, and whom each manifest may concern.

Revision: 0008, after 0007. Why: docs/decisions/0110.
"""

import sqlalchemy as sa
from alembic import op

from migrations.sight import OF_ALL, drop_triggers, make_triggers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id

# (name, table, columns, on which rows)
MADE = (
    ("ix_manifest_origin_id_issued_at_id", "manifest", ("origin_id", "issued_at", "id"), None),
    ("ix_manifest_destination_id_issued_at_id", "manifest", ("destination_id", "issued_at", "id"), None),
    ("ix_manifest_hauler_id_issued_at_id", "manifest", ("hauler_id", "issued_at", "id"), None),
    ("ix_manifest_issuer_id_issued_at_id", "manifest", ("issuer_id", "issued_at", "id"), None),
    ("ix_manifest_overdue_due_at_id", "manifest", ("overdue", "due_at", "id"), None),
    ("ix_manifest_plan", "manifest", ("plan",), "plan IS NOT NULL"),
    ("ix_manifest_approval", "manifest", ("approval",), "approval IS NOT NULL"),
    ("ix_leg_vehicle_code_manifest_id", "leg", ("vehicle_code", "manifest_id"), None),
    ("ix_leg_to_id_manifest_id", "leg", ("to_id", "manifest_id"), None),
    ("ix_leg_from_id_manifest_id", "leg", ("from_id", "manifest_id"), None),
    ("ix_receipt_at", "receipt", ("at",), None),
    ("ix_verdict_current_score_manifest_id", "verdict", ("current", "score", "manifest_id"), None),
    ("ix_finding_current_start_ms_id", "finding", ("current", "start_ms", "id"), None),
    ("ix_case_file_opened_at_id", "case_file", ("opened_at", "id"), None),
    ("ix_case_file_updated_at_id", "case_file", ("updated_at", "id"), None),
    ("ix_correction_state_id", "correction", ("state", "id"), None),
    ("ix_correction_question_open", "correction_question", ("id",), "answered_at IS NULL"),
    ("ix_hold_standing_id", "hold", ("id",), "lifted_at IS NULL"),
    ("ix_stock_entry_at_id", "stock_entry", ("at", "id"), None),
    ("ix_stock_entry_facility_id_at_id", "stock_entry", ("facility_id", "at", "id"), None),
    ("ix_product_dispatch_at_id", "product_dispatch", ("at", "id"), None),
    ("ix_scale_ticket_weighed_at_id", "scale_ticket", ("weighed_at", "id"), None),
    ("ix_lab_result_period_from_id", "lab_result", ("period_from", "id"), None),
)
GONE = (
    ("ix_manifest_origin_id", "manifest", "origin_id"),
    ("ix_manifest_destination_id", "manifest", "destination_id"),
    ("ix_manifest_hauler_id", "manifest", "hauler_id"),
    ("ix_manifest_issuer_id", "manifest", "issuer_id"),
)
"""Each begins another one now."""


def upgrade() -> None:
    """Indexes first: what is noted of the rows that are there is found by them."""
    for name, table, columns, rows in MADE:
        where = None if rows is None else sa.text(rows)
        op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)
    for name, table, _column in GONE:
        op.drop_index(name, table_name=table)
    make_manifest_sight()
    make_facility_sight()
    for statement in (*OF_ALL, *make_triggers(op.get_bind().dialect.name)):
        op.execute(statement)


def downgrade() -> None:
    """The other way round."""
    for statement in drop_triggers(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("facility_sight")
    op.drop_table("manifest_sight")
    for name, table, column in GONE:
        op.create_index(name, table, [column])
    for name, table, _columns, _rows in MADE:
        op.drop_index(name, table_name=table)


def make_manifest_sight() -> None:
    op.create_table(
        "manifest_sight",
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"],
            ["manifest.id"],
            name=op.f("fk_manifest_sight_manifest_id_manifest"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_manifest_sight_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "manifest_id", name=op.f("pk_manifest_sight")),
    )
    op.create_index("ix_manifest_sight_manifest_id", "manifest_sight", ["manifest_id"])
    op.create_index(
        "ix_manifest_sight_organisation_id_issued_at_manifest_id",
        "manifest_sight",
        ["organisation_id", "issued_at", "manifest_id"],
    )


def make_facility_sight() -> None:
    op.create_table(
        "facility_sight",
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name=op.f("fk_facility_sight_facility_id_facility"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_facility_sight_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "facility_id", name=op.f("pk_facility_sight")),
    )
