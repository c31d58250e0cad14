"""How does a person sign a step of custody? One page for every act, and what happens next."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response

from models.custody_words import Act
from models.vocabulary import CustodyState
from tracking.operations.custody.attach_to_step import attach_to_step
from tracking.operations.custody.refusals import CustodyRefused
from tracking.operations.custody.take_step import Taken
from tracking.operations.idempotent_calls import KeyUsedOtherwise
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.manifest_story import ManifestStory, manifest_story
from tracking.queries.next_steps import NextStep, next_steps
from tracking.queries.own_places import OwnPlace, own_places
from tracking.queries.scale_tickets import TicketRow
from tracking.queries.signatures import sent_before
from tracking.queries.step_files import StepFileRow, files_of_steps
from tracking.queries.step_tickets import tickets_at_step
from tracking.rules.custody.facts import Custody
from web.clock import now
from web.database import reading
from web.display import named
from web.forms.steps import ASKED, FIELD_OF, StepForm
from web.navigation import may_open
from web.refusal_words import Refused, worded
from web.sent_again import SentAlready, keep_key, taken_before
from web.sent_files import kept_file
from web.signed_in import account, viewer
from web.signing import give, recently_proved, sign

Answer = str | Response | tuple[str, int] | tuple[Response, int]
HOMES = ("trips.listing", "gate.queue", "today.page", "manifests.listing")
WITHOUT_SIGNATURE = frozenset({Act.DISCARD})

bp = Blueprint("steps", __name__)


@bp.route("/sign/<act>/<path:number>", methods=["GET", "POST"])
def page(act: str, number: str) -> Answer:
    """What exactly is signed, what the act asks, and the proof of who signs."""
    chosen = act_or_404(act)
    custody, step = step_or_404(number, chosen)
    places, tickets = named_places(), tickets_of(custody, chosen, step)
    if request.method == "GET":
        form = StepForm(formdata=None, places=places, tickets=tickets, **offered(custody))
        return signing(number, custody, step, form)
    return taken(number, chosen, StepForm(places=places, tickets=tickets))


def tickets_of(custody: Custody, act: Act, step: NextStep | None) -> list[TicketRow]:
    """What the signer's own scales say of the vehicle, where the act is weighed."""
    if "gross_t" not in ASKED.get(act, ()) or step is None or not step.mine:
        return []
    return tickets_at_step(reading(), custody, now(), viewer())


def taken(number: str, act: Act, form: StepForm) -> Answer:
    """Sign; a phone that sends its queue again hears that it is done."""
    try:
        if repeated(number, act, form):
            return done(number, act)
        if not form.validate():
            return refused(number, act, form, 422)
        sign(
            number,
            act,
            form.given(act),
            form.proof(),
            form.seen(),
            partial(keep_key, number, act),
            photo_of(act),
        )
    except SentAlready:
        return done(number, act)
    except KeyUsedOtherwise:
        form.refuse("", _("The key of the signature belongs to another one."))
        return refused(number, act, form, 422)
    except CustodyRefused as refusal:
        said = worded(refusal)
        beside_fields(form, said)
        if said.status == 404:
            abort(404)
        return refused(number, act, form, said.status)
    return done(number, act)


def repeated(number: str, act: Act, form: StepForm) -> bool:
    """Did a phone send this very act before, by its key or by the moment of its signature?"""
    if taken_before(number, act):
        return True
    moment = form.device_moment
    return moment is not None and sent_before(reading(), number, act, account().id, moment)


def photo_of(act: Act) -> Callable[[Session, Taken], None] | None:
    """What keeps the photo of a stop with its step; None where the act has none, or none was sent."""
    sent = request.files.get("photo")
    if "photo" not in ASKED.get(act, ()) or sent is None or not sent.filename:
        return None

    def keep(session: Session, taken: Taken) -> None:
        kept = kept_file(session, sent, viewer())
        if taken.event_id is not None:
            attach_to_step(session, taken.event_id, kept, viewer())

    return keep


@bp.app_template_global()
def step_files_of(number: str) -> list[StepFileRow]:
    """The files of a manifest's steps, as far as the reader may see it."""
    return files_of_steps(reading(), number, viewer())


def done(number: str, act: Act) -> Answer:
    """To what happens next; a script hears the address."""
    target = url_for("steps.signed", act=act.value, number=number)
    if wants_json():
        return jsonify(next=target)
    if act is Act.DISCARD:
        flash(_("The draft was thrown away."))
        return redirect(home())
    return redirect(target)


def refused(number: str, act: Act, form: StepForm, status: int) -> Answer:
    """The page again with everything that was typed, or the sentences for a script."""
    if wants_json():
        return jsonify(errors=[{"field": field, "sentence": said} for field, said in form.wrong]), status
    custody = custody_by_number(reading(), number, viewer())
    if custody is None:
        abort(404)
    step = next((each for each in steps_of(custody) if each.act is act), None)
    return signing(number, custody, step, form), status


