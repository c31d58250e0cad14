"""Which programs and libraries of the operating system are missing, and what installs them?

`make install` and `make test` run this file: as root on Debian it installs what is missing with apt-get,
anywhere else it names the command and lets the rest go on. `sludgetrace doctor` reports from the same table.
Only the standard library is used, so that it works in an environment that is half made.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

APT_WAIT_S = 300  # another apt-get may be at work: wait for its lock


@dataclass(frozen=True, slots=True)
class SystemPart:
    """A shared library or a program of the operating system, and the Debian package that brings it."""

    name: str
    debian_package: str
    purpose_zh: str
    purpose_en: str
    library: str = ""
    program: str = ""
    for_tests_only: bool = False

    def is_present(self) -> bool:
        """Does the library load, is the program there?"""
        if self.program:
            return find_program(self.program) is not None
        try:
            ctypes.CDLL(self.library)
        except OSError:
            return False
        return True


def find_program(name: str) -> str | None:
    """The path of a program; Debian puts services where the PATH of people does not look."""
    folders = [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"]
    return shutil.which(name, path=os.pathsep.join(folders))


PARTS = (
    SystemPart("Pango", "libpango-1.0-0", "PDF 排版", "PDF layout", library="libpango-1.0.so.0"),
    SystemPart("PangoFT2", "libpangoft2-1.0-0", "PDF 字形", "PDF glyphs", library="libpangoft2-1.0.so.0"),
    SystemPart(
        "HarfBuzz subset",
        "libharfbuzz-subset0",
        "PDF 字体子集",
        "font subsets in PDFs",
        library="libharfbuzz-subset.so.0",
    ),
    SystemPart(
        "pdftotext",
        "poppler-utils",
        "核对 PDF",
        "reading PDFs back",
        program="pdftotext",
        for_tests_only=True,
    ),
    SystemPart(
        "qpdf", "qpdf", "核对 PDF 结构", "checking PDF structure", program="qpdf", for_tests_only=True
    ),
    SystemPart(
        "Chromium", "chromium", "浏览器测试", "browser tests", program="chromium", for_tests_only=True
    ),
    SystemPart(
        "Mosquitto", "mosquitto", "MQTT 测试", "tests of MQTT", program="mosquitto", for_tests_only=True
    ),
)


def missing_parts(*, with_tests: bool) -> list[SystemPart]:
    """What this machine lacks; `with_tests` also asks for what only the test suite needs."""
    return [part for part in PARTS if (with_tests or not part.for_tests_only) and not part.is_present()]


def install_command(parts: list[SystemPart]) -> list[str]:
    """The apt-get command that brings `parts`."""
    packages = sorted({part.debian_package for part in parts})
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def may_install() -> bool:
    """Is this root on Debian or a relative of it?"""
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(parts: list[SystemPart]) -> bool:
    """Install `parts` with apt-get; False, with apt-get's own words on stderr, when that failed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    waiting = ["-o", f"DPkg::Lock::Timeout={APT_WAIT_S}"]
    update = ["apt-get", *waiting, "-qq", "update"]
    command = install_command(parts)
    command[1:1] = [*waiting, "-qq"]
    for step in (update, command):
        done = subprocess.run(step, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            return False
    return True


def main(arguments: list[str]) -> int:
    """`run` for what the service needs, `test` for what the tests need besides; never stops the build."""
    missing = missing_parts(with_tests="test" in arguments)
    if not missing:
        return 0
    names = ", ".join(part.name for part in missing)
    by_hand = "  sudo apt-get update && sudo " + " ".join(install_command(missing))
    if not may_install():
        print(f"Missing on this machine: {names}. On Debian install with:\n{by_hand}", file=sys.stderr)
        return 0
    print(f"Installing {names} with apt-get", flush=True)
    if not install(missing):
        print(f"apt-get failed; {names} are still missing. Try by hand:\n{by_hand}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
