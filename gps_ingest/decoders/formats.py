"""Which wire formats can be decoded? The one table that every edge and command chooses from."""

from collections.abc import Callable

from gps_ingest.decoders import ais, csv_fixes, geojson, gpx, json_batch, jt809, nmea, osmand, owntracks
from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.jt808 import messages as jt808
from gps_ingest.decoders.reception import Reception
from models.vocabulary import Protocol

Decoder = Callable[[bytes, Reception], Decoded]
"""Bytes of a message and its circumstances → reports and refusals; never raises."""

DECODERS: dict[Protocol, Decoder] = {
    Protocol.GPX: lambda body, reception: gpx.decode(body),
    Protocol.GEOJSON: lambda body, reception: geojson.decode(body, reception.device_code),
    Protocol.CSV: lambda body, reception: csv_fixes.decode(body, reception.device_code),
    Protocol.JSON: lambda body, reception: json_batch.decode(body),
    Protocol.MQTT: lambda body, reception: json_batch.decode(body),
    Protocol.OSMAND: osmand.decode,
    Protocol.OWNTRACKS: owntracks.decode,
    Protocol.AIS: ais.decode,
    Protocol.NMEA: nmea.decode,
    Protocol.JT808: jt808.decode,
    Protocol.JT809: jt809.decode,
}
