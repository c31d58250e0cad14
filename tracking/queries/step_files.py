"""Which files came with the steps of a manifest?"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.manifests import CustodyEvent, Manifest
from models.step_files import StepFile
from models.values import Viewer
from models.vocabulary import CustodyState
from tracking.queries.visibility import manifests_visible


@dataclass(frozen=True, slots=True)
class StepFileRow:
    """A file as pages name it, with the state and leg that the step led to."""

    id: int
    name: str
    size_bytes: int
    state: CustodyState
    leg_seq: int


def files_of_steps(session: Session, number: str, viewer: Viewer) -> list[StepFileRow]:
    """In the order in which they came; none for somebody who may not see the manifest."""
    query = (
        select(
            Attachment.id, Attachment.name, Attachment.size_bytes, CustodyEvent.to_state, CustodyEvent.leg_seq
        )
        .join(StepFile, StepFile.attachment_id == Attachment.id)
        .join(CustodyEvent, CustodyEvent.id == StepFile.event_id)
        .join(Manifest, Manifest.id == CustodyEvent.manifest_id)
        .where(Manifest.number == number, manifests_visible(viewer))
        .order_by(StepFile.id)
    )
    return [StepFileRow(*row) for row in session.execute(query)]
