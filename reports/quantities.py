"""How are masses, shares, distances, durations and moments written for people?

One place for pages, prints and the command line. The unit of a figure is read from the suffix of its
name (models.values.Reason). Numbers follow the language's own format; a minus is a real minus sign.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from math import floor, isfinite, log10
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from babel.numbers import format_decimal

from models.vocabulary import MS_PER_S

KG_PER_T: Final = 1000.0
UNKNOWN: Final = "—"
_UNITS = {"zh": ("天", "小时", "分", "秒"), "en": ("d", "h", "min", "s")}
_SECONDS: Final = (86_400, 3_600, 60, 1)
_BABEL = {"zh": "zh_Hans_CN", "en": "en_GB"}
LEAST_TOLD: Final = 1e-12
_SIZES = {
    False: ((1e9, " billion"), (1e6, " million"), (1.0, "")),
    True: ((1e8, "亿"), (1e4, "万"), (1.0, "")),
}

Figure = float | int | str | None


def number(value: float, locale: str, decimals: int = -2) -> str:
    """A number with grouped thousands and so many decimals; -n means at most n, without closing zeros."""
    if not isfinite(value):
        return UNKNOWN
    places = ("0" if decimals > 0 else "#") * abs(decimals)
    pattern = f"#,##0.{places}" if places else "#,##0"
    words: str = format_decimal(value, format=pattern, locale=_BABEL.get(locale, locale))
    return "0" + words[2:] if words.startswith("-0") and not words.strip("-0.,") else words.replace("-", "−")


def mass_t(kg: float, u_kg: float | None = None, locale: str = "zh") -> str:
    """kg as tonnes with two decimals, with its standard uncertainty when there is one: "17.10 ± 0.03 t"."""
    tonnes = number(kg / KG_PER_T, locale, 2)
    return f"{tonnes} t" if u_kg is None else f"{tonnes} ± {number(u_kg / KG_PER_T, locale, 2)} t"


def percent(fraction: float, locale: str = "zh", decimals: int = 1) -> str:
    """A fraction as "13.0 %"."""
    return f"{number(fraction * 100, locale, decimals)} %"


def odds(chance: float, locale: str = "zh") -> str:
    """A tiny probability as people say it, to two figures: "约 2500 万分之一", "about 1 in 25 million"."""
    if not 0 < chance < 1:
        return percent(chance, locale)
    if chance < LEAST_TOLD:
        return "不足万亿分之一" if locale == "zh" else "less than 1 in a million million"
    one_in = float(f"{1 / chance:.1e}")
    size, word = next((size, word) for size, word in _SIZES[locale == "zh"] if one_in >= size)
    told = f"{one_in / size:g}"
    return f"约 {told} {word}分之一" if locale == "zh" else f"about 1 in {told}{word}"


def distance(metres: float, locale: str = "zh") -> str:
    """Metres as "322 m", from a kilometre on as "1.2 km"."""
    if abs(metres) < 999.5:
        return f"{number(metres, locale, 0)} m"
    return f"{number(metres / 1000, locale, 1)} km"


def duration(seconds: float, locale: str = "zh") -> str:
    """Seconds as "6 分 39 秒" or "6 min 39 s": the largest unit and the next one, where it is not zero."""
    whole = rest = round(abs(seconds))
    names = _UNITS.get(locale, _UNITS["en"])
    words: list[str] = []
    for name, size in zip(names, _SECONDS, strict=True):
        count, rest = divmod(rest, size)
        if count or (size == 1 and not words):
            words.append(f"{count} {name}")
        if len(words) == 2 or (words and not count):
            break
    return ("−" if seconds < 0 < whole else "") + " ".join(words)


def speed(kmh: float, locale: str = "zh") -> str:
    """A speed as "45 km/h"."""
    return f"{number(kmh, locale, 0)} km/h"


def moment(at: datetime | int, timezone: str = "Asia/Shanghai", seconds: bool = True) -> str:
    """A time (aware, or ms UTC) on the city's clock: "2026-01-26 16:30:11"."""
    utc = datetime.fromtimestamp(at / MS_PER_S, UTC) if isinstance(at, int) else at
    return utc.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def clock(at: datetime | int, timezone: str = "Asia/Shanghai") -> str:
    """The time of day alone: "16:30:11"."""
    return moment(at, timezone)[11:]


def zone_name(timezone: str, locale: str) -> str:
    """The name of the city's time: "China Standard Time (Asia/Shanghai)"."""
    names = get_timezone_name(
        timezone, width="long", zone_variant="standard", locale=_BABEL.get(locale, locale)
    )
    return f"{names}（{timezone}）" if locale == "zh" else f"{names} ({timezone})"


def plain(value: float, locale: str) -> str:
    """A figure without a unit: whole numbers grouped, others with three significant digits at least."""
    if isinstance(value, int) or value == round(value):
        return number(value, locale, 0)
    decimals = max(1, min(4, 2 - floor(log10(abs(value)))))
    return number(round(value, decimals), locale, -decimals)


def figure(name: str, value: Figure, locale: str = "zh", timezone: str = "Asia/Shanghai") -> str:
    """A figure with the unit that the suffix of its name says; text as it stands, None as a dash."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    if name.endswith("_ms"):
        return moment(int(value), timezone)
    for suffix, write in _BY_SUFFIX.items():
        if name.endswith(suffix):
            return write(value, locale)
    return plain(value, locale)


def _mass(kg: float, locale: str) -> str:
    return f"{number(kg, locale, 0)} kg" if abs(kg) < 10 and kg != 0 else mass_t(kg, None, locale)


_BY_SUFFIX: dict[str, Callable[[float, str], str]] = {
    "_kmh": speed,
    "_km": lambda km, locale: distance(km * 1000, locale),
    "_kg": _mass,
    "_t": lambda tonnes, locale: mass_t(tonnes * KG_PER_T, None, locale),
    "_fraction": percent,
    "_minutes": lambda minutes, locale: duration(minutes * 60, locale),
    "_deg": lambda degrees, locale: f"{number(degrees, locale, 0)}°",
    "_m": distance,
    "_s": duration,
}
