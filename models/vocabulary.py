"""Which words, units and bounds does the whole system share?

Import-free apart from the standard library. Every enum here is a closed list of the design
(DOMAIN.md, SCENARIO.md); the text of a member is what is stored and exchanged. Members of
different enums that share a text compare equal at run time, so compare an enum only with its
own kind.
"""

from enum import IntFlag, StrEnum

# Units ------------------------------------------------------------------------------------------
MS_PER_S = 1000
E7 = 10_000_000  # positions are stored as integers of 1e-7 degree: 1.1 cm, finer than any device
HIDDEN = "***"  # stands in a text figure for a manifest or vehicle that the reader may not know
T80_DRY_FRACTION = 0.2  # dry fraction of the 80 % moisture cake in which Chinese statistics count


class OrganisationKind(StrEnum):
    """单位类别."""

    PLANT_OPERATOR = "plant_operator"
    WORKS_OPERATOR = "works_operator"
    HAULER = "hauler"
    SITE_OPERATOR = "site_operator"
    REGULATOR = "regulator"


class Role(StrEnum):
    """What a signed-in person may see and do; the table of rights is web/rights.py."""

    REGULATOR = "regulator"
    PLANT = "plant"
    HAULER = "hauler"
    DRIVER = "driver"  # 驾驶员/船长 of a hauler: the own trips only
    SITE = "site"
    ADMINISTRATOR = "administrator"


class FacilityKind(StrEnum):
    """设施类别. `works` (施工点) moves and so has a validity."""

    PLANT = "plant"
    WORKS = "works"
    SITE = "site"
    TRANSFER = "transfer"
    STORE = "store"
    DEPOT = "depot"
    PERMITTED_STOP = "permitted_stop"


ORIGIN_KINDS = frozenset({FacilityKind.PLANT, FacilityKind.WORKS, FacilityKind.TRANSFER, FacilityKind.STORE})
"""Places at which a vehicle can take on sludge."""
RECEIVING_KINDS = frozenset({FacilityKind.SITE, FacilityKind.TRANSFER, FacilityKind.STORE})
"""Places at which a vehicle can put sludge down."""
NODE_KINDS = ORIGIN_KINDS | RECEIVING_KINDS
"""Places between which trips are cut; depots and permitted stops only excuse a stop."""


class DisposalMethod(StrEnum):
    """处置方式."""

    LANDFILL = "landfill"
    INCINERATION = "incineration"
    CO_PROCESSING = "co_processing"
    COMPOSTING = "composting"
    LAND_USE = "land_use"
    BUILDING_MATERIAL = "building_material"
    DREDGED_TREATMENT = "dredged_treatment"


class Mode(StrEnum):
    """How a leg is carried."""

    ROAD = "road"
    WATER = "water"


class SludgeKind(StrEnum):
    """污泥种类."""

    DEWATERED = "dewatered"
    DRIED = "dried"
    LIQUID = "liquid"
    DREDGED = "dredged"


class ManifestKind(StrEnum):
    """联单种类: an ordinary one, or the child of others whose load it carries on."""

    NORMAL = "normal"
    RETURN = "return"  # 退回: refused, back to where it came from
    ALTERNATE = "alternate"  # 改送: refused or aborted, to another receiver
    RESCUE = "rescue"  # 救援: from a vehicle that broke down
    SPLIT = "split"  # 拆分: a part of one load
    GROUP = "group"  # 合并: parts of several loads


class CustodyState(StrEnum):
    """Where the load is in its life (DOMAIN.md section 5)."""

    DRAFT = "draft"
    ISSUED = "issued"
    LOADED = "loaded"
    IN_TRANSIT = "in_transit"
    AT_TRANSFER = "at_transfer"
    IN_STORE = "in_store"
    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    PART_ACCEPTED = "part_accepted"
    REJECTED = "rejected"
    DISPOSED = "disposed"
    CLOSED = "closed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    REGROUPED = "regrouped"  # split or grouped: all of it travels on under children


class ReceiptDecision(StrEnum):
    """What the receiver decided about the load."""

    ACCEPTED = "accepted"
    PART_ACCEPTED = "part_accepted"
    REJECTED = "rejected"


class WeighingRole(StrEnum):
    """Which end of the way a weighing belongs to."""

    LOADED = "loaded"
    HANDOVER = "handover"  # as the giver of a leg hands over
    TAKEN = "taken"  # as the taker of the next leg takes over
    RECEIVED = "received"


