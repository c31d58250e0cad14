"""Which words do the maps need? Scripts hold none of their own."""

from flask_babel import gettext as _

from models.vocabulary import FacilityKind, FindingKind
from reports import wording
from web.languages import language


def map_words() -> dict[str, str]:
    """key → word in the reader's language."""
    chosen = language()
    kinds = {f"facility.{kind.value}": wording.label(kind, chosen) for kind in FacilityKind}
    kinds |= {f"finding.{kind.value}": wording.label(kind, chosen) for kind in FindingKind}
    return kinds | {
        "moving": _("moving"),
        "standing": _("standing"),
        "silent": _("silent"),
        "speed": _("speed"),
        "time": _("time"),
        "from_route": _("from the route"),
        "silence": _("silence"),
        "lasted": _("lasted"),
        "load": _("on board"),
        "to": _("to"),
        "findings": _("open findings of the day"),
        "open": _("Open"),
        "replay": _("Replay"),
        "pause": _("Pause"),
        "failed": _("The map data could not be loaded. Reload the page."),
        "hours": _("h"),
        "minutes": _("min"),
        "seconds": _("s"),
        "role.off_route_part": _("off the route"),
        "role.stop": _("stop"),
        "role.gap": _("silence"),
        "role.jump": _("jump"),
        "role.seen": _("seen here"),
        "role.expected": _("expected here"),
        "role.reach": _("could have been reached"),
        "role.place": _("place of the finding"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "north": _("Turn to the north"),
        "fullscreen": _("Full screen"),
        "leave_fullscreen": _("Leave full screen"),
    }
