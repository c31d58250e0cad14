"""What does every command need? Settings, a database at the newest schema, and the clock, read once."""

import sys
from datetime import UTC, datetime
from functools import cache
from typing import Any

import click
import orjson
from sqlalchemy import Engine

from models.migrate import upgrade
from models.session import open_engine
from models.settings import SettingError, Settings, read_settings
from models.thresholds import Thresholds, read_thresholds


@cache
def settings() -> Settings:
    """The settings of this process; a wrong one is wrong use (exit status 2)."""
    try:
        return read_settings()
    except SettingError as error:
        raise click.UsageError(str(error)) from error


@cache
def thresholds() -> Thresholds:
    """The rules' thresholds of this process."""
    try:
        return read_thresholds()
    except SettingError as error:
        raise click.UsageError(str(error)) from error


@cache
def ready_engine() -> Engine:
    """The configured database, migrated to the newest schema when it is behind."""
    upgrade(settings().database_url)
    return open_engine(settings().database_url)


def now() -> datetime:
    """The clock, read at the border only."""
    return datetime.now(UTC)


def print_json_line(value: Any) -> None:
    """One JSON object on a line of standard output."""
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
