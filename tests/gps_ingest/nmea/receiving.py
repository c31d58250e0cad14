"""Which sentences does a receiver of the tests send? One at noon of 2 March 2026, UTC."""

from gps_ingest.decoders.nmea_sentences import sealed

NOON_MS = 1_772_452_800_000  # 2026-03-02T12:00:00Z


def rmc(
    *,
    talker: str = "GP",
    time: str = "120000.00",
    status: str = "A",
    lat: str = "3115.0000",
    north: str = "N",
    lon: str = "12030.0000",
    east: str = "E",
    speed: str = "7.4",
    course: str = "271.3",
    date: str = "020326",
    mode: str = "A",
) -> bytes:
    told = (f"{talker}RMC", time, status, lat, north, lon, east, speed, course, date, "", "", mode)
    return b"$" + sealed(",".join(told))


def gga(
    *,
    talker: str = "GP",
    time: str = "120000.00",
    quality: str = "1",
    satellites: str = "09",
    hdop: str = "0.9",
    altitude: str = "4.5",
) -> bytes:
    place = ("3115.0000", "N", "12030.0000", "E")
    told = (f"{talker}GGA", time, *place, quality, satellites, hdop, altitude, "M", "8.0", "M", "", "")
    return b"$" + sealed(",".join(told))


RMC, GGA = rmc(), gga()


def lines(*some: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in some)
