"""Does a party that sees a finding learn the other party's manifest, vehicle, places or track from it?"""

import pytest
from sqlalchemy import Engine

from models.findings import Finding, FindingVehicle
from models.session import write_sessions
from models.settings import Settings
from models.values import Viewer
from models.vocabulary import FindingKind, Role
from reports.certificate.collect import collect
from reports.certificate.data import facts_json
from reports.wording import say
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.web.conftest import NOW, SignIn

SURFACES = ["/findings?decided=all", "/findings.csv?decided=all", "/findings/F-SWAP", "/"]
OURS, THEIRS = ("M-QY-1", "V-QY-1", "苏E·QY-1"), ("M-BH-1", "V-BH-1", "苏E·BH-1")


@pytest.fixture
def swapped(engine: Engine, people: Cast) -> Finding:
    """Our load was driven by the rival's vehicle: the finding names both vehicles."""
    params = {
        "vehicle": people.theirs.vehicle.code,
        "paper_vehicle": people.ours.vehicle.code,
        "manifest": f"{people.ours.manifest.number}, M-QY-2",
        "other_manifest": people.ours.manifest.number,
    }
    with write_sessions(engine).begin() as session:
        row = make.finding(
            session,
            FindingKind.WRONG_VEHICLE,
            people.ours.manifest,
            people.theirs.vehicle,
            key="F-SWAP",
            score=0.99,
            minutes=40.0,
            lat=31.0123456,
            lon=120.0123456,
            hauler_id=people.ours.vehicle.organisation_id,
            device_code="D-QY-1",
            reasons=[
                {"code": "shared_trip.expected", "params": params},
                {"code": "wrong_vehicle.expected", "params": params},
            ],
            evidence={
                "figures": {"vehicle": people.ours.vehicle.code},
                "thresholds": {},
                "marks": [{"role": "seen", "type": "Point", "coordinates": [120.05, 31.02]}],
            },
        )
        make.add(session, FindingVehicle(finding_id=row.id, vehicle_code=people.ours.vehicle.code, ordinal=1))
    return row


@pytest.mark.parametrize("path", SURFACES)
def test_a_rival_reads_no_name_of_ours(path: str, swapped: Finding, sign_in: SignIn) -> None:
    text = sign_in(cast.RIVAL_HAULER).get(path).text
    assert "F-SWAP" in text
    assert [name for name in (*OURS, "M-QY-2", "D-QY-1", "顺达", "31.01234") if name in text] == []
    assert "其他联单" in text


@pytest.mark.parametrize("path", SURFACES)
def test_the_regulator_reads_every_name(path: str, swapped: Finding, sign_in: SignIn) -> None:
    text = sign_in(cast.REGULATOR).get(path).text
    assert "M-QY-1, M-QY-2" in text
    assert "其他联单" not in text


def test_the_rival_sees_its_own_track_only(swapped: Finding, sign_in: SignIn) -> None:
    def vehicles_drawn(username: str) -> tuple[set[str], set[str]]:
        features = sign_in(username).get("/findings/F-SWAP/map.geojson").json["features"]  # type: ignore[index]
        properties = [each["properties"] for each in features]
        return {each["vehicle"] for each in properties if "vehicle" in each}, {
            each["role"] for each in properties
        }

    drawn, roles = vehicles_drawn(cast.RIVAL_HAULER)
    assert drawn == {"V-BH-1"}
    assert not roles & {"seen", "place"}
    drawn, roles = vehicles_drawn(cast.REGULATOR)
    assert {"seen", "place"} <= roles


def test_a_finding_that_no_manifest_covers_shows_each_carrier_its_own_track(
    engine: Engine, people: Cast, sign_in: SignIn
) -> None:
    with write_sessions(engine).begin() as session:
        row = make.finding(session, FindingKind.RENDEZVOUS, by=people.ours.vehicle, key="F-MET", minutes=40.0)
        make.add(
            session, FindingVehicle(finding_id=row.id, vehicle_code=people.theirs.vehicle.code, ordinal=1)
        )
    for username, own in ((cast.HAULER, {"V-QY-1"}), (cast.RIVAL_HAULER, {"V-BH-1"})):
        features = sign_in(username).get("/findings/F-MET/map.geojson").json["features"]  # type: ignore[index]
        assert {each["properties"].get("vehicle") for each in features} == own, username


@pytest.mark.parametrize("path", ["/manifests/M-QY-1", "/manifests/M-QY-1/map.geojson"])
def test_the_manifest_names_no_vehicle_of_a_stranger(path: str, swapped: Finding, sign_in: SignIn) -> None:
    text = sign_in(cast.HAULER).get(path).text
    assert "M-QY-1" in text or "F-QY-1" in text
    assert [name for name in THEIRS if name in text] == []
    assert '"role":"seen"' not in text


def test_the_certificate_tells_what_the_page_tells(engine: Engine, people: Cast, swapped: Finding) -> None:
    shun = Viewer(Role.HAULER, people.users[cast.HAULER].organisation_id)
    with write_sessions(engine)() as session:
        facts = collect(session, "M-QY-1", shun, now=NOW, settings=Settings())
    written = facts_json(facts).decode()
    assert "F-SWAP" in written
    assert [name for name in THEIRS if name in written] == []


@pytest.mark.parametrize("query", ["manifest=M-QY-1", "vehicle=V-QY-1", "q=M-QY-1", "q=V-QY-1", "q=苏E·QY-1"])
def test_filters_confirm_no_name_of_another_party(query: str, swapped: Finding, sign_in: SignIn) -> None:
    path = f"/findings.csv?decided=all&{query}"
    assert "F-SWAP" not in sign_in(cast.RIVAL_HAULER).get(path).text
    assert "F-SWAP" in sign_in(cast.REGULATOR).get(path).text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("zh", ("M-1, 其他联单", "其他车船")), ("en", ("M-1, another manifest", "another vehicle"))],
)
def test_what_is_hidden_is_said_neutrally(locale: str, words: tuple[str, ...]) -> None:
    reason = {"code": "no.such", "params": {"manifest": "M-1, ***", "vehicle": "***"}}
    said = say(reason, locale)
    assert [word for word in words if word not in said] == []
