"""Why was a message kept aside, in the reader's language?

The database holds English sentences, as the programming interface answers them. The common ones are known
here, and so is what decoders say of items (item_refusals); anything else is shown as it is.
"""

import re

from flask_babel import gettext as _
from flask_babel import ngettext

from gps_ingest.store.acceptance import OUT_OF_SERVICE, UNKNOWN_DEVICE
from gps_ingest.store.proof import NO_TOKEN_ISSUED, NO_TOKEN_SHOWN, WRONG_TOKEN
from web.item_refusals import refusal_sentence, refused_place

IN_PART = re.compile(r"(\d+) not taken: (.*)", re.DOTALL)
ITEM = re.compile(r"(\[\d+\]|file|sentences|(?:line|point|feature) \d+) (\S*): (.*)", re.DOTALL)


def kept_reason(reason: str | None) -> str:
    """The sentence; a blank one says that the message was taken in part."""
    if reason is None:
        return str(_("Taken in part: some items could not be read or lie in the future."))
    known = {
        UNKNOWN_DEVICE: _("The device is not registered."),
        OUT_OF_SERVICE: _("The device is out of service."),
        NO_TOKEN_ISSUED: _("No token was ever issued to the device."),
        NO_TOKEN_SHOWN: _("The sender showed no token."),
        WRONG_TOKEN: _("The sender showed a token that is not the device's."),
    }
    if reason in known:
        return str(known[reason])
    in_part = IN_PART.fullmatch(reason)
    if in_part is None:
        return reason
    count = int(in_part.group(1))
    counted = ngettext("%(num)s item was not taken", "%(num)s items were not taken", count)
    return f"{counted}: {'; '.join(map(item_reason, in_part.group(2).split('; ')))}"


def item_reason(said: str) -> str:
    """Why one item was not taken, as the database tells it: place, field and sentence."""
    item = ITEM.fullmatch(said)
    if item is None:
        return said
    place, field, reason = item.groups()
    return f"{refused_place(place)} {field}: {refusal_sentence(reason)}"
