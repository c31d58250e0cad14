"""How is a temporary change of destination authorised? 应急调度: the mutual back-up between sites."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.manifests import Diversion, Manifest
from models.values import Viewer
from models.vocabulary import FacilityKind, Role
from tracking.operations.administer.entries import Entry, allowed
from tracking.operations.administer.refusals import NothingThere
from tracking.operations.mark_manifests import mark_manifests


def authorise_diversion(
    session: Session,
    from_site: str,
    to_site: str,
    valid_from: datetime,
    valid_to: datetime,
    reason: str,
    viewer: Viewer,
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """The code (DD-YYYYMMDD-n) of a diversion that holds in [valid_from, valid_to).

    Manifests to the site that cannot take them are judged again. Raises NotAdministering, StepBlocked.
    """
    allowed(viewer, {Role.REGULATOR})
    entry = Entry(session)
    away = entry.row("from_site", Facility, from_site)
    instead = entry.row("to_site", Facility, to_site)
    if instead is not None and instead.kind is not FacilityKind.SITE:
        entry.say("to_site", "no_receiver", facility=instead.code)
    if away is not None and instead is not None and away.id == instead.id:
        entry.say("to_site", "diverted_to_itself")
    if valid_to <= valid_from:
        entry.say("valid_to", "ends_before_it_begins")
    said = entry.text("reason", reason, 500)
    entry.done()
    stem = f"DD-{now.astimezone(zone):%Y%m%d}-"
    count = session.scalar(
        select(func.count()).select_from(Diversion).where(Diversion.code.startswith(stem, autoescape=True))
    )
    code = f"{stem}{(count or 0) + 1}"
    from_id, to_id = (0, 0) if away is None or instead is None else (away.id, instead.id)
    session.add(
        Diversion(
            code=code,
            from_site_id=from_id,
            to_site_id=to_id,
            valid_from=valid_from,
            valid_to=valid_to,
            reason=said,
        )
    )
    session.flush()
    judge_again(session, from_id)
    return code


def end_diversion(session: Session, code: str, viewer: Viewer, now: datetime) -> None:
    """It holds no longer than now; one that has not begun holds for no time that matters.

    Raises NotAdministering, NothingThere.
    """
    allowed(viewer, {Role.REGULATOR})
    row = session.scalar(select(Diversion).where(Diversion.code == code).with_for_update())
    if row is None:
        raise NothingThere(code)
    if row.valid_from >= now:
        session.delete(row)
    elif row.valid_to > now:
        row.valid_to = now
    session.flush()
    judge_again(session, row.from_site_id)


def judge_again(session: Session, site_id: int) -> None:
    mark_manifests(session, select(Manifest.id).where(Manifest.destination_id == site_id))
