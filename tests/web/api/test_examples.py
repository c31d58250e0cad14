"""Does the example of the page about the interface run as it stands there?"""

import json
import re
from pathlib import Path
from typing import Any

from tests.web.api.conftest import Interface

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"
CALL = re.compile(r"^POST (?P<path>\S+)", re.MULTILINE)
SIGNERS = {"load": "plant", "depart": "driver", "arrive": "gate", "accept": "gate", "dispose": "gate"}


def example(town: Any) -> list[tuple[str, Any]]:
    """(path, body) of each call of the way of a load, with the codes of the cast."""
    section = PAGE.read_text("utf-8").partition("## A load from issue")[2].partition("```\n")[2]
    text = section.partition("\n```")[0]
    for code, ours in (("P1", town.plant.code), ("S1", town.site.code), ("T001", town.truck.code)):
        text = text.replace(f'"{code}"', f'"{ours}"')
    found = []
    for each in CALL.finditer(text):
        body, _end = json.JSONDecoder().raw_decode(text, text.index("{", each.end()))
        found.append((each["path"], body))
    return found


def test_the_way_of_a_load_runs_as_the_page_tells_it(interface: Interface) -> None:
    (path, body), *steps = example(interface.town)
    issued = interface.machine("plant").post(path.removeprefix("/api/v1"), body)
    assert (issued.status_code, (issued.json or {})["state"]) == (201, "issued"), issued.text
    number = (issued.json or {})["number"]
    assert [body["act"] for _path, body in steps] == list(SIGNERS)
    for _path, body in steps:
        interface.later(30)
        answer = interface.machine(SIGNERS[body["act"]]).post(f"/manifests/{number}/steps", body)
        assert answer.status_code == 200, (body, answer.text)
    told = interface.machine("regulator").get(f"/manifests/{number}").json
    assert (told or {})["state"] == "disposed"
