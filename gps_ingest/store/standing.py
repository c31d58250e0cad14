"""Which devices of open sessions are still those that proved themselves?

A session ends when an administrator took the device out of service, or gave, took away or cleared its token
since (Device.token_issue). A fresh token that a terminal got by registering again ends none: the terminal
has the new connection, and two that use one number have to be seen side by side (cloned_device).
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.store.many_values import is_among
from models.fleet import Device


def token_issues(session: Session, codes: Collection[str]) -> dict[str, int]:
    """The present issue of the token of each device among `codes` that is in service."""
    wanted = is_among(session, Device.code, sorted(codes))
    found = session.execute(select(Device.code, Device.token_issue).where(wanted, Device.active))
    return {row.code: row.token_issue for row in found}
