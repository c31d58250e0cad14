"""Which forms does work on a case have?"""

from flask_babel import lazy_gettext as _

from models.custody_words import CaseOutcome
from tracking.operations.cases.entries import MAX_TEXT
from tracking.operations.cases.object_to_finding import MAX_OBJECTION
from tracking.operations.cases.open_case import MAX_TITLE
from web.display import choices
from web.forms.base import Form
from web.forms.fields import ChoiceField, LongTextField, PhotoField, TextField

FILE_HINT = _("JPEG, PNG or PDF, at most 10 MB. It is kept as it is sent.")


class OpenCaseForm(Form):
    """A new case about findings."""

    findings = LongTextField(_("Findings"), _("One key a line, as in the address of a finding."), most=4000)
    title = TextField(_("Title"), _("What it is about, in a few words."), most=MAX_TITLE)
    comment = LongTextField(_("First note"), _("Only the regulator reads it."), most=MAX_TEXT, needed=False)

    @property
    def keys(self) -> list[str]:
        """The keys of the findings."""
        return [line.strip() for line in (self.findings.data or "").splitlines() if line.strip()]


class AddFindingForm(Form):
    """Another finding for the case."""

    finding = TextField(_("Finding"), _("Its key, as in its address."), most=64)


class AssignForm(Form):
    """Who follows the case up."""

    assigned_to = ChoiceField(_("Assigned to"), _("A regulator with a login."))


class CommentForm(Form):
    """A note, with a file where there is one."""

    text = LongTextField(_("Note"), _("Parties never see it."), most=MAX_TEXT)
    file = PhotoField(_("Photo or document"), FILE_HINT)


class AskForm(Form):
    """A question to a party."""

    organisation = ChoiceField(
        _("Who is asked"), _("The party sees the question and its own answer, nothing else.")
    )
    text = LongTextField(
        _("Question"), _("One question, so that it can be answered in one go."), most=MAX_TEXT
    )
    file = PhotoField(_("Photo or document"), FILE_HINT)


class AnswerForm(Form):
    """What the party says."""

    text = LongTextField(_("Answer"), _("What happened, and who can confirm it."), most=MAX_TEXT)
    file = PhotoField(_("Photo or document"), FILE_HINT)


class DecideCaseForm(Form):
    """What it was."""

    outcome = ChoiceField(_("Outcome"))
    reason = LongTextField(
        _("Reason"), _("What the decision rests on; it stands in the file for good."), most=MAX_TEXT
    )

    def offer(self) -> None:
        """The outcomes in the reader's language."""
        self.outcome.offer(choices(CaseOutcome))


class ReopenForm(Form):
    """Why it is looked at again."""

    reason = LongTextField(_("Reason"), _("The earlier decision stays in the story."), most=MAX_TEXT)


class CloseForm(Form):
    """Nothing to fill in."""


class ObjectForm(Form):
    """What a party says against a finding."""

    text = LongTextField(
        _("What do you object?"),
        _("What really happened, and what proves it: a closed road, a tunnel, a repair slip."),
        most=MAX_OBJECTION,
    )
    file = PhotoField(_("Photo or document"), FILE_HINT)
