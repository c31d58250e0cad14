"""How does a town haul sludge on a database of its own, every call in a transaction as the service has it?"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.session import open_engine, read_sessions, write_sessions
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind, Mode, Role
from tests import factories as make
from tests.tracking.custody.books import Books, Row, read_books
from tests.tracking.custody.haulage import Haulage, haulage
from tracking.operations.custody.draw_up import LegDraft, ManifestDraft, PartDraft
from tracking.operations.custody.refusals import CustodyRefused
from tracking.operations.custody.sign import codes_of
from tracking.operations.custody.take_step import Seen, take_step
from tracking.queries.custody_facts import custody_by_id
from tracking.rules.custody.content import content_of
from tracking.rules.custody.facts import Given, Weighed
from tracking.rules.custody.fields import value_in

DRY = 0.21
TARE_KG = 11_000.0
PEOPLE = ("plant", "driver", "dispatcher", "master", "shipper", "store", "gate", "regulator")
BEGINS = (Act.DEPART, Act.TAKE_OVER, Act.CANCEL_LOADED)
AT_THE_GATE = (Act.ARRIVE, Act.ACCEPT, Act.PART_ACCEPT, Act.REJECT, Act.DISPOSE)
S = CustodyState


class Traffic:
    """The town of haulage.py on an engine, with what its tables said after the last call."""

    def __init__(self, database_url: str) -> None:
        self.engine: Engine = open_engine(database_url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", without_syncing)
        with write_sessions(self.engine).begin() as session:
            self.town: Haulage = haulage(session)
            people = self.town.people
            people["shipper"] = make.user(session, Role.HAULER, self.town.water_org)
        self.books: Books = read_books(self.engine)
        self.refused: CustodyRefused | None = None
        owners = ("plant", "driver", "master", "store", "gate")
        self.people_of = {self.town.people[who].organisation_id: who for who in owners}

    def attempt(self, call: Callable[[Session], object], *, kept: bool = False) -> bool:
        """Call it in a transaction: done, or refused without a trace.

        kept: commit even what was refused; a call that promises to change nothing has changed nothing then.
        """
        before, self.refused = self.books, None
        try:
            with write_sessions(self.engine).begin() as session:
                self.town.session = session
                try:
                    call(session)
                except CustodyRefused as refused:
                    self.refused = refused
                    if not kept:
                        raise
        except CustodyRefused:
            pass
        self.books = read_books(self.engine)
        if self.refused is not None:
            assert self.books.tables == before.tables, f"refused, and rows changed: {self.refused}"
        return self.refused is None

    def sign(self, load: int, act: Act, who: str, given: Given, seen: Seen | None = None) -> bool:
        """`who` signs an act of a load."""
        town = self.town
        number, viewer, signer = self.number(load), town.viewer(who), town.signer(who)
        return self.attempt(
            lambda session: take_step(session, number, act, viewer, signer, given, town.setting(), seen),
            kept=True,
        )

    def number(self, load: int) -> str:
        number: str = self.books.loads[load]["number"]
        return number

    def given(self, load: int, act: Act, share: float = 0.5, factor: float = 1.0) -> Given:
        """What an honest signer gives with an act; factor: of the mass on the scale."""
        worth = self.books.worth(load)
        parts = [link for link in self.books.tables["manifest_link"].values() if link["child_id"] == load]
        wet, dry = worth.wet, worth.dry
        if act is Act.LOAD and parts:
            wet, dry = (sum(part[column] for part in parts) for column in ("wet_kg", "dry_kg"))
        elif act is Act.LOAD:
            wet = self.books.loads[load]["planned_kg"] or 1_000.0
            dry = wet * DRY
        weighed = self.weighed(wet * factor, dry / wet if wet else DRY)
        return Given(
            at=self.town.now,
            weighed=None if act in (Act.HAND_OVER, Act.TAKE_OVER, Act.ARRIVE, Act.DEPART) else weighed,
            refused_kg=wet * factor * share if act is Act.PART_ACCEPT else None,
            reason="as it was found",
            pile="A1" if act is Act.STORE else None,
            method=DisposalMethod.INCINERATION,
        )

    def weighed(self, net_kg: float, dry_fraction: float) -> Weighed:
        moisture = min(max(1 - dry_fraction, 0.0), 0.999)
        return Weighed(
            at=self.town.now, gross_kg=TARE_KG + net_kg, tare_kg=TARE_KG, moisture_fraction=moisture
        )

    def signer_of(self, load: int, act: Act) -> str:
        """Who has to sign it by the paper."""
        row = self.books.loads[load]
        legs = [leg for leg in self.books.tables["leg"].values() if leg["manifest_id"] == load]
        seq = row["leg_seq"] + (1 if act in BEGINS else 0)
        leg = next((each for each in legs if each["seq"] == seq), legs[-1])
        if act in AT_THE_GATE:
            return self.owner_of(row["received_at_id"] or row["destination_id"])
        if act in (Act.STORE, Act.RELOAD):
            return self.owner_of(leg["to_id"])
        if act in (Act.DEPART, Act.HAND_OVER, Act.TAKE_OVER, Act.ABORT):
            return self.people_of[leg["carrier_id"]]
        if act is Act.CANCEL_LOADED and row["issuer_id"] in self.signed_cancelling(load):
            return self.people_of[leg["carrier_id"]]
        who = self.people_of[row["issuer_id"]]
        return {"driver": "dispatcher", "master": "shipper"}.get(who, who)

    def signed_cancelling(self, load: int) -> set[int]:
        signatures = self.books.tables["signature"].values()
        found = [row for row in signatures if row["manifest_id"] == load and row["act"] is Act.CANCEL_LOADED]
        return {row["organisation_id"] for row in found}

    def owner_of(self, facility_id: int) -> str:
        """The person at the gate of a facility."""
        town = self.town
        places = (town.plant, town.wharf, town.far_wharf, town.store, town.site)
        owners = {place.id: place.organisation_id for place in places}
        return self.people_of[owners[facility_id]]

    def draft(self, way: str, net_kg: float) -> ManifestDraft:
        """An ordinary manifest from the plant: straight, by water, or through the store."""
        town = self.town
        legs = {"water": town.by_water(), "store": town.by_store()}.get(way)
        return town.draft(planned_kg=net_kg, **({} if legs is None else {"legs": legs}))

    def child_draft(self, kind: ManifestKind, parts: list[tuple[int, float]]) -> tuple[str, ManifestDraft]:
        """Who issues a child of these loads, from where the first one is; shares of what is left of each."""
        town, (first, _share) = self.town, parts[0]
        row = self.books.loads[first]
        leg = self.leg_of(first, row["leg_seq"])
        state = row["custody_state"]
        standing = state in (S.AT_TRANSFER, S.IN_STORE)
        if leg is not None and standing:
            place_id, who = leg["to_id"], "store"
        elif leg is not None and state is S.ABORTED:
            place_id, who = leg["from_id"], "dispatcher"
        else:
            place_id = row["received_at_id"] or row["destination_id"]
            who = self.owner_of(place_id)
        origin = self.code_of(place_id)
        destination = town.plant.code if kind is ManifestKind.RETURN else town.site.code
        taken = tuple(PartDraft(self.number(load), self.part_kg(load, share)) for load, share in parts)
        legs = (LegDraft(Mode.ROAD, town.far_truck.code, origin, destination),)
        given: dict[str, Any] = {"origin": origin, "destination": destination, "legs": legs}
        return who, town.draft(kind=kind, parents=taken, place=(31.0, 120.1), **given)

    def part_kg(self, load: int, share: float) -> float:
        """A share of what no child has been promised yet; of nothing, a tonne all the same."""
        left = self.books.passable(load).wet - self.books.promised(load).wet
        return round(left * share, 1) if left > 1 else 1_000.0

    def beside(self, first: int, second: int) -> bool:
        """Do two loads lie in the same store, or stand at the same node?"""
        rows = [self.books.loads[each] for each in (first, second)]
        places = [leg["to_id"] for row in rows for leg in [self.leg_of(row["id"], row["leg_seq"])] if leg]
        return first != second and len(places) == 2 and places[0] == places[1]

    def leg_of(self, load: int, seq: int) -> Row | None:
        legs = self.books.tables["leg"].values()
        return next((leg for leg in legs if (leg["manifest_id"], leg["seq"]) == (load, seq)), None)

    def code_of(self, facility_id: int) -> str:
        town = self.town
        places = (town.plant, town.wharf, town.far_wharf, town.store, town.site)
        return next(place.code for place in places if place.id == facility_id)

    def value_of(self, load: int, field: str) -> object:
        """What the signed content says in a field."""
        with read_sessions(self.engine)() as session:
            custody = custody_by_id(session, load)
            assert custody is not None
            return value_in(content_of(custody, codes_of(session, custody)), field)

    def pile_kg(self, pile: str) -> float:
        """What the ledger of a pile of the store holds."""
        entries = self.books.tables["stock_entry"].values()
        mine = [row for row in entries if (row["facility_id"], row["pile"]) == (self.town.store.id, pile)]
        wet: float = sum(row["wet_kg"] for row in mine)
        return max(wet, 0.0)

    def look(self) -> None:
        """Read the tables again, after something that no call of `attempt` did."""
        self.books = read_books(self.engine)

    def close(self) -> None:
        self.engine.dispose()


def without_syncing(connection: Any, _record: Any) -> None:
    """Nothing here has to survive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")
