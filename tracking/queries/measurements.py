"""Which calibration certificates and laboratory results are on record? Those of places that one sees."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from models.facilities import Facility
from models.fleet import Scale
from models.values import Viewer
from models.weighbridge import LabResult, ScaleCertificate
from tracking.queries.case_questions import FileName
from tracking.queries.keyset import Key, Order, Page, continued, page_of
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
    """Those that hold longest first."""
    longest = (ScaleCertificate.valid_to.desc(), ScaleCertificate.id.desc())
    rows = session.execute(certificates_seen(viewer).order_by(*longest).limit(SHOWN))
    return [_certificate(row, day) for row in rows]


def certificate_page(
    session: Session, viewer: Viewer, day: date, after: Key | None, limit: int
) -> Page[CertificateRow]:
    """Those that were entered last first."""
    order = Order(ScaleCertificate.id.expression, ScaleCertificate.id.expression)
    found = session.execute(continued(certificates_seen(viewer), order, after, limit))
    return page_of([_certificate(row, day) for row in found], limit, lambda row: (row.id, row.id))


def certificates_seen(viewer: Viewer) -> Select[Any]:
    """Certificates of scales at places that the viewer sees."""
    chosen: Any = (
        select(ScaleCertificate, Scale.code, Facility.code, Facility.name, Facility.name_en)
        .join(Scale, Scale.id == ScaleCertificate.scale_id)
        .join(Facility, Facility.id == Scale.facility_id)
        .where(facilities_visible(viewer))
        .options(joinedload(ScaleCertificate.attachment))
    )
    seen: Select[Any] = chosen
    return seen


def _certificate(found: Any, day: date) -> CertificateRow:
    row, scale, code, zh, en = found
    return CertificateRow(
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


def lab_results(session: Session, viewer: Viewer) -> list[LabRow]:
    """Those of the newest periods first."""
    newest = (LabResult.period_from.desc(), LabResult.id.desc())
    rows = session.execute(results_seen(viewer).order_by(*newest).limit(SHOWN))
    return [_result(row) for row in rows]


def lab_page(session: Session, viewer: Viewer, after: Key | None, limit: int) -> Page[LabRow]:
    """Those that were entered last first."""
    order = Order(LabResult.id.expression, LabResult.id.expression)
    found = session.execute(continued(results_seen(viewer), order, after, limit))
    return page_of([_result(row) for row in found], limit, lambda row: (row.id, row.id))


def results_seen(viewer: Viewer) -> Select[Any]:
    """Results of places that the viewer sees."""
    chosen: Any = (
        select(LabResult, Facility.code, Facility.name, Facility.name_en)
        .join(Facility, Facility.id == LabResult.facility_id)
        .where(facilities_visible(viewer))
        .options(joinedload(LabResult.attachment))
    )
    seen: Select[Any] = chosen
    return seen


def _result(found: Any) -> LabRow:
    row, code, zh, en = found
    return LabRow(
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


def certificate_by_id(
    session: Session, certificate_id: int, viewer: Viewer, day: date
) -> CertificateRow | None:
    """One certificate of a scale at a place that the viewer sees."""
    row = session.execute(certificates_seen(viewer).where(ScaleCertificate.id == certificate_id)).first()
    return None if row is None else _certificate(row, day)


def lab_by_id(session: Session, result_id: int, viewer: Viewer) -> LabRow | None:
    """One result of a place that the viewer sees."""
    row = session.execute(results_seen(viewer).where(LabResult.id == result_id)).first()
    return None if row is None else _result(row)


def _file(row: ScaleCertificate | LabResult) -> FileName | None:
    kept = row.attachment
    return None if kept is None else FileName(kept.id, kept.name, kept.media_type, kept.size_bytes)


def own_scales(session: Session, viewer: Viewer) -> list[str]:
    """Codes of the scales of one's own places."""
    query = select(Scale.code).join(Facility, Facility.id == Scale.facility_id)
    return list(session.scalars(query.where(facilities_visible(viewer)).order_by(Scale.code)))
