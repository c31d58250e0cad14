"""How does a step change which words a column may hold?

PostgreSQL replaces the constraint. SQLite cannot: the table is written anew under its own statement with the
one clause changed, its rows copied, its indexes and triggers made again (the procedure of sqlite.org,
lang_altertable, section 7). Foreign keys are off while a migration runs (models/migrate.py) and checked at
its end.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def change_words(table: str, column: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Make the CHECK on `column` hold the words `after`, not `before`; both in the order of the enum."""
    if op.get_bind().dialect.name == "postgresql":
        name = f"ck_{table}_{column}"
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, one_of(column, after))
        return
    rewrite(table, one_of(column, before), one_of(column, after))


def one_of(column: str, words: Sequence[str]) -> str:
    """The text of the CHECK."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def rewrite(table: str, old: str, new: str) -> None:
    """SQLite: the same table with `old` in its statement replaced by `new`."""
    bind = op.get_bind()
    parts = bind.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL"),
        {"table": table},
    ).all()
    statement = next(sql for kind, sql in parts if kind == "table")
    if statement.count(old) != 1:
        raise LookupError(f"table {table} has no such rule: {old}")
    columns = ", ".join(f'"{each["name"]}"' for each in sa.inspect(bind).get_columns(table))
    copy = f"{table}_copy"
    made, _space, rest = statement.replace(old, new).partition(table)
    bind.exec_driver_sql(f"{made.rstrip(chr(34))}{copy}{rest.lstrip(chr(34))}")
    bind.exec_driver_sql(f'INSERT INTO {copy} ({columns}) SELECT {columns} FROM "{table}"')  # noqa: S608
    bind.exec_driver_sql(f'DROP TABLE "{table}"')
    bind.exec_driver_sql(f'ALTER TABLE {copy} RENAME TO "{table}"')
    for kind, sql in parts:
        if kind != "table":
            bind.exec_driver_sql(sql)
