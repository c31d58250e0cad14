"""How are facilities drawn? Their fence, a sign with a letter at the ends of the way, and their name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from markupsafe import Markup

from reports.drawings.map_labels import Box, LabelSheet, Wanted
from reports.drawings.map_window import MapWindow
from reports.drawings.svg import Point, group, label, path_of, tag

GeoJson = dict[str, Any]
INK = "#0c2c4e"
SIGN_PX = 7.5
SMALL_PX = 3.4
WIDEST_NAME = 18  # full-width characters on a line; a longer name is broken


@dataclass(frozen=True, slots=True)
class PlaceSign:
    """What a place is here: its letter (起, A, …; blank for a small dot), and a line under its name."""

    letter: str = ""
    note: str = ""


def places(
    features: Iterable[GeoJson],
    signs: Mapping[str, PlaceSign],
    window: MapWindow,
    sheet: LabelSheet,
    language: str,
) -> tuple[Markup, Markup]:
    """(fences and signs, names): names are placed on the sheet after all signs have their place."""
    drawn, wanted = [], []
    for feature in features:
        said = feature["properties"]
        sign = signs.get(said["code"], PlaceSign())
        ring = window.line(feature["geometry"]["coordinates"][0])
        middle = shapely.Polygon(ring).representative_point()
        at = (float(middle.x), float(middle.y))
        if not window.holds(at):
            continue
        drawn.append(_fence(ring, at, sign))
        reach = SIGN_PX if sign.letter else SMALL_PX
        sheet.reserve(Box(at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach))
        name = said.get("name_en") if language == "en" and said.get("name_en") else said["name"]
        wanted.append(_name(name, at, sign, reach))
    wanted.sort(key=lambda each: not each.bold)
    return group(drawn), group(sheet.place(each) for each in wanted)


def _fence(ring: list[Point], at: Point, sign: PlaceSign) -> Markup:
    fence = tag(
        "path", d=path_of([ring], closed=True), fill=INK, fill_opacity=0.16, stroke=INK, stroke_width=1
    )
    if not sign.letter:
        return group(
            [fence, tag("circle", cx=at[0], cy=at[1], r=SMALL_PX, fill="#fff", stroke=INK, stroke_width=1.4)]
        )
    disc = tag("circle", cx=at[0], cy=at[1], r=SIGN_PX, fill=INK, stroke="#fff", stroke_width=1.4)
    letter = label(at[0], at[1] + 3.2, sign.letter, 9, anchor="middle", bold=True, fill="#fff")
    return group([fence, disc, letter])


def _name(name: str, at: Point, sign: PlaceSign, reach: float) -> Wanted:
    lines = broken(name)
    main = bool(sign.letter)
    size = 9.2 if main else 8.0
    return Wanted((*lines, *([sign.note] if sign.note else [])), at, reach + 3, size, bold=main, fill=INK)


def broken(name: str, widest: int = WIDEST_NAME) -> list[str]:
    """A name in lines of at most about `widest` full-width characters, broken at spaces where it has any."""
    most = widest if not name.isascii() else round(widest * 1.8)
    if len(name) <= most:
        return [name]
    cut = name.rfind(" ", 0, most + 1)
    cut = cut if cut > most // 2 else most
    return [name[:cut].rstrip(), *broken(name[cut:].lstrip(), widest)]
