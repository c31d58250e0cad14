"""Which wire formats can be decoded? The one table that every edge and command chooses from."""

from collections.abc import Callable

from gps_ingest.decoders import csv_fixes, gpx, json_batch
from gps_ingest.decoders.fix_batch import Decoded
from models.vocabulary import Protocol

Decoder = Callable[[bytes, str], Decoded]
"""Bytes of a message and the code of the device that sent it → reports and refusals; never raises."""

DECODERS: dict[Protocol, Decoder] = {
    Protocol.GPX: lambda body, device_code: gpx.decode(body),
    Protocol.CSV: csv_fixes.decode,
    Protocol.JSON: lambda body, device_code: json_batch.decode(body),
}
