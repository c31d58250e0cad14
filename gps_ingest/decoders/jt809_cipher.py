"""How is the body of a JT/T 809 frame disguised? XOR with a linear congruential sequence.

This hides nothing from anybody who means it: 32 bits of key travel in the header. It is read because
platforms send it; keep the link in a VPN or TLS tunnel all the same.
"""

from dataclasses import dataclass

U32 = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class CipherKeys:
    """The three numbers that two platforms agreed on."""

    m1: int
    ia1: int
    ic1: int


def disguised(body: bytes, keys: CipherKeys, key: int) -> bytes:
    """Disguise a body, or undo it: both are the same. `key` stands in the frame's header."""
    state, modulus = key or 1, keys.m1 or 1
    out = bytearray(body)
    for index in range(len(out)):
        state = (keys.ia1 * (state % modulus) + keys.ic1) & U32
        out[index] ^= state >> 20 & 0xFF
    return bytes(out)
