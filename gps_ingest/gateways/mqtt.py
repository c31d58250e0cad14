"""How do devices behind an MQTT broker get in? The gateway subscribes, commits, and only then acknowledges.

Topics: `owntracks/<device code>/…` for OwnTracks, `sludgetrace/<device code>/fixes` for JSON batches.
Who may write on which topic is the broker's to say (docs/devices/mqtt.md): the topic names the device. The
broker keeps the session under a fixed client id: what comes while the gateway is away waits there, and what
was received and not committed is delivered again.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gps_ingest.gateways.lifecycle import GatewayContext
from gps_ingest.gateways.mqtt_broker import BrokerAddress, broker_address
from gps_ingest.gateways.mqtt_messages import Delivery, Known, arrivals_of
from gps_ingest.gateways.roster import Roster
from gps_ingest.store.acceptance import Acceptance

log = logging.getLogger(__name__)

TOPICS = ("owntracks/+/#", "sludgetrace/+/fixes")
BROKER = "mqtt"  # how the source of every message begins: what waits of all is on one share
AT_LEAST_ONCE = 1
KEEPALIVE_S = 30
FIRST_WAIT_S, LONGEST_WAIT_S = 1, 60  # between two tries to reach the broker
AWAY_S = 30.0  # a broker away for longer: the supervisor should know
GOODBYE_S = 1.0
MOST_AT_ONCE = 500  # messages decoded in one go
MOST_UNREAD_BYTES = 16 * 1024 * 1024  # of QoS 0 that wait to be decoded


class MqttEdge:
    """The link to the broker. paho runs it on a thread of its own; everything else happens on the loop."""

    def __init__(self, context: GatewayContext, address: BrokerAddress) -> None:
        self.context = context
        self._loop = asyncio.get_running_loop()
        self.roster = Roster(context.engine, context.settings)
        self._taking = True
        self._unread: deque[Known] = deque()
        self._unread_bytes = 0
        self._reader: asyncio.Task[None] | None = None
        self._connection = 0
        self._away_since: float | None = self._loop.time()
        self._gone = asyncio.Event()
        settings = context.settings
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.mqtt_client_id,
            clean_session=False,
            manual_ack=True,
        )
        self._client.suppress_exceptions = True  # one that escaped would end paho's thread without a word
        if settings.mqtt_username:
            self._client.username_pw_set(settings.mqtt_username, settings.mqtt_password)
        if address.encrypted:
            self._client.tls_set(ca_certs=settings.mqtt_ca_file or None)
        self._client.reconnect_delay_set(FIRST_WAIT_S, LONGEST_WAIT_S)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._unreachable
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._delivered
        self._client.on_subscribe = self._subscribed
        self._address = address

    def connect(self) -> None:
        """Reach for the broker now and whenever it is away; returns at once."""
        self._client.connect_async(self._address.host, self._address.port, KEEPALIVE_S)
        self._client.loop_start()

    def fault(self) -> str | None:
        """What a supervisor should know, or None."""
        since = self._away_since
        if since is None or self._loop.time() - since < AWAY_S:
            return None
        return f"the broker {self._address} has been away for {self._loop.time() - since:.0f} s"

    # --- on paho's thread ----------------------------------------------------------------------------------

    def _connected(
        self, client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if code.is_failure:
            log.error("the broker %s turned the gateway away: %s", self._address, code)
            self._count("turned_away_by_broker")
            return
        self._connection += 1
        log.info("connected to the broker %s, session kept: %s", self._address, flags.session_present)
        client.subscribe([(topic, AT_LEAST_ONCE) for topic in TOPICS])
        self._on_loop(self._note_connection, None)

    def _unreachable(self, _client: Client, _data: Any) -> None:
        log.warning("the broker %s cannot be reached, or its certificate not trusted", self._address)

    def _subscribed(
        self, _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _more: Properties | None
    ) -> None:
        for topic, code in zip(TOPICS, codes, strict=False):
            if code.is_failure:
                log.error("the broker %s lets the gateway not read %s", self._address, topic)
                self._count("turned_away_by_broker")

    def _disconnected(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        self._connection += 1  # what was delivered before is delivered again: no answer from now on
        log.info("disconnected from the broker %s: %s", self._address, code)
        self._on_loop(self._note_connection, self._loop.time())

    def _delivered(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        delivery = Delivery(message.topic, bytes(message.payload), message.qos, message.mid, self._connection)
        self._on_loop(self._take, delivery)

    def _on_loop(self, function: Any, argument: object) -> None:
        with suppress(RuntimeError):  # the loop has ended; what is not acknowledged comes again
            self._loop.call_soon_threadsafe(function, argument)

    # --- on the loop ---------------------------------------------------------------------------------------

    def _note_connection(self, away_since: float | None) -> None:
        self._away_since = away_since
        self.context.metrics.sessions.set(0 if away_since is not None else 1)
        if away_since is not None:
            self._gone.set()

    def _take(self, delivery: Delivery) -> None:
        """Have one message stored and acknowledge it then; what will never be stored at once."""
        if not self._taking:
            return
        message = Known(delivery, self.roster.device(delivery.code))
        reason = self._objection(message)
        if reason:
            self._turn_away(delivery, reason)
            return
        self._unread.append(message)
        self._unread_bytes += len(delivery.payload)
        if self._reader is None or self._reader.done():
            self._reader = self._loop.create_task(self._read_all())

    def _objection(self, message: Known) -> str | None:
        """Why a message is acknowledged and not stored, or None."""
        delivery = message.delivery
        if not delivery.payload:
            return "empty"  # how a retained message is taken back
        if len(delivery.payload) > self.context.settings.max_batch_bytes:
            return "oversized"
        is_full = self.context.intake.is_full or self._unread_bytes > MOST_UNREAD_BYTES
        if delivery.qos == 0 and is_full:
            return "unacknowledged_flood"  # QoS 1 stops at the broker's window, QoS 0 knows no bounds
        if not message.is_trusted and not self.roster.may_wait(delivery.code, BROKER):
            return "no_room"
        return None

    async def _read_all(self) -> None:
        """Decode what came, off the loop; in one line, so that messages of a device keep their order."""
        while self._unread:
            messages = [self._unread.popleft() for _ in range(min(MOST_AT_ONCE, len(self._unread)))]
            arrivals = await asyncio.to_thread(arrivals_of, messages, self.context.settings.max_batch_fixes)
            for message, arrival in zip(messages, arrivals, strict=True):
                self._unread_bytes -= len(message.delivery.payload)
                if arrival is None:
                    self._turn_away(message.delivery, "not_a_report")
                else:
                    self.context.intake.submit(arrival, partial(self._answer, message.delivery))

    def _turn_away(self, delivery: Delivery, reason: str) -> None:
        self._count(reason)
        self._acknowledge(delivery)

    def _answer(self, delivery: Delivery, acceptance: Acceptance | None) -> None:
        if acceptance is not None:  # else the database did not take it: it stays with the broker
            self._acknowledge(delivery)

    def _acknowledge(self, delivery: Delivery) -> None:
        if delivery.qos and delivery.connection == self._connection:
            self._client.ack(delivery.mid, delivery.qos)

    def _count(self, reason: str) -> None:
        self.context.metrics.rejected.labels(reason).inc()

    async def stop_accepting(self) -> None:
        """Take nothing more; the broker keeps what is not acknowledged."""
        self._taking = False
        self.roster.stop()
        if self._reader is not None:
            await self._reader

    async def close(self) -> None:
        """The last acknowledgements leave, then a goodbye that ends paho's thread; the session stays."""
        self._gone.clear()
        self._client.disconnect()
        if self._away_since is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), GOODBYE_S)


async def start(context: GatewayContext, host: str, port: int) -> MqttEdge:
    """Reach for the broker of the settings; `host` and `port` are of no use here. Raises SettingError."""
    edge = MqttEdge(context, broker_address(context.settings.mqtt_broker))
    await edge.roster.start()
    edge.connect()
    return edge
