"""How fast can this engine commit the rows that steps of custody leave behind? Bare statements, no rule.

A step leaves behind the manifest with its leg (of the first), the changed manifest, its event, signature and
document, its weighing and moisture test, the mark for the analysis and the kept answer. Writers are as many
as the service has threads; each transaction is one step, durable as the service's own.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select, update

from models.api_access import IdempotentCall
from models.base import Base
from models.journeys import ManifestMark
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Weighing
from models.session import open_engine
from models.signatures import Signature, SignedDocument

WRITERS, ROUNDS = 8, 40
BARE = "bare-"
Row = dict[str, Any]
STEP_TABLES = (SignedDocument, Signature, CustodyEvent, Weighing, MoistureTest)


class Pattern:
    """The rows of one load that the service has hauled, without their ids."""

    def __init__(self, engine: Engine) -> None:
        with engine.connect() as connection:
            chosen = select(Manifest.__table__).where(~Manifest.number.startswith(BARE)).limit(1)
            self.manifest = dict(connection.execute(chosen).mappings().one())
            manifest_id = self.manifest.pop("id")
            self.leg = rows_of(connection, Leg, manifest_id)[0]
            self.call = dict(connection.execute(select(IdempotentCall.__table__).limit(1)).mappings().one())
            self.call.pop("id")
            self.rows = {each: rows_of(connection, each, manifest_id) for each in STEP_TABLES}
        documents = [row["document_id"] for row in self.rows[Signature]]
        self.document_of_step = [sorted(set(documents)).index(each) for each in documents]


def rows_of(connection: Connection, table: type[Base], manifest_id: int) -> list[Row]:
    """The rows of a load in one table."""
    columns = table.__table__.c
    query = select(table.__table__).where(columns.manifest_id == manifest_id).order_by(columns.id)
    found = [dict(row) for row in connection.execute(query).mappings()]
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


def bare_rate(url: str) -> float:
    """Committed steps/s of bare transactions; their manifests' numbers begin with BARE."""
    engine = open_engine(url)
    pattern = Pattern(engine)
    writing = engine.execution_options(writes=True)
    steps, loads = len(pattern.rows[Signature]), WRITERS * ROUNDS
    write_load(writing, pattern)  # statements are compiled once
    began = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write_load, writing, pattern) for _ in range(loads)]:
            done.result()
    seconds = time.perf_counter() - began
    engine.dispose()
    return loads * steps / seconds


def write_load(engine: Engine, pattern: Pattern) -> None:
    """All steps of one load, each committed on its own."""
    manifest = pattern.manifest | {"number": BARE + uuid4().hex}
    documents: list[int] = []
    with engine.begin() as connection:
        manifest_id = added(connection, Manifest, manifest)
        added(connection, Leg, pattern.leg | {"manifest_id": manifest_id})
        connection.execute(insert(ManifestMark).values(manifest_id=manifest_id, dirty=True, changes=1))
        added(connection, CustodyEvent, pattern.rows[CustodyEvent][0] | {"manifest_id": manifest_id})
        write_step(connection, pattern, manifest_id, 0, documents)
    for step in range(1, len(pattern.rows[Signature])):
        with engine.begin() as connection:
            changed = {"custody_state": manifest["custody_state"], "updated_at": manifest["updated_at"]}
            connection.execute(update(Manifest).where(Manifest.id == manifest_id).values(changed))
            mark = update(ManifestMark).where(ManifestMark.manifest_id == manifest_id)
            connection.execute(mark.values(changes=ManifestMark.changes + 1))
            write_step(connection, pattern, manifest_id, step, documents)


def write_step(
    connection: Connection, pattern: Pattern, manifest_id: int, step: int, documents: list[int]
) -> None:
    """What every step adds; the second and the last weigh."""
    own = {"manifest_id": manifest_id}
    place, before = pattern.document_of_step[step], pattern.document_of_step[:step]
    document = documents[-1] if place in before else None
    if document is None:  # who signs what was signed before adds no document
        document = added(connection, SignedDocument, pattern.rows[SignedDocument][place] | own)
        documents.append(document)
    added(connection, Signature, pattern.rows[Signature][step] | own | {"document_id": document})
    added(connection, CustodyEvent, pattern.rows[CustodyEvent][step + 1] | own)
    weighed = {1: 0, len(pattern.rows[Signature]) - 1: 1}.get(step)
    if weighed is not None:
        added(connection, Weighing, pattern.rows[Weighing][weighed] | own)
        added(connection, MoistureTest, pattern.rows[MoistureTest][weighed] | own)
    added(connection, IdempotentCall, pattern.call | {"key": uuid4().hex})


def added(connection: Connection, table: type[Base], row: Row) -> int:
    """The id of an inserted row."""
    key = connection.execute(insert(table), row).inserted_primary_key
    assert key is not None
    return int(key[0])
