"""Can other systems read back what they entered: tickets, results, holds, products, windows?"""

from datetime import timedelta
from typing import Any

from tests.web.api.conftest import Interface, interface

__all__ = ["interface"]


def listed(interface: Interface, who: str, path: str) -> list[Any]:
    """The items of a list."""
    answer = interface.machine(who).call("GET", path, None)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.get_json()["items"]
    return items


def entered(interface: Interface, who: str, path: str, body: dict[str, Any]) -> Any:
    """What a successful entry was answered."""
    answer = interface.machine(who).call("POST", path, body)
    assert answer.status_code in (200, 201), answer.text
    return answer.get_json()


def test_tickets_certificates_and_results_are_read_page_by_page(interface: Interface) -> None:
    """The newest ticket first, each once, and nothing before `since`."""
    town = interface.town
    entered(interface, "administrator", "/scales", {"code": "S-READ", "facility": town.site.code})
    times = [town.now - timedelta(hours=hours) for hours in (3, 2, 1)]
    for at in times:
        sent = {"scale": "S-READ", "gross_kg": 20_000, "weighed_at": at.isoformat()}
        entered(interface, "gate", "/weighbridge/tickets", sent)
    first = interface.machine("gate").call("GET", "/weighbridge/tickets?limit=2", None).get_json()
    second = interface.machine("gate").call(
        "GET", f"/weighbridge/tickets?limit=2&cursor={first['next_cursor']}", None
    )
    rows = first["items"] + second.get_json()["items"]
    assert [row["weighed_at"] for row in rows] == sorted((row["weighed_at"] for row in rows), reverse=True)
    assert len({row["id"] for row in rows}) == 3
    since = times[1].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(listed(interface, "gate", f"/weighbridge/tickets?since={since}")) == 2
    assert [row["code"] for row in listed(interface, "gate", "/scales")] == ["S-READ"]
    certificate: dict[str, Any] = {"scale": "S-READ", "number": "C1", "issuer": "x"}
    certificate |= {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    entered(interface, "gate", "/weighbridge/certificates", certificate)
    assert [row["number"] for row in listed(interface, "gate", "/weighbridge/certificates")] == ["C1"]
    result: dict[str, Any] = {
        "facility": town.plant.code,
        "period_from": "2026-01-01",
        "period_to": "2026-01-31",
    }
    result |= {"laboratory": "x", "report_number": "R1", "analyte": "cd", "value": 1, "unit": "mg/kg"}
    entered(interface, "plant", "/weighbridge/lab-results", result)
    assert [row["report_number"] for row in listed(interface, "plant", "/weighbridge/lab-results")] == ["R1"]


def test_what_stops_a_load_is_told_to_its_parties(interface: Interface) -> None:
    """The hold with its reason, and which corrections wait."""
    number = interface.issued()
    entered(interface, "regulator", "/holds", {"number": number, "reason": "the scale is being checked"})
    for who in ("regulator", "plant"):
        holds = listed(interface, who, "/holds")
        assert [(row["number"], row["reason"]) for row in holds] == [(number, "the scale is being checked")]
    assert listed(interface, "plant", "/corrections") == []
    assert listed(interface, "plant", f"/corrections?number={number}") == []


def test_a_product_and_a_window_are_read_back(interface: Interface) -> None:
    """As they were entered."""
    town = interface.town
    sent: dict[str, Any] = {
        "facility": town.site.code,
        "product": "compost",
        "mass_kg": 1_000,
        "use": "gardens",
    }
    sent |= {"receiver": "the parks", "at": town.now.isoformat()}
    number = entered(interface, "gate", "/dispatches", sent)["number"]
    assert [row["number"] for row in listed(interface, "gate", "/dispatches")] == [number]
    window = {"covers_from": (town.now - timedelta(days=1)).isoformat(), "covers_to": town.now.isoformat()}
    window |= {"enter_until": (town.now + timedelta(days=1)).isoformat(), "reason": "the network was down"}
    entered(interface, "regulator", "/windows", window)
    assert [row["reason"] for row in listed(interface, "plant", "/windows")] == ["the network was down"]
