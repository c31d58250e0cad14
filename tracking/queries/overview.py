"""What moved on a day, and how much of it is proven?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility
from models.findings import Verdict
from models.manifests import Diversion, Manifest, MoistureTest, Receipt, Weighing
from models.values import Viewer
from models.vocabulary import (
    T80_DRY_FRACTION,
    CustodyState,
    ManifestKind,
    ReceiptDecision,
    VerdictValue,
    WeighingRole,
)
from tracking.queries.data_day import Day
from tracking.queries.names import Name
from tracking.queries.visibility import manifests_visible

NOT_SHIPPED = (CustodyState.DRAFT, CustodyState.ISSUED, CustodyState.EXPIRED, CustodyState.CANCELLED)


@dataclass(frozen=True, slots=True)
class DaySummary:
    """A day's shipments by loaded weight. `unweighed` and `untested` loads are missing from the masses."""

    shipments: int
    wet_kg: float
    dry_kg: float
    unweighed: int
    untested: int
    proven_kg: float
    verdicts: dict[VerdictValue, int]

    @property
    def t80_kg(self) -> float:
        return self.dry_kg / T80_DRY_FRACTION

    @property
    def proven_fraction(self) -> float | None:
        """Share of the loaded mass on consistent manifests; None when nothing was weighed."""
        return self.proven_kg / self.wet_kg if self.wet_kg > 0 else None


@dataclass(frozen=True, slots=True)
class SiteIntake:
    """What a site received on a day, against its permit."""

    site: Name
    received_kg: float
    loads: int
    permit_t_per_day: float | None

    @property
    def used_fraction(self) -> float | None:
        return self.received_kg / 1000 / self.permit_t_per_day if self.permit_t_per_day else None


def day_summary(session: Session, viewer: Viewer, day: Day) -> DaySummary:
    """The viewer's shipments issued on `day`; a child carries its parent's load and is no other."""
    weighed, tested = aliased(Weighing), aliased(MoistureTest)
    net = weighed.gross_kg - weighed.tare_kg
    sums: list[Any] = [func.count(Manifest.id), func.sum(net), func.sum(net * (1 - tested.moisture_fraction))]
    sums += [func.count(weighed.id), func.count(tested.id)]
    query = (
        select(Verdict.value, *sums)
        .join(weighed, _of_role(weighed, WeighingRole.LOADED), isouter=True)
        .join(tested, _of_role(tested, WeighingRole.LOADED), isouter=True)
        .join(Verdict, and_(Verdict.manifest_id == Manifest.id, Verdict.current), isouter=True)
        .group_by(Verdict.value)
    )
    return _summed(session.execute(_shipped(query, viewer, day.start, day.end)).all())


def _summed(rows: Sequence[Any]) -> DaySummary:
    verdicts = dict.fromkeys(VerdictValue, 0)
    for value, count, *_rest in rows:
        verdicts[value or VerdictValue.PENDING] += count
    shipments = sum(verdicts.values())
    return DaySummary(
        shipments=shipments,
        wet_kg=sum(row[2] or 0.0 for row in rows),
        dry_kg=sum(row[3] or 0.0 for row in rows),
        unweighed=shipments - sum(row[4] for row in rows),
        untested=shipments - sum(row[5] for row in rows),
        proven_kg=sum(row[2] or 0.0 for row in rows if row[0] == VerdictValue.CONSISTENT),
        verdicts=verdicts,
    )


def verdicts_by_day(
    session: Session, viewer: Viewer, days: Sequence[Day]
) -> list[tuple[Day, dict[VerdictValue, int]]]:
    """How many of the viewer's shipments of each day have which verdict; `days` are consecutive."""
    which = case(
        *((Manifest.issued_at < day.end, number) for number, day in enumerate(days)), else_=len(days)
    )
    # Looked up for each: of a join a planner may think that reading all verdicts there ever were is faster.
    value = select(Verdict.value).where(Verdict.manifest_id == Manifest.id, Verdict.current).scalar_subquery()
    columns: list[Any] = [which.label("number"), value.label("value")]
    of_days = _shipped(select(*columns), viewer, days[0].start, days[-1].end).subquery()
    query = select(of_days.c.number, of_days.c.value, func.count()).group_by("number", "value")
    counts = [dict.fromkeys(VerdictValue, 0) for _day in days]
    for number, told, count in session.execute(query):
        counts[number][told or VerdictValue.PENDING] += count
    return list(zip(days, counts, strict=True))


def site_intakes(session: Session, viewer: Viewer, day: Day) -> list[SiteIntake]:
    """What each site took in on `day` by its receipts, the fullest first.

    A refused load counts nothing, a part only what was accepted; a diverted one counts at the site that
    it was diverted to.
    """
    site = func.coalesce(_diverted_to(), Manifest.destination_id)
    query = (
        select(
            *(Facility.code, Facility.name, Facility.name_en),
            *(func.sum(_taken_kg()), func.count(), Facility.permit_t_per_day),
        )
        .select_from(Manifest)
        .join(Receipt, Receipt.manifest_id == Manifest.id)
        .join(Weighing, _of_role(Weighing, WeighingRole.RECEIVED), isouter=True)
        .join(Facility, Facility.id == site)
        .where(manifests_visible(viewer), Receipt.at >= day.start, Receipt.at < day.end)
        .where(Receipt.decision != ReceiptDecision.REJECTED, Manifest.kind != ManifestKind.RETURN)
        .group_by(Facility.id)
    )
    intakes = [
        SiteIntake(Name(code, name, name_en), received_kg or 0.0, loads, permit)
        for code, name, name_en, received_kg, loads, permit in session.execute(query)
    ]
    return sorted(intakes, key=lambda intake: (-(intake.used_fraction or 0.0), -intake.received_kg))


def _taken_kg() -> ColumnElement[Any]:
    """What the receiver took: as stated; of a whole load otherwise what was weighed in."""
    net = Weighing.gross_kg - Weighing.tare_kg
    stated = func.coalesce(Receipt.accepted_kg, net - Receipt.refused_kg, 0.0)
    whole = func.coalesce(Receipt.accepted_kg, net)
    return case((Receipt.decision == ReceiptDecision.PART_ACCEPTED, stated), else_=whole)


def _diverted_to() -> ScalarSelect[int]:
    """Where the diversion that a manifest names sent its loads."""
    return (
        select(Diversion.to_site_id)
        .where(Diversion.code == Manifest.diversion, Diversion.from_site_id == Manifest.destination_id)
        .correlate(Manifest)
        .scalar_subquery()
    )


def _shipped(query: Select[Any], viewer: Viewer, start: Any, end: Any) -> Select[Any]:
    return query.select_from(Manifest).where(
        manifests_visible(viewer),
        Manifest.issued_at >= start,
        Manifest.issued_at < end,
        Manifest.custody_state.not_in(NOT_SHIPPED),
        Manifest.kind == ManifestKind.NORMAL,
    )


def _of_role(table: Any, role: WeighingRole) -> ColumnElement[bool]:
    return and_(table.manifest_id == Manifest.id, table.role == role, table.leg_seq == 0)