class VerdictValue(StrEnum):
    """判定: set by the machine only."""

    PENDING = "pending"
    CONSISTENT = "consistent"
    INSUFFICIENT = "insufficient"
    CONTRADICTED = "contradicted"


class FindingKind(StrEnum):
    """异常种类: the closed list of SCENARIO.md."""

    GHOST_TRIP = "ghost_trip"
    PHANTOM_MANIFEST = "phantom_manifest"
    WRONG_VEHICLE = "wrong_vehicle"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    WRONG_DESTINATION = "wrong_destination"
    SHARED_TRIP = "shared_trip"
    NOT_PERMITTED = "not_permitted"
    NO_DWELL = "no_dwell"
    OVERDUE = "overdue"
    OFF_ROUTE = "off_route"
    UNPLANNED_STOP = "unplanned_stop"
    RENDEZVOUS = "rendezvous"
    SIGNAL_GAP = "signal_gap"
    TELEPORT = "teleport"
    FROZEN_POSITION = "frozen_position"
    REPLAYED_TRACK = "replayed_track"
    CLONED_DEVICE = "cloned_device"
    CLOCK_SKEW = "clock_skew"
    DATUM_SHIFT = "datum_shift"
    DEVICE_TAMPER = "device_tamper"
    HANDOVER_MISMATCH = "handover_mismatch"
    WET_GAP = "wet_gap"
    DRY_GAP = "dry_gap"
    DILUTION = "dilution"
    OVERLOAD = "overload"
    TARE_DRIFT = "tare_drift"
    REPEATED_WEIGHT = "repeated_weight"
    MOISTURE_OVER_LIMIT = "moisture_over_limit"
    SKIMMING = "skimming"
    PLANT_IMBALANCE = "plant_imbalance"
    SITE_IMBALANCE = "site_imbalance"
    OVER_CAPACITY = "over_capacity"


class Severity(StrEnum):
    """How much a confirmed finding would matter; the rank in the queue is the score."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class DecisionOutcome(StrEnum):
    """What an inspector said of a finding."""

    CONFIRM = "confirm"
    EXPLAIN = "explain"
    DISMISS = "dismiss"


class Protocol(StrEnum):
    """How a device speaks (INGEST.md, Formats)."""

    JSON = "json"
    GPX = "gpx"
    CSV = "csv"
    GEOJSON = "geojson"
    OSMAND = "osmand"
    OWNTRACKS = "owntracks"
    MQTT = "mqtt"
    NMEA = "nmea"
    AIS = "ais"
    JT808 = "jt808"
    JT809 = "jt809"


class RecordKind(StrEnum):
    """What a device reported besides its position."""

    WAYBILL = "waybill"  # 电子运单, JT/T 808 0x0701
    DRIVER_CARD = "driver_card"  # 驾驶员身份信息, JT/T 808 0x0702


class LoadState(StrEnum):
    """JT/T 808 status bits 8-9."""

    EMPTY = "empty"
    HALF = "half"
    FULL = "full"


class Datum(StrEnum):
    """Which coordinates a device sends."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class RawStatus(StrEnum):
    """What became of a raw message."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


class ReleaseDecision(StrEnum):
    """What an administrator decided about a message that waited in quarantine."""

    RELEASED = "released"  # taken as if it came now
    REJECTED = "rejected"  # nothing of it is taken; its bytes stay


class Doubt(IntFlag):
    """Named reasons to distrust a fix; the row is kept, the reason is recorded (INGEST.md)."""

    NONE = 0
    RANGE = 1
    SWAPPED_AXES = 2
    FUTURE = 4
    LATE = 8
    RECONSTRUCTED = 16
    CLOCK_SKEW = 32
    TELEPORT = 64
    FROZEN_POSITION = 128
    LOW_QUALITY = 256
    DATUM_SHIFT = 512
    REPLAYED_TRACK = 1024
    CLONED_DEVICE = 2048
    TAMPER = 4096
    WEEK_ROLLOVER = 8192
    NOT_FIXED = 16384


UNUSABLE_DOUBTS = Doubt.RANGE | Doubt.SWAPPED_AXES | Doubt.FUTURE | Doubt.NOT_FIXED | Doubt.FROZEN_POSITION
"""A fix with one of these says nothing about where the vehicle was; rules on tracks pass it over."""
