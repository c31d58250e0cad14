"""What does a gateway count? Prometheus metrics, one set a process."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gps_ingest.decoders.fix_batch import NEVER
from gps_ingest.doubts import reasons_of
from gps_ingest.store.acceptance import NO_DOUBTS, Acceptance
from models.values import not_taken
from models.vocabulary import MS_PER_S

LAG_S = (0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86_400)
COMMIT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class DeviceMetrics:
    """What became of messages of devices, counted alike by every edge (docs/devices/README.md)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"namespace": "sludgetrace", "registry": self.registry}
        self.received = Counter("messages_received", "Messages taken off the wire", **own)
        self.accepted = Counter("fixes_accepted", "Fixes that are new and committed", **own)
        self.repeated = Counter("fixes_repeated", "Fixes that were there before", **own)
        self.raw_only_alarms = Counter(
            "alarms_in_raw_only", "Repeated fixes with an alarm that the stored one has not", **own
        )
        self.doubted = Counter(
            "fixes_doubted", "Fixes kept with a reason to distrust them", ["reason"], **own
        )
        self.refused = Counter("items_refused", "Items that cannot be read", **own)
        self.quarantined = Counter("items_quarantined", "Items or messages kept as raw bytes only", **own)

    def count(self, acceptances: Sequence[Acceptance]) -> None:
        """The messages of a transaction that was committed."""
        self.accepted.inc(sum(each.accepted for each in acceptances))
        self.repeated.inc(sum(each.repeated for each in acceptances))
        self.raw_only_alarms.inc(sum(each.raw_only_alarms for each in acceptances))
        self.refused.inc(sum(not_taken(each.refused) for each in acceptances))
        held = (not_taken(each.quarantined) or 1 for each in acceptances if each.quarantined or each.waiting)
        self.quarantined.inc(sum(held))
        doubts = np.concatenate([NO_DOUBTS, *(each.doubts for each in acceptances)])
        values, counts = np.unique(doubts[doubts != 0], return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            for reason in reasons_of(value):
                self.doubted.labels(reason).inc(count)


class GatewayMetrics(DeviceMetrics):
    """The counters of one gateway."""

    def __init__(self, gateway: str) -> None:
        super().__init__()
        own: dict[str, Any] = {"namespace": "sludgetrace", "registry": self.registry}
        self.backfill = Counter("messages_backfill", "Batches that fill a blind zone (JT/T 808)", **own)
        self.registered_again = Counter(
            "terminals_registered_again", "Fresh tokens for terminals that have one (JT/T 808)", **own
        )
        self.rejected = Counter("frames_rejected", "What is no message at all, by reason", ["reason"], **own)
        self.failed = Counter("messages_failed", "Messages that the database would not take", **own)
        self.retries = Counter("commit_retries", "Transactions begun anew after a failure", **own)
        self.commit_s = Histogram("commit_seconds", "Time of a transaction", buckets=COMMIT_S, **own)
        self.lag_s = Histogram("lag_seconds", "From a fix's own time to its commit", buckets=LAG_S, **own)
        self.sessions = Gauge("sessions", "Connections that are open", **own)
        self.waiting = Gauge("messages_waiting", "Messages between the wire and the commit", **own)
        Gauge("gateway_info", "Which gateway this is", ["gateway"], **own).labels(gateway).set(1)

    def count_all(self, acceptances: Sequence[Acceptance], now_ms: int) -> None:
        """The messages of a transaction that was committed; the lag is that of its newest fix."""
        self.count(acceptances)
        newest_ms = max((each.newest_ms for each in acceptances), default=NEVER)
        if newest_ms != NEVER:
            self.lag_s.observe(max(0, now_ms - newest_ms) / MS_PER_S)
