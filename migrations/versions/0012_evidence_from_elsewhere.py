"""Who sent a file, and who typed a signature in from paper, where that was on another server?

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from migrations.words import rewrite

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BLANK_ELSEWHERE = (
    ("attachment", "user_id"),
    ("paper_signature", "entered_by_id"),
    ("paper_signature", "window_id"),
)


def upgrade() -> None:
    """Blank: what a scenario folder brought; logins and windows of its server are not here."""
    for table, column in BLANK_ELSEWHERE:
        change(table, column, may_be_blank=True)


def downgrade() -> None:
    """Refused by the database while there is anything that a folder brought."""
    for table, column in BLANK_ELSEWHERE:
        change(table, column, may_be_blank=False)


def change(table: str, column: str, *, may_be_blank: bool) -> None:
    """The same table with or without NOT NULL on a column that holds a row id."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column, existing_type=sa.BigInteger(), nullable=may_be_blank)
        return
    needed, optional = f"{column} INTEGER NOT NULL", f"{column} INTEGER"
    old, new = (needed, optional) if may_be_blank else (f"{optional},", f"{needed},")
    rewrite(table, old, new)
