"""What is asked of somebody who draws up a manifest?"""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, SelectField, StringField

from models.custody_words import SigningMethod
from models.vocabulary import ManifestKind, Mode, SludgeKind
from tracking.operations.custody.draw_up import LegDraft, ManifestDraft, PartDraft
from tracking.operations.custody.prove import Proof
from tracking.queries.group_offers import MOST_PARENTS
from tracking.queries.issue_offers import Paper
from web.display import choices
from web.forms.base import Form, no_longer_than, required, stripped
from web.forms.masses import TonnesField

MOST_LEGS = 5
PARTS_OF_LEG = ("mode", "vehicle", "from", "to", "driver", "route")
code: dict[str, Any] = {"filters": [stripped], "validators": [no_longer_than(64)]}


class IssueForm(Form):
    """A manifest as typed; legs are numbered fields `leg1_vehicle`, as many as `legs` says.

    A child of several loads names them as `parent1` … with the amounts `part1_t` …; a blank one is left out.
    """

    kind = HiddenField()
    parent = HiddenField()
    part_t = TonnesField(_("Taken from the load (t)"))
    origin = StringField(
        _("Origin of the sludge"), filters=[stripped], validators=[required, no_longer_than(64)]
    )
    destination = StringField(_("Receiver"), filters=[stripped], validators=[required, no_longer_than(64)])
    sludge_kind = SelectField(_("Kind of sludge"))
    planned_t = TonnesField(_("Estimated mass (t)"))
    plan = StringField(_("Plan"), **code)
    approval = StringField(
        _("Approval to leave the province"), filters=[stripped], validators=[no_longer_than(100)]
    )
    legs = HiddenField(default="1")
    password = PasswordField(_("Your password"))

    def __init__(self, *args: Any, paper: Paper | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **(filled(paper) if paper else {}), **kwargs)
        self.sludge_kind.choices = choices(SludgeKind)
        for number in range(1, MOST_LEGS + 1):
            self[f"leg{number}_mode"].choices = choices(Mode)

    @property
    def leg_count(self) -> int:
        typed = str(self.legs.data or "")
        return min(max(int(typed), 1), MOST_LEGS) if typed.isascii() and typed.isdigit() else 1

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of each leg that is shown."""
        return [
            {part: self[f"leg{number}_{part}"] for part in PARTS_OF_LEG}
            for number in range(1, self.leg_count + 1)
        ]

    @property
    def parts(self) -> list[tuple[str, TonnesField]]:
        """Number and amount of each load that is put together."""
        named = [(self[f"parent{at}"].data or "", self[f"part{at}_t"]) for at in range(1, MOST_PARENTS + 1)]
        return [(number[:64], amount) for number, amount in named if number]

    @property
    def parts_taken(self) -> list[tuple[str, TonnesField]]:
        """Those of them of which something is taken; what is no number counts too, as what is wrong."""
        return [(number, amount) for number, amount in self.parts if amount.data is not None or amount.errors]

    @property
    def sum_kg(self) -> float:
        """What the group weighs by the amounts typed."""
        return sum(amount.data or 0.0 for _number, amount in self.parts)

    def parents(self) -> tuple[PartDraft, ...]:
        """What the load is made of."""
        if self.parent.data:
            return (PartDraft(self.parent.data[:64], self.part_t.data or 0.0),)
        return tuple(PartDraft(number, amount.data or 0.0) for number, amount in self.parts_taken)

    def field_of(self, path: str) -> str:
        """The field for a field that a guard names: parents[1].wet_kg is the second amount that was typed."""
        if not path.startswith("parents["):
            return field_of(path)
        if self.parent.data:
            return "part_t"
        index = path[len("parents[") :].partition("]")[0]
        taken = self.parts_taken
        return taken[int(index)][1].name if index.isdigit() and int(index) < len(taken) else ""

    def draft(self) -> ManifestDraft:
        """The manifest as typed."""
        kind = ManifestKind(self.kind.data) if self.kind.data in set(ManifestKind) else ManifestKind.NORMAL
        parents = self.parents()
        return ManifestDraft(
            origin=self.origin.data or "",
            destination=self.destination.data or "",
            sludge_kind=SludgeKind(self.sludge_kind.data),
            legs=tuple(leg_draft(row) for row in self.rows),
            planned_kg=sum(part.wet_kg for part in parents) or None if parents else self.planned_t.data,
            plan=self.plan.data or None,
            approval=self.approval.data or None,
            kind=kind,
            parents=parents,
        )

    def proof(self) -> Proof:
        """Password, or a recent login."""
        if self.password.data:
            return Proof(SigningMethod.PASSWORD, password=self.password.data)
        return Proof(SigningMethod.RECENT_LOGIN)


for _number in range(1, MOST_LEGS + 1):
    setattr(IssueForm, f"leg{_number}_mode", SelectField(_("Means of transport"), default=Mode.ROAD.value))
    setattr(IssueForm, f"leg{_number}_vehicle", StringField(_("Vehicle or vessel"), **code))
    setattr(IssueForm, f"leg{_number}_from", StringField(_("Leg from"), **code))
    setattr(IssueForm, f"leg{_number}_to", StringField(_("Leg to"), **code))
    setattr(IssueForm, f"leg{_number}_driver", StringField(_("Driver or master"), **code))
    setattr(IssueForm, f"leg{_number}_route", StringField(_("Approved route"), **code))
for _number in range(1, MOST_PARENTS + 1):
    setattr(IssueForm, f"parent{_number}", HiddenField())
    setattr(IssueForm, f"part{_number}_t", TonnesField(_("Taken from load %(number)s (t)", number=_number)))


def leg_draft(row: dict[str, Any]) -> LegDraft:
    return LegDraft(
        mode=Mode(row["mode"].data),
        vehicle=row["vehicle"].data or "",
        origin=row["from"].data or "",
        destination=row["to"].data or "",
        driver=row["driver"].data or None,
        route=row["route"].data or None,
    )


def filled(paper: Paper) -> dict[str, Any]:
    """The fields that a paper fills."""
    values: dict[str, Any] = {
        "kind": paper.kind.value,
        "parent": paper.parent,
        "part_t": paper.part_kg,
        "origin": paper.origin,
        "destination": paper.destination,
        "sludge_kind": paper.sludge_kind.value,
        "planned_t": paper.planned_kg,
        "plan": paper.plan,
        "approval": paper.approval,
        "legs": str(max(len(paper.legs), 1)),
    }
    for number, part in enumerate(paper.parts[:MOST_PARENTS], start=1):
        values |= {f"parent{number}": part.number, f"part{number}_t": part.wet_kg}
    for number, leg in enumerate(paper.legs[:MOST_LEGS], start=1):
        values |= {
            f"leg{number}_mode": leg.mode.value,
            f"leg{number}_vehicle": leg.vehicle,
            f"leg{number}_from": leg.origin,
            f"leg{number}_to": leg.destination,
            f"leg{number}_driver": leg.driver,
            f"leg{number}_route": leg.route,
        }
    return values


def field_of(path: str) -> str:
    """The form's field for a field that a guard names: legs[0].vehicle is leg1_vehicle."""
    if path.startswith("legs["):
        index, _bracket, part = path[len("legs[") :].partition("].")
        known = part if part in PARTS_OF_LEG else "vehicle"
        return f"leg{int(index) + 1}_{known}" if index.isdigit() else ""
    return {"planned_kg": "planned_t"}.get(path, path)
