"""Which photos and documents came with a step of custody?

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from migrations.insert_only import lock, unlock

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id


def upgrade() -> None:
    """One table; what it holds is evidence."""
    op.create_table(
        "step_file",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("event_id", ROW_ID, nullable=False),
        sa.Column("attachment_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["custody_event.id"], name=op.f("fk_step_file_event_id_custody_event")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_step_file_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_file")),
    )
    op.create_index(op.f("ix_step_file_event_id"), "step_file", ["event_id"], unique=False)
    op.create_index(op.f("ix_step_file_attachment_id"), "step_file", ["attachment_id"], unique=False)
    lock("step_file")


def downgrade() -> None:
    """Without the table; the files themselves stay."""
    unlock("step_file")
    op.drop_table("step_file")
