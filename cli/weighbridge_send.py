"""How does a ticket get to the server? One POST each, again until it is acknowledged or refused for good."""

import logging
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import orjson

from tracking.rules.custody.tickets import TicketGiven, ticket_digest

log = logging.getLogger(__name__)

PATH = "/api/v1/weighbridge/tickets"
TIMEOUT_S = 20.0
FOR_GOOD = frozenset({400, 413, 422})
"""Sending again will not change these; a token may be renewed, a server repaired: those are tried again."""


class ServerAway(Exception):
    """Not acknowledged; it is tried again."""


class TicketRefused(Exception):
    """The server will not take it as it is."""


@dataclass(frozen=True, slots=True)
class Server:
    """The service's own address, and the token of the scale's operator with scope `weighbridge`."""

    url: str
    token: str

    def send(self, ticket: TicketGiven) -> None:
        """Raises ServerAway or TicketRefused; on return the server has the ticket."""
        address = urlsplit(self.url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.hostname or "127.0.0.1", address.port, timeout=TIMEOUT_S)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": ticket_digest(ticket),
        }
        try:
            connection.request("POST", address.path.rstrip("/") + PATH, body=payload(ticket), headers=headers)
            answer = connection.getresponse()
            said = answer.read(4096).decode("utf-8", "replace")
        except (OSError, HTTPException) as away:
            raise ServerAway(str(away) or type(away).__name__) from away
        finally:
            connection.close()
        if answer.status in FOR_GOOD:
            raise TicketRefused(f"{answer.status} {said}")
        if not 200 <= answer.status < 300:
            raise ServerAway(f"answered with {answer.status}")


def payload(ticket: TicketGiven) -> bytes:
    """The body of the request; blanks are left out."""
    told = {
        "scale": ticket.scale,
        "number": ticket.number,
        "plate": ticket.plate,
        "gross_kg": ticket.gross_kg,
        "tare_kg": ticket.tare_kg,
        "weighed_at": ticket.weighed_at.isoformat(),
        "raw_line": ticket.raw_line,
    }
    return orjson.dumps({name: value for name, value in told.items() if value is not None})
