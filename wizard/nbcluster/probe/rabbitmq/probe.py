"""RabbitMQ: version, login, vhost, and a message through a queue of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pika
from pika import exceptions

from nbcluster.facts import NAME_PREFIX
from nbcluster.probe.base import Probe
from nbcluster.probe.faults import chain
from nbcluster.probe.findings import DeadlineReached, Finding, text, verdict
from nbcluster.probe.rabbitmq import queues
from nbcluster.probe.rabbitmq.connection import Handshake, open_connection

QUEUE_PREFIX = f"{NAME_PREFIX}nbcluster-probe."
DOCUMENTED_VERSION = 4


def _name() -> str:
    return QUEUE_PREFIX + secrets.token_hex(8)


class RabbitProbe(Probe):
    """The stages of a broker."""

    handshake: Handshake | None = None
    connection: pika.BlockingConnection | None = None
    failure: BaseException | None = None

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        own = (self.reach, self.tls, self.version, self.login, self.vhost, self.limits, self.queue, self.redelivery)
        return {method.__name__: method for method in (*own, self.consume, self.latency, self.quorum)}

    def _connect(self) -> Handshake:
        if self.handshake is not None:
            return self.handshake
        assert self.link is not None
        self.handshake = Handshake()
        seconds = self.clock.left() + 1
        parameters = pika.ConnectionParameters(
            host=self.host,
            port=self.port,
            virtual_host=self.text("vhost") or "/",
            credentials=pika.PlainCredentials(self.text("username") or "guest", self.text("password") or "guest"),
            connection_attempts=1,
            socket_timeout=seconds,
            stack_timeout=seconds,
            blocked_connection_timeout=seconds,
            heartbeat=0,
            client_properties={"product": "nbcluster"},
        )
        try:
            self.connection = open_connection(self.link, parameters, self.handshake)
        except (DeadlineReached, MemoryError):
            raise
        except Exception as fault:  # noqa: BLE001 - each later stage judges what it means for itself
            self.failure = fault
        return self.handshake

    def version(self) -> Finding:
        """Tell the version, which a broker names before the login."""
        handshake = self._connect()
        facts = handshake.properties
        if not facts:
            raise self.failure or ConnectionError
        product, version = text(facts.get("product", "?"), 60), text(facts.get("version", "?"), 60)
        if product != "RabbitMQ":
            return verdict("rabbitmq.version.product", product=product, version=version)
        number = re.match(r"(\d+)\.(\d+)", version)
        if not number:
            return verdict("rabbitmq.version.unknown", version=version)
        if int(number[1]) < DOCUMENTED_VERSION:
            return verdict("rabbitmq.version.old", version=version)
        return verdict("rabbitmq.version.ok", version=version)

    def login(self) -> Finding:
        """Log in."""
        handshake = self._connect()
        user = self.text("username") or "guest"
        if handshake.logged_in_ms is not None:
            return Finding("rabbitmq.login.ok", {"user": user}, handshake.logged_in_ms)
        if self._is(exceptions.ProbableAuthenticationError) or self._is(exceptions.AuthenticationError):
            guest = user == "guest"
            return verdict("rabbitmq.login.guest") if guest else verdict("rabbitmq.login.refused", user=user)
        raise self.failure or ConnectionError

    def vhost(self) -> Finding:
        """Open the virtual host."""
        self._connect()
        name, user = self.text("vhost") or "/", self.text("username") or "guest"
        if self.connection is not None:
            return verdict("rabbitmq.vhost.ok", vhost=name)
        said = self._said()
        if "not found" in said:
            return verdict("rabbitmq.vhost.missing", vhost=name)
        if "access" in said or self._is(exceptions.ProbableAccessDeniedError):
            return verdict("rabbitmq.vhost.denied", vhost=name, user=user)
        if "limit" in said:
            return verdict("rabbitmq.vhost.limit", vhost=name, reason=text(said, 200))
        raise self.failure or ConnectionError

    def queue(self) -> Finding:
        """Send a message through an exclusive queue that the broker removes with the connection."""
        assert self.connection is not None
        assert self.handshake is not None
        handshake = self.handshake
        name, body = _name(), secrets.token_bytes(16)
        asked = "rabbitmq.queue.configure"
        try:
            channel = self.connection.channel()
            channel.queue_declare(name, exclusive=True, auto_delete=True)
            asked = "rabbitmq.queue.write"
            channel.confirm_delivery()
            channel.basic_publish("", name, body, mandatory=True)
            asked = "rabbitmq.queue.read"
            _method, _properties, got = channel.basic_get(name, auto_ack=True)
        except exceptions.ChannelClosedByBroker as fault:
            code = asked if fault.reply_code == 403 else "rabbitmq.queue.refused"
            return verdict(code, reason=text(fault.reply_text, 250), user=self.text("username") or "guest")
        except (exceptions.NackError, exceptions.UnroutableError):
            return verdict("rabbitmq.queue.lost")
        except DeadlineReached:
            if handshake.blocked:
                return verdict("rabbitmq.queue.blocked", reason=handshake.blocked)
            raise
        return verdict("rabbitmq.queue.ok") if got == body else verdict("rabbitmq.queue.lost")

    def redelivery(self) -> Finding:
        """Leave a message unfinished, as a node does that dies, and take it on another channel."""
        assert self.connection is not None
        name, body = _name(), secrets.token_bytes(16)
        channel = self.connection.channel()
        # Not auto-delete: that takes the queue away with the channel of its last consumer. Exclusive: it goes with this connection.
        channel.queue_declare(name, exclusive=True)
        channel.confirm_delivery()
        channel.basic_publish("", name, body, mandatory=True)
        method, _properties, _body = channel.basic_get(name, auto_ack=False)
        channel.close()
        heir = self.connection.channel()
        again, _properties, got = heir.basic_get(name, auto_ack=True)
        heir.queue_delete(name)
        if method is None or again is None or got != body:
            return verdict("rabbitmq.redelivery.lost")
        return verdict("rabbitmq.redelivery.ok") if again.redelivered else verdict("rabbitmq.redelivery.unmarked")

    def limits(self) -> Finding:
        """Judge what the broker proposed for the connection."""
        handshake = self._connect()
        return queues.judge_limits(*handshake.tuned)

    def consume(self) -> Finding:
        """Let a consumer be given a message."""
        assert self.connection is not None
        return queues.consume(self.connection, _name(), self.clock.left() / 2)

    def latency(self) -> Finding:
        """Measure how long an answer takes."""
        assert self.connection is not None
        return queues.latency(self.connection, _name())

    def quorum(self) -> Finding:
        """Declare a quorum queue and remove it."""
        assert self.connection is not None
        return queues.quorum(self.connection, _name())

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        first = self.memory.first
        if stage not in ("reach", "tls") and first.startswith(b"AMQP"):
            return verdict("rabbitmq.version.protocol", seen=text(first[:8].hex(" ")))
        if isinstance(fault, exceptions.AMQPError) and not any(isinstance(link, OSError | MemoryError) for link in chain(fault)):
            ended = isinstance(fault, exceptions.StreamLostError | exceptions.ConnectionClosed) or "StreamLost" in repr(fault)
            fault = ConnectionError() if ended or "end of file" in repr(fault).lower() or "EOF" in repr(fault) else fault
        return super().judge(stage, fault)

    def _is(self, kind: type[BaseException]) -> bool:
        return self.failure is not None and any(isinstance(link, kind) for link in chain(self.failure))

    def _said(self) -> str:
        return "" if self.failure is None else " ".join(str(link) for link in chain(self.failure)).lower()

    def close(self) -> None:
        """Say goodbye, so that the broker logs no lost connection."""
        if self.connection is not None and self.connection.is_open:
            self.connection.close()
        super().close()
