"""Is a ticket kept once and as it came, and is it offered where it fits?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models.custody_words import Act, TicketSource
from models.fleet import Scale
from models.manifests import Weighing
from models.vocabulary import WeighingRole
from models.weighbridge import LabResult, ScaleCertificate, ScaleTicket
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.operations.weighbridge.keep_certificate import CertificateGiven, keep_certificate
from tracking.operations.weighbridge.keep_lab_result import LabGiven, keep_lab_result
from tracking.operations.weighbridge.take_ticket import TicketTaken, take_ticket, void_ticket
from tracking.queries.scale_tickets import (
    calibrated_until,
    calibration_lapsed,
    tickets_of_places,
    tickets_offered,
)
from tracking.rules.custody.facts import Weighed
from tracking.rules.custody.tickets import TicketGiven

LINE = "00017,苏E·12345,28000,11000"


def given(town: Haulage, scale: Scale, **values: object) -> TicketGiven:
    ticket = TicketGiven(scale.code, 28_000.0, town.now, 11_000.0, "00017", "苏E·12345", LINE)
    return replace(ticket, **values)  # type: ignore[arg-type]  # of a test's own fields


def take(town: Haulage, ticket: TicketGiven, who: str = "plant") -> TicketTaken:
    return take_ticket(town.session, ticket, TicketSource.AGENT, town.viewer(who), town.setting())


def codes(refused: pytest.ExceptionInfo[StepBlocked]) -> list[str]:
    return [each.reason.code.removeprefix("custody.") for each in refused.value.blocked]


def test_a_ticket_is_kept_once_and_as_it_came(town: Haulage, plant_scale: Scale) -> None:
    first = take(town, given(town, plant_scale))
    again = take(town, given(town, plant_scale))
    assert (first.again, again.again, again.id) == (False, True, first.id)
    row = town.session.scalars(select(ScaleTicket)).one()
    assert (row.raw_line, row.plate, row.digest) == (LINE, "苏E·12345", first.digest)
    other = take(town, given(town, plant_scale, number="00018"))
    assert other.id != first.id


def test_only_the_scales_operator_enters_tickets(town: Haulage, plant_scale: Scale) -> None:
    with pytest.raises(NotYourSignature):
        take(town, given(town, plant_scale), who="driver")
    with pytest.raises(StepBlocked) as refused:
        take(town, given(town, plant_scale), who="gate")
    assert codes(refused) == ["not_known"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"gross_kg": 11_000.0}, "gross_not_above_tare"),
        ({"gross_kg": -1.0, "tare_kg": None}, "mass_out_of_range"),
        ({"gross_kg": float("inf")}, "mass_out_of_range"),
        ({"number": "9" * 65}, "too_long"),
        ({"raw_line": "a\x00b"}, "no_text"),
    ],
)
def test_what_is_no_ticket_is_refused(
    town: Haulage, plant_scale: Scale, values: dict[str, object], code: str
) -> None:
    with pytest.raises(StepBlocked) as refused:
        take(town, given(town, plant_scale, **values))
    assert codes(refused) == [code]


def test_a_ticket_of_tomorrow_is_refused(town: Haulage, plant_scale: Scale) -> None:
    with pytest.raises(StepBlocked) as refused:
        take(town, given(town, plant_scale, weighed_at=town.now + timedelta(hours=1)))
    assert codes(refused) == ["in_the_future"]


def test_a_void_ticket_stays_and_is_not_offered(town: Haulage, plant_scale: Scale) -> None:
    taken = take(town, given(town, plant_scale))
    viewer = town.viewer("plant")
    with pytest.raises(ManifestUnknown):
        void_ticket(town.session, taken.id, "mine", town.viewer("gate"), town.setting())
    void_ticket(town.session, taken.id, "Two vehicles on the scale", viewer, town.setting())
    with pytest.raises(StepBlocked) as refused:
        void_ticket(town.session, taken.id, "again", viewer, town.setting())
    assert codes(refused) == ["ticket_void_already"]
    assert tickets_offered(town.session, ("苏E12345",), town.plant.id, town.now, viewer) == []
    (row,) = tickets_of_places(town.session, viewer, town.now - timedelta(days=1))
    assert row.void_reason == "Two vehicles on the scale"
    assert tickets_of_places(town.session, town.viewer("gate"), town.now - timedelta(days=1)) == []


def test_a_step_is_offered_the_tickets_of_its_vehicle_nearest_first(
    town: Haulage, plant_scale: Scale
) -> None:
    viewer = town.viewer("plant")
    for minutes in (30, 5, 7 * 60):
        at = town.now - timedelta(minutes=minutes)
        take(town, given(town, plant_scale, weighed_at=at, number=str(minutes)))
    take(town, given(town, plant_scale, plate="苏E99999"))
    offered = tickets_offered(town.session, ("苏e 12345",), town.plant.id, town.now, viewer)
    assert [each.number for each in offered] == ["5", "30"]
    assert tickets_offered(town.session, ("苏E12345",), town.site.id, town.now, viewer) == []


def test_a_ticket_that_a_weighing_rests_on_is_not_offered_again(town: Haulage, plant_scale: Scale) -> None:
    taken = take(town, given(town, plant_scale))
    number = town.drawn_up()
    row = Weighing(
        manifest_id=int(number.split("-")[1]),
        role=WeighingRole.LOADED,
        gross_kg=28_000.0,
        tare_kg=11_000.0,
        at=town.now,
        scale_ticket_id=taken.id,
    )
    town.session.add(row)
    town.session.flush()
    assert tickets_offered(town.session, ("苏E12345",), town.plant.id, town.now, town.viewer("plant")) == []


def certificate(plant_scale: Scale, number: str, valid_from: date, valid_to: date) -> CertificateGiven:
    return CertificateGiven(plant_scale.code, number, "Metrology institute", valid_from, valid_to)


def test_the_certificate_that_holds_longest_counts(town: Haulage, plant_scale: Scale) -> None:
    viewer, code = town.viewer("plant"), plant_scale.code
    old = certificate(plant_scale, "J-1", date(2025, 1, 1), date(2025, 12, 31))
    keep_certificate(town.session, old, viewer, town.setting())
    assert calibration_lapsed(town.session, code, date(2026, 3, 2))
    assert not calibration_lapsed(town.session, code, date(2025, 12, 31))
    new = certificate(plant_scale, "J-2", date(2026, 1, 1), date(2026, 12, 31))
    keep_certificate(town.session, new, viewer, town.setting())
    assert calibrated_until(town.session, code, date(2026, 3, 2)) == date(2026, 12, 31)
    assert calibrated_until(town.session, code, date(2025, 6, 1)) == date(2025, 12, 31)
    keep_certificate(town.session, replace(new, issuer="Another"), viewer, town.setting())
    assert town.session.scalar(select(func.count()).select_from(ScaleCertificate)) == 2


def test_a_certificate_does_not_end_before_it_begins(town: Haulage, plant_scale: Scale) -> None:
    wrong = certificate(plant_scale, "J-1", date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(StepBlocked) as refused:
        keep_certificate(town.session, wrong, town.viewer("plant"), town.setting())
    assert codes(refused) == ["ends_before_it_begins"]


def test_a_ticket_of_a_scale_whose_certificate_ended_is_taken_and_says_so(
    town: Haulage, plant_scale: Scale
) -> None:
    assert not take(town, given(town, plant_scale)).calibration_lapsed
    old = certificate(plant_scale, "J-1", date(2025, 1, 1), date(2025, 12, 31))
    keep_certificate(town.session, old, town.viewer("plant"), town.setting())
    assert take(town, given(town, plant_scale, number="2")).calibration_lapsed


def loading(town: Haulage, ticket_id: int, gross_kg: float = 28_000.0) -> str:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    weighed = Weighed(town.now, gross_kg, 11_000.0, scale_ticket_id=ticket_id, moisture_fraction=0.79)
    town.sign(number, Act.LOAD, "plant", weighed=weighed)
    return number


def test_a_step_rests_on_an_own_ticket_that_says_the_same(town: Haulage, plant_scale: Scale) -> None:
    taken = take(town, given(town, plant_scale))
    loading(town, taken.id)
    assert town.session.scalars(select(Weighing.scale_ticket_id)).one() == taken.id


def test_a_step_rests_on_no_other_ticket(town: Haulage, plant_scale: Scale) -> None:
    taken = take(town, given(town, plant_scale))
    with pytest.raises(StepBlocked) as unknown:
        loading(town, taken.id + 1)
    assert codes(unknown) == ["no_such_ticket"]
    with pytest.raises(StepBlocked) as another:
        loading(town, taken.id, gross_kg=27_000.0)
    assert codes(another) == ["not_as_on_ticket"]
    loading(town, taken.id)
    with pytest.raises(StepBlocked) as used:
        loading(town, taken.id)
    assert codes(used) == ["ticket_used"]
    void = take(town, given(town, plant_scale, number="2"))
    void_ticket(town.session, void.id, "wrong", town.viewer("plant"), town.setting())
    with pytest.raises(StepBlocked) as wrong:
        loading(town, void.id)
    assert codes(wrong) == ["ticket_void"]


def test_a_weighing_that_rests_on_a_ticket_is_not_corrected(town: Haulage, plant_scale: Scale) -> None:
    number = loading(town, take(town, given(town, plant_scale)).id)
    asked = CorrectionAsked("weighings.loaded.gross_kg", 28_000, 27_000, "typed wrongly")
    with pytest.raises(StepBlocked) as refused:
        request_correction(town.session, number, asked, town.viewer("plant"), town.setting())
    assert codes(refused) == ["from_a_ticket"]


def test_a_laboratory_result_is_entered_once(town: Haulage) -> None:
    result = LabGiven(
        town.plant.code, date(2026, 2, 1), date(2026, 2, 28), "Lab", "R-1", "Cd", 2.1, "mg/kg", u=0.2
    )
    keep_lab_result(town.session, result, town.viewer("plant"), town.setting())
    row = town.session.scalars(select(LabResult)).one()
    assert (row.analyte, row.value, row.u) == ("cd", 2.1, 0.2)
    with pytest.raises(StepBlocked) as refused:
        keep_lab_result(town.session, result, town.viewer("plant"), town.setting())
    assert codes(refused) == ["result_there"]
    with pytest.raises(StepBlocked) as foreign:
        keep_lab_result(town.session, result, town.viewer("gate"), town.setting())
    assert codes(foreign) == ["no_such_facility"]
    bad = replace(result, value=float("nan"), u=-1.0, period_to=date(2026, 1, 1), unit=" ")
    with pytest.raises(StepBlocked) as wrong:
        keep_lab_result(town.session, bad, town.viewer("plant"), town.setting())
    assert codes(wrong) == ["field_missing", "no_number", "no_number", "ends_before_it_begins"]
