"""Does the document name every endpoint, and the page about the interface what is there?"""

from pathlib import Path
from typing import Any

from models.custody_words import Scope
from tests.web.api.conftest import Interface
from web.api.v1.scopes import SCOPES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"


def document(interface: Interface) -> dict[str, Any]:
    answer = interface.app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json  # type: ignore[assignment]
    return found


def test_every_endpoint_stands_in_the_document(interface: Interface) -> None:
    told = document(interface)
    named = {call.get("operationId") for path in told["paths"].values() for call in path.values()}
    assert {endpoint.removeprefix("api_") for endpoint in SCOPES} <= named
    assert {"/api/v1/fixes", "/api/v1/files", "/api/v1/osmand", "/api/v1/owntracks"} <= told["paths"].keys()


def test_every_reference_leads_somewhere(interface: Interface) -> None:
    told = document(interface)
    schemas = told["components"]["schemas"]
    missing = {name for name in references(told) if name.rpartition("/")[2] not in schemas}
    assert missing == set()


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


def test_the_page_tells_every_scope() -> None:
    text = PAGE.read_text("utf-8")
    assert [scope.value for scope in Scope if f"| `{scope.value}` |" not in text] == []
