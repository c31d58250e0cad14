"""How does a terminal say who it is, and what does it hear? Registration, authentication, heartbeat, logout.

What is asked before the answer is in the database; the terminal's other messages wait meanwhile.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from gps_ingest.decoders.jt808.frames import Frame
from gps_ingest.decoders.jt808.message_ids import MessageId, RegisterResult, Result
from gps_ingest.decoders.jt808.messages import decode_message, profile_of
from gps_ingest.decoders.jt808.registrations import UnreadableBody, read_registration, read_token
from gps_ingest.store.acceptance import Arrival
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.registration import Verdict

if TYPE_CHECKING:
    from gps_ingest.gateways.jt808_terminal import Terminal

log = logging.getLogger(__name__)

NOT_AUTHENTICATED = "the terminal did not authenticate"
REGISTER_RESULTS = {
    Verdict.ADMITTED: RegisterResult.DONE,
    Verdict.UNKNOWN: RegisterResult.NO_SUCH_TERMINAL,
    Verdict.OTHER_TERMINAL: RegisterResult.TERMINAL_TAKEN,
    Verdict.AGAIN: RegisterResult.TERMINAL_TAKEN,
}


def heartbeat(terminal: "Terminal", frame: Frame, now: datetime) -> None:
    """0x0002: there is nothing to keep, so it is answered at once."""
    terminal.reply(terminal.answers.general(frame, Result.DONE))


def tell_time(terminal: "Terminal", frame: Frame, now: datetime) -> None:
    """0x0004: also before the login, because a terminal without the time cannot tell when it was where."""
    terminal.reply(terminal.answers.time(frame, now))


def pass_over(terminal: "Terminal", frame: Frame, now: datetime) -> None:
    """0x0001: an answer is not answered."""


def log_out(terminal: "Terminal", frame: Frame, now: datetime) -> None:
    """0x0003: the terminal has to authenticate again before it is believed."""
    if terminal.is_own(frame):
        terminal.known, terminal.began_at = False, terminal.heard_at
    terminal.reply(terminal.answers.general(frame, Result.DONE))


def register(terminal: "Terminal", frame: Frame, now: datetime) -> None:
    """0x0100."""
    try:
        identity = read_registration(frame).identity
    except UnreadableBody:
        terminal.reject("registration")
        terminal.reply(terminal.answers.general(frame, Result.FAULTY))
        return
    terminal.ask(_register(terminal, frame, identity))


async def _register(terminal: "Terminal", frame: Frame, identity: str) -> None:
    answer = await terminal.jt808.admission.register(frame.device_code, identity)
    log.info("terminal %s registers from %s: %s", frame.device_code, terminal.source, answer.verdict.value)
    if answer.verdict is not Verdict.ADMITTED:
        terminal.reject(f"register_{answer.verdict.value}")
    elif answer.again:
        terminal.jt808.context.metrics.registered_again.inc()
        log.warning("terminal %s registers again from %s", frame.device_code, terminal.source)
    terminal.reply(terminal.answers.registered(frame, REGISTER_RESULTS[answer.verdict], answer.token))


def authenticate(terminal: "Terminal", frame: Frame, now: datetime) -> None:
    """0x0102: with the token of the registration, or the connection ends."""
    try:
        token = read_token(frame)
    except UnreadableBody:
        token = b""
    terminal.ask(_authenticate(terminal, frame, token, now))


async def _authenticate(terminal: "Terminal", frame: Frame, token: bytes, now: datetime) -> None:
    admitted = await terminal.jt808.admission.authenticate(frame.device_code, token, now)
    if admitted is None:
        log.info("terminal %s does not prove itself from %s", frame.device_code, terminal.source)
        terminal.reply(terminal.answers.general(frame, Result.FAILED))
        terminal.flush()
        terminal.hang_up("wrong_token")
        return
    terminal.known, terminal.profile = True, profile_of(admitted.reception)
    terminal.token_issue = admitted.token_issue
    terminal.phone, terminal.code = frame.phone, frame.device_code
    terminal.reply(terminal.answers.general(frame, Result.DONE))


def take_unproven(terminal: "Terminal", frame: Frame, message: Message) -> None:
    """A position of somebody who proved nothing waits in quarantine, as long as there is room."""
    terminal.reject("not_authenticated")
    terminal.ask(_keep_unproven(terminal, frame, message))


async def _keep_unproven(terminal: "Terminal", frame: Frame, message: Message) -> None:
    if not await terminal.jt808.admission.has_room(message.device_code, message.source):
        terminal.reject("no_room")
        terminal.reply(terminal.answers.general(frame, Result.FAILED))
        return
    decoded = decode_message(frame, terminal.jt808.usual_profile)
    terminal.submit(Arrival(message, decoded, distrust=NOT_AUTHENTICATED), frame, Result.DONE)


CONVERSATION: dict[int, Callable[["Terminal", Frame, datetime], None]] = {
    MessageId.TERMINAL_ANSWER: pass_over,
    MessageId.HEARTBEAT: heartbeat,
    MessageId.LOGOUT: log_out,
    MessageId.ASK_TIME: tell_time,
    MessageId.REGISTER: register,
    MessageId.AUTHENTICATE: authenticate,
}
"""Messages of which nothing is kept."""
