"""Which settings does this installation run with?

Settings are environment variables `SLUDGETRACE_*`; docs/deployment.md lists each (a test holds the
two equal). Thresholds of rules have their own file, models/thresholds.py.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PREFIX = "SLUDGETRACE_"


class SettingError(ValueError):
    """A setting cannot be read: names the variable and what it takes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. The environment name is PREFIX + field in capitals."""

    database_url: str = "sqlite:///var/sludgetrace.db"
    secret_key: str = ""  # empty: a random one is kept in `state_dir`
    state_dir: str = "var"
    public_url: str = "http://127.0.0.1:8000"  # printed in QR codes and links
    timezone: str = "Asia/Shanghai"
    locale: str = "zh"
    issuing_body: str = "城市污泥监管中心"  # head of reports
    issuing_body_en: str = "City Sludge Supervision Centre"
    bind: str = "127.0.0.1:8000"
    web_workers: int = 2
    secure_cookies: bool = False  # true behind TLS
    max_upload_bytes: int = 64 * 1024 * 1024
    max_batch_bytes: int = 1024 * 1024
    max_batch_fixes: int = 1000
    login_limit: str = "10 per minute"
    api_limit: str = "600 per minute"
    metrics_token: str = ""  # empty: the web service shows no metrics
    unproven_limit: str = "5000 per day"  # messages of an address whose senders show no token of ours
    unproven_per_sender: int = 5_000  # messages that wait of one of them: two days of a phone
    unproven_per_address: int = 20_000  # of one address: its share of the room
    unproven_in_all: int = 200_000
    certificate_limit: str = "20 per minute"
    trusted_proxies: int = 0  # how many reverse proxies stand in front and write X-Forwarded-For
    contradicted_score: float = 0.5
    jt808_bind: str = "127.0.0.1:8808"
    jt808_reregister: bool = False  # may the same terminal register again without an administrator?
    jt809_bind: str = "127.0.0.1:8809"
    jt809_keys: str = ""  # of platforms that encrypt: access code:M1:IA1:IC1, between commas
    ais_bind: str = "127.0.0.1:10110"
    ais_sources: str = "127.0.0.0/8,::1"  # receivers that may feed the AIS gateway: addresses and networks
    nmea_bind: str = "127.0.0.1:10111"
    mqtt_broker: str = "mqtt://127.0.0.1:1883"  # mqtts:// for TLS
    mqtt_username: str = ""
    mqtt_password: str = ""
    mqtt_client_id: str = "sludgetrace-gateway"  # the broker keeps what waits under this name
    mqtt_ca_file: str = ""  # empty: the authorities that the system trusts
    gateway_health_bind: str = ""  # empty: the gateway's own default, see docs/deployment.md
    gateway_connections: int = 20_000
    gateway_connections_per_address: int = 2_000  # carriers put many terminals behind one address
    gateway_messages_per_address: int = 6_000  # a minute, of senders that have not proved who they are
    gateway_idle_s: float = 600.0
    gateway_unfinished_s: float = 30.0  # a message begun and not ended by then: the connection closes
    gateway_login_s: float = 60.0  # a connection that has not proved who it is by then closes


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises SettingError for a value that does not parse."""
    environ = os.environ if environ is None else environ
    given: dict[str, Any] = {}
    for setting in fields(Settings):
        text = environ.get(PREFIX + setting.name.upper())
        if text is not None:
            given[setting.name] = parse_value(PREFIX + setting.name.upper(), text, setting.default)
    return Settings(**given)


def parse_value(name: str, text: str, default: Any) -> Any:
    """`text` as the type of `default`; raises SettingError naming the variable."""
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        return type(default)(text)
    except (KeyError, ValueError) as error:
        raise SettingError(f"{name}={text!r}: expected {type(default).__name__}") from error


def state_path(settings: Settings, name: str) -> Path:
    """A file in the state folder, which is created when missing."""
    folder = Path(settings.state_dir)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name
