"""On what do the tests of the interface stand? The cast of custody, the service, and a token a person."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from models.custody_words import Scope
from models.session import write_sessions
from models.settings import Settings
from models.values import Viewer
from models.vocabulary import OrganisationKind, Role
from tests import factories as make
from tests.tracking.custody.haulage import MORNING, Haulage, haulage
from tracking.operations.api_tokens import give_token


@dataclass
class Machine:
    """A client that shows one token."""

    client: FlaskClient
    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One call; a name of a header is written with _ for -."""
        shown = {name.replace("_", "-"): value for name, value in headers.items()}
        head = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"} | shown
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=head)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.call("POST", path, body, **headers)


@dataclass
class Interface:
    """The service at a moment that moves on, its cast, and tokens."""

    app: Flask
    town: Haulage
    engine: Engine
    ON_PAPER: ClassVar[dict[str, int]] = {"issue": 30, "load": 20, "depart": 10}  # minutes ago

    def machine(self, who: str, *scopes: Scope) -> Machine:
        """A machine of `who`, with all scopes where none is named."""
        with write_sessions(self.engine).begin() as session:
            admin = self.town.people["administrator"]
            _id, token = give_token(
                session,
                Viewer(Role.ADMINISTRATOR, None, admin.id, admin.display_name),
                name=f"machine of {who}",
                username=self.town.people[who].username,
                scopes=scopes or tuple(Scope),
                expires_at=None,
                now=self.town.now,
            )
        return Machine(self.app.test_client(), token)

    def later(self, minutes: float) -> None:
        self.town.later(minutes)

    def draft(self, **given: Any) -> dict[str, Any]:
        town = self.town
        leg = {"mode": "road", "vehicle": town.truck.code, "from": town.plant.code, "to": town.site.code}
        return {
            "origin": town.plant.code,
            "destination": town.site.code,
            "sludge_kind": "dewatered",
            "planned_kg": 17_000,
            "legs": [leg],
        } | given

    def weighed(self, net_kg: float, moisture: float | None = 0.79) -> dict[str, Any]:
        told: dict[str, Any] = {"gross_kg": 11_000 + net_kg, "tare_kg": 11_000}
        return told if moisture is None else told | {"moisture_fraction": moisture}

    def issued(self) -> str:
        """The number of a manifest that the plant has issued by the interface."""
        answer = self.machine("plant").post("/manifests/issue", {"draft": self.draft()})
        assert answer.status_code == 201, answer.text
        number: str = answer.json["number"]  # type: ignore[index]
        return number

    def written(self) -> tuple[str, int]:
        """A manifest of half an hour ago that the plant typed in from paper, and the carrier's signature."""
        now = self.town.now
        window = {"covers_from": (now - timedelta(days=1)).isoformat(), "covers_to": now.isoformat()}
        window |= {"enter_until": (now + timedelta(days=7)).isoformat(), "reason": "the network was down"}
        assert self.machine("regulator").post("/windows", window).status_code == 201
        times = {act: (now - timedelta(minutes=back)).isoformat() for act, back in self.ON_PAPER.items()}
        steps: list[dict[str, Any]] = [
            {"act": act, "signer": f"{act} on paper", "at": at} for act, at in times.items()
        ]
        steps[1]["weighed"] = self.weighed(17_000.0)
        answer = self.machine("plant").post("/paper", {"draft": self.draft(), "steps": steps})
        assert answer.status_code == 201, answer.text
        number: str = answer.json["number"]  # type: ignore[index]
        told = self.machine("regulator").get(f"/paper-signatures?number={number}").json
        (carrier,) = [each["id"] for each in told["items"] if each["act"] == "depart"]  # type: ignore[index]
        return number, carrier

    def step(self, who: str, number: str, act: str, minutes: float = 10, **given: Any) -> TestResponse:
        self.later(minutes)
        return self.machine(who).post(f"/manifests/{number}/steps", {"act": act} | given)


@pytest.fixture
def interface(engine: Engine, tmp_path: Path) -> Interface:
    """The service on the cast of custody; its clock is the cast's."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        town = haulage(session)
        town.people["administrator"] = make.user(session, Role.ADMINISTRATOR)
        rivals = make.organisation(session), make.organisation(session, OrganisationKind.PLANT_OPERATOR)
        town.people["rival_hauler"] = make.user(session, Role.HAULER, rivals[0])
        town.people["rival_driver"] = make.user(session, Role.DRIVER, rivals[0])
        town.people["rival_plant"] = make.user(session, Role.PLANT, rivals[1])
        rival_site = make.organisation(session, OrganisationKind.SITE_OPERATOR)
        town.people["rival_site"] = make.user(session, Role.SITE, rival_site)
        session.commit()
    app = create_app(Settings(state_dir=str(tmp_path / "state"), api_limit="100000 per minute"), engine)
    app.config.update(TESTING=True)
    town.now = MORNING + timedelta(hours=1)
    app.extensions["clock"] = lambda: town.now
    return Interface(app, town, engine)
