"""How does a page reach the database? One reading session a request; each writing is a transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.session import look_sessions, prompt_sessions, read_sessions, write_sessions


def reading() -> Session:
    """The session of this request: one consistent snapshot, closed when the request ends."""
    if "reading" not in g:
        g.reading = sessions(read_sessions)()
    session: Session = g.reading
    return session


def looking() -> AbstractContextManager[Session]:
    """`with looking() as session`: one statement, no snapshot."""
    return sessions(look_sessions)()


def writing(*, prompt: bool = True) -> AbstractContextManager[Session]:
    """`with writing() as session`: commits at the end, rolls back on an exception.

    What the request was reading ends first: a request that held two connections at once could wait for ever
    for one that others like it hold. What it reads afterwards shows what was written. `prompt`: it takes
    milliseconds, and must not commit late; what takes in whole files of positions may take longer.
    """
    close_sessions()
    return sessions(prompt_sessions if prompt else write_sessions).begin()


def sessions(kind: Callable[[Engine], sessionmaker[Session]]) -> sessionmaker[Session]:
    """Those of this service, made once: an engine with options of its own copies every listener."""
    known: dict[object, sessionmaker[Session]] = current_app.extensions.setdefault("sessions", {})
    engine = current_app.extensions["engine"]
    if (engine, kind) not in known:
        known[engine, kind] = kind(engine)
    return known[engine, kind]


def close_sessions(_error: BaseException | None = None) -> None:
    """Close what the request opened."""
    session: Session | None = g.pop("reading", None)
    if session is not None:
        session.close()
