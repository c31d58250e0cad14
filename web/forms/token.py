"""Which form gives a machine its token?"""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _

from models.custody_words import Scope
from tracking.operations.api_tokens import MAX_NAME
from web.display import choices
from web.forms.base import Form
from web.forms.fields import ChoiceField, TextField, TicksField, TimeField


class TokenForm(Form):
    """A token for a machine."""

    name = TextField(_("Name"), _("Which machine it is, as: weighbridge at the north gate."), most=MAX_NAME)
    user = ChoiceField(_("Acts as"), _("A login of the organisation whose machine it is."))
    scopes = TicksField(_("What it may do"), _("As little as it needs."))
    expires_at = TimeField(
        _("Valid until"), _("In the city's time; blank: until it is revoked."), needed=False
    )

    def offer(self, users: Iterable[tuple[str, str]]) -> None:
        """Users and scopes."""
        self.user.offer(users)
        self.scopes.choices = choices(Scope)
