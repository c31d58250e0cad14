"""How does a page reach the database? One reading session a request; each writing is a transaction."""

from contextlib import AbstractContextManager

from flask import current_app, g
from sqlalchemy.orm import Session

from models.session import read_sessions, write_sessions


def reading() -> Session:
    """The session of this request: one consistent snapshot, closed when the request ends."""
    if "reading" not in g:
        g.reading = read_sessions(current_app.extensions["engine"])()
    session: Session = g.reading
    return session


def writing() -> AbstractContextManager[Session]:
    """`with writing() as session`: commits at the end, rolls back on an exception.

    What the request was reading ends first: a request that held two connections at once could wait for ever
    for one that others like it hold. What it reads afterwards shows what was written.
    """
    close_sessions()
    return write_sessions(current_app.extensions["engine"]).begin()


def close_sessions(_error: BaseException | None = None) -> None:
    """Close what the request opened."""
    session: Session | None = g.pop("reading", None)
    if session is not None:
        session.close()
