"""How does another platform say who it is (JT/T 809, 0x1001), and what does it hear (0x1002)?"""

import secrets
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from gps_ingest.decoders.jt809_cipher import CipherKeys
from gps_ingest.decoders.jt809_frames import Edition, Frame
from gps_ingest.store.platforms import Verdict
from models.settings import SettingError

BODIES = {Edition.E2011: Struct(">I8s32sH"), Edition.E2019: Struct(">I8sI32sH")}
MOST_FAILURES = 10  # of an address in a minute: ten guesses are no attack on eight bytes
MINUTE_S = 60.0
MAX_U32 = 2**32 - 1


class LoginResult(IntEnum):
    """0x1002, first byte."""

    DONE = 0
    WRONG_CENTER = 2
    UNKNOWN_USER = 3
    WRONG_PASSWORD = 4
    BUSY = 5


RESULTS = {
    Verdict.ADMITTED: LoginResult.DONE,
    Verdict.WRONG_CENTER: LoginResult.WRONG_CENTER,
    Verdict.UNKNOWN: LoginResult.UNKNOWN_USER,
    Verdict.WRONG_PASSWORD: LoginResult.WRONG_PASSWORD,
}


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """What a login tells. Its password never shows in a log."""

    user_id: int
    password: bytes
    center_ids: tuple[int, ...]  # of the header, and in 2019 of the body too


def read_login(frame: Frame) -> Login | None:
    """The login in a frame, None where its body is none. Where the sub-link would be is not needed."""
    body = BODIES[frame.edition]
    if len(frame.body) != body.size:
        return None
    user_id, password, *more = body.unpack(frame.body)
    told = (more[0],) if frame.edition is Edition.E2019 else ()
    return Login(user_id, password, (frame.center_id, *told))


def answer_body(result: LoginResult) -> bytes:
    """Result, and the code with which a sub-link would be checked: there is none, so it is chance."""
    code = secrets.randbits(32) if result is LoginResult.DONE else 0
    return bytes((result,)) + code.to_bytes(4, "big")


class LoginGuard:
    """Counts the failed logins of each address in the running minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._failures: Counter[str] = Counter()

    def may_try(self, address: str, now_s: float) -> bool:
        if int(now_s // MINUTE_S) != self._minute:
            self._minute = int(now_s // MINUTE_S)
            self._failures.clear()
        return self._failures[address] < MOST_FAILURES

    def failed(self, address: str) -> None:
        self._failures[address] += 1


def read_keys(setting: str) -> dict[int, CipherKeys]:
    """Access code → keys, from SLUDGETRACE_JT809_KEYS; raises SettingError, which repeats no key."""
    keys = {}
    for item in filter(None, (each.strip() for each in setting.split(","))):
        numbers = item.split(":")
        if len(numbers) != 4 or not all(n.isdecimal() and n.isascii() and int(n) <= MAX_U32 for n in numbers):
            raise SettingError("SLUDGETRACE_JT809_KEYS: expected access code:M1:IA1:IC1, between commas")
        center_id, m1, ia1, ic1 = map(int, numbers)
        keys[center_id] = CipherKeys(m1, ia1, ic1)
    return keys
