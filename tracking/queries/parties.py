"""Which organisations take part, apart from the regulators?"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisations import Organisation
from models.vocabulary import OrganisationKind
from tracking.queries.names import Name

PARTIES = frozenset(OrganisationKind) - {OrganisationKind.REGULATOR}


def parties(session: Session, kinds: Collection[OrganisationKind] = PARTIES) -> list[Name]:
    """Names of organisations of these kinds, by kind and code."""
    query = (
        select(Organisation.code, Organisation.name, Organisation.name_en)
        .where(Organisation.kind.in_(kinds))
        .order_by(Organisation.kind, Organisation.code)
    )
    return [Name(*row) for row in session.execute(query)]


def organisations_by_id(session: Session, ids: Collection[int]) -> list[Name]:
    """Names of these organisations, by code."""
    query = (
        select(Organisation.code, Organisation.name, Organisation.name_en)
        .where(Organisation.id.in_(sorted(ids)))
        .order_by(Organisation.code)
    )
    return [Name(*row) for row in session.execute(query)]
