"""What is asked of somebody who types in emergency paper, and of the party that is asked about it?"""

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import Field, PasswordField, RadioField, SelectField, StringField

from models.custody_words import Act, SigningMethod
from tracking.operations.custody.prove import Proof
from web.display import label
from web.forms.base import Form, no_longer_than, required, stripped
from web.forms.fields import LongTextField, PhotoField, TimeField
from web.forms.issue import IssueForm
from web.forms.steps import ASKED, FIELD_OF, StepForm

MOST_STEPS = 10
COUNT = "steps"
FIRST_STEPS = (Act.ISSUE, Act.LOAD, Act.DEPART, Act.ARRIVE, Act.ACCEPT)
ON_PAPER = (
    *(Act.ISSUE, Act.LOAD, Act.DEPART, Act.HAND_OVER, Act.STORE, Act.RELOAD),
    *(Act.ARRIVE, Act.ACCEPT, Act.PART_ACCEPT, Act.REJECT, Act.DISPOSE, Act.ABORT),
)
"""What is signed on paper; the rest happens by machine or before there is any paper."""


class PaperStepForm(StepForm):
    """One step of the paper: when it happened, the name under it, and what the act asks besides."""

    act = SelectField(_("What was signed"))
    at = TimeField(_("When, as the paper says"))  # type: ignore[assignment]  # the paper says it always
    signer = StringField(_("Name under it"), filters=[stripped], validators=[required, no_longer_than(100)])
    photo = PhotoField(_("Photo of the paper"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, meta={"csrf": False}, **kwargs)
        self.act.choices = [(each.value, label(each)) for each in ON_PAPER]

    @property
    def chosen(self) -> Act:
        """The act of this step; blank and strange ones are refused by `validate`."""
        return Act(self.act.data) if self.act.data in set(ON_PAPER) else Act.ISSUE

    @property
    def asked(self) -> tuple[str, ...]:
        """What of the form this act needs."""
        return tuple(each for each in ASKED.get(self.chosen, ()) if each not in ("gate", "photo"))


class PaperEntry:
    """The paper as typed: its head (None where the manifest is there already) and its steps."""

    def __init__(self, head: IssueForm | None, acts: tuple[Act, ...] = FIRST_STEPS) -> None:
        self.head = head
        sent = request.method == "POST"
        count = typed_count() if sent else len(acts)
        self.steps = [
            PaperStepForm(prefix=f"s{at}-") if sent else PaperStepForm(None, prefix=f"s{at}-", act=act.value)
            for at, act in zip(range(1, count + 1), (*acts, *(Act.DEPART,) * MOST_STEPS), strict=False)
        ]
        self.form_errors: list[str] = []

    def validate(self) -> bool:
        """Is all of it filled in rightly? Everything is looked at, so that all errors stand at once."""
        checks = [each.validate() for each in ([self.head] if self.head else []) + self.steps]
        return all(checks)

    def refuse(self, path: str, sentence: str) -> None:
        """Put a refusal beside what it is about: steps[1].weighing.gross_kg is the gross of the second."""
        if path == "at" and self.steps:
            self.steps[0].refuse("at", sentence)
        elif path.startswith("steps["):
            index, _bracket, field = path[len("steps[") :].partition("].")
            named = {"evidence": "photo"}.get(field, FIELD_OF.get(field, field))
            self.refuse_step(int(index) if index.isdigit() else len(self.steps), field, named, sentence)
        elif self.head is not None:
            self.head.refuse(self.head.field_of(path), sentence)
        else:
            self.form_errors.append(sentence)

    def refuse_step(self, index: int, path: str, named: str, sentence: str) -> None:
        """Beside a field of the step, or of the manifest where the step is refused for what that says."""
        of_head = self.head.field_of(path) if self.head is not None else ""
        if self.head is not None and of_head in self.head:
            self.head.refuse(of_head, sentence)
        elif index < len(self.steps):
            self.steps[index].refuse(named, sentence)
        else:
            self.form_errors.append(sentence)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(field, sentence) of everything that is wrong, in the order of the page."""
        head = self.head.wrong if self.head else []
        return [
            *(("", said) for said in self.form_errors),
            *head,
            *(w for each in self.steps for w in each.wrong),
        ]

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields() if field.name == name)

    def fields(self) -> Iterator[Field]:
        """Of the head and of all steps."""
        if self.head is not None:
            yield from self.head
        for step in self.steps:
            yield from step


def typed_count() -> int:
    """How many steps the page showed, with the button that adds or removes one."""
    typed = request.form.get(COUNT, "")
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1
    count += {"more-steps": 1, "fewer-steps": -1}.get(request.form.get("do", ""), 0)
    return min(max(count, 1), MOST_STEPS)


class AnswerPaperForm(Form):
    """Was it signed so? With the proof of who says it."""

    answer = RadioField(_("Did your side sign this?"), validators=[required])
    reason = LongTextField(
        _("Why not"), _("Only where it was not signed so; the regulator reads it."), most=500, needed=False
    )
    password = PasswordField(_("Your password"))
    code = StringField(_("One-time code"), filters=[stripped], validators=[no_longer_than(16)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = [
            ("yes", _("Yes, it was signed as the paper says")),
            ("no", _("No, it was not signed so")),
        ]

    def proof(self) -> Proof:
        """A code, a password, or a recent login."""
        if self.code.data:
            return Proof(SigningMethod.ONE_TIME_CODE, code=self.code.data)
        if self.password.data:
            return Proof(SigningMethod.PASSWORD, password=self.password.data)
        return Proof(SigningMethod.RECENT_LOGIN)


class DecidePaperForm(Form):
    """The regulator's finding about a signature that its party disputes."""

    upheld = RadioField(_("What the regulator finds"), validators=[required])
    reason = LongTextField(_("Reason"), _("What it rests on; both parties read it."), most=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upheld.choices = [
            ("yes", _("It was signed as the paper says")),
            ("no", _("It was not signed so: the signature is struck")),
        ]
