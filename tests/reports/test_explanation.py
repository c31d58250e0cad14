"""Does a finding of every kind explain itself, with its own numbers, in both languages?"""

import pytest

from models.vocabulary import FindingKind
from reports.catalogues import LOCALES, find
from reports.explanation import explain
from reports.wording import figure_text
from tracking.rules.what_if import CHANGES, Change, what_would_change

FIGURES: dict[str, float | str] = {
    "fixes": 7, "windows": 4, "other_fixes": 3, "factor": 1.5, "gap_u": 3.3, "u_factor": 3.3,
    "repeat_loads": 5, "repeat_chance": "1e-06", "datum": "gcj02", "declared_datum": "wgs84",
    "departed_ms": 1_769_416_211_000,
}  # fmt: skip


def figure(name: str) -> float | str:
    """Something that a figure of this name can be."""
    if name in FIGURES:
        return FIGURES[name]
    if name.endswith("_fraction"):
        return 0.31
    return 700.0 if "_" in name and name.rsplit("_", 1)[1] in ("m", "s", "kg", "km", "kmh") else "X-17"


def every_change() -> list[tuple[FindingKind, Change]]:
    return [(kind, change) for kind, changes in CHANGES.items() for change in changes]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_says_what_would_change_it_even_without_figures(kind: FindingKind, locale: str) -> None:
    told = explain(kind, [], {}, "2026.1", locale)
    assert told.changes
    assert not any("change." in words or "{" in words for words in told.changes)
    assert find("reasons", f"change.{kind.value}.plain", locale), "for evidence that lacks a figure"
    assert "2026.1" in told.rule


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("kind", "change"), every_change())
def test_each_is_told_with_every_figure_that_it_needs(kind: FindingKind, change: Change, locale: str) -> None:
    figures = {name: figure(name) for name in change.needs}
    codes = {reason.code: reason for reason in what_would_change(kind, {}, figures, {})}
    reason = codes[f"change.{kind.value}.{change.stem}"]
    told = " ".join(explain(kind, [], {"figures": figures}, "1", locale).changes)
    for name, value in reason.params.items():
        words = find("reasons", reason.code, locale)
        assert words is not None
        if f"{{{name}}}" in words:
            assert figure_text(name, value, locale) in told
    assert reason.code not in told


def test_off_route_by_hand() -> None:
    reasons = [
        {"code": "off_route.seen", "params": {
            "vehicle": "V1", "route": "R1", "start_ms": 1_769_416_211_000, "farthest_m": 322.4,
            "duration_s": 399.0, "travelled_m": 2_410.0}},
        {"code": "off_route.expected", "params": {"route": "R1", "corridor_m": 75.0}},
    ]  # fmt: skip
    evidence = {
        "figures": {"farthest_m": 322.4, "alarm_after_s": 40.0},
        "thresholds": {"corridor_m": 75.0},
        "ranking": {"size": 2.31, "companions": 2, "families": 1, "cap": 0.99},
    }
    told = explain(FindingKind.OFF_ROUTE, reasons, evidence, "2026.1", "en", {"R1": "East road"})
    assert told.changes[0] == (
        "Had the vehicle come back within 75 m of an approved route (East road) within 40 s of leaving it, "
        "nothing would have been recorded."
    )
    assert "247 m beyond the corridor" in told.changes[1]
    assert len(told.seen) == len(told.expected) == 1
    assert "75 m" in told.rule
    assert told.rank[0] == "The evidence is 2.3 times the rule's threshold."
    assert "2 other kinds" in told.rank[1]


def test_an_allowed_gap_by_hand() -> None:
    figures = {"wet_gap_kg": 900.0, "u_wet_gap_kg": 100.0, "wet_gap_fraction": 0.06}
    found = what_would_change(FindingKind.WET_GAP, {}, figures, {"gap_u": 3.3})
    assert [reason.code for reason in found] == ["change.wet_gap.smaller"]
    assert found[0].params["allowed_kg"] == 330.0


def test_figures_of_an_older_rule_are_left_out() -> None:
    """A number that is text, or not there, leaves the plain sentence."""
    found = what_would_change(FindingKind.TELEPORT, {}, {"distance_m": "far"}, {"limit_kmh": 130.0})
    assert [reason.code for reason in found] == ["change.teleport.plain"]
