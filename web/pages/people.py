"""How does an administrator let people in, and keep organisations, vehicles and scales?

Passwords are chosen by the persons themselves, by a link that the administrator hands over.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.vocabulary import OrganisationKind, Role
from tracking.operations.administer.fleet import (
    keep_organisation,
    keep_scale,
    keep_vehicle,
    take_out_of_service,
)
from tracking.operations.administer.password_links import GivenLink, give_link
from tracking.operations.administer.people import add_person, change_person, set_active
from tracking.queries.facility_list import facility_names
from tracking.queries.parties import parties
from tracking.queries.registered import organisation_rows, scale_rows, vehicle_row
from tracking.queries.users import Account, all_accounts
from web.city_day import today
from web.clock import now
from web.database import reading
from web.display import named
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.base import Form
from web.forms.people import (
    ActiveForm,
    NewPersonForm,
    OrganisationForm,
    PersonForm,
    ScaleForm,
    VehicleForm,
)
from web.signed_in import account, viewer

EVERY_KIND = frozenset(OrganisationKind)

bp = Blueprint("people", __name__, url_prefix="/administration")


def kept(
    form: Form, words: Mapping[str, str], act: Callable[[Session], object], back: str, back_title: str
) -> Any:
    """A form of the administration: shown, done, or shown again with what stands against it."""
    page = FormPage(
        words["title"], words.get("lead", ""), words["verb"], _("Nothing was changed:"), back, back_title
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, act)
    if status != DONE:
        return asking(form, page), status
    current_app.logger.info("%s by %s", words["verb"], account().username)
    flash(words["done"])
    return redirect(back)


def of_people(form: Form, words: Mapping[str, str], act: Callable[[Session], object]) -> Any:
    """A form about a login."""
    return kept(form, words, act, url_for("users.listing"), _("Users"))


def organisations(kinds: frozenset[OrganisationKind] = EVERY_KIND) -> list[tuple[str, str]]:
    """(code, name) of organisations to choose from."""
    return [(name.code, f"{named(name)} ({name.code})") for name in parties(reading(), kinds)]


def account_or_404(username: str) -> Account:
    """The login with this name."""
    found = next((one for one in all_accounts(reading()) if one.username == username), None)
    if found is None:
        abort(404)
    return found


@bp.route("/users/add", methods=["GET", "POST"])
def add() -> Any:
    """A new login."""
    form = NewPersonForm()
    form.offer(organisations())
    made: list[GivenLink] = []

    def act(session: Session) -> None:
        name, role = form.username.data, Role(form.role.data)
        person = (name, form.display_name.data, role, form.organisation.data, None)
        add_person(session, *person, viewer(), now())
        made.append(give_link(session, name, viewer(), now()))

    words = {
        "title": _("Add a user"),
        "lead": _("You get a link by which the person chooses a password."),
        "verb": _("Add the user"),
        "done": _("User added."),
    }
    answer = of_people(form, words, act)
    return link_page(made[0]) if made else answer


def link_page(given: GivenLink) -> str:
    """The link, shown in this answer only."""
    return render_template(
        "password_link.html", given=given, title=_("New password for %(name)s", name=given.username)
    )


@bp.route("/users/<username>/change", methods=["GET", "POST"])
def change(username: str) -> Any:
    """Name, role and organisation."""
    one = account_or_404(username)
    values = {"display_name": one.display_name, "role": one.role.value, "organisation": one.organisation_code}
    form = PersonForm(**values)
    form.offer(organisations())

    def act(session: Session) -> None:
        role, organisation = Role(form.role.data), form.organisation.data
        change_person(session, username, form.display_name.data, role, organisation, viewer())

    words = {
        "title": _("Change %(name)s", name=username),
        "lead": _("Where what the person may see changes, the open sessions end."),
        "verb": _("Change the user"),
        "done": _("User changed."),
    }
    return of_people(form, words, act)


@bp.route("/users/<username>/password", methods=["GET", "POST"])
def password(username: str) -> Any:
    """A link by which the person chooses a new password."""
    account_or_404(username)
    made: list[GivenLink] = []
    words = {
        "title": _("New password for %(name)s", name=username),
        "lead": _("You get a link that holds for 24 hours. The old password holds until the link is used."),
        "verb": _("Make a link"),
        "done": _("Link made."),
    }
    answer = of_people(
        ActiveForm(),
        words,
        lambda session: made.append(give_link(session, username, viewer(), now())),
    )
    return link_page(made[0]) if made else answer


@bp.route("/users/<username>/service", methods=["GET", "POST"])
def service(username: str) -> Any:
    """End a login, or let it in again."""
    one = account_or_404(username)
    if one.active:
        words = {
            "title": _("End the login of %(name)s", name=username),
            "lead": _("All open sessions end at once. What the person signed stays."),
            "verb": _("End the login"),
            "done": _("Login ended."),
        }
    else:
        words = {
            "title": _("Let %(name)s in again", name=username),
            "verb": _("Let the person in"),
            "done": _("The person may sign in again."),
        }
    return of_people(
        ActiveForm(), words, lambda session: set_active(session, username, not one.active, viewer())
    )


@bp.get("/organisations")
def organisation_list() -> str:
    """Who takes part."""
    return render_template("organisations.html", rows=organisation_rows(reading()))


@bp.route("/organisations/add", methods=["GET", "POST"], defaults={"code": ""})
@bp.route("/organisations/change/<path:code>", methods=["GET", "POST"])
def organisation(code: str) -> Any:
    """Add or change an organisation."""
    row = next((one for one in organisation_rows(reading()) if one.name.code == code), None)
    if code and row is None:
        abort(404)
    form = OrganisationForm()
    if row is not None:
        form = OrganisationForm(code=code, name=row.name.zh, name_en=row.name.en, kind=row.kind.value)
        form.code.data, form.code.render_kw = code, {"readonly": True}
    form.offer()
    words = {
        "title": _("Change %(name)s", name=code) if code else _("Add an organisation"),
        "verb": _("Change the organisation") if code else _("Add the organisation"),
        "done": _("Organisation changed.") if code else _("Organisation added."),
    }
    return kept(
        form,
        words,
        lambda session: keep_organisation(session, form.draft, viewer(), new=not code),
        url_for("people.organisation_list"),
        _("Organisations"),
    )


@bp.route("/vehicles/add", methods=["GET", "POST"], defaults={"code": ""})
@bp.route("/vehicles/change/<path:code>", methods=["GET", "POST"])
def vehicle(code: str) -> Any:
    """Add or change a vehicle."""
    row = vehicle_row(reading(), code) if code else None
    if code and row is None:
        abort(404)
    form = VehicleForm()
    if row is not None:
        form = VehicleForm(**row.as_typed())
        form.code.data, form.code.render_kw = code, {"readonly": True}
    form.offer(organisations(frozenset({OrganisationKind.HAULER})))
    words = {
        "title": _("Change %(name)s", name=code) if code else _("Add a vehicle"),
        "verb": _("Change the vehicle") if code else _("Add the vehicle"),
        "done": _("Vehicle changed.") if code else _("Vehicle added."),
    }
    return kept(
        form,
        words,
        lambda session: keep_vehicle(session, form.draft, viewer(), new=not code),
        url_for("vehicles.listing"),
        _("Vehicles"),
    )


@bp.route("/vehicles/end/<path:code>", methods=["GET", "POST"])
def vehicle_service(code: str) -> Any:
    """Take a vehicle out of service: its licences end today."""
    if vehicle_row(reading(), code) is None:
        abort(404)
    words = {
        "title": _("Take %(name)s out of service", name=code),
        "lead": _(
            "Its licences end today: nothing is issued for it from tomorrow on. A new licence brings it back."
        ),
        "verb": _("Take it out of service"),
        "done": _("Vehicle taken out of service."),
    }
    return kept(
        ActiveForm(),
        words,
        lambda session: take_out_of_service(session, code, today(), viewer()),
        url_for("vehicles.listing"),
        _("Vehicles"),
    )


@bp.get("/scales")
def scale_list() -> str:
    """The weighbridges."""
    return render_template("scales.html", rows=scale_rows(reading(), viewer()))


@bp.route("/scales/add", methods=["GET", "POST"], defaults={"code": ""})
@bp.route("/scales/change/<path:code>", methods=["GET", "POST"])
def scale(code: str) -> Any:
    """Add or change a weighbridge."""
    row = next((one for one in scale_rows(reading(), viewer()) if one.code == code), None)
    if code and row is None:
        abort(404)
    form = ScaleForm()
    if row is not None:
        form = ScaleForm(**row.as_typed())
        form.code.data, form.code.render_kw = code, {"readonly": True}
    form.facility.offer((name.code, named(name)) for _kind, name in facility_names(reading(), viewer()))
    words = {
        "title": _("Change %(name)s", name=code) if code else _("Add a weighbridge"),
        "verb": _("Change the weighbridge") if code else _("Add the weighbridge"),
        "done": _("Weighbridge changed.") if code else _("Weighbridge added."),
    }
    return kept(
        form,
        words,
        lambda session: keep_scale(session, form.draft, viewer(), new=not code),
        url_for("people.scale_list"),
        _("Weighbridges"),
    )
