"""How does a case get its number? The next of the year, without gaps, also when two are opened at once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.cases import Case

NUMBERING_LOCK = 0x51D70  # any number that no other program uses


def next_case_number(session: Session, now: datetime, zone: ZoneInfo) -> str:
    """AJ-YYYY-NNNN by the city's year; from 10,000 on with as many digits as it takes.

    On PostgreSQL whoever comes second waits until the first transaction ends; SQLite has one writer.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBERING_LOCK})
    stem = f"AJ-{now.astimezone(zone).year:04d}-"
    newest = session.scalar(
        select(Case.number)
        .where(Case.number.startswith(stem, autoescape=True))
        .order_by(func.length(Case.number).desc(), Case.number.desc())
        .limit(1)
    )
    last = 0 if newest is None else int(newest.removeprefix(stem))
    return f"{stem}{last + 1:04d}"
