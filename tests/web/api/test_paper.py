"""Does the interface ask the party under whose name paper was typed in, and nobody else?"""

from typing import Any

from models.custody_words import Scope
from tests.web.api.conftest import Interface, interface

__all__ = ["interface"]


def test_the_named_party_confirms_by_its_own_token(interface: Interface) -> None:
    number, paper = interface.written()
    waiting = interface.machine("dispatcher").get("/paper-signatures").json["items"]  # type: ignore[index]
    assert [(row["id"], row["number"], row["state"]) for row in waiting] == [(paper, number, "unconfirmed")]
    assert waiting[0]["signer"] == "depart on paper"
    path = f"/paper-signatures/{paper}"
    assert interface.machine("plant").post(f"{path}/answer", {"confirmed": True}).status_code == 403
    answer = interface.machine("dispatcher").post(f"{path}/answer", {"confirmed": True})
    assert (answer.status_code, answer.json) == (200, {"id": paper, "state": "confirmed"})
    told = interface.machine("plant").get(path).json
    assert told is not None
    assert (told["state"], told["answer_method"]) == ("confirmed", "api_token")
    again = interface.machine("dispatcher").post(f"{path}/answer", {"confirmed": True})
    assert again.status_code == 422
    assert again.json["errors"][0]["code"] == "custody.paper_settled"  # type: ignore[index]


def test_a_code_of_the_party_serves_on_the_enterers_device(interface: Interface) -> None:
    _number, paper = interface.written()
    path = f"/paper-signatures/{paper}"
    given = interface.machine("driver").post(f"{path}/codes", {"signer": "the driver of the day"})
    assert given.status_code == 201, given.text
    digits = given.json["code"]  # type: ignore[index]

    def answer(code: str) -> tuple[int, str]:
        proof = {"method": "one_time_code", "code": code}
        body = {"confirmed": False, "reason": "not our load", "proof": proof}
        said = interface.machine("plant").post(f"{path}/answer", body)
        told: dict[str, Any] = said.get_json()
        return said.status_code, told.get("state") or told["errors"][0]["code"]

    assert answer(f"{(int(digits) + 1) % 1_000_000:06d}") == (422, "custody.wrong_code")
    assert answer(digits) == (200, "refused")
    told = interface.machine("regulator").get(path).json
    assert told is not None
    assert (told["answered_by"], told["reason"]) == ("the driver of the day", "not our load")
    decision = {"upheld": False, "reason": "no trip on its track"}
    assert interface.machine("plant").post(f"{path}/decision", decision).status_code == 403
    decided = interface.machine("regulator").post(f"{path}/decision", decision)
    assert decided.json == {"id": paper, "state": "struck"}


def test_own_steps_on_paper_follow_a_live_manifest(interface: Interface) -> None:
    number = interface.issued()
    town = interface.town
    interface.later(30)
    interface.written()  # opens a window
    at = town.now.isoformat()
    steps = [{"act": "load", "signer": "clerk on paper", "at": at, "weighed": interface.weighed(17_000.0)}]
    interface.later(1)
    window = {"covers_from": at, "covers_to": town.now.isoformat(), "reason": "flood"}
    window |= {"enter_until": town.now.replace(hour=23).isoformat()}
    opened = interface.machine("regulator").post("/windows", window)
    done = interface.machine("plant").post(f"/paper/{number}/steps", {"steps": steps})
    assert done.status_code == 200, done.text
    assert done.json["items"][0]["state"] == "loaded"  # type: ignore[index]
    path = f"/windows/{opened.json['id']}"  # type: ignore[index]
    reader = interface.machine("regulator", Scope.READ)
    assert reader.call("DELETE", path).status_code == 403
    assert interface.machine("plant").call("DELETE", path).status_code == 403
    assert interface.machine("regulator").call("DELETE", path).status_code == 204
    assert interface.machine("regulator").call("DELETE", path).status_code == 422
