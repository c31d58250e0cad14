"""Where is the MQTT broker? `mqtt://HOST:PORT`, or `mqtts://HOST:PORT` for TLS."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from models.settings import PREFIX, SettingError

PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Host and port of a broker, and whether the way there is encrypted."""

    host: str
    port: int
    encrypted: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def broker_address(url: str) -> BrokerAddress:
    """The address in a URL; raises SettingError, also for a URL that holds a password: it would be shown."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        parts, port = urlsplit(""), 0
    if not parts.hostname or parts.username or parts.path not in ("", "/") or parts.query:
        raise SettingError(f"{PREFIX}MQTT_BROKER: expected mqtt://HOST:PORT or mqtts://HOST:PORT")
    return BrokerAddress(parts.hostname, port, parts.scheme == "mqtts")
