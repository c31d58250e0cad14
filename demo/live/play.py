"""How does the demo city go on? Devices post what is due, paper is loaded as it is signed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from demo.live.devices import LiveDevice, post, read_queues
from demo.live.known_then import cut_paper
from demo.scenario.load import load_scenario
from gps_ingest.store.devices import issue_token
from models.session import write_sessions
from models.thresholds import Thresholds

PAPER_EVERY_S = 20.0


class LiveCity:
    """A simulated world that is played from a moment on against a running service."""

    def __init__(
        self, engine: Engine, base_url: str, world: Path, paper: Path, since: datetime, thresholds: Thresholds
    ) -> None:
        self.engine, self.base_url, self.world, self.paper = engine, base_url, world, paper
        self.thresholds = thresholds
        self.paper_at: datetime | None = None
        queues = read_queues(world, since)
        with write_sessions(engine).begin() as session:
            self.devices = [
                LiveDevice(code, issue_token(session, code), queue) for code, queue in sorted(queues.items())
            ]

    def play(self, now: datetime, stopped: Callable[[], bool]) -> int:
        """Everything that is due by `now`; returns the number of fixes acknowledged."""
        if self.paper_at is None or (now - self.paper_at).total_seconds() >= PAPER_EVERY_S:
            cut_paper(self.world, self.paper, now)
            load_scenario(self.engine, self.paper, now=now, thresholds=self.thresholds)
            self.paper_at = now
        sent = 0
        for device in self.devices:
            while not stopped() and (fixes := device.due(now)):
                if not post(self.base_url, device, fixes):
                    break
                device.acknowledge(len(fixes))
                sent += len(fixes)
        return sent
