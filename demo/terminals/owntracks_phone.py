"""How does OwnTracks on a driver's phone report? One position a POST, oldest first, kept until answered."""

import logging
from base64 import b64encode
from collections import deque
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import orjson

from demo.terminals.course import Whereabouts

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0


class OwnTracksPhone:
    """One phone with its queue."""

    def __init__(self, base_url: str, user: str, password: str) -> None:
        address = urlsplit(base_url)
        self.host, self.port = address.hostname or "127.0.0.1", address.port
        self.user = user
        self.login = b64encode(f"{user}:{password}".encode()).decode()
        self.queue: deque[bytes] = deque()

    def report(self, place: Whereabouts, at: datetime) -> int:
        """Queue a position and send what is due; returns how many were acknowledged."""
        self.queue.append(payload(place, at))
        sent = 0
        while self.queue and self._post(self.queue[0]):
            self.queue.popleft()
            sent += 1
        return sent

    def _post(self, body: bytes) -> bool:
        connection = HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
        headers = {
            "Authorization": f"Basic {self.login}",
            "Content-Type": "application/json",
            "X-Limit-U": self.user,
            "X-Limit-D": "phone",
        }
        try:
            connection.request("POST", "/api/v1/owntracks", body=body, headers=headers)
            answer = connection.getresponse()
            if answer.status != 200:
                log.warning("answered with %d; %d positions wait", answer.status, len(self.queue))
            return answer.status == 200
        except (OSError, HTTPException) as error:
            log.warning("no connection: %s; %d positions wait", error, len(self.queue))
            return False
        finally:
            connection.close()


def payload(place: Whereabouts, at: datetime) -> bytes:
    """OwnTracks' own JSON of a location."""
    return orjson.dumps(
        {
            "_type": "location",
            "tid": "dr",
            "tst": int(at.timestamp()),
            "lat": round(place.lat, 6),
            "lon": round(place.lon, 6),
            "acc": 6,
            "vel": round(place.speed_kmh),
            "cog": round(place.course_deg) % 360,
            "alt": 8,
            "batt": 83,
            "conn": "m",
            "t": "t",
        }
    )
