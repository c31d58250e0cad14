"""What does a gateway count? Prometheus metrics, one set a process."""

from collections import Counter as Tally
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gps_ingest.doubts import reasons_of
from gps_ingest.store.acceptance import Acceptance
from models.vocabulary import MS_PER_S

LAG_S = (0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86_400)
COMMIT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class GatewayMetrics:
    """The counters of one gateway; names as docs/gateways.md lists them."""

    def __init__(self, gateway: str) -> None:
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"namespace": "sludgetrace", "registry": self.registry}
        self.received = Counter("messages_received", "Messages taken off the wire", **own)
        self.accepted = Counter("fixes_accepted", "Fixes that are new and committed", **own)
        self.repeated = Counter("fixes_repeated", "Fixes that were there before", **own)
        self.doubted = Counter(
            "fixes_doubted", "Fixes kept with a reason to distrust them", ["reason"], **own
        )
        self.refused = Counter("items_refused", "Items that cannot be read", **own)
        self.quarantined = Counter("items_quarantined", "Items or messages kept as raw bytes only", **own)
        self.rejected = Counter("frames_rejected", "What is no message at all, by reason", ["reason"], **own)
        self.failed = Counter("messages_failed", "Messages that the database would not take", **own)
        self.retries = Counter("commit_retries", "Transactions begun anew after a failure", **own)
        self.commit_s = Histogram("commit_seconds", "Time of a transaction", buckets=COMMIT_S, **own)
        self.lag_s = Histogram("lag_seconds", "From a fix's own time to its commit", buckets=LAG_S, **own)
        self.sessions = Gauge("sessions", "Connections that are open", **own)
        self.waiting = Gauge("messages_waiting", "Messages between the wire and the commit", **own)
        Gauge("gateway_info", "Which gateway this is", ["gateway"], **own).labels(gateway).set(1)

    def count(self, acceptance: Acceptance) -> None:
        """One message that was committed."""
        self.accepted.inc(acceptance.accepted)
        if acceptance.repeated:
            self.repeated.inc(acceptance.repeated)
        if acceptance.refused:
            self.refused.inc(len(acceptance.refused))
        if acceptance.quarantined or acceptance.waiting:
            self.quarantined.inc(len(acceptance.quarantined) or 1)
        if acceptance.doubts.any():
            reasons = Tally(name for each in acceptance.doubts.tolist() for name in reasons_of(each))
            for reason, count in reasons.items():
                self.doubted.labels(reason).inc(count)

    def observe_lag(self, fix_ms: int, now_ms: int) -> None:
        """The newest fix of a transaction against the clock."""
        self.lag_s.observe(max(0, now_ms - fix_ms) / MS_PER_S)
