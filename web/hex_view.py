"""How are raw bytes shown to a person? By sixteen in a line, and as text where they are text."""

BYTES_A_LINE = 16


def hex_lines(body: bytes) -> list[tuple[str, str, str]]:
    """(offset, bytes in hexadecimal, printable characters) of each line."""
    pieces = [(start, body[start : start + BYTES_A_LINE]) for start in range(0, len(body), BYTES_A_LINE)]
    return [(f"{start:04x}", piece.hex(" "), printable(piece)) for start, piece in pieces]


def printable(piece: bytes) -> str:
    """ASCII as it is, a dot for everything else."""
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)


def text_view(body: bytes) -> str | None:
    """The bytes as text; None where they are no text. A character cut in two at the end is left out."""
    for end in range(len(body), max(len(body) - 4, -1), -1):
        try:
            text = body[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return text if all(sign.isprintable() or sign in "\r\n\t" for sign in text) else None
    return None
