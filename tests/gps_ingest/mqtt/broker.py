"""How does a test get a real Mosquitto, set up as docs/devices/mqtt.md says?"""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from bench.first_page import free_port
from cli.system_packages import find_program
from tests.conftest import PROJECT

PATIENCE_S = 20.0
GATEWAY = "gateway"  # its user name at the broker
PASSWORD = "for-tests-only"
PEOPLE = (GATEWAY, "D1", "D2")
PAGE = PROJECT / "docs" / "devices" / "mqtt.md"


class Broker:
    """A Mosquitto on a loopback port of its own, with the settings and access list of the documentation."""

    def __init__(self, program: str, folder: Path, *, encrypted: bool = False) -> None:
        self._program, self._folder, self._encrypted = program, folder, encrypted
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        for name in PEOPLE:
            self._add_person(name)
        (folder / "acl").write_text(block_of_page("acl"))
        (folder / "mosquitto.conf").write_text(self._settings())

    def _add_person(self, name: str) -> None:
        file = self._folder / "passwd"
        new = [] if file.exists() else ["-c"]
        subprocess.run(
            ["mosquitto_passwd", *new, "-b", str(file), name, PASSWORD], check=True, capture_output=True
        )

    def _settings(self) -> str:
        """The block of the page for this machine: another port, another folder, TLS only where asked for."""
        folder = str(self._folder)
        left_out = () if self._encrypted else ("cafile", "certfile", "keyfile")
        lines = [
            line
            for line in block_of_page("mosquitto.conf").splitlines()
            if not line.startswith(left_out or "#")
        ]
        text = (
            "\n".join(lines)
            .replace("/etc/mosquitto/", f"{folder}/")
            .replace("/var/lib/mosquitto/", f"{folder}/")
        )
        text = re.sub(r"^listener \d+.*$", f"listener {self.port} 127.0.0.1", text, flags=re.MULTILINE)
        return text + ("\nuser root\n" if os.geteuid() == 0 else "\n")

    def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            command = [self._program, "-c", str(self._folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE_S
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end, "the broker does not start"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the broker; SIGKILL gives it no time to write down what it holds."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_S)
            self._process = None

    def publish(
        self, topic: str, *payloads: bytes, person: str = "D1", retain: bool = False, qos: int = 1
    ) -> None:
        """Publish as a device does; returns when the broker has taken everything."""
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"test-{person}-{time.monotonic_ns()}")
        client.username_pw_set(person, PASSWORD)
        if self._encrypted:
            client.tls_set(ca_certs=str(self._folder / "ca.crt"))
        ready = Event()
        client.on_connect = lambda *_: ready.set()
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        assert ready.wait(PATIENCE_S)
        for info in [client.publish(topic, payload, qos=qos, retain=retain) for payload in payloads]:
            info.wait_for_publish(PATIENCE_S)
        client.disconnect()
        client.loop_stop()


def block_of_page(name: str) -> str:
    """The code block of the documentation whose first line names the file."""
    blocks = re.findall(r"```text\n# (\S+).*?\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    return dict(blocks)[name]  # type: ignore[no-any-return]  # re types its groups as Any


def make_certificate(folder: Path) -> None:
    """A certificate that vouches for itself, for 127.0.0.1."""
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "ca.crt").write_bytes((folder / "server.crt").read_bytes())


def mosquitto() -> str | None:
    """The program, or None where it is not installed."""
    return find_program("mosquitto")


@contextmanager
def running_broker(program: str, folder: Path, *, encrypted: bool = False) -> Iterator[Broker]:
    folder.mkdir()
    if encrypted:
        make_certificate(folder)
    broker = Broker(program, folder, encrypted=encrypted)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
