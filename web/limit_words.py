"""What is a subject of the rule table called? From its parts, in the reader's language."""

from flask_babel import gettext as _

from models.vocabulary import DisposalMethod
from web.display import label, number, percent


def subject_words(subject: str) -> str:
    """ "moisture_into:landfill" as people say it; what is not known stands as it is."""
    kind, _colon, rest = subject.partition(":")
    first, _colon, second = rest.partition(":")
    if subject == "moisture_leaving:plant":
        return str(_("Moisture of what leaves a plant"))
    if kind == "production":
        return str(
            _("Sludge per treated sewage: least")
            if first == "least"
            else _("Sludge per treated sewage: most")
        )
    if kind == "lab":
        return str(_("%(analyte)s in what goes into %(method)s", analyte=first, method=method_words(second)))
    words = {
        "moisture_into": _("Moisture of what goes into %(method)s", method=method_words(first)),
        "ph_into": _("pH of what goes into %(method)s", method=method_words(first)),
        "organic_into": _("Organic matter of what goes into %(method)s", method=method_words(first)),
        "calorific_into": _("Calorific value of what goes into %(method)s", method=method_words(first)),
    }
    uses = {
        "landscaping": _("landscaping"),
        "improvement": _("land improvement"),
        "self_sustaining": _("burning by itself"),
        "least": _("least"),
        "most": _("most"),
    }
    said = str(words.get(kind, subject))
    return f"{said} ({uses.get(second, second)})" if second and kind in words else said


def method_words(method: str) -> str:
    """The word for a disposal method."""
    return label(DisposalMethod(method)) if method in set(DisposalMethod) else method


def value_words(value: float, unit: str) -> str:
    """The limit with its unit."""
    if unit == "fraction":
        return percent(value)
    units = {"pH": "", "t80/10km3": _("t at 80 % per 10,000 m³"), "mg/kg": "mg/kg", "kJ/kg": "kJ/kg"}
    return f"{number(value)} {units.get(unit, unit)}".strip()
