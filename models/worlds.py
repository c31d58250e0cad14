"""Which scenario folders were loaded, and over what time do they reach?"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, RowId, UtcDateTime


class Scenario(Base):
    """A loaded scenario folder. The newest `reaches_to` bounds what `analyse` takes as now."""

    __tablename__ = "scenario"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    reaches_from: Mapped[datetime] = mapped_column(UtcDateTime)
    reaches_to: Mapped[datetime] = mapped_column(UtcDateTime)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
