"""Which devices may a feed speak of? The registered ones of its protocol, asked anew every few seconds.

A feed speaks of many devices, most of which are none of ours (AIS), or names them itself (JT/T 809): asking
the database for each message would cost more than taking it. Who is registered is known after REFRESH_S.
"""

import asyncio
import logging
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from gps_ingest.store.known_devices import protocols_of_devices
from models.session import read_sessions
from models.vocabulary import Protocol

log = logging.getLogger(__name__)

REFRESH_S = 10.0


class Roster:
    """Code → protocol of every registered device."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = read_sessions(engine)
        self._protocols: dict[str, Protocol] = {}
        self._task: asyncio.Task[Any] | None = None

    async def start(self) -> None:
        """Learn it, then keep it fresh."""
        await self.refresh()
        self._task = asyncio.get_running_loop().create_task(self._refresh_for_ever())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def protocol_of(self, code: str) -> Protocol | None:
        """How the device speaks; None for one that is not registered."""
        return self._protocols.get(code)

    async def refresh(self) -> None:
        """Ask the database now."""
        self._protocols = await asyncio.to_thread(self._ask)

    def _ask(self) -> dict[str, Protocol]:
        with self._sessions() as session:
            return protocols_of_devices(session)

    async def _refresh_for_ever(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
            except DBAPIError as error:  # what was known stays in force until the database is back
                log.warning("the list of devices could not be read: %s", error.orig)
