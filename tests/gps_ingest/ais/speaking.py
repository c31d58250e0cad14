"""Which sentences does a vessel of the tests send? pyais encodes them, so that the other side is not ours."""

from typing import Any

from pyais.encode import encode_dict

from gps_ingest.decoders.nmea_sentences import checksum, sealed

VESSEL = "413900001"
STRANGER = "227006760"
NOON_MS = 1_772_452_800_000  # 2026-03-02T12:00:00Z

PLACE = {"lat": 31.25, "lon": 120.5, "speed": 7.4, "course": 271.3, "accuracy": 1, "second": 30}


def spoken(kind: int = 1, mmsi: str = VESSEL, **told: Any) -> list[bytes]:
    """The sentences of one message."""
    values = {"type": kind, "mmsi": mmsi, **PLACE, **told}
    return [line.encode() for line in encode_dict(values, sentence_type="VDM", talker_id="AI")]


def one(kind: int = 1, mmsi: str = VESSEL, **told: Any) -> bytes:
    """The only sentence of a message."""
    [line] = spoken(kind, mmsi, **told)
    return line


def in_parts(line: bytes) -> list[bytes]:
    """The same message in two sentences."""
    payload, fill = line.decode().split("*")[0].split(",")[5:]
    cut = len(payload) // 2
    return [
        b"!" + sealed(f"AIVDM,2,1,4,A,{payload[:cut]},0"),
        b"!" + sealed(f"AIVDM,2,2,4,A,{payload[cut:]},{fill}"),
    ]


def heard(line: bytes, at_ms: int = NOON_MS) -> bytes:
    """The line with the tag block of its receiver."""
    content = f"s:bank,c:{at_ms // 1000}".encode()
    return b"\\%s*%02X\\%s" % (content, checksum(content), line)


def lines(*some: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in some)
