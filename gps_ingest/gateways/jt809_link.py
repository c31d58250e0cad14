"""What does our platform do with each message of another? One connection of the JT/T 809 gateway.

Before its login a platform may do nothing else. Afterwards positions are kept; the protocol has no answer to
them. What a platform says of a vehicle that is not registered waits in quarantine.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gps_ingest.decoders.fix_batch import Decoded, RowBatch
from gps_ingest.decoders.jt809 import PLACE, Positions, UnreadableVehicle, read_vehicle
from gps_ingest.decoders.jt809_cipher import disguised
from gps_ingest.decoders.jt809_frames import (
    VEHICLE_MESSAGES,
    Edition,
    Frame,
    FrameRefused,
    FrameStream,
    is_of_vehicle,
    read_frame,
    written,
)
from gps_ingest.decoders.reception import Reception
from gps_ingest.gateways.connections import Connection
from gps_ingest.gateways.jt809_login import RESULTS, LoginResult, answer_body, read_login
from gps_ingest.gateways.questions import DatabaseAway, ask
from gps_ingest.store.acceptance import Acceptance, Arrival
from gps_ingest.store.platforms import Verdict, log_in
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.roster import RosteredDevice
from gps_ingest.store.watermarks import to_ms
from models.values import Refusal
from models.vocabulary import Protocol

if TYPE_CHECKING:
    from gps_ingest.gateways.jt809 import Jt809House

LOGIN, LOGIN_ANSWER = 0x1001, 0x1002
LOGOUT, LOGOUT_ANSWER = 0x1003, 0x1004
HEARTBEAT, HEARTBEAT_ANSWER = 0x1005, 0x1006
CLOSING_NOTICES = (0x1007, 0x1008)  # they need no answer
VEHICLE_INFORMATION = 0x1200
OTHER_PROTOCOL = "the device is registered with another protocol"
NO_PLATFORM = "the device is tied to no platform"
OTHER_PLATFORM = "the device is tied to another platform"
SENDER = "jt809:{}"  # under this name waits what cannot be told to be any vehicle's


class Link(Connection):
    """The main link of one platform."""

    __slots__ = ("asking", "edition", "ended", "jt809", "later", "platform", "serial", "stream")

    def __init__(self, house: "Jt809House") -> None:
        super().__init__(house)
        self.jt809 = house
        self.stream = FrameStream()
        self.edition: Edition | None = None  # of the login
        self.platform = ""
        self.serial = 0
        self.asking = self.ended = False
        self.later: Sequence[bytes] = ()  # frames that came while a login was looked at

    # --- bytes in, bytes out ---------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        frames = self.stream.feed(data, self._pass_over)
        if not frames and self.stream.oversized:
            self.hang_up("oversized")
            return
        if self.stream.hopeless:
            self.hang_up("flood")
            return
        if not self.stream.unfinished:
            self.unfinished_since = None
        elif frames or self.unfinished_since is None:
            self.unfinished_since = self.heard_at
        if self.asking:
            self.later = [*self.later, *frames]
        else:
            self._take_all(frames)

    def eof_received(self) -> bool:
        """The platform has said all it wanted; a login that is being looked at is still answered."""
        self.ended = True
        return self.asking

    def reject(self, reason: str) -> None:
        self.house.context.metrics.rejected.labels(reason).inc()

    def _pass_over(self, reason: str) -> None:
        """What is no frame; of somebody unknown it counts as spoken."""
        self.reject(reason)
        if not self.known and not self.house.may_speak(self.address):
            self.hang_up("flood")

    def reply(self, to: Frame, msg_id: int, body: bytes = b"") -> None:
        """A frame of the same edition and version; the code in it is the other platform's, as in theirs."""
        self.serial += 1
        time_s = int(datetime.now(UTC).timestamp())
        self.send(
            written(Frame(to.edition, self.serial, msg_id, to.center_id, to.version, False, 0, body, time_s))
        )

    @property
    def is_closing(self) -> bool:
        return self.transport is None or self.transport.is_closing()

    # --- messages --------------------------------------------------------------------------------------

    def _take_all(self, frames: Sequence[bytes]) -> None:
        """Frame after frame; a login makes the rest wait for its answer."""
        for index, raw in enumerate(frames):
            if self.is_closing:
                return
            self._take(raw)
            if self.asking:
                self.later = frames[index + 1 :]
                return

    def _take(self, raw: bytes) -> None:
        if not self.known and not self.house.may_speak(self.address):
            self.hang_up("flood")
            return
        try:
            frame, raw = self._deciphered(read_frame(raw, self.edition), raw)
        except FrameRefused as refused:
            self._keep_refused(raw, refused.reason, str(refused))
            return
        if frame.msg_id == LOGIN:
            self._log_in(frame)
        elif not self.known:
            self.hang_up("no_login")
        elif frame.msg_id in VEHICLE_MESSAGES:
            self._take_vehicle(frame, raw)
        elif frame.msg_id in CONVERSATION:
            CONVERSATION[frame.msg_id](self, frame)
        elif frame.msg_id not in CLOSING_NOTICES:
            self.reject("unsupported")

    def _deciphered(self, frame: Frame, raw: bytes) -> tuple[Frame, bytes]:
        """The frame in the clear, and as it is kept: what is kept has to be readable without the keys."""
        if not frame.is_encrypted:
            return frame, raw
        keys = self.jt809.keys.get(frame.center_id)
        if keys is None:
            raise FrameRefused("encrypted", "the body is encrypted, and no keys of the platform are set")
        clear = replace(frame, body=disguised(frame.body, keys, frame.key), is_encrypted=False, key=0)
        return clear, written(clear)

    def _take_vehicle(self, frame: Frame, raw: bytes) -> None:
        """Positions, and whatever else is said of a vehicle."""
        try:
            vehicle = read_vehicle(frame.body)
        except UnreadableVehicle as error:
            if frame.msg_id == VEHICLE_INFORMATION:
                self._keep_refused(raw, "vehicle", str(error))
            else:  # these are of other forms in 2019
                self.reject("unsupported")
            return
        now, code = datetime.now(UTC), vehicle.device_code
        device = self.jt809.roster.device(code)
        distrust = None if device is None else self._distrust(device)
        is_taken = device is not None and device.active and not distrust
        if not is_taken and not self.jt809.roster.may_wait(code, self.source):
            self.reject("no_room")
            return
        received_ms = to_ms(now)
        positions = Positions()
        reception = Reception(code, received_ms) if device is None else device.reception(code, received_ms)
        positions.take(frame.edition, vehicle, reception)
        self._submit(code, raw, positions.decoded(code), now, distrust)

    def _distrust(self, device: RosteredDevice) -> str | None:
        """Why this platform is not believed what it says of a device, or None."""
        if device.protocol is not Protocol.JT809:
            return OTHER_PROTOCOL
        if device.platform != self.platform:
            return OTHER_PLATFORM if device.platform else NO_PLATFORM
        return None

    def _keep_refused(self, raw: bytes, reason: str, sentence: str) -> None:
        """What a known platform says of a vehicle is kept even where it cannot be read."""
        self.reject(reason)
        code = SENDER.format(self.platform)
        if not self.known or not is_of_vehicle(raw) or not self.jt809.roster.may_wait(code, self.source):
            return
        refusal = Refusal("message", reason, sentence)
        decoded = Decoded(RowBatch((), ()), (refusal,), place=PLACE)
        self._submit(code, raw, decoded, datetime.now(UTC), f"{reason}: {sentence}")

    def _submit(self, code: str, raw: bytes, decoded: Decoded, now: datetime, distrust: str | None) -> None:
        source = f"{self.source} platform {self.platform}"
        message = Message(code, Protocol.JT809, raw, source, now)
        self.house.context.intake.submit(Arrival(message, decoded, distrust), _no_answer)

    def heartbeat(self, frame: Frame) -> None:
        """0x1005."""
        self.reply(frame, HEARTBEAT_ANSWER)

    def log_out(self, frame: Frame) -> None:
        """0x1003: goodbye."""
        self.reply(frame, LOGOUT_ANSWER)
        self.known = False
        if self.transport is not None:
            self.transport.close()

    # --- login -----------------------------------------------------------------------------------------

    def _log_in(self, frame: Frame) -> None:
        """0x1001; what comes behind it waits."""
        self.known, self.began_at = False, self.heard_at
        if not self.jt809.guard.may_try(self.address, self.house.clock()):
            self._refuse_login(frame, LoginResult.BUSY, "flood")
            return
        self.asking = True
        if self.transport is not None:
            self.transport.pause_reading()
        self.jt809.spawn(self._logged_in(frame))

    async def _logged_in(self, frame: Frame) -> None:
        login = read_login(frame)
        verdict = Verdict.UNKNOWN
        try:
            if login is not None:
                async with self.jt809.one_at_a_time:
                    verdict = await ask(
                        self.jt809.sessions,
                        lambda session: log_in(session, login.user_id, login.password, login.center_ids),
                    )
        except DatabaseAway:
            self._refuse_login(frame, LoginResult.BUSY, "database_away")
            return
        finally:
            self.asking = False
        if verdict is not Verdict.ADMITTED or login is None:
            self.jt809.guard.failed(self.address)
            self._refuse_login(frame, RESULTS[verdict], f"login_{verdict.value}")
            return
        self.known, self.platform, self.edition = True, str(login.user_id), frame.edition
        self.reply(frame, LOGIN_ANSWER, answer_body(LoginResult.DONE))
        later, self.later = self.later, ()
        self._take_all(later)
        if self.ended and not self.asking and self.transport is not None:
            self.transport.close()
        elif not self.is_closing and not self.asking and not self.jt809.is_paused and self.transport:
            self.transport.resume_reading()

    def _refuse_login(self, frame: Frame, result: LoginResult, reason: str) -> None:
        self.reply(frame, LOGIN_ANSWER, answer_body(result))
        self.hang_up(reason)

    def close_unless_admitted(self) -> None:
        """Called from time to time: the platform may have been put out of service."""
        if not self.jt809.roster.admits_platform(self.platform):
            self.known = False
            self.hang_up("disabled")


CONVERSATION: dict[int, Callable[[Link, Frame], None]] = {HEARTBEAT: Link.heartbeat, LOGOUT: Link.log_out}


def _no_answer(acceptance: Acceptance | None) -> None:
    """The protocol has none for what is said of vehicles."""
