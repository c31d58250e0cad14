"""What does a certificate conclude, in one sentence and with how many reasons beside it?"""

from models.vocabulary import FindingKind, VerdictValue
from reports.certificate.facts import CertificateFacts
from reports.certificate.movement_rows import sign_of
from reports.quantities import mass_t, moment
from reports.wording import label, say, text

MOST_REASONS = 4  # on the first page; the others follow in full


def conclusion(facts: CertificateFacts, locale: str) -> str:
    """The certificate in one sentence."""
    story = facts.story
    return text(
        f"conclusion.{story.verdict.value.value}",
        locale,
        number=story.number,
        mass=_mass(facts, locale),
        origin=story.origin.name.in_language(locale),
        destination=story.destination.name.in_language(locale),
        kinds=_kinds(facts, locale) or text("conclusion.no_kind", locale),
        at=moment(facts.made_at, facts.timezone, seconds=False),
    )


def _mass(facts: CertificateFacts, locale: str) -> str:
    weighed = facts.story.weighings
    return mass_t(weighed[0].masses.wet_kg, None, locale) if weighed else text("conclusion.unweighed", locale)


def _kinds(facts: CertificateFacts, locale: str) -> str:
    """The kinds of contradiction that the verdict rests on, each once."""
    known = {kind.value: kind for kind in FindingKind}
    params = [reason.get("params", {}) for reason in facts.story.verdict.reasons]
    kinds = dict.fromkeys(known[each["kind"]] for each in params if each.get("kind") in known)
    return text("list.comma", locale).join(label(kind, locale) for kind in kinds)


def reasons(facts: CertificateFacts, locale: str, most: int = MOST_REASONS) -> list[tuple[str, str]]:
    """(sign, sentence): what was seen in each finding if there is a contradiction, else why there is none."""
    story = facts.story
    names = story.names(locale)
    if story.verdict.value is not VerdictValue.CONTRADICTED:
        return [("·", say(reason, locale, names, facts.timezone)) for reason in story.verdict.reasons]
    said = [
        (sign_of(count), say(found.reasons[0], locale, names, facts.timezone))
        for count, found in enumerate(story.findings[:most], start=1)
        if found.reasons
    ]
    more = len(story.findings) - most
    return [*said, ("·", text("finding.more", locale, count=more))] if more > 0 else said
