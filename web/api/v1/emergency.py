"""/api/v1/paper-signatures, and what else becomes of emergency paper: who confirms what was typed in?"""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from models.custody_words import PaperState, SigningMethod
from tracking.operations.custody.confirm_paper import PaperAnswer, decide_paper, give_paper_code
from tracking.operations.custody.emergency import close_window, continue_on_paper
from tracking.operations.custody.prove import Proof, Proven
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.paper_signatures import PaperRow, paper_by_id, paper_of, paper_waiting
from web import signing
from web.api.v1.caller import Caller
from web.api.v1.derived import told, told_list
from web.api.v1.fields import MAX_SENTENCE, Body, Chosen, Flag, Many, Part, Text
from web.api.v1.loads import CodeTold, PaperStepGiven, paper, paper_steps, windows
from web.api.v1.manifest_schemas import ProofGiven, StepTold
from web.api.v1.manifests import told_step
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.rules import ROW
from web.api.v1.signing import at_once, by_token, place_of

papers = resource("paper_signatures", "/paper-signatures")


class PaperContinued(Body):
    """Steps of a manifest that is there already, each with the caller's own signature."""

    steps = Many(Part(PaperStepGiven), 20, required=True)


class StepsTold(Body):
    """What came of them."""

    items = fields.List(fields.Nested(StepTold), required=True)


class PaperQuery(Body):
    """Of which manifest; blank: all that wait for the caller."""

    number = Text(load_default=None)


class PaperAnswerGiven(Body):
    """Yes or no; a refusal says why. `proof` as for a step: blank, the token itself."""

    confirmed = Flag(required=True)
    reason = Text(MAX_SENTENCE, load_default="")
    proof = Part(ProofGiven, load_default=None, allow_none=True)


class PaperDecisionGiven(Body):
    """What the regulator found, and why."""

    upheld = Flag(required=True)
    reason = Text(MAX_SENTENCE, required=True)


class PaperStands(Body):
    """Where a signature of paper stands."""

    id = fields.Integer(required=True)
    state = Chosen(PaperState, required=True)


class PaperCodeAsked(Body):
    """Who will type the code; blank: the caller."""

    signer = Text(100, load_default="")


def prove_answer(caller: Caller, path: Mapping[str, Any], body: Mapping[str, Any]) -> Proven:
    """Who answers; raises NotASignature or ManifestUnknown. Wrong tries are counted."""
    proof = body["proof"]
    if proof is None or proof["method"] is SigningMethod.API_TOKEN:
        return by_token(caller.viewer, proof)
    given = Proof(proof["method"], proof["password"], proof["code"], proof["device_at"], place_of(proof))
    return signing.prove_paper(path["row_id"], given)


@windows.delete(f"/{ROW}")
@writes("Close a window for paper before its time", None, status=204)
def closed(call: Call, row_id: int) -> Any:
    """By the regulator; what was typed in stays."""
    close_window(call.session, row_id, call.viewer, call.setting)
    return Reply(None)


@paper.post("/<path:number>/steps")
@writes("Enter steps on paper of a manifest that is there", StepsTold, body=PaperContinued)
def continued(call: Call, number: str) -> Any:
    """Everybody enters what they signed themselves."""
    taken = continue_on_paper(call.session, number, paper_steps(call), call.viewer, call.setting)
    return {"items": [told_step(call, each).body for each in taken]}


@papers.get("")
@reads("Signatures that were typed in from paper", told_list(PaperRow), query=PaperQuery)
def listing(call: Call) -> Any:
    """Those of a manifest in the order of the paper, or all that wait for the caller's answer."""
    wait_s = call.setting.limits.paper_confirmation_s
    if call.query["number"] is None:
        return {"items": paper_waiting(call.session, call.viewer, wait_s)}
    number = call.query["number"]
    if custody_by_number(call.session, number, call.viewer) is None:
        raise NotFound
    return {"items": paper_of(call.session, number, call.viewer, wait_s)}


@papers.get(f"/{ROW}")
@reads("One signature of paper with what was said of it", told(PaperRow))
def one(call: Call, row_id: int) -> Any:
    """As the paper shows it."""
    found = paper_by_id(call.session, row_id, call.viewer, call.setting.limits.paper_confirmation_s)
    if found is None:
        raise NotFound
    return found


@papers.post(f"/{ROW}/answer")
@writes("Confirm or refuse a signature of paper", PaperStands, body=PaperAnswerGiven, prepare=prove_answer)
def answer(call: Call, row_id: int) -> Any:
    """By the party under whose name it stands, or with a one-time code of it."""
    said = PaperAnswer(call.body["confirmed"], call.body["reason"])
    proven = call.prepared or at_once(call)
    return {"id": row_id, "state": signing.answer(call.session, row_id, said, proven)}


@papers.post(f"/{ROW}/decision")
@writes("Decide on a signature of paper", PaperStands, body=PaperDecisionGiven)
def decide(call: Call, row_id: int) -> Any:
    """By the regulator, where the party refused it or let its time pass."""
    said = (call.body["upheld"], call.body["reason"])
    return {"id": row_id, "state": decide_paper(call.session, row_id, *said, call.viewer, call.setting)}


@papers.post(f"/{ROW}/codes")
@writes("Give a one-time code for the answer", CodeTold, body=PaperCodeAsked, status=201)
def code(call: Call, row_id: int) -> Any:
    """Shown once, to be typed on the device of whoever entered the paper."""
    made = give_paper_code(call.session, row_id, call.viewer, call.body["signer"], call.setting)
    told_once = {"code": made.code, "signer": made.signer, "expires_at": made.expires_at}
    return Reply(told_once, kept=told_once | {"code": None})
