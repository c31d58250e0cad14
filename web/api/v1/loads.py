"""/api/v1/voyages, stock, dispatches, windows, codes: what else happens to loads?"""

from typing import Any

from marshmallow import ValidationError, fields

from models.custody_words import Act
from tracking.operations.custody.codes import give_code
from tracking.operations.custody.dispatch_product import DispatchDraft, dispatch_product
from tracking.operations.custody.emergency import PaperStep, WindowDraft, enter_paper, open_window
from tracking.operations.custody.measure_pile import Difference, Survey, measure_pile
from tracking.operations.custody.voyages import VoyageDraft, open_voyage, sail, sign_voyage
from tracking.queries.custody_voyages import VoyageLoads, VoyageRow, voyage_loads
from tracking.queries.custody_voyages import voyages as voyage_rows
from tracking.queries.product_dispatches import DispatchRow, dispatch_by_number, product_dispatches
from tracking.queries.stock import Pile, StockMovement, movement_by_id, movements, piles
from tracking.queries.windows import WindowRow, window_by_id, window_page
from web.api.v1.derived import filled, given, told, told_pages
from web.api.v1.fields import Body, Chosen, Many, Moment, Part, Text, Whole
from web.api.v1.manifest_schemas import DraftGiven, GivenWithStep, Named, StepTold
from web.api.v1.manifests import draft_of, given_of, told_step
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page, told_register
from web.api.v1.rules import ROW, Coded, Kept
from web.api.v1.signing import at_once

voyages = resource("voyages", "/voyages")
stock = resource("stock", "/stock")
dispatches = resource("dispatches", "/dispatches")
windows = resource("windows", "/windows")
paper = resource("paper", "/paper")
codes = resource("codes", "/codes")


class SailGiven(Body):
    """When the vessel left; blank: now."""

    at = Moment(load_default=None)


class VoyageStep(GivenWithStep):
    """One act for all loads of a voyage, or for those that are named; each gets a signature of its own."""

    act = Chosen(Act, required=True)
    numbers = Many(Text(), 1000, load_default=None, allow_none=True)


class VoyageTold(Body):
    """What came of it, load by load."""

    items = fields.List(fields.Nested(StepTold), required=True)


class PileQuery(PageQuery):
    """Of which place and pile; blank: all."""

    facility = Text(load_default=None)
    pile = Text(load_default=None)


class DispatchTold(Body):
    """The number of a dispatch."""

    number = fields.String(required=True)


class PaperStepGiven(GivenWithStep):
    """A step as the paper shows it."""

    act = Chosen(Act, required=True)
    signer = Text(100, required=True)
    evidence = Whole(1, load_default=None)


class PaperGiven(Body):
    """A manifest that was written by hand, with its steps."""

    draft = Part(DraftGiven, required=True)
    steps = Many(Part(PaperStepGiven), 20, load_default=list)


class CodeAsked(Body):
    """For which act, and who will type it."""

    number = Text(required=True)
    act = Chosen(Act, required=True)
    signer = Text(100, load_default="")


class CodeTold(Body):
    """The code, shown this once."""

    code = fields.String(required=True, allow_none=True)
    signer = fields.String(required=True)
    expires_at = Moment(required=True)


@voyages.get("")
@reads("Voyages of own vessels and places, the newest first", told_pages(VoyageRow), query=PageQuery)
def voyage_listing(call: Call) -> Any:
    """A page of them."""
    return told_page(voyage_rows(call.session, call.viewer, cursor_of(call.query), call.query["limit"]))


@voyages.get("/<path:code>")
@reads("One voyage with the numbers of its manifests", told(VoyageLoads))
def voyage(call: Call, code: str) -> Any:
    """All that it carried, what is aboard, what waits for it."""
    found = voyage_loads(call.session, code, call.viewer)
    if found is None:
        raise NotFound
    return found


@voyages.post("")
@writes("Open a voyage of an own vessel", Coded, body=given(VoyageDraft), status=201)
def opened(call: Call) -> Any:
    """Legs name it by its code."""
    return {"code": open_voyage(call.session, filled(VoyageDraft, call.body), call.viewer, call.setting)}


@voyages.post("/<path:code>/sail")
@writes("Say that the vessel has left", Coded, body=SailGiven)
def sailed(call: Call, code: str) -> Any:
    """Nothing is loaded afterwards."""
    sail(call.session, code, call.viewer, call.setting, call.body["at"])
    return {"code": code}


@voyages.post("/<path:code>/steps")
@writes("Sign an act for all loads of a voyage", VoyageTold, body=VoyageStep)
def step(call: Call, code: str) -> Any:
    """All of them or none."""
    signer, what = at_once(call).signer, given_of(call, call.body)
    chosen = call.body["numbers"]
    numbers = None if chosen is None else tuple(chosen)
    act = call.body["act"]
    taken = sign_voyage(call.session, code, act, call.viewer, signer, what, call.setting, numbers)
    return {"items": [told_step(call, each).body for each in taken]}


