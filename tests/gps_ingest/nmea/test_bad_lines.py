"""May a known receiver fill the raw store with garbage? Only to its share, and its fixes still count."""

import asyncio

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.nmea_sentences import sealed
from gps_ingest.gateways import nmea
from gps_ingest.gateways.nmea_bad_lines import HOUR_S, BadLines
from gps_ingest.store.devices import issue_token
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.edges import PATIENCE_S, fixes, raws, running
from tests.gps_ingest.nmea.receiving import RMC, lines, rmc

MOST = 3
BAD_LINES = {
    "bad_checksum": RMC[:-2] + b"00",
    "not_a_sentence": b"garbage",
    "unreadable": rmc(lat="9999.0000"),
}


def test_an_hour_has_its_share_for_each_receiver() -> None:
    bad = BadLines(2)
    assert [bad.may_keep("N1", 10.0 + each) for each in range(4)] == [True, True, False, False]
    assert bad.may_keep("N2", 20.0)
    assert bad.may_keep("N1", HOUR_S + 1.0)


def test_it_is_logged_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    bad = BadLines(1)
    for each in range(5):
        bad.may_keep("N1", float(each))
    assert [record.getMessage() for record in caplog.records] == [
        "device N1: more than 1 bad lines in an hour"
    ]


@pytest.mark.parametrize("reason", BAD_LINES)
def test_a_flood_of_bad_lines_is_kept_to_its_share_over_all_connections(engine: Engine, reason: str) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code="N1", protocol=Protocol.NMEA)
        token = issue_token(session, "N1")
    flood = [BAD_LINES[reason] + (b"" if b"*" in BAD_LINES[reason] else b"%d" % each) for each in range(5)]

    async def talk() -> None:
        async with running(engine, nmea.start) as gateway:
            gateway.edge.bad_lines = BadLines(MOST)
            for time in ("120000.00", "120001.00"):
                reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
                writer.write(f"$PSLUD,N1,{token}\r\n".encode() + lines(*flood, rmc(time=time)))
                told = b"$" + sealed("PSLUD,OK,6") + b"\r\n"  # what is not kept is settled too
                async with asyncio.timeout(PATIENCE_S):
                    while await reader.readline() != told:
                        pass
                writer.close()
            assert gateway.rejected(reason) == 10
            assert gateway.rejected("bad_line_not_kept") == 10 - MOST

    asyncio.run(talk())
    kept = [line for raw in raws(engine) for line in raw.body.split(b"\n")]
    assert (len(kept), len(fixes(engine))) == (MOST + 2, 2)
