"""How does an AIS receiver on the bank pass on what a vessel says? NMEA sentences over TCP."""

import logging
import socket
from datetime import datetime

from pyais.encode import encode_dict

from demo.terminals.course import Whereabouts

log = logging.getLogger(__name__)

KMH_PER_KNOT = 1.852
TIMEOUT_S = 10.0


class AisReceiver:
    """A receiver that hears one vessel and feeds a gateway. AIS knows no answers and keeps nothing."""

    def __init__(self, address: tuple[str, int], mmsi: str, name: str) -> None:
        self.address, self.mmsi, self.name = address, mmsi, name
        self._socket: socket.socket | None = None

    def hear(self, place: Whereabouts, at: datetime) -> bool:
        """Pass on one position; True when it could be sent."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self.address, timeout=TIMEOUT_S)
            self._socket.sendall(sentences(self.mmsi, place, at))
        except OSError as error:
            log.warning("no connection: %s", error)
            self.close()
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def sentences(mmsi: str, place: Whereabouts, at: datetime) -> bytes:
    """A class A position report (type 1) as !AIVDM sentences."""
    report: dict[str, str | int | float | bytes | bool] = {
        "type": 1,
        "mmsi": mmsi,
        "status": 0,
        "speed": round(place.speed_kmh / KMH_PER_KNOT, 1),
        "accuracy": 1,
        "lon": place.lon,
        "lat": place.lat,
        "course": round(place.course_deg, 1),
        "heading": round(place.course_deg) % 360,
        "second": at.second,
    }
    return "".join(f"{line}\r\n" for line in encode_dict(report, sentence_type="VDM")).encode()
