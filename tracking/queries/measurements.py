"""Which calibration certificates and laboratory results are on record? Those of places that one sees."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.facilities import Facility
from models.fleet import Scale
from models.values import Viewer
from models.weighbridge import LabResult, ScaleCertificate
from tracking.queries.case_questions import FileName
from tracking.queries.names import Name
from tracking.queries.visibility import facilities_visible

SHOWN = 500


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate of a scale; it holds on both days."""

    id: int
    scale: str
    facility: Name
    number: str
    issuer: str
    valid_from: date
    valid_to: date
    holds: bool
    file: FileName | None


@dataclass(frozen=True, slots=True)
class LabRow:
    """One analyte of a place's sludge over a period; `u` in the unit."""

    id: int
    facility: Name
    period_from: date
    period_to: date
    laboratory: str
    report_number: str
    analyte: str
    value: float
    unit: str
    u: float | None
    method: str | None
    file: FileName | None


def scale_certificates(session: Session, viewer: Viewer, day: date) -> list[CertificateRow]:
    """The newest certificates first."""
    query = (
        select(ScaleCertificate, Scale.code, Facility.code, Facility.name, Facility.name_en)
        .join(Scale, Scale.id == ScaleCertificate.scale_id)
        .join(Facility, Facility.id == Scale.facility_id)
        .where(facilities_visible(viewer))
        .options(joinedload(ScaleCertificate.attachment))
        .order_by(ScaleCertificate.valid_to.desc(), ScaleCertificate.id.desc())
        .limit(SHOWN)
    )
    return [
        CertificateRow(
            id=row.id,
            scale=scale,
            facility=Name(code, zh, en),
            number=row.number,
            issuer=row.issuer,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            holds=row.valid_from <= day <= row.valid_to,
            file=_file(row),
        )
        for row, scale, code, zh, en in session.execute(query)
    ]


def lab_results(session: Session, viewer: Viewer) -> list[LabRow]:
    """The newest results first."""
    query = (
        select(LabResult, Facility.code, Facility.name, Facility.name_en)
        .join(Facility, Facility.id == LabResult.facility_id)
        .where(facilities_visible(viewer))
        .options(joinedload(LabResult.attachment))
        .order_by(LabResult.period_from.desc(), LabResult.id.desc())
        .limit(SHOWN)
    )
    return [
        LabRow(
            id=row.id,
            facility=Name(code, zh, en),
            period_from=row.period_from,
            period_to=row.period_to,
            laboratory=row.laboratory,
            report_number=row.report_number,
            analyte=row.analyte,
            value=row.value,
            unit=row.unit,
            u=row.u,
            method=row.method,
            file=_file(row),
        )
        for row, code, zh, en in session.execute(query)
    ]


def _file(row: ScaleCertificate | LabResult) -> FileName | None:
    kept = row.attachment
    return None if kept is None else FileName(kept.id, kept.name, kept.media_type, kept.size_bytes)


def own_scales(session: Session, viewer: Viewer) -> list[str]:
    """Codes of the scales of one's own places."""
    query = select(Scale.code).join(Facility, Facility.id == Scale.facility_id)
    return list(session.scalars(query.where(facilities_visible(viewer)).order_by(Scale.code)))
