"""What can be limited by the rule table? Subjects and their units (models/limit_seeds.py).

"moisture_leaving:plant", "moisture_into:<method>" with a third part for one use of a method,
"ph_into:<method>:least" and ":most", "production:least" and ":most" in t of 80 % moisture per 10,000 m3 of
treated sewage, and "lab:<analyte>:<method>" in mg per kg of dry matter for what a laboratory finds.
"""

import re

from models.vocabulary import DisposalMethod

METHODS = "|".join(method.value for method in DisposalMethod)
UNITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"moisture_leaving:plant"), "fraction"),
    (re.compile(rf"moisture_into:({METHODS})(:[a-z_]+)?"), "fraction"),
    (re.compile(rf"ph_into:({METHODS}):(least|most)"), "pH"),
    (re.compile(r"production:(least|most)"), "t80/10km3"),
    (re.compile(rf"lab:[a-z0-9_]+:({METHODS})"), "mg/kg"),
    (re.compile(rf"organic_into:({METHODS})(:[a-z_]+)?"), "fraction"),
    (re.compile(rf"calorific_into:({METHODS})(:[a-z_]+)?"), "kJ/kg"),
)


def unit_of(subject: str) -> str | None:
    """The unit in which a subject is limited; None where there is no such subject."""
    return next((unit for pattern, unit in UNITS if pattern.fullmatch(subject)), None)
