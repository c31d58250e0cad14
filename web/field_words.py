"""What is a field of a manifest called, and how is its value told? By its path in the signed content."""

from typing import Any

from flask_babel import gettext as _

from models.custody_words import MoistureMethod
from models.vocabulary import SludgeKind, WeighingRole
from tracking.rules.custody.fields import LEG, WEIGHING, Shape
from web.display import UNKNOWN, label, number, percent


def field_words(path: str) -> str:
    """`legs[0].vehicle` as "Leg 1: Vehicle"."""
    leg, weighing, colon = LEG.fullmatch(path), WEIGHING.fullmatch(path), str(_(": "))
    if leg is not None:
        stretch = str(_("Leg %(number)s", number=int(leg[1]) + 1))
        return f"{stretch}{colon}{name_words(leg[2])}"
    if weighing is not None and weighing[1] in set(WeighingRole):
        role = label(WeighingRole(weighing[1]))
        more = str(_("leg %(number)s", number=int(weighing[2]))) if weighing[2] else ""
        return f"{role} {more}".strip() + colon + name_words(weighing[3])
    return name_words(path)


def name_words(name: str) -> str:
    """The last part of a path."""
    words = {
        "sludge_kind": _("Kind of sludge"),
        "planned_kg": _("Estimated mass (kg)"),
        "plan": _("Plan"),
        "approval": _("Approval number"),
        "accepted_kg": _("Accepted (kg)"),
        "refused_kg": _("Refused (kg)"),
        "vehicle": _("Vehicle"),
        "route": _("Approved route"),
        "driver": _("Driver or master"),
        "voyage": _("Voyage"),
        "gross_kg": _("Gross (kg)"),
        "tare_kg": _("Tare (kg)"),
        "scale": _("Weighbridge"),
        "ticket": _("Ticket"),
        "moisture": _("Moisture"),
        "u_moisture": _("Uncertainty of the moisture"),
        "moisture_method": _("Method of the moisture test"),
    }
    return str(words.get(name, name))


def field_value(path: str, value: Any) -> str:
    """The value as people read it."""
    name = path.rsplit(".", 1)[-1]
    if value is None:
        return UNKNOWN
    if name in ("moisture", "u_moisture") and isinstance(value, int | float):
        return percent(value, 2)
    if name == "sludge_kind" and value in set(SludgeKind):
        return label(SludgeKind(value))
    if name == "moisture_method" and value in set(MoistureMethod):
        return label(MoistureMethod(value))
    if isinstance(value, int | float):
        return number(float(value))
    return str(value)


AS_PERCENT = frozenset({Shape.MOISTURE, Shape.UNCERTAINTY})
AS_NUMBER = frozenset({Shape.MASS, Shape.SHARE, Shape.PLANNED}) | AS_PERCENT
