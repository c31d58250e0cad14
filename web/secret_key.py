"""With which key are sessions signed? The setting, else a random one kept in the state folder."""

import os
import secrets
from pathlib import Path

from models.settings import Settings, state_path

KEY_BYTES = 32


def secret_key(settings: Settings) -> str:
    """The key; made once with mode 0600, so that every worker process reads the same."""
    if settings.secret_key:
        return settings.secret_key
    path = state_path(settings, "session.key")
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    # Written aside and linked into place: another process sees the whole key or none, and the first one wins.
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
