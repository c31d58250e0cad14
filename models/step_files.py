"""Which photos and documents came with a step of custody? A stop on the road is shown, not only told."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId
from models.cases import Attachment
from models.manifests import CustodyEvent


class StepFile(Base):
    """A file that the signer of a step attached to it; insert-only."""

    __tablename__ = "step_file"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("custody_event.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)

    event: Mapped[CustodyEvent] = relationship()
    attachment: Mapped[Attachment] = relationship()
