"""What do the map and the chart of a certificate say? Signs, labels and spans in the reader's language."""

from collections.abc import Iterator
from itertools import pairwise

from markupsafe import Markup

from models.vocabulary import MS_PER_S, FacilityKind, FindingKind
from reports.certificate.facts import CertificateFacts
from reports.certificate.map_sheet import MAP_WIDTH_PX, way_codes
from reports.certificate.movement_rows import sign_of
from reports.drawings.chart_svg import ChartTrack, ChartWords, Span, chart_svg
from reports.drawings.map_places import PlaceSign
from reports.drawings.map_svg import MapWords, map_svg, window_of
from reports.quantities import clock, duration, number
from reports.wording import label, text
from tracking.queries.manifest_tracks import ManifestTrack

CHART_WIDTH_PX = 680.0
PLACE_ROLES = frozenset({"off_route_part", "stop", "jump", "seen", "expected"})  # marks that get a label
ON_CLOCK = frozenset(  # findings that happened in a stretch of the drive; the others are about the whole load
    {
        FindingKind.OFF_ROUTE,
        FindingKind.UNPLANNED_STOP,
        FindingKind.RENDEZVOUS,
        FindingKind.SIGNAL_GAP,
        FindingKind.TELEPORT,
        FindingKind.FROZEN_POSITION,
        FindingKind.REPLAYED_TRACK,
        FindingKind.DEVICE_TAMPER,
    }
)


def map_of(facts: CertificateFacts, locale: str, height_px: float) -> Markup:
    """The map, signed and labelled."""
    said = text("map.title", locale, number=facts.story.number)
    words = MapWords(locale, said, _signs(facts, locale), dict(_labels(facts, locale)))
    sheet = window_of(facts.map, sorted(way_codes(facts.story)), MAP_WIDTH_PX, height_px)
    return map_svg(facts.map, facts.pieces, sheet, words)


def _signs(facts: CertificateFacts, locale: str) -> dict[str, PlaceSign]:
    """A letter for each end of a leg, with the moment at which a trip left or reached it."""
    story = facts.story
    letters = {
        place.name.code: text("map.transfer", locale)
        for leg in story.legs
        for place in (leg.origin, leg.destination)
    }
    letters[story.origin.name.code] = text("map.origin", locale)
    letters[story.destination.name.code] = text("map.destination", locale)
    notes: dict[str, list[str]] = {}
    for trip in story.trips:
        if trip.origin and not trip.start_censored:
            left = text("map.left", locale, at=clock(trip.departed_ms, facts.timezone)[:5])
            notes.setdefault(trip.origin.code, []).append(left)
        if trip.destination and not trip.end_censored:
            reached = text("map.reached", locale, at=clock(trip.arrived_ms, facts.timezone)[:5])
            notes.setdefault(trip.destination.code, []).append(reached)
    return {
        code: PlaceSign(letters.get(code, ""), " · ".join(notes.get(code, [])))
        for code in letters.keys() | notes.keys()
    }


def _labels(facts: CertificateFacts, locale: str) -> Iterator[tuple[int, str]]:
    """Labels of gaps and of the marks of findings, the latter with the finding's number."""
    numbers = {found.key: count for count, found in enumerate(facts.story.findings, start=1)}
    told: set[str] = set()
    for index, feature in enumerate(facts.map["features"]):
        said = feature["properties"]
        if said["role"] == "gap" and "finding" not in said:
            yield (
                index,
                text("map.silent", locale, duration=_lasting(said["start_ms"], said["end_ms"], locale)),
            )
        elif said["role"] in PLACE_ROLES and said["finding"] not in told:
            told.add(said["finding"])
            kind = label(FindingKind(said["kind"]), locale)
            yield index, f"{sign_of(numbers[said['finding']])} {kind}"


def _lasting(start_ms: int, end_ms: int, locale: str) -> str:
    return duration((end_ms - start_ms) / MS_PER_S, locale)


def legend(facts: CertificateFacts, locale: str) -> list[tuple[str, str]]:
    """(symbol, words) of what this map shows, in the order of reading."""
    roles = {each["properties"]["role"] for each in facts.map["features"]}
    items = [("place", text("legend.place", locale))]
    if "corridor" in roles:
        widths = sorted({leg.route.corridor_m for leg in facts.story.legs if leg.route})
        shown = text("list.comma", locale).join(number(width, locale, 0) for width in widths)
        items.append(("corridor", text("legend.corridor", locale, width=shown)))
    if "track" in roles:
        spans = [each.track.time_ms for each in facts.tracks if len(each.track)]
        first, last = min(int(span[0]) for span in spans), max(int(span[-1]) for span in spans)
        start, end = (clock(at_ms, facts.timezone)[:5] for at_ms in (first, last))
        items.append(("track", text("legend.track", locale, start=start, end=end)))
    for role in ("gap", "off_route_part", "stop", "jump"):
        if role in roles:
            items.append((role, text(f"legend.{role}", locale)))
    return items


def chart_of(facts: CertificateFacts, locale: str) -> Markup | None:
    """Speed and distance from the route over time; None when no position was received."""
    heard = [each for each in facts.tracks if len(each.track)]
    if not heard:
        return None
    words = ChartWords(
        title=text("chart.title", locale, number=facts.story.number),
        speed=text("chart.speed", locale),
        beside=text("chart.beside", locale),
        corridor=text("chart.corridor", locale),
        timezone=facts.timezone,
    )
    return chart_svg(
        [_chart_track(each) for each in heard],
        list(_stays(facts, heard, locale)),
        list(_silences(heard, locale)),
        list(_finding_spans(facts, locale)),
        words,
        CHART_WIDTH_PX,
    )


def _chart_track(each: ManifestTrack) -> ChartTrack:
    corridor_m = each.errand.route.corridor_m if each.errand.route else None
    return ChartTrack(each.track.time_ms, each.speed_kmh, each.from_route_m, each.parts, corridor_m)


def _stays(facts: CertificateFacts, tracks: list[ManifestTrack], locale: str) -> Iterator[Span]:
    """The stays of each vehicle, as far as its own track reaches: another vehicle's clock is not its own."""
    for each in tracks:
        first, last = int(each.track.time_ms[0]), int(each.track.time_ms[-1])
        for visit in facts.story.visits:
            own = (
                visit.vehicle.code == each.errand.vehicle.code
                and visit.kind is not FacilityKind.PERMITTED_STOP
            )
            if own and visit.entered_ms <= last and visit.left_ms >= first:
                name = visit.facility.in_language(locale)
                yield Span(max(visit.entered_ms, first), min(visit.left_ms, last), name)


def _silences(tracks: list[ManifestTrack], locale: str) -> Iterator[Span]:
    for each in tracks:
        times = each.track.time_ms
        for before, after in pairwise(each.parts):
            start_ms, end_ms = int(times[before.stop - 1]), int(times[after.start])
            yield Span(
                start_ms, end_ms, text("map.silent", locale, duration=_lasting(start_ms, end_ms, locale))
            )


def _finding_spans(facts: CertificateFacts, locale: str) -> Iterator[Span]:
    for count, found in enumerate(facts.story.findings, start=1):
        if found.kind in ON_CLOCK:
            yield Span(found.start_ms, found.end_ms, f"{sign_of(count)} {label(found.kind, locale)}")
