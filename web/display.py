"""How do templates write words, figures and times in the reader's language?"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from babel.dates import format_timedelta
from flask import Flask, current_app
from flask_login import current_user
from markupsafe import Markup

from models.values import Reason
from models.vocabulary import VerdictValue
from reports import wording
from tracking.queries.names import Name
from web.addresses import same_list, url_with
from web.clock import now
from web.item_refusals import refusal_sentence, refused_place
from web.languages import LANGUAGES, language
from web.map_words import map_words
from web.navigation import device_links, group_links, may_open, navigation

UNKNOWN = "—"


def install(app: Flask) -> None:
    """Offer the words to templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        label=label,
        named=named,
        tonnes=tonnes,
        percent=percent,
        number=number,
        seconds=seconds,
        distance=distance,
        when=when,
        exact=exact,
        clock_of_day=clock_of_day,
        arrival=arrival,
        day=day,
        say=say,
        refusal_sentence=refusal_sentence,
        refused_place=refused_place,
        list_of_words=lambda items: [(value.value, text) for value, text in items],
    )
    app.jinja_env.globals.update(
        stored_word=lambda group, key: wording.word(group, key, language()),
        innocent=lambda kind: wording.innocent(kind, language()),
        meaning=lambda kind: wording.meaning(kind, language()),
        figure_label=lambda name: wording.figure_label(name, language()),
        threshold_label=lambda name: wording.threshold_label(name, language()),
        figure_text=figure_text,
        language=language,
        languages=LANGUAGES,
        navigation=navigation,
        device_links=device_links,
        group_links=group_links,
        may_open=may_open,
        timezone=timezone,
        url_with=url_with,
        same_list=same_list,
        choices=choices,
        named_choices=named_choices,
        map_words=map_words,
        verdict_words=verdict_words,
        config_issuer=issuer,
        organisation_of_user=organisation_of_user,
        opens_vehicles_of=opens_vehicles_of,
        now=now,
    )


def timezone() -> str:
    """The city's zone."""
    zone: str = current_app.extensions["settings"].timezone
    return zone


def label(member: StrEnum | None) -> str:
    """The word for a member of the vocabulary."""
    return UNKNOWN if member is None else wording.label(member, language())


def named(name: Name | None) -> str:
    """A name in the reader's language."""
    return UNKNOWN if name is None else name.in_language(language())


def tonnes(kg: float | None, decimals: int = 2) -> str:
    """kg as tonnes, without the unit: it stands in the header."""
    return UNKNOWN if kg is None else wording.number(kg / 1000, language(), decimals)


def percent(fraction: float | None, decimals: int = 1) -> str:
    """A fraction as a percentage."""
    return UNKNOWN if fraction is None else wording.percent(fraction, language(), decimals)


def number(value: float | None, decimals: int = -2) -> str:
    """A number of the reader's language; -n stands for at most n decimals."""
    return UNKNOWN if value is None else wording.number(value, language(), decimals)


def seconds(value: float | None) -> str:
    """A duration."""
    return UNKNOWN if value is None else wording.duration(value, language())


def distance(metres: float | None) -> str:
    """A distance."""
    return UNKNOWN if metres is None else wording.distance(metres, language())


def when(moment: datetime | int | None) -> Markup | str:
    """Relative and exact together, in the city's zone: "12 分钟前 · 14:05"."""
    if moment is None:
        return UNKNOWN
    at = aware(moment)
    relative = format_timedelta(at - now(), add_direction=True, locale=language())
    today = wording.moment(now(), timezone())[:10]
    full = wording.moment(at, timezone())
    short = full[11:16] if full.startswith(today) else full[5:16] if full[:4] == today[:4] else full[:16]
    pattern = Markup('<time datetime="{}" title="{}"><span class="relative">{}</span> {}</time>')
    return pattern.format(at.isoformat(), full, relative, short)


def exact(moment: datetime | int | None, seconds: bool = False) -> Markup | str:
    """The exact time in the city's zone, with the relative one on hovering."""
    if moment is None:
        return UNKNOWN
    at = aware(moment)
    relative = format_timedelta(at - now(), add_direction=True, locale=language())
    words = wording.moment(at, timezone(), seconds)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), relative, words)


def clock_of_day(time_ms: int) -> Markup:
    """The time of day in the city's zone, to the second."""
    at = aware(time_ms)
    words = wording.moment(at, timezone(), True)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), words, words[11:])


def arrival(moment: datetime) -> Markup:
    """When somebody is expected: the time of day, with the day where it is another one, to the minute."""
    at, today = aware(moment), wording.moment(now(), timezone())[:10]
    full = wording.moment(at, timezone())
    short = full[11:16] if full.startswith(today) else full[5:16]
    relative = format_timedelta(at - now(), add_direction=True, locale=language())
    pattern = Markup('<time datetime="{}" title="{}">{}</time> <small>{}</small>')
    return pattern.format(at.isoformat(), full, short, relative)


def day(moment: datetime | None) -> str:
    """The calendar day in the city's zone: what a validity is told by."""
    return UNKNOWN if moment is None else wording.moment(moment, timezone())[:10]


def aware(moment: datetime | int) -> datetime:
    """A time, also from milliseconds UTC."""
    return datetime.fromtimestamp(moment / 1000, UTC) if isinstance(moment, int) else moment


def say(reason: Mapping[str, object] | Reason, names: Mapping[str, str] | None = None) -> str:
    """A reason as a sentence."""
    return wording.say(reason, language(), names, timezone())


def figure_text(name: str, value: Any, names: Mapping[str, str] | None = None) -> str:
    """A figure of evidence with its unit."""
    return wording.figure_text(name, value, language(), names, timezone())


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Value and word of every member: the options of a filter."""
    return [(member.value, label(member)) for member in words]


def named_choices(names: Iterable[Name]) -> list[tuple[str, str]]:
    """Code and name: the options of a filter."""
    return [(name.code, named(name)) for name in names]


def verdict_words() -> dict[str, str]:
    """The word for each verdict, for the chart."""
    return dict(choices(VerdictValue))


def issuer() -> str:
    """Who runs this installation."""
    settings = current_app.extensions["settings"]
    name: str = settings.issuing_body_en if language() == "en" else settings.issuing_body
    return name


def organisation_of_user() -> str:
    """The organisation of the signed-in person, for the header."""
    account = current_user.account
    if account.organisation is None:
        return ""
    chosen = account.organisation_en if language() == "en" else None
    return str(chosen or account.organisation)


def opens_vehicles_of(hauler: Name | None) -> bool:
    """May the reader open the pages of this carrier's vehicles? Others see the name without a link."""
    account = current_user.account
    own = hauler is not None and hauler.code == account.organisation_code
    return bool(account.viewer.sees_all or own)
