"""Which messages of JT/T 808 are understood here?"""

from enum import IntEnum


class MessageId(IntEnum):
    """Terminal to platform, and the platform's answers (from 0x8000 on)."""

    TERMINAL_ANSWER = 0x0001
    HEARTBEAT = 0x0002
    LOGOUT = 0x0003
    ASK_TIME = 0x0004  # 2019
    ASK_PACKETS = 0x0005  # 2019: the terminal misses packets of what the platform sent
    REGISTER = 0x0100
    AUTHENTICATE = 0x0102
    LOCATION = 0x0200
    WAYBILL = 0x0701
    DRIVER_CARD = 0x0702
    LOCATION_BATCH = 0x0704
    PLATFORM_ANSWER = 0x8001
    RESEND_PACKETS = 0x8003
    TIME_ANSWER = 0x8004  # 2019
    REGISTER_ANSWER = 0x8100


class Result(IntEnum):
    """How the platform answers a message (0x8001)."""

    DONE = 0
    FAILED = 1
    FAULTY = 2
    UNSUPPORTED = 3


class RegisterResult(IntEnum):
    """How the platform answers a registration (0x8100)."""

    DONE = 0
    VEHICLE_TAKEN = 1
    NO_SUCH_VEHICLE = 2
    TERMINAL_TAKEN = 3
    NO_SUCH_TERMINAL = 4
