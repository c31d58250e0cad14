"""Whose scale is it? Tickets are entered by the operator of the place where the scale stands."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Scale
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.rules.custody.guards import blocked

WEIGHERS = frozenset({Role.PLANT, Role.SITE})


def own_scale(session: Session, code: str, viewer: Viewer) -> Scale:
    """The scale with this code at a place of the viewer; raises NotYourSignature, StepBlocked."""
    if viewer.role not in WEIGHERS or viewer.organisation_id is None or viewer.user_id is None:
        raise NotYourSignature
    query = (
        select(Scale)
        .join(Facility, Facility.id == Scale.facility_id)
        .where(Scale.code == code, Facility.organisation_id == viewer.organisation_id)
    )
    found = session.scalar(query)
    if found is None:
        raise StepBlocked([blocked("scale", "not_known", given=code[:64])])
    return found
