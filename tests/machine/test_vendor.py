"""Are the browser libraries and fonts that are served whole, licensed, and the ones that the lock pins?"""

import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from web import vendor

CHINESE = "污泥全程追溯监管系统转移联单过磅含水率处置苏州吴江，。；：（）《》“”"
LATIN = "Sludge traceability 0123456789 ±×°²³μσ≤≥≈→✓●■▲"


@pytest.fixture(autouse=True)
def _needs_installed_libraries() -> None:
    if not (vendor.VENDOR / ".installed").is_file():
        pytest.skip("`make install` has not fetched the browser libraries")


@pytest.mark.parametrize("name", [name for name in vendor.FONT_FILES if name.endswith(".ttf")])
def test_font_draws_chinese_and_latin(name: str) -> None:
    with TTFont(vendor.FONTS / name, lazy=True) as font:
        drawn = font.getBestCmap()
        embedding = font["OS/2"].fsType
    assert [letter for letter in CHINESE + LATIN if ord(letter) not in drawn] == []
    assert sum(0x4E00 <= code <= 0x9FFF for code in drawn) > 20_000  # the whole font, no subset
    assert embedding == 0  # may be embedded in PDFs without restriction


@pytest.mark.parametrize("library", ["maplibre-gl", "htmx", "echarts", "NotoSansSC"])
def test_every_library_comes_with_its_licence(library: str) -> None:
    licence = (vendor.VENDOR / f"{library}.LICENSE.txt").read_text("utf-8")
    assert "Permission" in licence or "License" in licence


def test_the_versions_served_are_those_of_the_lock() -> None:
    packages = json.loads((vendor.WEB / "package-lock.json").read_text("utf-8"))["packages"]
    maplibre = packages["node_modules/maplibre-gl"]["version"]
    htmx = packages["node_modules/htmx.org"]["version"]
    assert f"maplibre-gl-js/blob/v{maplibre}/" in (vendor.VENDOR / "maplibre-gl-csp.js").read_text("utf-8")
    assert f'version:"{htmx}"' in (vendor.VENDOR / "htmx.min.js").read_text("utf-8")


def test_a_copied_folder_holds_exactly_what_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules, target = tmp_path / "modules", tmp_path / "served"
    modules.mkdir()
    target.mkdir()
    (modules / "new.js").write_text("new")
    (target / "old.js").write_text("old")
    monkeypatch.setattr(vendor, "MODULES", modules)
    vendor.copy_files({"served.js": "new.js"}, target)
    assert {path.name: path.read_text() for path in target.iterdir()} == {"served.js": "new"}


def test_a_file_that_a_package_no_longer_holds_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "MODULES", tmp_path)
    with pytest.raises(vendor.VendorError, match=r"holds no moved/away\.js"):
        vendor.copy_files({"served.js": "moved/away.js"}, tmp_path / "served")
