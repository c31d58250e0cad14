"""How does a scale's calibration certificate get in? Its operator enters it, with a scan."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.values import Viewer
from models.weighbridge import ScaleCertificate
from tracking.operations.custody.aim_correction import refuse, text_blocked
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.custody.take_step import Setting
from tracking.operations.weighbridge.own_scale import own_scale
from tracking.operations.weighbridge.scans import own_scan
from tracking.rules.custody.guards import blocked


@dataclass(frozen=True, slots=True)
class CertificateGiven:
    """A certificate as printed; it holds on both days."""

    scale: str
    number: str
    issuer: str
    valid_from: date
    valid_to: date
    attachment_id: int | None = None


def keep_certificate(session: Session, given: CertificateGiven, viewer: Viewer, setting: Setting) -> int:
    """The row id of the certificate of an own scale; the same number again is put right.

    Raises a CustodyRefused.
    """
    scale = own_scale(session, given.scale, viewer)
    refuse(text_blocked("number", given.number, 100))
    refuse(text_blocked("issuer", given.issuer, 200))
    if given.valid_to < given.valid_from:
        raise StepBlocked([blocked("valid_to", "ends_before_it_begins")])
    scan_id = own_scan(session, given.attachment_id, viewer)
    same = (ScaleCertificate.scale_id == scale.id) & (ScaleCertificate.number == given.number.strip())
    row = session.scalar(select(ScaleCertificate).where(same))
    if row is None:
        row = ScaleCertificate(scale_id=scale.id, number=given.number.strip())
        session.add(row)
    row.issuer, row.valid_from, row.valid_to = given.issuer.strip(), given.valid_from, given.valid_to
    row.attachment_id = scan_id or row.attachment_id
    ends = datetime.combine(given.valid_to, time(), setting.zone)
    if scale.certificate_valid_to is None or scale.certificate_valid_to < ends:
        scale.certificate_valid_to = ends  # what the register of places shows
    session.flush()
    return row.id
