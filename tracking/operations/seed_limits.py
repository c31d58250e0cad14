"""How does the rule table get its first rows? Once, and never over what a regulator has edited."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.limit_seeds import LIMIT_SEEDS
from models.limits import RuleLimit


def seed_limits(session: Session) -> int:
    """Add the seeded limits of every subject that has no row at all; the count of rows added.

    A subject that has any row, whatever its date, is in the regulator's hands and is left alone.
    """
    known = set(session.scalars(select(RuleLimit.subject)))
    fresh = [RuleLimit(**asdict(seed), confirmed=False) for seed in LIMIT_SEEDS if seed.subject not in known]
    session.add_all(fresh)
    session.flush()
    return len(fresh)
