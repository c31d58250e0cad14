"""Which words do custody, signatures, weighbridges, permits and cases share?

Import-free apart from the standard library, as models/vocabulary.py, whose rules hold here too.
"""

from enum import StrEnum


class Act(StrEnum):
    """What somebody does with a manifest; tracking/rules/custody/arrows.py says who may."""

    DRAW_UP = "draw_up"
    ISSUE = "issue"
    DISCARD = "discard"
    CANCEL = "cancel"
    CANCEL_LOADED = "cancel_loaded"
    LOAD = "load"
    DEPART = "depart"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    STORE = "store"
    RELOAD = "reload"
    ARRIVE = "arrive"
    ACCEPT = "accept"
    PART_ACCEPT = "part_accept"
    REJECT = "reject"
    DISPOSE = "dispose"
    ABORT = "abort"
    REGROUP = "regroup"
    EXPIRE = "expire"
    CLOSE = "close"


class Capacity(StrEnum):
    """As whom somebody signs: which side of the manifest they stand for."""

    ORIGIN = "origin"  # the operator of the place that the load leaves: plant, works, or the site of a child
    CARRIER = "carrier"  # the carrier of the leg in question
    STORE = "store"  # the operator of the transfer station or licensed store
    RECEIVER = "receiver"  # the operator of the destination
    REGULATOR = "regulator"
    MACHINE = "machine"


class SigningMethod(StrEnum):
    """How the signer was known."""

    PASSWORD = "password"  # noqa: S105  own login, proved again for this signature
    RECENT_LOGIN = "recent_login"  # own login, proved again within the last minutes
    ONE_TIME_CODE = "one_time_code"
    API_TOKEN = "api_token"  # noqa: S105  a machine of the signer's organisation
    EMERGENCY_PAPER = "emergency_paper"  # written by hand, typed in afterwards


class Assurance(StrEnum):
    """How sure is it that the signer signed (levels as in ISO/IEC 29115)?"""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ManifestSource(StrEnum):
    """How the manifest got in."""

    LIVE = "live"
    PAPER = "paper"  # loaded as it was reported
    EMERGENCY = "emergency"  # 应急纸质联单补录, in a window that the regulator opened


class CorrectionState(StrEnum):
    """What became of a request for correction."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    WITH_REGULATOR = "with_regulator"  # unanswered for too long


class PaperState(StrEnum):
    """What became of a signature that was typed in from emergency paper."""

    OWN = "own"  # of whoever typed it in: nobody else to ask
    UNCONFIRMED = "unconfirmed"  # the party under whose name it stands has not answered
    CONFIRMED = "confirmed"
    REFUSED = "refused"  # the party says that it did not sign so: the regulator decides
    WITH_REGULATOR = "with_regulator"  # unanswered for too long
    UPHELD = "upheld"  # the regulator found that it was signed so
    STRUCK = "struck"  # the regulator found that it was not


class MoistureMethod(StrEnum):
    """How the moisture was found."""

    OVEN = "oven"  # drying at 103-105 °C to constant mass (CJ/T 221)
    HALOGEN = "halogen"
    MICROWAVE = "microwave"
    ONLINE = "online"
    ESTIMATED = "estimated"


class TicketSource(StrEnum):
    """How a ticket of a scale got in."""

    MANUAL = "manual"
    HTTP = "http"
    AGENT = "agent"


class LicenceKind(StrEnum):
    """What a vehicle needs on the road, and another on the water."""

    ROAD_TRANSPORT = "road_transport"  # 道路运输证
    WATERWAY_TRANSPORT = "waterway_transport"  # 船舶营业运输证


class StockMove(StrEnum):
    """Why a pile grew or shrank."""

    STORED = "stored"
    LOADED = "loaded"
    ACCEPTED = "accepted"
    DISPOSED = "disposed"
    MEASURED = "measured"  # a survey of the pile, entered as the difference to the books


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    WAITING = "waiting"  # somebody was asked and has not answered
    DECIDED = "decided"
    CLOSED = "closed"


class CaseOutcome(StrEnum):
    """What the regulator decided."""

    VIOLATION = "violation"
    NO_VIOLATION = "no_violation"
    NOT_PROVEN = "not_proven"


class CaseAct(StrEnum):
    """What happened in a case."""

    OPENED = "opened"
    FINDING_ADDED = "finding_added"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    ATTACHED = "attached"
    ASKED = "asked"
    ANSWERED = "answered"
    DECIDED = "decided"
    CLOSED = "closed"
    REOPENED = "reopened"


class Scope(StrEnum):
    """What a token of the programming interface may do, within what its owner may."""

    READ = "read"
    MANIFESTS = "manifests"  # draw up, change, issue, cancel; corrections
    SIGN = "sign"  # every act that changes custody
    WEIGHBRIDGE = "weighbridge"  # tickets of scales, moisture tests, laboratory results
    CASES = "cases"
    ADMINISTER = "administer"  # permits, plans, rules, tokens
