"""Whose session has to end because an administrator changed something? Asked for all sessions at once.

A device proves itself once a connection. Whether it still may speak is asked anew every REFRESH_S, with one
question for all open sessions, off the event loop.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from gps_ingest.store.standing import token_issues

log = logging.getLogger(__name__)

REFRESH_S = 10.0


class ProvenSession(Protocol):
    """A connection whose device proved to be `code` by this issue of its token."""

    code: str
    token_issue: int

    def revoke(self) -> None:
        """End it: the device may not speak any more."""


class StandingWatch:
    """The open sessions of a gateway, looked at again and again; `proven` tells which they are."""

    def __init__(
        self, sessions: sessionmaker[Session], proven: Callable[[], Iterable[ProvenSession]]
    ) -> None:
        self._sessions, self._proven = sessions, proven
        self._task: asyncio.Task[Any] | None = None

    def start(self) -> None:
        """Look from now on; called on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._look_for_ever())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def look(self) -> None:
        """End the sessions whose devices were revoked since."""
        asked = [(each, each.code, each.token_issue) for each in self._proven()]
        if not asked:
            return
        issues = await asyncio.to_thread(self._ask, {code for _, code, _ in asked})
        for each, code, issue in asked:
            if issues.get(code) != issue and (each.code, each.token_issue) == (code, issue):
                log.info("the session of %s ends: it was revoked", code)
                each.revoke()

    def _ask(self, codes: set[str]) -> dict[str, int]:
        with self._sessions() as session:
            return token_issues(session, codes)

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.look()
            except DBAPIError as error:  # nothing is taken either while the database is away
                log.warning("the standing of devices could not be read: %s", error.orig)
