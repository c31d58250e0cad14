"""Does a step go beyond what was planned, approved, permitted or verified? Warnings that name their rule.

None of these blocks: the load lies on the truck, in the store or on the scale already, and a step that is
refused would only not be written down.
"""

from collections.abc import Iterator

from models.values import Figures, Reason
from models.vocabulary import FindingKind
from tracking.rules.custody.checked import Checked, told
from tracking.rules.custody.warned import Warned


def over_quota(checked: Checked) -> Iterator[Warned]:
    """What was loaded under a plan or approval is more than its quota.

    A quota is asked for by the planned mass when a manifest is issued (quota_left) and used by what was
    loaded. Loading more than planned may overrun it: the load is on the truck by then and must be told as it
    is, for who is refused the true weight types a smaller one. So it warns here, what is left of the quota
    falls below zero, and nothing more can be issued under it.
    """
    for quota in checked.around.quotas:
        if quota.used_kg > quota.quota_kg:
            params: Figures = {
                quota.field: quota.name,
                "quota_kg": quota.quota_kg,
                "used_kg": round(quota.used_kg, 1),
                "over_kg": round(quota.used_kg - quota.quota_kg, 1),
            }
            reason = Reason(f"not_permitted.{quota.field}_overrun", params)
            yield Warned(FindingKind.NOT_PERMITTED, "weighing.gross_kg", told(reason, checked))


def over_storage(checked: Checked) -> Iterator[Warned]:
    """More lies in a store than its permits allow, this load included.

    A permit states tonnes as they lie, for that is what fills a store: wet mass by the books. The same at
    80 % moisture, the unit of statistics, is told beside it where all dry masses there are known.
    """
    storage = checked.around.storage
    if storage is None or storage.stored_kg <= storage.allowed_kg:
        return
    params: Figures = {
        "facility": storage.facility,
        "permit": storage.permit,
        "stored_kg": round(storage.stored_kg, 1),
        "stored_t80_kg": None if storage.stored_dry_kg is None else round(storage.stored_dry_kg / 0.2, 1),
        "allowed_kg": storage.allowed_kg,
    }
    reason = Reason("not_permitted.over_storage", params)
    yield Warned(FindingKind.NOT_PERMITTED, "pile", told(reason, checked))


def scale_lapsed(checked: Checked) -> Iterator[Warned]:
    """The scale's certificate had ended on the day of the weighing (计量法 art. 9, JJG 539)."""
    ended = checked.around.scale_lapsed
    if ended is not None:
        code, day = ended
        reason = Reason("not_permitted.scale", {"scale": code, "day": day.isoformat()})
        yield Warned(FindingKind.NOT_PERMITTED, "weighing.scale", told(reason, checked))
