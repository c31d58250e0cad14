"""How is a story told? By calls of the programming interface, each with the token of the right person.

The clock is the cast's and moves only with the steps. Every call is made and noted with its answer; what
is refused is asked again in English, so that the page has the sentence in both languages.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from models.custody_words import Act, Scope
from models.session import write_sessions
from models.values import Viewer
from models.vocabulary import CustodyState, Role
from reports.wording import label
from tests.desk import Desk
from tests.stories.custody.cast import WHO
from tests.stories.custody.story import Both, Prose, Record, Step
from tests.tracking.custody.haulage import Haulage
from tracking.operations.api_tokens import give_token

REFUSED = 400


@dataclass
class Answer:
    """What came back."""

    status: int
    told: dict[str, Any]
    english: dict[str, Any] = field(default_factory=dict)  # a refusal, asked again in English

    @property
    def state(self) -> str:
        """Where the manifest stands after the step."""
        return str(self.told["state"])

    @property
    def number(self) -> str:
        return str(self.told["number"])

    @property
    def codes(self) -> list[str]:
        """Codes of what stood against it."""
        return [each["code"] for each in self.told.get("errors", [])]

    @property
    def fields(self) -> list[str]:
        """Fields to which that belongs."""
        return [each["field"] for each in self.told.get("errors", [])]


@dataclass
class Teller:
    """The service, its cast, the regulator's desk, and what happened."""

    app: Flask
    town: Haulage
    engine: Engine
    desk: Desk
    folder: Path
    record: Record = field(default_factory=Record)
    tokens: dict[str, str] = field(default_factory=dict)
    on_the_way: list[Callable[[], None]] = field(default_factory=list)  # what devices post as time passes

    def prose(self, chinese: str, english: str) -> None:
        """A paragraph."""
        self.record.happened.append(Prose((chinese, english)))

    def later(self, minutes: float) -> None:
        """Time passes, and devices post where they are."""
        self.town.later(minutes)
        for posts in self.on_the_way:
            posts()

    def ask(self, who: str, method: str, path: str, body: Any, language: str = "zh", **head: str) -> Answer:
        """One call, not noted."""
        headers = {name.replace("_", "-"): value for name, value in head.items()}
        headers |= {"Authorization": f"Bearer {self.token(who)}", "Accept-Language": language}
        client = self.app.test_client()
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        return Answer(answer.status_code, answer.json or {})

    def call(
        self,
        who: str,
        path: str,
        body: Any,
        what: Both,
        once: str = "",
        said: Both | None = None,
        **head: str,
    ) -> Answer:
        """POST and note it.

        once: the language of a call that must not be made twice; said: what a success is called on the page.
        """
        answer = self.ask(who, "POST", path, body, once or "zh", **head)
        if answer.status >= REFUSED and not once:
            answer.english = self.ask(who, "POST", path, body, "en", **head).told
        self.note(who, what, f"POST /api/v1{path} {dumps(body, ensure_ascii=False)}", answer, said)
        return answer

    def note(self, who: str, what: Both, call: str, answer: Answer, said: Both | None = None) -> None:
        """Keep a step for the page."""
        known = self.record.known
        remarks = tuple(known(each) for each in remarks_of(answer))
        words = said if said is not None and answer.status < REFUSED else words_of(answer)
        step = Step(WHO[who], what, known(call), words, remarks)
        self.record.happened.append(step)

    def sign(self, who: str, number: str, act: Act, minutes: float = 10, **given: Any) -> Answer:
        """Somebody signs an act, `minutes` after the step before."""
        self.later(minutes)
        what = (label(act, "zh"), label(act, "en"))
        once = given.pop("once", "")
        head = given.pop("head", {})
        body = {"act": act.value} | given
        return self.call(who, f"/manifests/{number}/steps", body, what, once, **head)

    def signed(self, who: str, number: str, act: Act, minutes: float = 10, **given: Any) -> Answer:
        """As `sign`; a refusal ends the story."""
        answer = self.sign(who, number, act, minutes, **given)
        assert answer.status < REFUSED, answer.told
        return answer

    def issue(self, who: str, name: str, minutes: float = 10, **draft: Any) -> Answer:
        """A manifest is drawn up and issued by one call; the story calls it `name` from then on."""
        self.later(minutes)
        what = (
            f"填制并{label(Act.ISSUE, 'zh')} {name}",
            f"Draw up and {label(Act.ISSUE, 'en').lower()} {name}",
        )
        answer = self.call(who, "/manifests/issue", {"draft": self.draft(**draft)}, what)
        if answer.status < REFUSED:
            self.record.names[answer.number] = name
        return answer

    def issued(self, who: str, name: str, minutes: float = 10, **draft: Any) -> str:
        """As `issue`; the number."""
        answer = self.issue(who, name, minutes, **draft)
        assert answer.status < REFUSED, answer.told
        return answer.number

    def draft(self, **given: Any) -> dict[str, Any]:
        """A load of 17 t of the plant for the site, by TRUCK-1."""
        values: dict[str, Any] = {
            "origin": "PLANT",
            "destination": "SITE",
            "sludge_kind": "dewatered",
            "planned_kg": 17_000,
            "legs": [leg("TRUCK-1", "PLANT", given.get("destination", "SITE"))],
        }
        return values | given

    def whole(self, number: str) -> dict[str, Any]:
        """The manifest as the regulator reads it."""
        answer = self.ask("regulator", "GET", f"/manifests/{number}", None)
        assert answer.status == 200, answer.told
        return answer.told

    def token(self, who: str) -> str:
        """The token of a person's own machine, with all scopes."""
        if who not in self.tokens:
            admin = self.town.people["administrator"]
            with write_sessions(self.engine).begin() as session:
                _id, self.tokens[who] = give_token(
                    session,
                    Viewer(Role.ADMINISTRATOR, None, admin.id, admin.display_name),
                    name=f"machine of {who}",
                    username=self.town.people[who].username,
                    scopes=tuple(Scope),
                    expires_at=None,
                    now=self.town.now,
                )
        return self.tokens[who]


def leg(vehicle: str, origin: str, destination: str, mode: str = "road") -> dict[str, Any]:
    """A leg of a manifest."""
    return {"mode": mode, "vehicle": vehicle, "from": origin, "to": destination}


def weighed(net_kg: float, moisture: float | None = 0.79, tare_kg: float = 11_000) -> dict[str, Any]:
    """A weighing, with its moisture test where one is given."""
    masses: dict[str, Any] = {"gross_kg": tare_kg + net_kg, "tare_kg": tare_kg}
    return masses if moisture is None else masses | {"moisture_fraction": moisture}


def words_of(answer: Answer) -> Both:
    """An answer in a word: the state, or the title of the refusal."""
    if answer.status >= REFUSED:
        return answer.told["title"], answer.english.get("title", "")
    if answer.told.get("state") not in set(CustodyState):
        return "已登记", "on record"
    state = CustodyState(answer.state)
    waits = answer.told.get("waits_for") or []
    return (
        label(state, "zh") + ("，待对方签名" if waits else ""),
        label(state, "en") + (", waits for the other's signature" if waits else ""),
    )


def remarks_of(answer: Answer) -> list[str]:
    """Sentences of refusals and warnings, each with the field that it belongs to."""
    remarks = []
    for told in (answer.told, answer.english):
        errors = told.get("errors", [])
        remarks += [f"`{each['field'] or '—'}` {each['sentence']}" for each in errors]
        if told.get("status", 0) >= REFUSED and not errors:
            remarks.append(str(told["detail"]))
    return remarks + [f"⚠ {each['sentence']}" for each in answer.told.get("warnings", [])]
