"""Who confirms what was typed in from paper, and from when to when are vehicles and organisations active?

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
TIME = sa.DateTime(timezone=True)
ACTIVE = ("organisation", "vehicle")
REFERS = (
    ("signature_id", "signature"),
    ("manifest_id", "manifest"),
    ("organisation_id", "organisation"),
    ("window_id", "emergency_window"),
    ("evidence_id", "attachment"),
    ("entered_by_id", "user_account"),
    ("answered_by_id", "user_account"),
    ("decided_by_id", "user_account"),
)
STATES = "'own', 'unconfirmed', 'confirmed', 'refused', 'with_regulator', 'upheld', 'struck'"
METHODS = "'password', 'recent_login', 'one_time_code', 'api_token', 'emergency_paper'"


def upgrade() -> None:
    """Columns first, then the table that refers to windows."""
    for table in ACTIVE:
        op.add_column(table, sa.Column("active_from", sa.Date(), nullable=True))
        op.execute(  # with its CHECK in one statement: SQLite cannot add that afterwards
            f"ALTER TABLE {table} ADD COLUMN active_to DATE "
            f"CONSTRAINT ck_{table}_active CHECK (active_to >= active_from)"
        )
    op.add_column("emergency_window", sa.Column("closed_at", TIME, nullable=True))
    kind = ROW_ID.compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE emergency_window ADD COLUMN closed_by_id {kind} "
        "CONSTRAINT fk_emergency_window_closed_by_id_user_account REFERENCES user_account (id)"
    )
    make_paper_signature()


def downgrade() -> None:
    """The other way round."""
    op.drop_table("paper_signature")
    op.drop_column("emergency_window", "closed_by_id")
    op.drop_column("emergency_window", "closed_at")
    for table in ACTIVE:
        op.drop_column(table, "active_to")
        op.drop_column(table, "active_from")


def make_paper_signature() -> None:
    op.create_table(
        "paper_signature",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("signature_id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("window_id", ROW_ID, nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("evidence_id", ROW_ID, nullable=True),
        sa.Column("entered_by_id", ROW_ID, nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=100), nullable=True),
        sa.Column("answered_by_id", ROW_ID, nullable=True),
        sa.Column("answer_method", sa.String(length=32), nullable=True),
        sa.Column("answer_assurance", sa.String(length=32), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decision", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_paper_signature_state")),
        sa.CheckConstraint(f"answer_method IN ({METHODS})", name=op.f("ck_paper_signature_answer_method")),
        sa.CheckConstraint(
            "answer_assurance IN ('low', 'medium', 'high')", name=op.f("ck_paper_signature_answer_assurance")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_paper_signature_{column}_{table}")
            )
            for column, table in REFERS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_signature")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_paper_signature_signature_id")),
    )
    op.create_index("ix_paper_signature_manifest_id_id", "paper_signature", ["manifest_id", "id"])
    op.create_index("ix_paper_signature_state_entered_at", "paper_signature", ["state", "entered_at"])
    op.create_index(
        "ix_paper_signature_organisation_id_state_id", "paper_signature", ["organisation_id", "state", "id"]
    )
