"""What do the tables say of every load? Read as plain rows, without the service's own queries and rules.

Masses in kg. A load is *worth* what its paper says of it now, *entered* as what it was loaded with or took
over from its parents, and what *rests* of it is what no departed or loaded child carries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from models.base import Base
from models.custody_words import StockMove
from models.vocabulary import CustodyState, ManifestKind, ReceiptDecision

TABLES = (
    "manifest",
    "leg",
    "manifest_link",
    "custody_event",
    "signature",
    "signed_document",
    "weighing",
    "moisture_test",
    "gate_arrival",
    "receipt",
    "disposal",
    "stock_entry",
    "correction",
    "correction_answer",
    "hold",
    "emergency_window",
    "paper_signature",
    "product_dispatch",
)
"""Everything that a step of custody may write."""
ONLY_GROW = ("custody_event", "signature", "signed_document", "stock_entry", "product_dispatch")

S = CustodyState
DEAD = frozenset({S.CANCELLED, S.EXPIRED})
NOT_LOADED = DEAD | {S.DRAFT, S.ISSUED}
PUT_DOWN = (StockMove.STORED, StockMove.MEASURED)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kg:
    """A mass of sludge, wet and dry."""

    wet: float = 0.0
    dry: float = 0.0

    def __add__(self, other: "Kg") -> "Kg":
        return Kg(self.wet + other.wet, self.dry + other.dry)

    def __sub__(self, other: "Kg") -> "Kg":
        return Kg(self.wet - other.wet, self.dry - other.dry)

    def __abs__(self) -> float:
        """The larger of both differences."""
        return max(abs(self.wet), abs(self.dry))


NOTHING = Kg()


class Books:
    """All rows of one moment, by table and row id."""

    def __init__(self, tables: Mapping[str, Mapping[int, Row]]) -> None:
        self.tables = tables
        self.loads = tables["manifest"]
        self._of: dict[str, dict[int, list[Row]]] = {}
        for name in ("custody_event", "weighing", "moisture_test", "receipt", "disposal", "stock_entry"):
            self._of[name] = grouped(tables[name].values(), "manifest_id")
        links = tables["manifest_link"].values()
        self._out, self._in = grouped(links, "parent_id"), grouped(links, "child_id")

    def rows(self, table: str, load: int) -> list[Row]:
        """Of one load, the oldest first."""
        return self._of[table].get(load, [])

    def state(self, load: int) -> CustodyState:
        state: CustodyState = self.loads[load]["custody_state"]
        return state

    def worth(self, load: int) -> Kg:
        """What its paper says that the load is; in store, what the pile's books say of it."""
        if self.state(load) in NOT_LOADED:
            return NOTHING
        if self.state(load) is S.IN_STORE or self.regrouped_in_store(load):
            return self.put_down(load)
        wet = self.last_net_kg(load)
        return Kg(wet, wet * self.last_dry_fraction(load))

    def entered(self, load: int) -> Kg:
        """What it began as: the parts of its parents, or what was loaded."""
        if self.state(load) in NOT_LOADED:
            return NOTHING
        if self.loads[load]["kind"] is not ManifestKind.NORMAL:
            return summed(self._in[load])
        first, test = self.rows("weighing", load)[0], self.rows("moisture_test", load)[0]
        net = first["gross_kg"] - first["tare_kg"]
        return Kg(net, net * (1 - test["moisture_fraction"]))

    def promised(self, load: int) -> Kg:
        """What children take that were issued and not cancelled."""
        waiting = DEAD | {S.DRAFT}
        return summed(link for link in self._out.get(load, ()) if self.state(link["child_id"]) not in waiting)

    def gone(self, load: int) -> Kg:
        """What children took that were loaded and not cancelled."""
        return summed(
            link for link in self._out.get(load, ()) if self.state(link["child_id"]) not in NOT_LOADED
        )

    def waiting_children(self, load: int) -> list[int]:
        """Children that may still leave, or be cancelled."""
        before = (S.ISSUED, S.LOADED)
        links = self._out.get(load, ())
        return [link["child_id"] for link in links if self.state(link["child_id"]) in before]

    def passable(self, load: int) -> Kg:
        """What of it may travel on under children: all of what stands, or what was refused."""
        receipt = self.decision(load)
        if receipt is None:
            stands = {S.AT_TRANSFER, S.IN_STORE, S.ABORTED, S.REGROUPED, S.CLOSED}
            return self.worth(load) if self.state(load) in stands else NOTHING
        if receipt["decision"] is ReceiptDecision.REJECTED:
            return self.worth(load)
        if receipt["decision"] is ReceiptDecision.ACCEPTED:
            return NOTHING
        wet: float = receipt["refused_kg"]
        return Kg(wet, wet * self.last_dry_fraction(load))

    def accepted(self, load: int) -> Kg:
        """What the receiver took."""
        receipt = self.decision(load)
        wet = 0.0 if receipt is None else receipt["accepted_kg"] or 0.0
        return Kg(wet, wet * self.last_dry_fraction(load) if wet else 0.0)

    def decision(self, load: int) -> Row | None:
        receipts = self.rows("receipt", load)
        return receipts[-1] if receipts else None

    def in_piles(self, load: int) -> Kg:
        """What the ledgers of all piles hold of it now."""
        return summed(self.rows("stock_entry", load))

    def put_down(self, load: int) -> Kg:
        """What lay in store before any child took of it, since it was put down last."""
        entries = self.rows("stock_entry", load)
        starts = [index for index, each in enumerate(entries) if each["move"] is StockMove.STORED]
        return summed(each for each in entries[starts[-1] :] if each["move"] in PUT_DOWN)

    def regrouped_in_store(self, load: int) -> bool:
        """Did it end by being passed on out of a store?"""
        ends = [row for row in self.rows("custody_event", load) if row["to_state"] is S.REGROUPED]
        return bool(ends) and ends[0]["from_state"] is S.IN_STORE

    def last_net_kg(self, load: int) -> float:
        row = self.rows("weighing", load)[-1]
        net: float = row["gross_kg"] - row["tare_kg"]
        return net

    def last_dry_fraction(self, load: int) -> float:
        fraction: float = 1.0 - self.rows("moisture_test", load)[-1]["moisture_fraction"]
        return fraction

    def put_right(self, load: int) -> bool:
        """Was its mass corrected or surveyed, so that it need not be what it began as?"""
        surveyed = any(row["move"] is StockMove.MEASURED for row in self.rows("stock_entry", load))
        return surveyed or self.loads[load]["version"] > 1


def read_books(engine: Engine) -> Books:
    """The committed rows as they are."""
    with engine.connect() as connection:
        return Books({name: by_id(connection, Base.metadata.tables[name]) for name in TABLES})


def by_id(connection: Connection, table: Table) -> Mapping[int, Row]:
    rows = connection.execute(select(table).order_by(table.c.id)).mappings()
    return {row["id"]: dict(row) for row in rows}


def grouped(rows: Iterable[Row], column: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def summed(rows: Iterable[Row]) -> Kg:
    total = NOTHING
    for row in rows:
        total += Kg(row["wet_kg"], row["dry_kg"])
    return total
