"""How is an SVG element written? Escaped, with short numbers."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from unicodedata import east_asian_width

from markupsafe import Markup, escape

FONT = "Noto Sans SC"
Point = tuple[float, float]


def short(value: float) -> str:
    """A coordinate with two decimals at most: 1/100 px is far below what a printer resolves."""
    words = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if words == "-0" else words


def tag(name: str, *children: str, **attributes: str | float | None) -> Markup:
    """An element; `stroke_width` becomes stroke-width, None is left out; text is escaped."""
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    inside = "".join(escape(child) for child in children)
    words = f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"
    return Markup(words)  # noqa: S704  # every part is escaped above


def _attribute(key: str, value: str | float) -> str:
    words = escape(value) if isinstance(value, str) else short(value)
    return f' {key.rstrip("_").replace("_", "-")}="{words}"'


def group(children: Iterable[str], **attributes: str | float | None) -> Markup:
    """A <g> around the children; nothing when there are none."""
    inside = [child for child in children if child]
    return tag("g", *inside, **attributes) if inside else Markup()


def path_of(lines: Iterable[Sequence[Point]], closed: bool = False) -> str:
    """The `d` of one path through several lines, in relative steps (shorter than absolute ones)."""
    return "".join(_steps(line) + ("z" if closed else "") for line in lines if len(line) > 1)


def _steps(line: Sequence[Point]) -> str:
    rounded = [(round(x, 1), round(y, 1)) for x, y in line]
    steps = [
        f"{short(x - before_x)} {short(y - before_y)}" for (before_x, before_y), (x, y) in pairwise(rounded)
    ]
    return f"M{short(rounded[0][0])} {short(rounded[0][1])}l{' '.join(steps)}"


def label(
    x: float,
    y: float,
    words: str,
    size: float,
    *,
    anchor: str = "start",
    bold: bool = False,
    fill: str = "#1c2733",
    **attributes: str | float | None,
) -> Markup:
    """A text in the print's own font; y is the baseline."""
    return tag(
        "text",
        words,
        x=x,
        y=y,
        font_family=FONT,
        font_size=size,
        font_weight=700 if bold else 400,
        text_anchor=None if anchor == "start" else anchor,
        fill=fill,
        **attributes,
    )


def width_of(words: str, size: float) -> float:
    """About how wide a text is, from the widths of its characters: right to a few percent for this font."""
    return size * sum(_width_em(character) for character in words)


def _width_em(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.0
    if character.isupper():
        return 0.65
    if character in " .,:;'|il·°":
        return 0.28
    return 0.57


def drawing(width: float, height: float, title: str, children: Iterable[str]) -> Markup:
    """A whole SVG; the title is what a screen reader says instead of the drawing."""
    return tag(
        "svg",
        tag("title", title),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {short(width)} {short(height)}",
        width=width,
        height=height,
    )
