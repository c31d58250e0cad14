"""What exactly do the apps of phones put on the wire? Requests byte for byte, with the token filled in.

Traccar Client to version 8: ProtocolFormatter.kt and RequestManager.kt of traccar-client-android; 9: the
template of its location library; 10: HttpUploader.kt of its SDK. OwnTracks: Connection.m (iOS) and
HttpMessageProcessorEndpoint.kt (Android). OsmAnd: online tracking with the address of docs/devices/phones.md.
"""

import base64
import socket
from collections.abc import Callable
from io import BufferedReader

CODE = "48241179"
NOON_S = 1_772_452_800  # 2026-03-02T12:00:00Z
LAT, LON = 31.250001, 120.500002

Request = Callable[[str], bytes]
"""Token → the bytes of a request."""


def lines(*words: str, body: str = "") -> bytes:
    return ("\r\n".join(words) + "\r\n\r\n" + body).encode()


def traccar_8(token: str) -> bytes:
    """HttpURLConnection of Android: POST, everything in the address, no body."""
    report = (
        f"id={CODE}&timestamp={NOON_S}&lat={LAT}&lon={LON}&speed=22.678185&bearing=90.0"
        "&altitude=3.2&accuracy=4.8&batt=87.0&charge=true"
    )
    return lines(
        f"POST /api/v1/osmand?token={token}&{report} HTTP/1.1",
        "Content-Type: application/x-www-form-urlencoded",
        "User-Agent: Dalvik/2.1.0 (Linux; U; Android 14; SM-A546B Build/UP1A.231005.007)",
        "Host: sludge.example:8000",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip",
        "Content-Length: 0",
    )


def traccar_9(token: str) -> bytes:
    """OkHttp: a JSON object of the location library; the template repeats the point in `_`."""
    body = (
        '{"location":{"timestamp":"2026-03-02T12:00:00.000Z","coords":{"latitude":31.250001,'
        '"longitude":120.500002,"accuracy":4.8,"speed":11.6666,"heading":90.0,"altitude":3.2},'
        '"is_moving":true,"odometer":184523.7,"event":"","battery":{"level":0.87,"is_charging":true},'
        '"activity":{"type":"in_vehicle"},"extras":{},'
        f'"_":"&id={CODE}&lat=31.250001&lon=120.500002&timestamp=2026-03-02T12:00:00.000Z&"}},'
        f'"device_id":"{CODE}"}}'
    )
    return lines(
        f"POST /api/v1/osmand?token={token} HTTP/1.1",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Host: sludge.example:8000",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip",
        "User-Agent: okhttp/4.12.0",
        body=body,
    )


def traccar_10(token: str) -> bytes:
    """Ktor: pairs in the body, the address as it was typed in."""
    body = (
        f"id={CODE}&lat={LAT}&lon={LON}&timestamp={NOON_S}&accuracy=4.8&altitude=3.2&speed=22.68"
        "&bearing=90.0&batt=87&charge=true"
    )
    return lines(
        f"POST /api/v1/osmand?token={token} HTTP/1.1",
        "Accept: */*",
        "Accept-Charset: UTF-8",
        "User-Agent: ktor-client",
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
        f"Content-Length: {len(body)}",
        "Host: sludge.example:8000",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip",
        body=body,
    )


def osmand(token: str) -> bytes:
    """OsmAnd puts its values into the address that was typed in."""
    report = f"id={CODE}&lat={LAT}&lon={LON}&timestamp={NOON_S}000&hdop=4.8&altitude=3.2&bearing=90.0"
    return lines(
        f"GET /api/v1/osmand?token={token}&{report} HTTP/1.1",
        "User-Agent: OsmAnd~ 4.7.10",
        "Host: sludge.example:8000",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip",
    )


def basic(token: str) -> str:
    return base64.b64encode(f"{CODE}:{token}".encode()).decode()


def owntracks_android(token: str) -> bytes:
    """OkHttp: the message with its topic, Basic, and the headers of the Recorder."""
    body = (
        f'{{"_type":"location","topic":"owntracks/{CODE}/phone","modeId":3,"qos":1,"retained":true,'
        f'"created_at":{NOON_S + 1},"_id":"0f3a77b2","t":"p","batt":87,"bs":2,"acc":5,"vac":3,'
        f'"lat":{LAT},"lon":{LON},"alt":3,"vel":42,"cog":90,"tst":{NOON_S},"m":2,"conn":"m","tid":"pe"}}'
    )
    return lines(
        "POST /api/v1/owntracks HTTP/1.1",
        "User-Agent: Owntracks-Android/gms/420504000",
        f"Authorization: Basic {basic(token)}",
        f"X-Limit-U: {CODE}",
        "X-Limit-D: phone",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Host: sludge.example:8000",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip",
        body=body,
    )


def owntracks_ios(token: str) -> bytes:
    """NSURLSession; the device of the headers need not be the one that signs in."""
    body = (
        f'{{"lon":{LON},"cog":90,"alt":3,"batt":87,"acc":5,"bs":1,"p":101.325,"vel":42,"vac":3,'
        f'"lat":{LAT},"topic":"owntracks\\/{CODE}\\/iphone","t":"t","conn":"m","m":1,"tst":{NOON_S},'
        f'"_type":"location","tid":"ne","created_at":{NOON_S + 1}}}'
    )
    return lines(
        "POST /api/v1/owntracks HTTP/1.1",
        "Host: sludge.example:8000",
        "Content-Type: application/json",
        "X-Limit-D: iphone",
        "Connection: keep-alive",
        "Accept: */*",
        "X-Limit-U: user",
        "User-Agent: OwnTracks/18.4.5 CFNetwork/1496.0.7 Darwin/23.5.0",
        f"Authorization: Basic {basic(token)}",
        f"Content-Length: {len(body)}",
        "Accept-Language: zh-CN,zh-Hans;q=0.9",
        "Accept-Encoding: gzip, deflate",
        body=body,
    )


APPS: dict[str, Request] = {
    "Traccar Client 8": traccar_8,
    "Traccar Client 9": traccar_9,
    "Traccar Client 10": traccar_10,
    "OsmAnd": osmand,
    "OwnTracks for Android": owntracks_android,
    "OwnTracks for iOS": owntracks_ios,
}


def talk(port: int, *requests: bytes) -> list[tuple[int, bytes]]:
    """Send the requests one after the other, over one connection as long as the service keeps it; status and
    body of each answer."""
    answers = []
    waiting = list(requests)
    while waiting:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            reader = connection.makefile("rb")
            stays = True
            while waiting and stays:
                connection.sendall(waiting.pop(0))
                status, body, stays = read_answer(reader)
                answers.append((status, body))
    return answers


def read_answer(reader: BufferedReader) -> tuple[int, bytes, bool]:
    """Status and body of one answer, and whether the connection stays."""
    status = int(reader.readline().split()[1])
    headers = {}
    while line := reader.readline().strip():
        name, _colon, value = line.partition(b":")
        headers[name.lower()] = value.strip().lower()
    body = reader.read(int(headers[b"content-length"]))
    return status, body, headers.get(b"connection") != b"close"
