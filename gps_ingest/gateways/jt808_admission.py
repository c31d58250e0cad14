"""Who is a terminal, and may it be heard? What the JT/T 808 gateway asks the database, off the event loop."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from gps_ingest.gateways.questions import ask
from gps_ingest.store.registration import (
    Admitted,
    RegistrationAnswer,
    Verdict,
    authenticated,
    put_in_force,
    register_terminal,
    verdict_on,
)
from gps_ingest.store.waiting_room import Room, room_of
from gps_ingest.store.watermarks import to_ms
from models.session import read_sessions, write_sessions
from models.settings import Settings
from models.vocabulary import Protocol


class Admission:
    """The questions; each answers when the database did, and raises DatabaseAway when it does not."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._reading, self._writing = read_sessions(engine), write_sessions(engine)
        self._room = room_of(settings)
        self._may_again = settings.jt808_reregister

    async def register(self, code: str, identity: str) -> RegistrationAnswer:
        """May this terminal register as the device, and with which token?"""
        may_again = self._may_again
        verdict = await ask(
            self._reading, lambda session: verdict_on(session, code, identity, may_again=may_again)
        )
        if verdict is not Verdict.ADMITTED:
            return RegistrationAnswer(verdict)
        return await ask(
            self._writing, lambda session: register_terminal(session, code, identity, may_again=may_again)
        )

    async def authenticate(self, code: str, token: bytes, now: datetime) -> Admitted | None:
        """What to know of the device, when the token is its own; from now on no older token is."""
        admitted = await ask(
            self._reading, lambda session: authenticated(session, code, Protocol.JT808, token, to_ms(now))
        )
        if admitted is None or not admitted.first:
            return admitted
        in_force = await ask(self._writing, lambda session: put_in_force(session, code, token))
        return admitted if in_force else None

    async def has_room(self, code: str, source: str) -> bool:
        """May one more message of a sender that proved nothing be kept? One that may is counted."""
        now = datetime.now(UTC)
        room = await ask(self._reading, lambda session: self._room.admit(session, code, source, now))
        return room is Room.FREE
