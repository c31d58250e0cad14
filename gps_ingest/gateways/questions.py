"""How does a gateway ask the database something before it can go on? In a thread, off the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

TRIES = 3
PAUSE_S = 0.5
Answered = TypeVar("Answered")


class DatabaseAway(Exception):
    """The database does not answer: the device has to come again."""


async def ask(sessions: sessionmaker[Session], question: Callable[[Session], Answered]) -> Answered:
    """Ask; a database that is away is asked again a little later. Raises DatabaseAway."""

    def asked() -> Answered:
        with sessions.begin() as session:
            return question(session)

    for _ in range(TRIES):
        try:
            return await asyncio.to_thread(asked)
        except (OperationalError, InterfaceError):
            await asyncio.sleep(PAUSE_S)
    raise DatabaseAway
