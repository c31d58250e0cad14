"""Does every endpoint answer as its document says, whatever is sent to it, and never with a failure?"""

import warnings
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models.custody_words import Act
from tests.web.api.conftest import Interface, Machine

load_all_checks()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OTHERS = {"devices"}  # have tests of their own: tests/web/fixes_interface, tests/web/phones
EXAMPLES = 3  # of each kind, endpoint, role and engine
ROLES = ("regulator", "administrator", "plant", "gate")


def operations(interface: Interface) -> list[Any]:
    """Every endpoint of the document for other systems."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", interface.app)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    results: list[Any] = list(schema.get_all_operations())
    found = [result.ok() for result in results]
    return [each for each in found if not OTHERS & set(each.tags or ())]


@pytest.mark.parametrize("who", ROLES)
def test_every_endpoint_answers_as_the_document_says(interface: Interface, who: str) -> None:
    machine = interface.machine(who)
    found = operations(interface)
    assert len(found) > 60
    for operation in found:
        for mode in GenerationMode:
            try_out(operation, machine, mode)


def try_out(operation: Any, machine: Machine, mode: GenerationMode) -> None:
    """Some calls of one endpoint, well formed or not."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any) -> None:
        headers = {"Authorization": f"Bearer {machine.token}"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the generator, about itself
        call()


NASTY: tuple[Any, ...] = (
    *("\x00", "a\x00b", "\ud800", "😀" * 70, "'; DROP TABLE manifest; --", "../../etc/passwd", " "),
    *(2**63, -(2**63), 2**200, 1e308, -1, 0, True, None, [], {}, [[[[]]]], {"a": {"b": {"c": []}}}),
)


NASTY_IN_STEPS: tuple[Any, ...] = (2**63, 1e308, "\x00", {}, None)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 5000, b"null", b"1", b'"a"', b"\xff\xfe", b'{"a":NaN}'])
def test_what_is_no_json_object_is_refused(interface: Interface, body: bytes) -> None:
    client, token = interface.machine("plant").client, interface.machine("plant").token
    answer = client.post("/api/v1/manifests", data=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code in (400, 422), answer.mimetype) == (True, "application/problem+json")


def test_nasty_values_anywhere_in_a_draft_are_refused_or_taken(interface: Interface) -> None:
    plant = interface.machine("plant")
    for name in interface.draft():
        for value in NASTY:
            if value == "\ud800":
                continue
            assert plant.post("/manifests", interface.draft(**{name: value})).status_code < 500, (name, value)
    half = b'{"origin": "\\ud800", "destination": "x", "sludge_kind": "dewatered"}'
    head = {"Authorization": f"Bearer {plant.token}"}
    assert plant.client.post("/api/v1/manifests", data=half, headers=head).status_code in (400, 422)


def test_nasty_values_in_a_step_are_refused_or_taken(interface: Interface) -> None:
    number = interface.issued()
    plant = interface.machine("plant")
    for act in Act:
        for value in NASTY_IN_STEPS:
            for name in ("at", "weighed", "reason", "place", "pile", "accepted_kg", "seen", "proof"):
                answer = plant.post(f"/manifests/{number}/steps", {"act": act.value, name: value})
                assert answer.status_code < 500, (act, name, value)


@pytest.mark.parametrize("number", ["%00", "%ED%A0%80", "x" * 5000, "a%2Fb", "..%2f..", "%F0%9F%98%80"])
def test_odd_numbers_in_the_path_are_unknown(interface: Interface, number: str) -> None:
    assert interface.machine("regulator").get(f"/manifests/{number}").status_code == 404
