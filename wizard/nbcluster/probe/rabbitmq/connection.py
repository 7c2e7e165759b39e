"""AMQP 0-9-1 over a connection that is open already: one question after the other, in frames that pika makes and reads."""

from __future__ import annotations

import platform
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pika
from pika import credentials, exceptions, frame, spec

from nbcluster.probe.findings import text
from nbcluster.probe.link import Link

_CLIENT = {
    "product": "nbcluster",
    "platform": f"Python {platform.python_version()}",
    "version": pika.__version__,
    "capabilities": {
        # without it a broker closes the connection over a wrong password without saying why
        "authentication_failure_close": True,
        "connection.blocked": True,
        "publisher_confirms": True,
    },
}
_RECEIVED = 65536
_HEADER = struct.Struct(">BHI")
_AROUND: int = spec.FRAME_HEADER_SIZE + spec.FRAME_END_SIZE


class Connection:
    """A connection to a broker; each step raises what closed it.

    That is ``ConnectionClosedByBroker`` or ``ChannelClosedByBroker`` of pika with the broker's words, ``OSError``, or anything that
    frames can make pika raise which are none. ``blocked`` is why the broker takes no messages, empty while it does.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._pending = bytearray()
        self._channels = 0
        self._start: Any = None
        self.is_open = False
        self.blocked = ""
        self.tuned = (0, 0, 0)
        """Heartbeat in seconds, largest frame in bytes and number of channels that the broker proposed."""

    def greet(self) -> dict[str, Any]:
        """Begin; returns the properties that the broker tells of itself before a login."""
        self._link.sendall(frame.ProtocolHeader().marshal())
        self._start = self.expect(0, spec.Connection.Start)
        return dict(self._start.server_properties or {})

    def log_in(self, user: str, password: str) -> None:
        """Log in with PLAIN; a broker that lets one in proposes limits for the connection.

        Raises ``AuthenticationError`` of pika where the broker does not know PLAIN.
        """
        mechanism, response = credentials.PlainCredentials(user, password).response_for(self._start)
        if mechanism is None:
            raise exceptions.AuthenticationError("PLAIN")
        self.send(0, spec.Connection.StartOk(client_properties=_CLIENT, mechanism=mechanism, response=response))
        tune = self.expect(0, spec.Connection.Tune)
        self.tuned = (tune.heartbeat, tune.frame_max, tune.channel_max)

    def open(self, vhost: str) -> None:
        """Open a virtual host, with the limits that the broker proposed, but without a heartbeat."""
        _heartbeat, frame_max, channel_max = self.tuned
        self.send(0, spec.Connection.TuneOk(channel_max, frame_max, 0))
        self.send(0, spec.Connection.Open(virtual_host=vhost))
        self.expect(0, spec.Connection.OpenOk)
        self.is_open = True

    def channel(self) -> Channel:
        self._channels += 1
        opened = Channel(self, self._channels)
        opened.call(spec.Channel.Open(), spec.Channel.OpenOk)
        return opened

    def close(self) -> None:
        """Close the connection properly, so that the broker logs no lost connection."""
        self.is_open = False
        self.send(0, spec.Connection.Close(200, "", 0, 0))
        self.expect(0, spec.Connection.CloseOk)

    def send(self, channel: int, method: Any, body: bytes | None = None) -> None:
        """Send a method, with a message where one belongs to it."""
        pieces = [frame.Method(channel, method).marshal()]
        if body is not None:
            pieces.append(frame.Header(channel, len(body), spec.BasicProperties()).marshal())
            pieces.append(frame.Body(channel, body).marshal())
        self._link.sendall(b"".join(pieces))

    def expect(self, channel: int, *kinds: type) -> Any:
        """Return the next method of one of these kinds; what else comes on the way is of no interest, but for an end."""
        while True:
            found = self._next()
            if isinstance(found, frame.Method):
                self._heed(found)
                if found.channel_number == channel and isinstance(found.method, kinds):
                    return found.method

    def message(self, channel: int) -> bytes:
        """Return the message that belongs to the method that came before."""
        size, body = None, bytearray()
        while size is None or len(body) < size:
            found = self._next()
            if isinstance(found, frame.Method):
                self._heed(found)
            elif found.channel_number == channel and isinstance(found, frame.Header):
                size = found.body_size
            elif found.channel_number == channel and isinstance(found, frame.Body):
                body += found.fragment
        return bytes(body)

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait no longer than so many seconds for each part of an answer; raises ``TimeoutError``."""
        before = self._link.gettimeout()
        self._link.settimeout(seconds)
        try:
            yield
        finally:
            self._link.settimeout(before)

    def _heed(self, found: Any) -> None:
        method = found.method
        if isinstance(method, spec.Connection.Blocked):
            self.blocked = text(method.reason, 200) or "?"
        elif isinstance(method, spec.Connection.Unblocked):
            self.blocked = ""
        elif isinstance(method, spec.Connection.Close):
            self.is_open = False
            self.send(0, spec.Connection.CloseOk())
            raise exceptions.ConnectionClosedByBroker(method.reply_code, text(method.reply_text, 250))
        elif isinstance(method, spec.Channel.Close):
            self.send(found.channel_number, spec.Channel.CloseOk())
            raise exceptions.ChannelClosedByBroker(method.reply_code, text(method.reply_text, 250))

    def _next(self) -> Any:
        while len(self._pending) < self._size():
            data = self._link.recv(_RECEIVED)
            if not data:
                raise ConnectionError
            self._pending += data
        used, found = frame.decode_frame(bytes(self._pending[: self._size()]))
        if isinstance(found, frame.ProtocolHeader):
            raise exceptions.ProtocolVersionMismatch(found)
        del self._pending[:used]
        return found

    def _size(self) -> int:
        """Return how many bytes the frame has that begins what is pending; as many as tell it, where that is not known yet."""
        if len(self._pending) < spec.FRAME_HEADER_SIZE or self._pending.startswith(b"AMQP"):
            return _AROUND
        size: int = _HEADER.unpack_from(self._pending)[2]
        return _AROUND + size


