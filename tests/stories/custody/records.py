"""What does the regulator put on record before a load goes? Permits, licences and standing plans."""

from typing import Any

from tests.stories.custody.teller import Teller


def permit(teller: Teller, number: str, **given: Any) -> None:
    """The site's permit."""
    body = {"facility": "SITE", "number": number} | given
    kept(teller, "/permits", body, (f"登记许可 {number}", f"Put permit {number} on record"))


def licence(teller: Teller, vehicle: str) -> None:
    """The licence that the mode of a vehicle asks for."""
    body = {"vehicle": vehicle, "number": f"YY-{vehicle}", "valid_from": "2026-01-01"}
    kept(teller, "/licences", body, (f"登记 {vehicle} 的运输证", f"Put the licence of {vehicle} on record"))


def plan(teller: Teller, code: str, quota_t: float) -> None:
    """A standing plan from the plant to the site."""
    body = {
        "code": code,
        "name": code,
        "origin": "PLANT",
        "destination": "SITE",
        "sludge_kind": "dewatered",
        "valid_from": "2026-01-01",
        "quota_t": quota_t,
    }
    what = (f"登记转移计划 {code}，限额 {quota_t:g} 吨", f"Enter plan {code} with a quota of {quota_t:g} t")
    kept(teller, "/plans", body, what)


def kept(teller: Teller, path: str, body: dict[str, Any], what: tuple[str, str]) -> None:
    """The call, which must succeed."""
    answer = teller.call("regulator", path, body, what)
    assert answer.status < 300, answer.told
