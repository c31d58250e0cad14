"""Is the key that signs sessions secret, the same for every process, and kept?"""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from models.settings import Settings
from web.secret_key import secret_key


def test_the_setting_goes_first(tmp_path: Path) -> None:
    assert secret_key(Settings(secret_key="given", state_dir=str(tmp_path))) == "given"
    assert list(tmp_path.iterdir()) == []


def test_a_made_key_is_kept_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(state_dir=str(tmp_path / "state"))
    key = secret_key(settings)
    assert len(key) == 64
    assert secret_key(settings) == key
    (file,) = (tmp_path / "state").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    settings = Settings(state_dir=str(tmp_path / "state"))
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _number: secret_key(settings), range(32)))
    assert len(keys) == 1


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    keys = {secret_key(Settings(state_dir=str(tmp_path / name))) for name in ("a", "b")}
    assert len(keys) == 2
