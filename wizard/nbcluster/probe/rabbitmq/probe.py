"""RabbitMQ: version, login, vhost, and a message through a queue of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import cached_property

from pika import exceptions

from nbcluster.answers.targets import TargetKind
from nbcluster.catalogue import exposure
from nbcluster.facts import NAME_PREFIX
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import DeadlineReached, Finding, text, verdict
from nbcluster.probe.rabbitmq import queues
from nbcluster.probe.rabbitmq.connection import Connection

QUEUE_PREFIX = f"{NAME_PREFIX}nbcluster-probe."
DOCUMENTED_VERSION = 4
_MISSING = re.compile(r"vhost .* not found", re.IGNORECASE)
_LIMIT = re.compile(r"limit .* reached", re.IGNORECASE)
"""What RabbitMQ says of a virtual host that is not there, and of one that takes no more connections."""


def _name() -> str:
    return QUEUE_PREFIX + secrets.token_hex(8)


class RabbitProbe(Probe):
    """The stages of a broker."""

    @cached_property
    def connection(self) -> Connection:
        """The connection as AMQP speaks it."""
        assert self.link is not None
        return Connection(self.link)

    @property
    def user(self) -> str:
        """The name to log in with; the client's default where none is given."""
        return self.text("username") or "guest"

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        own = (self.reach, self.tls, self.version, self.login, self.vhost, self.limits, self.queue, self.redelivery)
        return {method.__name__: method for method in (*own, self.exposure, self.consume, self.latency, self.quorum)}

    def version(self) -> Finding:
        """Tell the version, which a broker names before the login."""
        facts = self.connection.greet()
        product, version = text(facts.get("product", "?"), 60), text(facts.get("version", "?"), 60)
        if facts and product != "RabbitMQ":
            return verdict("rabbitmq.version.product", product=product, version=version)
        number = re.match(r"(\d+)\.(\d+)", version)
        if not number:
            return verdict("rabbitmq.version.unknown", version=version)
        if int(number[1]) < DOCUMENTED_VERSION:
            return verdict("rabbitmq.version.old", version=version)
        return verdict("rabbitmq.version.ok", version=version)

    def login(self) -> Finding:
        try:
            self.connection.log_in(self.user, self.text("password") or "guest")
        except (exceptions.ConnectionClosedByBroker, exceptions.AuthenticationError, ConnectionError):
            return verdict("rabbitmq.login.guest") if self.user == "guest" else verdict("rabbitmq.login.refused", user=self.user)
        return verdict("rabbitmq.login.ok", user=self.user)

    def exposure(self) -> Finding:
        """Tell what somebody on the way between a node and the broker gets."""
        return verdict(exposure.of_line(TargetKind.RABBITMQ, self.params, home=self.at_home))

    def vhost(self) -> Finding:
        name = self.text("vhost") or "/"
        try:
            self.connection.open(name)
        except exceptions.ConnectionClosedByBroker as fault:
            return self._vhost_refused(name, str(fault.reply_text))
        except ConnectionError:
            return verdict("rabbitmq.vhost.denied", vhost=name, user=self.user)
        return verdict("rabbitmq.vhost.ok", vhost=name)

    def _vhost_refused(self, name: str, said: str) -> Finding:
        if _MISSING.search(said):
            return verdict("rabbitmq.vhost.missing", vhost=name)
        if _LIMIT.search(said):
            return verdict("rabbitmq.vhost.limit", vhost=name, reason=text(said, 200))
        return verdict("rabbitmq.vhost.denied", vhost=name, user=self.user)

    def queue(self) -> Finding:
        """Send a message through an exclusive queue that the broker removes with the connection."""
        name, body = _name(), secrets.token_bytes(16)
        asked = "rabbitmq.queue.configure"
        try:
            channel = self.connection.channel()
            channel.declare(name, exclusive=True, auto_delete=True)
            asked = "rabbitmq.queue.write"
            channel.confirm()
            channel.publish(name, body)
            if not channel.confirmed():
                return verdict("rabbitmq.queue.lost")
            asked = "rabbitmq.queue.read"
            got = channel.get(name, ack=True)
        except exceptions.ChannelClosedByBroker as fault:
            code = asked if fault.reply_code == 403 else "rabbitmq.queue.refused"
            return verdict(code, reason=text(fault.reply_text, 250), user=self.user)
        except DeadlineReached:
            if self.connection.blocked:
                return verdict("rabbitmq.queue.blocked", reason=self.connection.blocked)
            raise
        return verdict("rabbitmq.queue.ok") if got is not None and got[1] == body else verdict("rabbitmq.queue.lost")

    def redelivery(self) -> Finding:
        """Leave a message unfinished, as a node does that dies, and take it on another channel."""
        name, body = _name(), secrets.token_bytes(16)
        channel = self.connection.channel()
        # Not auto-delete: that takes the queue away with the channel of its last consumer. Exclusive: it goes with this connection.
        channel.declare(name, exclusive=True)
        channel.confirm()
        channel.publish(name, body)
        kept = channel.confirmed()
        taken = channel.get(name, ack=False)
        channel.close()
        heir = self.connection.channel()
        again = heir.get(name, ack=True)
        heir.delete(name)
        if not kept or taken is None or again is None or again[1] != body:
            return verdict("rabbitmq.redelivery.lost")
        return verdict("rabbitmq.redelivery.ok") if again[0].redelivered else verdict("rabbitmq.redelivery.unmarked")

    def limits(self) -> Finding:
        """Judge what the broker proposed for the connection."""
        return queues.judge_limits(*self.connection.tuned)

    def consume(self) -> Finding:
        """Let a consumer be given a message."""
        return queues.consume(self.connection, _name(), self.clock.left() / 2)

    def latency(self) -> Finding:
        """Measure how long an answer takes."""
        return queues.latency(self.connection, _name())

    def quorum(self) -> Finding:
        """Declare a quorum queue and remove it."""
        return queues.quorum(self.connection, _name())

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        first = self.memory.first
        if stage not in ("reach", "tls") and first.startswith(b"AMQP"):
            return verdict("rabbitmq.version.protocol", seen=text(first[:8].hex(" ")))
        if isinstance(fault, exceptions.ConnectionClosedByBroker):
            fault = ConnectionError()
        return super().judge(stage, fault)

    def close(self) -> None:
        """Close the connection properly, so that the broker logs no lost connection."""
        try:
            if self.link is not None and self.connection.is_open:
                self.connection.close()
        finally:
            super().close()
