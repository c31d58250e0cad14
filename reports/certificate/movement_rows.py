"""What does a certificate print of the movement: trips, stays, findings? Rows of finished text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.vocabulary import MS_PER_S, Severity
from reports.certificate.facts import CertificateFacts
from reports.certificate.paper_rows import named
from reports.quantities import UNKNOWN, distance, duration, moment, number, percent
from reports.wording import figure_label, figure_text, label, meaning, say, text, threshold_label, word
from tracking.queries.manifest_judgement import DecisionStory, ManifestFinding
from tracking.queries.manifest_movement import TripStory, VisitStory

CIRCLED_ONE = 0x2460  # ①; the circled numbers end at 20
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TripText:
    """One assigned trip."""

    leg: str
    vehicle: str
    way: str
    departed: str
    arrived: str
    duration: str
    distance: str
    coverage: str
    fixes: str
    how: str


@dataclass(frozen=True, slots=True)
class StayText:
    """One stay inside a fence."""

    vehicle: str
    place: str
    entered: str
    left: str
    stay: str


@dataclass(frozen=True, slots=True)
class FindingText:
    """One finding with its evidence in words and figures."""

    sign: str
    name: str
    severity: str
    high: bool
    score: str
    time: str
    meaning: str
    said: tuple[str, ...]
    figures: tuple[Pair, ...]
    thresholds: tuple[Pair, ...]
    subjects: str
    decision: str
    key: str


def sign_of(number_: int) -> str:
    """The mark of the n-th finding, counted from 1: ①, from 21 on (21)."""
    return chr(CIRCLED_ONE + number_ - 1) if number_ <= 20 else f"({number_})"


def trip_rows(facts: CertificateFacts, locale: str) -> Iterator[TripText]:
    """The trips that carried the legs."""
    for trip in facts.story.trips:
        yield TripText(
            leg=str(trip.leg_seq),
            vehicle=named(trip.vehicle, locale),
            way=text(
                "trip.way",
                locale,
                origin=named(trip.origin, locale),
                destination=named(trip.destination, locale),
            ),
            departed=_edge(trip.departed_ms, trip.start_censored, facts, locale),
            arrived=_edge(trip.arrived_ms, trip.end_censored, facts, locale),
            duration=duration(trip.duration_s, locale),
            distance=distance(trip.distance_m, locale),
            coverage=percent(trip.coverage_fraction, locale),
            fixes=text("trip.fixes", locale, count=number(trip.fix_count, locale, 0)),
            how=_how(trip, locale),
        )


def _edge(at_ms: int, censored: bool, facts: CertificateFacts, locale: str) -> str:
    """A time; one that only bounds the true one, because the data begin or end there, is marked."""
    at = moment(at_ms, facts.timezone)
    return text("trip.censored", locale, at=at) if censored else at


def _how(trip: TripStory, locale: str) -> str:
    if trip.how != "matched":
        return word("how", trip.how, locale)
    return text(
        "trip.matched", locale, how=word("how", trip.how, locale), margin=number(trip.margin, locale, 1)
    )


def stay_rows(facts: CertificateFacts, locale: str) -> Iterator[StayText]:
    """The stays of the vehicles around the trips."""
    for visit in facts.story.visits:
        yield StayText(
            vehicle=named(visit.vehicle, locale),
            place=named(visit.facility, locale),
            entered=moment(visit.entered_ms, facts.timezone),
            left=moment(visit.left_ms, facts.timezone),
            stay=stay_of(visit, locale),
        )


def stay_of(visit: VisitStory, locale: str) -> str:
    """A stay as an interval: between first and last fix inside, and at most between the fixes outside."""
    shortest = duration((visit.left_ms - visit.entered_ms) / MS_PER_S, locale)
    if visit.outside_before_ms is None or visit.outside_after_ms is None:
        return text("stay.open", locale, shortest=shortest)
    longest = duration((visit.outside_after_ms - visit.outside_before_ms) / MS_PER_S, locale)
    return text("stay.between", locale, shortest=shortest, longest=longest)


def finding_rows(facts: CertificateFacts, locale: str) -> Iterator[FindingText]:
    """The findings, worst first, numbered as on the map and on the chart."""
    names = facts.story.names(locale)
    for count, found in enumerate(facts.story.findings, start=1):
        evidence = found.evidence
        yield FindingText(
            sign=sign_of(count),
            name=label(found.kind, locale),
            severity=label(found.severity, locale),
            high=found.severity is Severity.HIGH,
            score=percent(found.score, locale, 0),
            time=text(
                "finding.time",
                locale,
                start=moment(found.start_ms, facts.timezone),
                end=moment(found.end_ms, facts.timezone),
            ),
            meaning=meaning(found.kind, locale),
            said=tuple(say(reason, locale, names, facts.timezone) for reason in found.reasons),
            figures=_pairs(evidence.get("figures", {}), facts, locale, names),
            thresholds=_thresholds(evidence.get("thresholds", {}), facts, locale),
            subjects=_subjects(found, locale, names),
            decision=_decision(found.decision, facts, locale),
            key=found.key,
        )


def _pairs(
    values: Mapping[str, Any], facts: CertificateFacts, locale: str, names: Mapping[str, str]
) -> tuple[Pair, ...]:
    return tuple(
        (figure_label(name, locale), figure_text(name, value, locale, names, facts.timezone))
        for name, value in values.items()
        if value is not None
    )


def _thresholds(values: Mapping[str, Any], facts: CertificateFacts, locale: str) -> tuple[Pair, ...]:
    return tuple(
        (threshold_label(name, locale), figure_text(name, value, locale, None, facts.timezone))
        for name, value in values.items()
        if value is not None
    )


def _subjects(found: ManifestFinding, locale: str, names: Mapping[str, str]) -> str:
    comma = text("list.comma", locale)
    said = []
    if found.vehicles:
        said.append(comma.join(names.get(code, code) for code in found.vehicles))
    if found.facility:
        said.append(named(found.facility, locale))
    said += [each for each in (found.device, found.scale) if each]
    return comma.join(said) or UNKNOWN


def _decision(decision: DecisionStory | None, facts: CertificateFacts, locale: str) -> str:
    if decision is None:
        return text("finding.undecided", locale)
    return text(
        "finding.decided",
        locale,
        outcome=label(decision.outcome, locale),
        by=decision.by,
        at=moment(decision.at, facts.timezone, seconds=False),
        reason=decision.reason,
    )
