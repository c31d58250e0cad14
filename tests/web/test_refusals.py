"""Has every refusal of an operation one status and one code: in the table, on its page, in words?"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import gps_ingest.store
import tracking.operations
from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.platforms import PlatformRefused
from models.custody_words import Act, CaseState
from models.values import Reason
from models.vocabulary import CustodyState, DecisionOutcome
from tracking.operations.api_tokens import NotYoursToGive, TokenRefused, TokenUnknown
from tracking.operations.cases.refusals import CaseMoved
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
    StepBlocked,
    TakenMeanwhile,
)
from tracking.operations.decide_finding import (
    DecidedMeanwhile,
    FindingUnknown,
    NotAnInspector,
    ReasonMissing,
    RevisedMeanwhile,
)
from tracking.operations.idempotent_calls import KeyUsedOtherwise
from tracking.rules.custody.facts import Blocked
from web.refusal_statuses import OF_DEVICES, REFUSALS, STATUSES, status_of
from web.refusal_words import worded

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
INSIDE = {"WeakPassword", "UserRefused", "LinkVoid"}
"""Never leave what a request runs: a field of a StepBlocked, the command line, the page of a link."""

CASES: list[tuple[Any, int]] = [
    (ManifestUnknown("x"), 404),
    (TokenUnknown(), 404),
    (FindingUnknown(), 404),
    (NotYourSignature(), 403),
    (NotYoursToGive(), 403),
    (NotAnInspector(), 403),
    (ActNotPossible(Act.LOAD, CustodyState.CLOSED), 409),
    (TakenMeanwhile("张三", AT, CustodyState.LOADED), 409),
    (CaseMoved("张三", AT, CaseState.CLOSED), 409),
    (DecidedMeanwhile("张三", DecisionOutcome.CONFIRM, AT), 409),
    (RevisedMeanwhile(2), 409),
    (StepBlocked([Blocked("weighed.gross_kg", Reason("custody.weighing_missing"))]), 422),
    (NotASignature("wrong_password"), 422),
    (TokenRefused("name", "name_missing"), 422),
    (ReasonMissing(), 422),
    (KeyUsedOtherwise(), 422),
    (PlatformRefused("platform '1' is not registered"), 422),
    (DeviceRefused("taken", "taken"), 422),
    *((DeviceRefused(kind, kind), 409) for kind in OF_DEVICES),
]


def raised() -> Iterator[type[Exception]]:
    """Every exception that operations and the register of devices define."""
    for package in (tracking.operations, gps_ingest.store):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(found.name)
            for _name, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, Exception) and kind.__module__ == module.__name__:
                    yield kind


def test_every_exception_of_an_operation_has_a_status() -> None:
    found = {kind for kind in raised() if kind.__name__ not in INSIDE}
    assert {kind.__name__ for kind in found if not issubclass(kind, REFUSALS)} == set()
    assert {kind.__name__ for kind in found if not any(each in STATUSES for each in kind.__mro__)} == set()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("refusal", "status"), CASES, ids=lambda each: type(each).__name__)
def test_a_refusal_is_said_with_its_status(service: Flask, refusal: Any, status: int, language: str) -> None:
    with service.test_request_context(headers={"Accept-Language": language}) as context:
        context.session["language"] = language
        said = worded(refusal)
        assert (said.status, said.code) == status_of(refusal)
        assert said.status == status
        assert said.title
        assert said.sentence
        assert bool(said.errors) == (status == 422)
        assert len(said.codes) == len(said.errors)


def test_the_page_tells_every_code_with_its_status() -> None:
    text = PAGE.read_text("utf-8")
    told = {*STATUSES.values(), *OF_DEVICES.values()}
    assert [(status, code) for status, code in sorted(told) if f"| {status} | `{code}` |" not in text] == []
