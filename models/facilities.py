"""Which places, approved routes and map lines does the city have?"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.organisations import Organisation
from models.vocabulary import DisposalMethod, FacilityKind, Mode


class Facility(Base):
    """设施. `polygon` is one closed ring of [lon, lat] pairs, WGS 84."""

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint(one_of("kind", FacilityKind), name="kind"),
        CheckConstraint("max_moisture_fraction BETWEEN 0 AND 1", name="max_moisture"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="validity"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[FacilityKind] = mapped_column(Word(FacilityKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    polygon: Mapped[list[list[float]]] = mapped_column(JSON)
    method: Mapped[DisposalMethod | None] = mapped_column(Word(DisposalMethod))
    permit_t_per_day: Mapped[float | None] = mapped_column(Float)
    permit_t_per_year: Mapped[float | None] = mapped_column(Float)
    storage_t: Mapped[float | None] = mapped_column(Float)
    max_moisture_fraction: Mapped[float | None] = mapped_column(Float)
    accepts: Mapped[list[str] | None] = mapped_column(JSON)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    min_dwell_s: Mapped[int | None] = mapped_column(Integer)
    province: Mapped[str | None] = mapped_column(String(32))  # 省: a transfer out of it needs an approval

    organisation: Mapped[Organisation | None] = relationship()


class Route(Base):
    """核准路线. `line` is a list of [lon, lat]; corridor_m is the half-width."""

    __tablename__ = "route"
    __table_args__ = (
        CheckConstraint(one_of("mode", Mode), name="mode"),
        CheckConstraint("corridor_m > 0", name="corridor"),
        CheckConstraint("planned_minutes > 0", name="planned"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    corridor_m: Mapped[float] = mapped_column(Float)
    planned_minutes: Mapped[float | None] = mapped_column(Float)
    line: Mapped[list[list[float]]] = mapped_column(JSON)

    origin: Mapped[Facility] = relationship(foreign_keys=[origin_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[destination_id])


class MapFeature(Base):
    """A road, canal or other line or area of the base map, drawn quietly under everything else."""

    __tablename__ = "map_feature"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    layer: Mapped[str] = mapped_column(String(16), index=True)
    grade: Mapped[str | None] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(200))
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64), unique=True)  # of the content: a second load adds nothing