@stock.get("")
@reads("The piles of the caller's own places, wet and dry", told_pages(Pile), query=PileQuery)
def listing(call: Call) -> Any:
    """By their books; of one place, or one pile of it, where they are named."""
    place, name = call.query["facility"], call.query["pile"]
    rows = [
        row
        for row in piles(call.session, call.viewer)
        if place in (None, row.facility.code) and name in (None, row.pile)
    ]
    return told_register(rows, lambda row: f"{row.facility.code}\n{row.pile}", call.query, "text")


@stock.get("/movements")
@reads("The ledger of the piles, the newest first", told_pages(StockMovement), query=PageQuery)
def ledger(call: Call) -> Any:
    """What came and went."""
    return told_page(movements(call.session, call.viewer, cursor_of(call.query), call.query["limit"]))


@stock.get(f"/movements/{ROW}")
@reads("One line of the ledger", told(StockMovement))
def movement(call: Call, row_id: int) -> Any:
    """What came or went."""
    found = movement_by_id(call.session, row_id, call.viewer)
    if found is None:
        raise NotFound
    return found


@stock.post("/surveys")
@writes("Enter what was measured of a pile", told(Difference), body=given(Survey), status=201)
def survey(call: Call) -> Any:
    """The difference to the books is entered."""
    return measure_pile(call.session, filled(Survey, call.body), call.viewer, call.setting)


@dispatches.get("")
@reads("What left the caller's sites as products, the newest first", told_pages(DispatchRow), query=PageQuery)
def dispatch_listing(call: Call) -> Any:
    """A page of them."""
    page = product_dispatches(call.session, call.viewer, cursor_of(call.query), call.query["limit"])
    return told_page(page)


@dispatches.get("/<path:number>")
@reads("One dispatch", told(DispatchRow))
def one_dispatch(call: Call, number: str) -> Any:
    """Of a site that the caller sees."""
    found = dispatch_by_number(call.session, number, call.viewer)
    if found is None:
        raise NotFound
    return found


@dispatches.post("")
@writes("Enter what leaves a site as a product", DispatchTold, body=given(DispatchDraft), status=201)
def dispatched(call: Call) -> Any:
    """With its use and who gets it."""
    done = dispatch_product(call.session, filled(DispatchDraft, call.body), call.viewer, call.setting)
    return {"number": done.number}


@windows.get("")
@reads("Windows for paper, the newest first", told_pages(WindowRow), query=PageQuery)
def window_listing(call: Call) -> Any:
    """A party's own and those for everybody."""
    after, limit = cursor_of(call.query, "number"), call.query["limit"]
    return told_page(window_page(call.session, call.viewer, call.setting.now, after, limit))


@windows.get(f"/{ROW}")
@reads("One window for paper", told(WindowRow))
def one_window(call: Call, row_id: int) -> Any:
    """A party's own, or one for everybody."""
    found = window_by_id(call.session, row_id, call.viewer, call.setting.now)
    if found is None:
        raise NotFound
    return found


@windows.post("")
@writes("Open a window for paper", Kept, body=given(WindowDraft), status=201)
def window(call: Call) -> Any:
    """By the regulator."""
    return {"id": open_window(call.session, filled(WindowDraft, call.body), call.viewer, call.setting)}


@paper.post("")
@writes("Enter a manifest that was written by hand", Named, body=PaperGiven, status=201)
def entered(call: Call) -> Any:
    """In a window that the regulator opened, by the same arrows as any other; others' signatures wait for
    their parties (`/paper-signatures`)."""
    draft = draft_of(call.body["draft"])
    return {"number": enter_paper(call.session, draft, paper_steps(call), call.viewer, call.setting)}


def paper_steps(call: Call) -> list[PaperStep]:
    """The steps of the paper, each with its time."""
    steps = []
    for index, each in enumerate(call.body["steps"]):
        if each["at"] is None:
            raise ValidationError({"steps": {index: {"at": ["missing"]}}})
        given = given_of(call, each)
        steps.append(PaperStep(each["act"], given, each["signer"], each["evidence"]))
    return steps


@codes.post("")
@writes("Give a one-time code for an act", CodeTold, body=CodeAsked, status=201)
def give(call: Call) -> Any:
    """Shown once: a call that is sent again is told everything but the code."""
    body = call.body
    made = give_code(call.session, body["number"], body["act"], call.viewer, body["signer"], call.setting)
    told_once = {"code": made.code, "signer": made.signer, "expires_at": made.expires_at}
    return Reply(told_once, kept=told_once | {"code": None})
