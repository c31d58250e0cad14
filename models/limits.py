"""Which limits hold on a date? The rule table that the regulator can edit (DOMAIN.md section 6)."""

from datetime import date

from sqlalchemy import Boolean, Date, Float, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, RowId


class RuleLimit(Base):
    """A dated limit with its standard and clause; `confirmed` once checked against the official text.

    `subject` says what is limited: "moisture_leaving:plant" or "moisture_into:landfill".
    """

    __tablename__ = "rule_limit"
    __table_args__ = (UniqueConstraint("subject", "valid_from"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    value: Mapped[float] = mapped_column(Float)
    inclusive: Mapped[bool] = mapped_column(Boolean)  # may the limit itself be reached?
    unit: Mapped[str] = mapped_column(String(16))
    standard: Mapped[str] = mapped_column(String(64))
    clause: Mapped[str | None] = mapped_column(String(64))
    valid_from: Mapped[date] = mapped_column(Date)
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
