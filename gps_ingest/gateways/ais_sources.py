"""Whose AIS sentences are heard, and who was heard that nobody asked for?

AIS has no proof of who sends: anybody can write a sentence. So a gateway hears the receivers that the
setting SLUDGETRACE_AIS_SOURCES names, and of what they hear it keeps the registered vessels.
"""

import logging
from collections import OrderedDict
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

from models.settings import SettingError

log = logging.getLogger(__name__)

MOST_STRANGERS = 100

Network = IPv4Network | IPv6Network


def read_sources(setting: str) -> tuple[Network, ...]:
    """The networks that the setting lists; raises SettingError."""
    try:
        return tuple(ip_network(item.strip(), strict=False) for item in setting.split(",") if item.strip())
    except ValueError as error:
        raise SettingError(f"SLUDGETRACE_AIS_SOURCES={setting!r}: {error}") from error


def is_source(host: str, networks: tuple[Network, ...]) -> bool:
    """Is this the address of a receiver that may feed the gateway?"""
    address = ip_address(host.partition("%")[0])
    mapped = None if isinstance(address, IPv4Address) else address.ipv4_mapped
    return any((mapped or address) in network for network in networks)


class Strangers:
    """The vessels heard lately that are not registered: told in the log, not stored."""

    def __init__(self) -> None:
        self._messages: OrderedDict[str, int] = OrderedDict()

    def hear(self, mmsi: str) -> None:
        """One message of a stranger."""
        self._messages[mmsi] = self._messages.pop(mmsi, 0) + 1
        if len(self._messages) > MOST_STRANGERS:
            self._messages.popitem(last=False)

    @property
    def latest(self) -> list[tuple[str, int]]:
        """(MMSI, messages) of the strangers heard last, the latest first."""
        return list(reversed(self._messages.items()))

    def tell(self) -> None:
        """Write the list to the log, and begin anew."""
        if self._messages:
            told = ", ".join(f"{mmsi} ({messages})" for mmsi, messages in self.latest)
            log.info("heard but not registered, the latest first, with their messages: %s", told)
        self._messages.clear()