class Channel:
    """A channel of a connection; raises what the connection raises."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self._number = number

    def call(self, method: Any, *answers: type) -> Any:
        """Send a method and return the answer, which is one of these kinds."""
        self._connection.send(self._number, method)
        return self._connection.expect(self._number, *answers)

    def declare(self, name: str, **options: Any) -> None:
        """Declare a queue, or look at it (``passive``)."""
        self.call(spec.Queue.Declare(queue=name, **options), spec.Queue.DeclareOk)

    def delete(self, name: str) -> int:
        """Delete a queue; returns how many messages go with it."""
        return int(self.call(spec.Queue.Delete(queue=name), spec.Queue.DeleteOk).message_count)

    def confirm(self) -> None:
        """Have the broker confirm what is published."""
        self.call(spec.Confirm.Select(), spec.Confirm.SelectOk)

    def publish(self, name: str, body: bytes) -> None:
        """Send a message to a queue, and wait for nothing."""
        self._connection.send(self._number, spec.Basic.Publish(exchange="", routing_key=name, mandatory=True), body)

    def confirmed(self) -> bool:
        """Return whether the broker has put the last message into a queue."""
        answer = self._connection.expect(self._number, spec.Basic.Ack, spec.Basic.Nack, spec.Basic.Return)
        return isinstance(answer, spec.Basic.Ack)

    def get(self, name: str, *, ack: bool) -> tuple[Any, bytes] | None:
        """Take a message, acknowledged at once where ``ack`` says so; none if the queue is empty."""
        answer = self.call(spec.Basic.Get(queue=name, no_ack=ack), spec.Basic.GetOk, spec.Basic.GetEmpty)
        return (answer, self._connection.message(self._number)) if isinstance(answer, spec.Basic.GetOk) else None

    def consume(self, name: str, seconds: float) -> bytes | None:
        """Be given one message and acknowledge it; none if it does not come within so many seconds."""
        tag = self.call(spec.Basic.Consume(queue=name), spec.Basic.ConsumeOk).consumer_tag
        try:
            with self._connection.patience(seconds):
                delivered = self._connection.expect(self._number, spec.Basic.Deliver)
                body = self._connection.message(self._number)
        except TimeoutError:
            return None
        self._connection.send(self._number, spec.Basic.Ack(delivered.delivery_tag))
        self.call(spec.Basic.Cancel(tag), spec.Basic.CancelOk)
        return body

    def close(self) -> None:
        """Close the channel; what was taken and not acknowledged goes back to its queue."""
        self.call(spec.Channel.Close(0, "", 0, 0), spec.Channel.CloseOk)
