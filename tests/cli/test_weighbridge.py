"""Does the agent beside the scale lose nothing: not on a crash, not while the server is away?"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.weighbridge import opened, read_lines, send_lines
from cli.weighbridge_lines import NotATicketLine, pattern_of, ticket_of
from cli.weighbridge_send import Server
from cli.weighbridge_spool import Line, Spool
from tracking.rules.custody.tickets import TicketGiven, ticket_digest

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
FIRST = "00017,苏E12345,28000,11000,2026-03-02 08:00:00"
SECOND = "00018,苏E54321,27500,,2026-03-02 08:10:00"


class Answering(BaseHTTPRequestHandler):
    """Answers with the statuses of the test, one a request, the last one for ever."""

    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.heard.append((json.loads(body), dict(self.headers)))
        self.send_response(server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def service(*statuses: int) -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Answering)
    server.heard, server.statuses = [], list(statuses)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def told(line: Line) -> TicketGiven:
    return ticket_of(line.text, pattern_of("csv"), "SCALE-1", line.read_at, ZONE)


def send(spool: Spool, server: Any, count: int, stopping: threading.Event | None = None) -> int:
    """How many lines were dealt with; after half a minute the agent is told to stop."""
    to = Server(f"http://127.0.0.1:{server.server_port}", "secret")
    told_to_stop = stopping or threading.Event()
    patience = threading.Timer(30, told_to_stop.set)
    patience.start()
    try:
        return send_lines(spool, to, told, told_to_stop, count)
    finally:
        patience.cancel()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    kept = Spool(tmp_path / "spool.db")
    yield kept
    kept.close()


def test_lines_from_a_tcp_scale_reach_the_service(tmp_path: Path, spool: Spool) -> None:
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as scale, service(201) as server:
        port = f"socket://127.0.0.1:{scale.getsockname()[1]}"
        reader = threading.Thread(
            target=read_lines, args=(port, 9600, "gb18030", Spool(tmp_path / "spool.db"), stopping)
        )
        reader.start()
        indicator, _address = scale.accept()
        with indicator:
            data = f"{FIRST}\r\n\r\n{SECOND}\r\n".encode("gb18030")
            for part in (data[:20], data[20:51], data[51:]):
                indicator.sendall(part)
            assert send(spool, server, 2) == 2
            stopping.set()
        reader.join(timeout=10)
    assert not reader.is_alive()
    bodies = [body for body, _headers in server.heard]
    assert [body["raw_line"] for body in bodies] == [FIRST, SECOND]
    assert (bodies[0]["gross_kg"], bodies[0]["tare_kg"], bodies[0]["plate"]) == (28000.0, 11000.0, "苏E12345")
    assert bodies[0]["weighed_at"] == "2026-03-02T08:00:00+08:00"
    assert "tare_kg" not in bodies[1]


def test_what_a_scale_says_at_once_is_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as scale:
        said = FIRST.encode()
        with (
            opened(f"socket://127.0.0.1:{scale.getsockname()[1]}", 9600) as line,
            scale.accept()[0] as indicator,
        ):
            indicator.sendall(said)
            line.reset_input_buffer()  # as the library does while it opens a line
            heard = b""
            for _ in range(50):
                heard += line.read(len(said) - len(heard)) if len(heard) < len(said) else b""
        assert heard == said


def test_each_ticket_comes_with_its_digest_and_the_token(spool: Spool) -> None:
    spool.put(FIRST, NOON)
    line = spool.next_waiting()
    assert line is not None
    with service(201) as server:
        send(spool, server, 1)
    _body, headers = server.heard[0]
    assert headers["Idempotency-Key"] == ticket_digest(told(line))
    assert headers["Authorization"] == "Bearer secret"


def test_nothing_is_lost_while_the_server_is_away(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.weighbridge.AGAIN_AT_MOST_S", 0.01)
    stopping = threading.Event()
    monkeypatch.setattr(stopping, "wait", lambda _seconds: False)
    spool.put(FIRST, NOON)
    spool.put(SECOND, NOON)
    with service(503, 401, 201) as server:
        assert send(spool, server, 2, stopping) == 2
    assert [body["number"] for body, _headers in server.heard] == ["00017", "00017", "00017", "00018"]
    assert (spool.count("sent"), spool.count("waiting")) == (2, 0)


def test_what_was_read_before_a_crash_is_sent_after_it(tmp_path: Path) -> None:
    before = Spool(tmp_path / "s.db")
    before.put(FIRST, NOON)
    before.connection.close()  # and nothing more: as a killed process leaves it
    after = Spool(tmp_path / "s.db")
    with service(200) as server:
        assert send(after, server, 1) == 1
    assert server.heard[0][0]["raw_line"] == FIRST
    after.close()


def test_what_is_no_ticket_or_refused_stays_with_the_reason_and_holds_up_nobody(spool: Spool) -> None:
    for text in ("weighing…", FIRST, SECOND):
        spool.put(text, NOON)
    with service(422, 201) as server:
        assert send(spool, server, 3) == 3
    assert (spool.count("refused"), spool.count("sent")) == (2, 1)
    answers = spool.connection.execute("SELECT text, answer FROM line WHERE state = 'refused'").fetchall()
    assert [text for text, answer in answers if answer] == ["weighing…", FIRST]


@pytest.mark.parametrize(
    ("name", "line", "gross_kg", "tare_kg"),
    [
        ("csv", "1,A,28000,0", 28_000.0, None),
        ("labels", "NO:17 PLATE:苏E12345 GROSS:28.5 t TARE:11.0 t", 28_500.0, 11_000.0),
        ("labels", "NO:17 PLATE:苏E12345 GROSS:28500kg", 28_500.0, None),
        ("indicator", "ST,GS,+  28000 kg", 28_000.0, None),
        (r"W=(?P<gross>\d+)", "W=12", 12.0, None),
    ],
)
def test_documented_formats_are_read(name: str, line: str, gross_kg: float, tare_kg: float | None) -> None:
    ticket = ticket_of(line, pattern_of(name), "SCALE-1", NOON, ZONE)
    assert (ticket.gross_kg, ticket.tare_kg, ticket.weighed_at) == (gross_kg, tare_kg, NOON)


@pytest.mark.parametrize("line", ["", "1,A,,", "1,A,2.8.0,", "1,A,28000,11000,yesterday"])
def test_what_says_no_ticket_is_none(line: str) -> None:
    with pytest.raises(NotATicketLine):
        ticket_of(line, pattern_of("csv"), "SCALE-1", NOON, ZONE)


@pytest.mark.parametrize("pattern", ["(", r"(?P<tare>\d+)"])
def test_a_pattern_that_cannot_serve_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        pattern_of(pattern)
