"""How do many connections share one writer? Group commit: what came during a transaction is the next one.

A gateway's event loop hands messages over (`submit`) and goes on; one thread writes them and calls back on
the loop after the commit, which is when a device may be told that its fixes are safe. While the database is
away nothing is answered and nothing thrown away: the writer tries again, and once `most_waiting` messages
wait, `is_full` tells the connections to stop reading, so that the devices keep what they have.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from gps_ingest.gateways.metrics import GatewayMetrics
from gps_ingest.store.acceptance import Acceptance, Arrival, accept_all
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import MS_PER_S

log = logging.getLogger(__name__)

COMPANY_S = 0.001  # nobody came for so long: those who are here are written

Answer = Callable[[Acceptance | None], None]
"""Called on the loop after the commit; with None for a message that the database will never take."""

Afterwards = Callable[[Session, Acceptance], None]
"""More to write in the message's own transaction."""


@dataclass(frozen=True, slots=True)
class Task:
    """A message on its way to the database."""

    arrival: Arrival
    answer: Answer
    afterwards: Afterwards | None


class Intake:
    """The one writer of a gateway process."""

    def __init__(
        self,
        engine: Engine,
        limits: DoubtThresholds,
        metrics: GatewayMetrics,
        *,
        most_rows: int = 4000,
        linger_s: float = 0.01,
        most_waiting: int = 20_000,
    ) -> None:
        self.metrics = metrics
        self._sessions = write_sessions(engine)
        self._limits = limits
        self._most_rows, self._linger_s, self._most_waiting = most_rows, linger_s, most_waiting
        self._tasks: deque[Task] = deque()
        self._under_way = 0
        self._received = 0  # and not counted yet
        self._committed_at = time.monotonic()
        self._changed = threading.Condition()
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._resumes: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._write_for_ever, name="intake", daemon=True)

    def start(self) -> None:
        """Begin to write; called on the running event loop."""
        self.metrics.waiting.set_function(lambda: self.waiting)
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def submit(self, arrival: Arrival, answer: Answer, afterwards: Afterwards | None = None) -> None:
        """Have a message written; `answer` is called on the loop after the commit."""
        if not self._received and self._loop is not None:
            self._loop.call_soon(self._count_received)
        self._received += 1
        with self._changed:
            if not self._tasks and not self._under_way:
                self._committed_at = time.monotonic()  # what waits, waits from now on
            self._tasks.append(Task(arrival, answer, afterwards))
            if len(self._tasks) == 1:
                self._changed.notify()

    def _count_received(self) -> None:
        """Once for all that came in one turn of the loop."""
        self.metrics.received.inc(self._received)
        self._received = 0

    async def take(self, arrival: Arrival, afterwards: Afterwards | None = None) -> Acceptance | None:
        """The same for a coroutine: what became of the message, after the commit."""
        assert self._loop is not None, "start() comes first"  # noqa: S101 - a mistake of the caller
        done: asyncio.Future[Acceptance | None] = self._loop.create_future()

        def tell(acceptance: Acceptance | None) -> None:
            if not done.done():
                done.set_result(acceptance)

        self.submit(arrival, tell, afterwards)
        return await done

    @property
    def waiting(self) -> int:
        """Messages that are not committed yet."""
        return len(self._tasks) + self._under_way

    @property
    def stuck_s(self) -> float:
        """For how long messages have been waiting without any commit, seconds."""
        return time.monotonic() - self._committed_at if self.waiting else 0.0

    @property
    def is_full(self) -> bool:
        """Should connections stop reading?"""
        return len(self._tasks) >= self._most_waiting

    def call_when_free(self, resume: Callable[[], None]) -> None:
        """Call `resume` on the loop once half of the queue is written."""
        self._resumes.append(resume)

    async def drain(self) -> None:
        """Commit and answer all that was submitted, then stop; returns after the last answer was called."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        while self._thread.is_alive():
            await asyncio.sleep(0.005)
        await asyncio.sleep(0)  # the answers of the last transaction are callbacks of the loop

    def _write_for_ever(self) -> None:
        while batch := self._next_batch():
            results = self._write_with_patience(batch)
            self._under_way = 0
            assert self._loop is not None  # noqa: S101 - start() set it
            self._loop.call_soon_threadsafe(self._answer_all, batch, results)

    def _next_batch(self) -> list[Task]:
        """The next messages, as many as fit in a transaction; none once closing and nothing is left."""
        with self._changed:
            while not self._tasks and not self._closing:
                self._changed.wait()
            self._wait_for_company()
            batch, rows = [], 0
            while self._tasks and rows < self._most_rows:
                task = self._tasks.popleft()
                rows += max(1, len(task.arrival.decoded))
                batch.append(task)
            self._under_way = len(batch)
            return batch

    def _wait_for_company(self) -> None:
        """A message that comes while others keep coming is written together with them."""
        until, seen = time.monotonic() + self._linger_s, 0
        while seen < len(self._tasks) < self._most_rows and not self._closing:
            if time.monotonic() >= until:
                return
            seen = len(self._tasks)
            self._changed.wait(COMPANY_S)

    def _write_with_patience(self, batch: list[Task]) -> list[Acceptance | None]:
        """Write until it is done; a database that is away is waited for."""
        pause_s = 0.05
        while True:
            try:
                return self._write(batch)
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away, trying again in %.2f s: %s", pause_s, error.orig)
                self.metrics.retries.inc()
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, 2.0)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    return self._in_halves(batch, error)
                self.metrics.retries.inc()
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, 2.0)
            except Exception as error:
                return self._in_halves(batch, error)

    def _in_halves(self, batch: list[Task], error: Exception) -> list[Acceptance | None]:
        """One message spoils the transaction of all: find it, so that the others are kept."""
        if len(batch) == 1:
            log.error("a message cannot be stored", exc_info=error)
            self.metrics.failed.inc()
            return [None]
        middle = len(batch) // 2
        return self._write_with_patience(batch[:middle]) + self._write_with_patience(batch[middle:])

    def _write(self, batch: list[Task]) -> list[Acceptance | None]:
        began = time.perf_counter()
        with self._sessions.begin() as session:
            results = accept_all(session, [task.arrival for task in batch], self._limits)
            for task, acceptance in zip(batch, results, strict=True):
                if task.afterwards is not None:
                    task.afterwards(session, acceptance)
        self._committed_at = time.monotonic()
        self.metrics.commit_s.observe(time.perf_counter() - began)
        return list(results)

    def _answer_all(self, batch: list[Task], results: list[Acceptance | None]) -> None:
        """On the loop, after the commit."""
        self.metrics.count_all(
            [acceptance for acceptance in results if acceptance is not None], int(time.time() * MS_PER_S)
        )
        for task, acceptance in zip(batch, results, strict=True):
            try:
                task.answer(acceptance)
            except Exception:  # one connection's trouble must not keep the others from their answers
                log.exception("an answer could not be given")
        if len(self._tasks) <= self._most_waiting // 2 and self._resumes:
            resumes, self._resumes = self._resumes, []
            for resume in resumes:
                resume()
