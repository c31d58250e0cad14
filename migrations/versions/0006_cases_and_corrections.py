"""How are findings followed up and manifests corrected? Files, cases, objections, corrections, holds.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from migrations.insert_only import lock, unlock

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
INSERT_ONLY = ("attachment", "case_entry", "objection")


def upgrade() -> None:
    """Tables in the order in which they refer to each other."""
    make_attachment()
    make_case_file()
    make_case_finding()
    make_case_entry()
    make_objection()
    make_correction_question()
    make_correction()
    make_correction_answer()
    make_hold()
    make_emergency_window()
    for table in INSERT_ONLY:
        lock(table)


def downgrade() -> None:
    """The other way round."""
    for table in INSERT_ONLY:
        unlock(table)
    for table in (
        "emergency_window",
        "hold",
        "correction_answer",
        "correction",
        "correction_question",
        "objection",
        "case_entry",
        "case_finding",
        "case_file",
        "attachment",
    ):
        op.drop_table(table)


def make_attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", ROW_ID, nullable=True),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attachment_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_attachment_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_digest"), "attachment", ["digest"], unique=False)


def make_case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("assigned_to_id", ROW_ID, nullable=True),
        sa.Column("opened_by_id", ROW_ID, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('violation', 'no_violation', 'not_proven')", name=op.f("ck_case_file_outcome")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'waiting', 'decided', 'closed')", name=op.f("ck_case_file_state")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to_id"], ["user_account.id"], name=op.f("fk_case_file_assigned_to_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_case_file_opened_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
    )
    op.create_index(op.f("ix_case_file_assigned_to_id"), "case_file", ["assigned_to_id"], unique=False)
    op.create_index("ix_case_file_state_opened_at", "case_file", ["state", "opened_at", "id"], unique=False)


def make_case_finding() -> None:
    op.create_table(
        "case_finding",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("finding_key", sa.String(length=40), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_finding_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_finding")),
        sa.UniqueConstraint("case_id", "finding_key", name=op.f("uq_case_finding_case_id_finding_key")),
    )
    op.create_index(op.f("ix_case_finding_finding_key"), "case_finding", ["finding_key"], unique=False)


def make_case_entry() -> None:
    op.create_table(
        "case_entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("attachment_id", ROW_ID, nullable=True),
        sa.Column("asked_id", ROW_ID, nullable=True),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act IN ('opened', 'finding_added', 'assigned', 'commented', 'attached', 'asked', 'answered', 'decided', 'closed', 'reopened')",
            name=op.f("ck_case_entry_act"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["organisation.id"], name=op.f("fk_case_entry_asked_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_case_entry_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_entry_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_entry_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_entry_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
    )
    op.create_index(op.f("ix_case_entry_asked_id"), "case_entry", ["asked_id"], unique=False)
    op.create_index("ix_case_entry_case_id_id", "case_entry", ["case_id", "id"], unique=False)


def make_objection() -> None:
    op.create_table(
        "objection",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("finding_key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("attachment_id", ROW_ID, nullable=True),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_objection_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_objection_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_objection_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_finding_key"), "objection", ["finding_key"], unique=False)


def make_correction_question() -> None:
    op.create_table(
        "correction_question",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_by_id", ROW_ID, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_correction_question_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_correction_question_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_correction_question_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_correction_question_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_question")),
    )
    op.create_index(
        op.f("ix_correction_question_manifest_id"), "correction_question", ["manifest_id"], unique=False
    )
    op.create_index(
        op.f("ix_correction_question_organisation_id"),
        "correction_question",
        ["organisation_id"],
        unique=False,
    )


def make_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("evidence_id", ROW_ID, nullable=True),
        sa.Column("requested_by_id", ROW_ID, nullable=True),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question_id", ROW_ID, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_made", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'withdrawn', 'with_regulator')",
            name=op.f("ck_correction_state"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["attachment.id"], name=op.f("fk_correction_evidence_id_attachment")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_correction_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_correction_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["correction_question.id"],
            name=op.f("fk_correction_question_id_correction_question"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_correction_requested_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index("ix_correction_manifest_id_id", "correction", ["manifest_id", "id"], unique=False)
    op.create_index("ix_correction_state_requested_at", "correction", ["state", "requested_at"], unique=False)
    op.create_index(
        "uq_correction_open",
        "correction",
        ["manifest_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'with_regulator')"),
        postgresql_where=sa.text("state IN ('open', 'with_regulator')"),
    )


def make_correction_answer() -> None:
    op.create_table(
        "correction_answer",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("correction_id", ROW_ID, nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name=op.f("fk_correction_answer_correction_id_correction")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_correction_answer_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_correction_answer_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_answer")),
        sa.UniqueConstraint(
            "correction_id",
            "organisation_id",
            name=op.f("uq_correction_answer_correction_id_organisation_id"),
        ),
    )
    op.create_index(
        op.f("ix_correction_answer_organisation_id"), "correction_answer", ["organisation_id"], unique=False
    )


def make_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("placed_by_id", ROW_ID, nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", ROW_ID, nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["user_account.id"], name=op.f("fk_hold_lifted_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_hold_manifest_id_manifest")),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["user_account.id"], name=op.f("fk_hold_placed_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_manifest_id"), "hold", ["manifest_id"], unique=False)
    op.create_index(
        "uq_hold_standing",
        "hold",
        ["manifest_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def make_emergency_window() -> None:
    op.create_table(
        "emergency_window",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=True),
        sa.Column("covers_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("covers_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enter_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("opened_by_id", ROW_ID, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("covers_to > covers_from", name=op.f("ck_emergency_window_covers")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_emergency_window_opened_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_emergency_window_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_window")),
    )
