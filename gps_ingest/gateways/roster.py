"""Which devices may a feed speak of? The registered ones of its protocol, asked anew every few seconds.

A feed speaks of many devices, most of which are none of ours (AIS), or names them itself (JT/T 809): asking
the database for each message would cost more than taking it. Who is registered is known after REFRESH_S.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from gps_ingest.store.roster import RosteredDevice, RosterPage, read_roster
from gps_ingest.store.waiting_room import Room, Waiting, room_of, waiting_unproven
from models.session import read_sessions
from models.settings import Settings

log = logging.getLogger(__name__)

REFRESH_S = 10.0
COUNT_EVERY = 6  # what waits is counted anew with every sixth refresh


class Roster:
    """Every registered device by heart, and how much more of the others may wait.

    `on_refresh` is called on the loop after each refresh.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.on_refresh: Callable[[], None] = lambda: None
        self._sessions = read_sessions(engine)
        self._room = room_of(settings)
        self._page = RosterPage()
        self._task: asyncio.Task[Any] | None = None

    async def start(self) -> None:
        """Learn it, then keep it fresh."""
        await self.refresh(count=True)
        self._task = asyncio.get_running_loop().create_task(self._refresh_for_ever())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def device(self, code: str) -> RosteredDevice | None:
        """What is registered under this code."""
        return self._page.devices.get(code)

    def admits_platform(self, code: str) -> bool:
        """Is this platform registered and in service?"""
        return code in self._page.platforms

    def may_wait(self, code: str, source: str) -> bool:
        """Count one message of a sender that is not registered; False where no more may wait."""
        return self._room.admit_uncounted(code, source) is Room.FREE

    async def refresh(self, *, count: bool = False) -> None:
        """Ask the database now; `count`: also what waits."""
        self._page = await asyncio.to_thread(self._read)
        if count:
            self._room.recount(await asyncio.to_thread(self._count))
        self.on_refresh()

    def _read(self) -> RosterPage:
        with self._sessions() as session:
            return read_roster(session)

    def _count(self) -> Waiting:
        with self._sessions() as session:
            return waiting_unproven(session)

    async def _refresh_for_ever(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(REFRESH_S)
            turn += 1
            try:
                await self.refresh(count=turn % COUNT_EVERY == 0)
            except DBAPIError as error:  # what was known stays in force until the database is back
                log.warning("the list of devices could not be read: %s", error.orig)
