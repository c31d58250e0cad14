"""How does an administrator register a device, change it, put it on a vehicle and let it in?

A token is shown in the answer to the form that asked for it and nowhere else: not in an address, not in the
session, not in the log.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response

from gps_ingest.store.device_changes import (
    change_device,
    clear_registration,
    revoke_token,
    set_service,
    unbind_device,
)
from gps_ingest.store.device_models import list_models
from gps_ingest.store.devices import DeviceRefused, bind_device, find_device, issue_token, register_device
from gps_ingest.store.platforms import tie_to_platform
from models.values import Viewer
from models.vocabulary import Protocol
from tracking.queries.device_list import DeviceRow
from tracking.queries.fleet_list import VehicleFilter, bindings, vehicle_page
from web.database import reading, writing
from web.device_refusals import device_refusal
from web.forms.base import Form
from web.forms.device import (
    BindForm,
    DetailsForm,
    RegisterForm,
    UnbindForm,
)
from web.pages.devices import device_or_404
from web.signed_in import account, viewer

OFFERED = 500  # codes that a field offers while one types
Answer = str | Response | tuple[str, int]

bp = Blueprint("device_forms", __name__, url_prefix="/administration/devices")

WITHOUT_TOKEN = frozenset({Protocol.AIS, Protocol.NMEA, Protocol.JT809, Protocol.JT808})
"""Formats in which a device shows no token of ours: JT/T 808 is given one when it registers itself."""


@bp.route("/register", methods=["GET", "POST"])
def register() -> Answer:
    """The form for a new device."""
    form = RegisterForm(protocol=Protocol.JT808.value)
    if not form.is_submitted():
        return registering(form)
    if form.validate():
        with suppress_refusal(form), writing() as session:
            details = form.details
            device = register_device(
                session,
                str(form.code.data),
                details.protocol,
                details.datum,
                model=details.model,
                utc_offset_minutes=details.utc_offset_minutes,
            )
            tie_to_platform(session, device, form.platform.data)
            if form.vehicle.data:
                bind_device(session, device, form.vehicle.data, form.since.data)
    if form.wrong:
        return registering(form), 422
    noted(str(form.code.data), "registered")
    flash(_("Device registered."))
    return redirect(url_for("device_forms.manage", code=form.code.data))


def registering(form: RegisterForm) -> str:
    """The page with the form for a new device."""
    return render_template("device_register.html", form=form, **offers(reading(), viewer()))


@bp.get("/manage/<path:code>")
def manage(code: str) -> str:
    """Everything that may be changed about a device."""
    return managing(device_or_404(code))


def managing(row: DeviceRow, *, token: str | None = None, **forms: Form) -> str:
    """The page; `forms` are those that were sent and not taken, `token` a fresh one to show."""
    session, who = reading(), viewer()
    offset = row.utc_offset_minutes
    blank: dict[str, Any] = {
        "details": DetailsForm(
            formdata=None,
            protocol=row.protocol.value,
            datum=row.datum.value,
            model=row.model,
            utc_offset_minutes="" if offset is None else str(offset),
            platform=row.platform.code if row.platform else "",
        ),
        "bind": BindForm(formdata=None),
        "unbind": UnbindForm(formdata=None),
    }
    return render_template(
        "device_manage.html",
        row=row,
        token=token,
        takes_token=row.protocol not in WITHOUT_TOKEN,
        registers_itself=row.protocol is Protocol.JT808,
        bindings=bindings(session, who, device_id=row.id),
        **(blank | forms),
        **offers(session, who),
    )


@bp.post("/change/<path:code>")
def change(code: str) -> Answer:
    """State how the device speaks and counts."""
    form, again = DetailsForm(), False
    row = device_or_404(code)
    if form.validate():
        with suppress_refusal(form), writing() as session:
            device = find_device(session, code)
            again = change_device(session, device, form.details)
            tie_to_platform(session, device, form.platform.data)
    if form.wrong:
        return managing(row, details=form), 422
    noted(code, "changed")
    flash(_("Changed. The vehicles of the device will be analysed again.") if again else _("Changed."))
    return redirect(url_for("device_forms.manage", code=code))


@bp.post("/bind/<path:code>")
def bind(code: str) -> Answer:
    """Put the device on a vehicle."""
    form, row = BindForm(), device_or_404(code)
    if form.validate():
        with suppress_refusal(form), writing() as session:
            bind_device(session, find_device(session, code), str(form.vehicle.data), form.since.data)
    if form.wrong:
        return managing(row, bind=form), 422
    noted(code, f"bound to {form.vehicle.data}")
    flash(_("The device rides on this vehicle now."))
    return redirect(url_for("device_forms.manage", code=code))


@bp.post("/unbind/<path:code>")
def unbind(code: str) -> Answer:
    """Take the device off its vehicle."""
    form, row = UnbindForm(), device_or_404(code)
    if form.validate():
        try:
            with writing() as session:
                unbind_device(session, find_device(session, code), form.until.data)
        except DeviceRefused as refused:
            field, said = device_refusal(refused)
            form.refuse("until" if field == "since" else "", said)
    if form.wrong:
        return managing(row, unbind=form), 422
    noted(code, "taken off its vehicle")
    flash(_("The device rides on no vehicle now."))
    return redirect(url_for("device_forms.manage", code=code))


@bp.post("/out-of-service/<path:code>")
def out_of_service(code: str) -> Response:
    """What the device sends waits in quarantine from now on."""
    said = _("The device is out of service: what it sends waits in quarantine.")
    return done(code, lambda session: set_service(session, find_device(session, code), False), said)


@bp.post("/in-service/<path:code>")
def in_service(code: str) -> Response:
    """What the device sends is taken again."""
    said = _("The device is in service.")
    return done(code, lambda session: set_service(session, find_device(session, code), True), said)


@bp.post("/revoke/<path:code>")
def revoke(code: str) -> Response:
    """The device's token lets nobody in any more."""
    said = _("The token lets nobody in any more.")
    return done(code, lambda session: revoke_token(session, find_device(session, code)), said)


@bp.post("/forget/<path:code>")
def forget(code: str) -> Response:
    """Forget which terminal registered itself under this number."""
    said = _("The next terminal that registers under this number is taken for the device.")
    return done(code, lambda session: clear_registration(session, find_device(session, code)), said)


def done(code: str, change: Callable[[Session], None], said: str) -> Response:
    """A change that needs no form of its own."""
    device_or_404(code)
    with writing() as session:
        change(session)
    noted(code, request.endpoint or "")
    flash(said)
    return redirect(url_for("device_forms.manage", code=code))


@bp.post("/token/<path:code>")
def token(code: str) -> Answer:
    """A fresh token, shown in this answer only."""
    row = device_or_404(code)
    with writing() as session:
        fresh = issue_token(session, code)
    noted(code, "given a new token")
    return managing(row, token=fresh)


@contextmanager
def suppress_refusal(form: Form) -> Iterator[None]:
    """What the store refuses stands beside the field that it is about."""
    try:
        yield
    except DeviceRefused as refused:
        form.refuse(*device_refusal(refused))


def offers(session: Session, who: Viewer) -> dict[str, Any]:
    """What fields offer while one types: vehicles and models."""
    vehicles = [row.vehicle for row in vehicle_page(session, who, VehicleFilter(), limit=OFFERED).rows]
    return {"vehicles": vehicles, "models": [model.name for model in list_models(session)]}


def noted(code: str, what: str) -> None:
    """Who changed what about which device; never a token."""
    current_app.logger.info("device %s: %s by %s", code, what, account().username)