def beside_fields(form: StepForm, said: Refused) -> None:
    """The sentences of a refusal beside what they are about."""
    for field, sentence in said.errors:
        form.refuse(FIELD_OF.get(field, field), sentence)
    if not said.errors:
        form.refuse("", said.sentence)


def signing(number: str, custody: Custody, step: NextStep | None, form: StepForm) -> str:
    """The page of one act; `step` is None when it cannot be signed any more."""
    form.state.data, form.version.data = custody.state.value, str(custody.version)
    act = act_or_404((request.view_args or {}).get("act", ""))
    return render_template(
        "step.html",
        story=story_or_404(number),
        custody=custody,
        act=act,
        step=step,
        form=form,
        asked=asked_of(act, custody),
        others=[each for each in steps_of(custody) if each.act is not act and each.mine],
        needs_password=act not in WITHOUT_SIGNATURE and not recently_proved(),
        by_code=step is not None and not step.mine,
        queued=act not in WITHOUT_SIGNATURE and step is not None and step.mine,
        dry_basis=weight_so_far(custody),
    )


def asked_of(act: Act, custody: Custody) -> tuple[str, ...]:
    """The fields that this act asks of this load: the gate's gross is known when it is decided about."""
    fields = ASKED.get(act, ())
    if "gate" in fields and len(named_places()) < 2:
        fields = tuple(each for each in fields if each != "gate")
    return fields


def offered(custody: Custody) -> dict[str, Any]:
    """What is known already and only needs confirming."""
    arrival = custody.arrival
    known: dict[str, Any] = {}
    if custody.state is CustodyState.ARRIVED and arrival is not None:
        known |= {"gross_t": arrival.gross_kg, "scale": arrival.scale_code, "ticket": arrival.ticket}
    if custody.state in (CustodyState.ACCEPTED, CustodyState.PART_ACCEPTED):
        site_id = custody.received_at_id or custody.destination_id
        method = next((each.method for each in places() if each.id == site_id), None)
        known |= {"mass_t": custody.accepted_kg, "method": "" if method is None else method.value}
    return known


def weight_so_far(custody: Custody) -> float | None:
    """Net wet kg as weighed last, else as planned: what a refused part is a part of."""
    nets = [each for each in custody.weighed.values() if each.net_kg is not None]
    newest = max(nets, key=lambda each: each.at, default=None)
    return custody.planned_kg if newest is None else newest.net_kg


@bp.get("/signed/<act>/<path:number>")
def signed(act: str, number: str) -> str:
    """It is signed: where the load is now, whose turn it is, and what the reader can do."""
    chosen = act_or_404(act)
    custody = custody_or_404(number)
    return render_template(
        "step_signed.html",
        story=story_or_404(number),
        act=chosen,
        custody=custody,
        steps=steps_of(custody),
        home=home(),
    )


@bp.post("/codes/<act>/<path:number>")
def code(act: str, number: str) -> Answer:
    """A one-time code for this act, shown in this answer only: it is typed on the other party's device."""
    chosen = act_or_404(act)
    step_or_404(number, chosen)
    try:
        given = give(number, chosen, request.form.get("signer", ""))
    except CustodyRefused as refusal:
        said = worded(refusal)
        if said.status in (403, 404):
            abort(said.status)
        flash(said.sentence)
        return redirect(url_for("steps.page", act=chosen.value, number=number))
    return render_template("step_code.html", story=story_or_404(number), act=chosen, given=given, home=home())


def act_or_404(act: str) -> Act:
    try:
        return Act(act)
    except ValueError:
        abort(404)


def custody_or_404(number: str) -> Custody:
    custody = custody_by_number(reading(), number, viewer())
    if custody is None:
        abort(404)
    return custody


def step_or_404(number: str, act: Act) -> tuple[Custody, NextStep | None]:
    """The load and the act as it stands; an act that nobody signs has no page."""
    custody = custody_or_404(number)
    if act in (Act.DRAW_UP, Act.REGROUP, Act.EXPIRE, Act.CLOSE):
        abort(404)
    mine_first = sorted(steps_of(custody), key=lambda each: not each.mine)
    return custody, next((each for each in mine_first if each.act is act), None)


def steps_of(custody: Custody) -> tuple[NextStep, ...]:
    return next_steps(reading(), custody, viewer())


def story_or_404(number: str) -> ManifestStory:
    story = manifest_story(reading(), number, viewer())
    if story is None:
        abort(404)
    return story


def places() -> list[OwnPlace]:
    """The viewer's own places."""
    return own_places(reading(), viewer())


def named_places() -> list[tuple[str, str]]:
    """The viewer's own gates, by row id."""
    return [(str(place.id), named(place.name)) for place in places()]


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def home() -> str:
    """Where the reader's own work is listed."""
    return url_for(next(each for each in HOMES if may_open(each)))
