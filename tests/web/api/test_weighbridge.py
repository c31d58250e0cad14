"""Do tickets come in by calls, once each, and do voided ones stay on record?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fleet import Scale
from models.session import write_sessions
from models.weighbridge import ScaleTicket, TicketVoid
from tests.web.api.conftest import Interface


def test_a_ticket_is_taken_once_and_voided_with_a_reason(interface: Interface) -> None:
    town = interface.town
    with write_sessions(interface.engine).begin() as session:
        session.add(Scale(code="SC-1", facility_id=town.plant.id))
    plant = interface.machine("plant")
    sent = {
        "scale": "SC-1",
        "number": "00017",
        "plate": town.truck.code,
        "gross_kg": 28_000,
        "tare_kg": 11_000,
        "weighed_at": town.now.isoformat(),
        "raw_line": "00017,28000,11000",
    }
    first, again = (plant.post("/weighbridge/tickets", sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert first.json is not None
    assert again.json is not None
    assert (first.json["again"], again.json["again"]) == (False, True)
    assert first.json["id"] == again.json["id"]
    path = f"/weighbridge/tickets/{first.json['id']}/void"
    assert interface.machine("rival_plant").post(path, {"reason": "x"}).status_code == 404
    assert plant.post(path, {"reason": "the trailer stood beside the plate"}).status_code == 204
    with Session(interface.engine) as session:
        assert [row.raw_line for row in session.scalars(select(ScaleTicket))] == ["00017,28000,11000"]
        assert len(session.scalars(select(TicketVoid)).all()) == 1
