"""Which columns has each list as a file? A title and where the value stands in a row."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _

Columns = Sequence[tuple[object, str]]

PERIOD: Columns = ((_("From"), "valid_from"), (_("Until"), "valid_to"))
IN_FORCE: Columns = (*PERIOD, (_("In force"), "holds"))
CODE: Columns = ((_("Code"), "code"),)

CASES: Columns = (
    (_("Case"), "number"),
    (_("Title"), "title"),
    (_("State"), "state"),
    (_("Outcome"), "outcome"),
    (_("Assigned to"), "assigned_to"),
    (_("Findings"), "findings"),
    (_("Opened"), "opened_at"),
    (_("Opened by"), "opened_by"),
    (_("Last act"), "updated_at"),
)
QUESTIONS: Columns = (
    (_("Case"), "case_number"),
    (_("State"), "case_state"),
    (_("Asked"), "at"),
    (_("Question"), "text"),
    (_("Answer"), "answer.text"),
    (_("Answered by"), "answer.by"),
    (_("Answered"), "answer.at"),
)
CORRECTIONS: Columns = (
    (_("Manifest"), "number"),
    (_("Field"), "field"),
    (_("Old value"), "old"),
    (_("New value"), "new"),
    (_("Reason"), "reason"),
    (_("Asked by"), "organisation"),
    (_("Asked"), "requested_at"),
    (_("State"), "state"),
)
OVERDUE: Columns = (
    (_("Manifest"), "number"),
    (_("State"), "state"),
    (_("Was due"), "due_at"),
    (_("Who answers for it"), "custodian"),
)
HOLDS: Columns = (
    (_("Manifest"), "number"),
    (_("Reason"), "reason"),
    (_("By"), "by"),
    (_("Since"), "at"),
)
LIMITS: Columns = (
    (_("Subject"), "subject"),
    (_("Value"), "value"),
    (_("Unit"), "unit"),
    (_("Standard"), "standard"),
    (_("Clause"), "clause"),
    *IN_FORCE,
    (_("Confirmed"), "confirmed"),
)
PERMITS: Columns = (
    (_("Facility"), "facility"),
    (_("Number"), "number"),
    (_("Kinds of sludge"), "sludge_kinds"),
    (_("Methods"), "methods"),
    (_("t per day"), "t_per_day"),
    (_("t per year"), "t_per_year"),
    (_("Storage (t)"), "storage_t"),
    *PERIOD,
    (_("Revoked on"), "revoked_on"),
    (_("In force"), "holds"),
)
LICENCES: Columns = (
    (_("Vehicle"), "vehicle"),
    (_("Kind"), "kind"),
    (_("Number"), "number"),
    *IN_FORCE,
)
APPROVALS: Columns = (
    (_("Number"), "number"),
    (_("Origin"), "origin"),
    (_("Destination"), "destination"),
    (_("Quota (t)"), "quota_t"),
    *IN_FORCE,
)
PLANS: Columns = (
    *CODE,
    (_("Name"), "name"),
    (_("Origin"), "origin"),
    (_("Destination"), "destination"),
    (_("Kind of sludge"), "sludge_kind"),
    (_("Quota (t)"), "quota_t"),
    (_("Issued (t)"), "issued_t"),
    (_("Left (t)"), "left_t"),
    *IN_FORCE,
)
DIVERSIONS: Columns = (
    *CODE,
    (_("Instead of"), "from_site"),
    (_("Goes to"), "to_site"),
    *PERIOD,
    (_("Reason"), "reason"),
    (_("In force"), "holds"),
)
WINDOWS: Columns = (
    (_("For whom"), "organisation"),
    (_("Paper from"), "covers_from"),
    (_("Paper until"), "covers_to"),
    (_("To be typed in until"), "enter_until"),
    (_("Reason"), "reason"),
    (_("Opened by"), "opened_by"),
    (_("Opened"), "opened_at"),
    (_("Open"), "is_open"),
)
CERTIFICATES: Columns = (
    (_("Weighbridge"), "scale"),
    (_("Facility"), "facility"),
    (_("Number"), "number"),
    (_("Issued by"), "issuer"),
    *IN_FORCE,
)
RESULTS: Columns = (
    (_("Facility"), "facility"),
    (_("From"), "period_from"),
    (_("Until"), "period_to"),
    (_("Laboratory"), "laboratory"),
    (_("Report"), "report_number"),
    (_("Analyte"), "analyte"),
    (_("Value"), "value"),
    (_("Uncertainty"), "u"),
    (_("Unit"), "unit"),
    (_("Method"), "method"),
)
DISPATCHES: Columns = (
    (_("Number"), "number"),
    (_("Facility"), "facility"),
    (_("Product"), "product"),
    (_("Made by"), "method"),
    (_("Mass (kg)"), "mass_kg"),
    (_("Use"), "use"),
    (_("Receiver"), "receiver"),
    (_("Vehicle"), "vehicle"),
    (_("At"), "at"),
)
PILES: Columns = (
    (_("Facility"), "facility"),
    (_("Pile"), "pile"),
    (_("Wet (kg)"), "wet_kg"),
    (_("Dry (kg)"), "dry_kg"),
    (_("Last change"), "newest"),
)
LEDGER: Columns = (
    (_("At"), "at"),
    (_("Facility"), "facility"),
    (_("Pile"), "pile"),
    (_("What"), "move"),
    (_("Manifest"), "number"),
    (_("Wet (kg)"), "wet_kg"),
    (_("Dry (kg)"), "dry_kg"),
    (_("Note"), "note"),
)
HAULS: Columns = (
    (_("Manifest"), "number"),
    (_("State"), "state"),
    (_("Leg"), "leg_seq"),
    (_("Means of transport"), "mode"),
    (_("Vehicle"), "vehicle"),
    (_("Origin"), "origin"),
    (_("Destination"), "destination"),
    (_("Issued"), "issued_at"),
    (_("Due"), "due_at"),
    (_("Late"), "overdue"),
    (_("Driver"), "driver_named"),
)
USERS: Columns = (
    (_("User name"), "username"),
    (_("Name"), "display_name"),
    (_("Role"), "role"),
    (_("Organisation"), "organisation_code"),
    (_("May sign in"), "active"),
    (_("Added"), "created_at"),
    (_("Last signed in"), "last_login_at"),
)
ORGANISATIONS: Columns = (
    (_("Code"), "name.code"),
    (_("Name"), "name"),
    (_("Kind"), "kind"),
    (_("Logins"), "people"),
)
SCALES: Columns = (
    *CODE,
    (_("Facility"), "facility"),
    (_("Accuracy class"), "accuracy_class"),
    (_("Division (kg)"), "division_kg"),
    (_("Capacity (kg)"), "max_kg"),
    (_("Certificate until"), "certificate_valid_to"),
)
TOKENS: Columns = (
    (_("Name"), "name"),
    (_("Acts as"), "user"),
    (_("Scopes"), "scopes"),
    (_("Given"), "created_at"),
    (_("Until"), "expires_at"),
    (_("Revoked"), "revoked_at"),
    (_("Last used"), "last_used_at"),
)
