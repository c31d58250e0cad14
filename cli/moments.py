"""How are moments written on the command line? ISO 8601 with a zone."""

from datetime import datetime
from typing import Any

import click


class MomentType(click.ParamType[datetime]):
    """An aware time; one without a zone is wrong use, since nobody could say which moment is meant."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time in ISO 8601, like 2026-03-02T08:00:00+08:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no zone: add Z or +08:00", param, ctx)
        return moment
