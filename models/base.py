"""What do all tables share? The declarative base, constraint names and column types."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table; constraints have predictable names so that migrations can alter them."""

    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC on both engines; refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


T = TypeVar("T", bound=StrEnum)


class Word(TypeDecorator[T], Generic[T]):
    """A member of a vocabulary enum, stored as its text."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[T]) -> None:
        super().__init__(32)
        self.words = words

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self.words(value)


RowId = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is SQLite's own row id


def one_of(column: str, words: type[StrEnum]) -> str:
    """The text of a CHECK that keeps `column` inside a vocabulary."""
    texts = ", ".join(f"'{word.value}'" for word in words)
    return f"{column} IN ({texts})"
