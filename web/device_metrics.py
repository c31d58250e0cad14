"""How many messages of devices came over HTTP, and what became of them? `/metrics`, for Prometheus.

The workers of the service count into files of a common folder (`start_counting`, called before they start);
without it, as in tests, each process counts for itself. Whoever reads must show the token of the setting
`SLUDGETRACE_METRICS_TOKEN`; without a token there is no such address.
"""

import hmac
import os
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gps_ingest.gateways.metrics import DeviceMetrics

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported
SCHEME = "Bearer "

bp = Blueprint("metrics", __name__)


class HttpMetrics(DeviceMetrics):
    """The counters of the programming interface."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Counter(
            "http_answers",
            "Answers to devices, by address and status",
            ["address", "status"],
            namespace="sludgetrace",
            registry=self.registry,
        )
        self.not_kept = Counter(
            "messages_not_kept",
            "Messages of unproven senders that were answered and not kept",
            namespace="sludgetrace",
            registry=self.registry,
        )


def start_counting(folder: Path) -> None:
    """Give the workers that are about to start an empty folder to count in."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    os.environ[FOLDER] = str(folder)


def install(app: Flask) -> None:
    """Count every answer to a device."""
    app.extensions["device_metrics"] = HttpMetrics()
    app.after_request(count_answer)


def device_metrics() -> HttpMetrics:
    """The counters of this service."""
    metrics: HttpMetrics = current_app.extensions["device_metrics"]
    return metrics


def count_answer(response: Response) -> Response:
    """One answer of the programming interface."""
    if request.path.startswith("/api/") and request.url_rule is not None:
        metrics = device_metrics()
        metrics.received.inc()
        metrics.answers.labels(request.url_rule.rule, str(response.status_code)).inc()
    return response


@bp.get("/metrics")
def figures() -> Response:
    """All counters, of all workers."""
    token = current_app.extensions["settings"].metrics_token
    if not token:
        abort(404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), (SCHEME + token).encode()):
        abort(401)
    registry = device_metrics().registry
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # its constructor has no types
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
