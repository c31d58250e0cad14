"""What did plants and sites report for each day?"""

from datetime import date

from sqlalchemy import Date, Float, ForeignKey, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PlantDay(Base):
    """A plant's day: influent, concentrations in and out, stock and additives."""

    __tablename__ = "plant_day"
    __table_args__ = (PrimaryKeyConstraint("facility_id", "day"),)

    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    day: Mapped[date] = mapped_column(Date)
    influent_m3: Mapped[float | None] = mapped_column(Float)
    cod_in_mg_l: Mapped[float | None] = mapped_column(Float)
    cod_out_mg_l: Mapped[float | None] = mapped_column(Float)
    bod_in_mg_l: Mapped[float | None] = mapped_column(Float)
    bod_out_mg_l: Mapped[float | None] = mapped_column(Float)
    ss_in_mg_l: Mapped[float | None] = mapped_column(Float)
    ss_out_mg_l: Mapped[float | None] = mapped_column(Float)
    stock_t: Mapped[float | None] = mapped_column(Float)
    stock_moisture: Mapped[float | None] = mapped_column(Float)
    additives_t: Mapped[float | None] = mapped_column(Float)


class SiteDay(Base):
    """A site's day: what it processed, what left, what lies in stock."""

    __tablename__ = "site_day"
    __table_args__ = (PrimaryKeyConstraint("facility_id", "day"),)

    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    day: Mapped[date] = mapped_column(Date)
    processed_t: Mapped[float | None] = mapped_column(Float)
    processed_moisture: Mapped[float | None] = mapped_column(Float)
    product_t: Mapped[float | None] = mapped_column(Float)
    ash_t: Mapped[float | None] = mapped_column(Float)
    hours_run: Mapped[float | None] = mapped_column(Float)
    stock_t: Mapped[float | None] = mapped_column(Float)
    stock_moisture: Mapped[float | None] = mapped_column(Float)
