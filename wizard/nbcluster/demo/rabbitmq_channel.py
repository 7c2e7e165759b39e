"""A channel of the simulated RabbitMQ: declare, publish, get, consume, acknowledge, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbcluster.demo.rabbitmq_model import Broker, Message, Queue


class ChannelError(Exception):
    """The broker closes the channel with this code and text; ``method`` is the class and method that failed."""

    def __init__(self, code: int, text: str, method: Any) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.method = divmod(method.INDEX, 1 << 16)


class Channel:
    """One channel of a connection (``owner``), opened by a user in a vhost (``login``); ``send`` takes frames."""

    def __init__(self, broker: Broker, owner: object, login: tuple[str, str], number: int, send: Callable[[Any], None]) -> None:
        self._broker = broker
        self._owner = owner
        self._user, self._vhost = login
        self._number = number
        self._send = send
        self._confirms = False
        self._published = 0
        self._delivered = 0
        self._unacknowledged: dict[int, tuple[Queue, Message]] = {}
        self._publishing: tuple[Any, Message, int] | None = None
        self._last = ""

    def take(self, frame: Any) -> None:
        """Act on a frame; what the broker refuses raises ``ChannelError``."""
        from pika import spec
        from pika.frame import Body, Header

        if isinstance(frame, Header) and self._publishing is not None:
            method, message, _size = self._publishing
            message.properties = frame.properties
            self._publishing = (method, message, frame.body_size)
            self._finish()
        elif isinstance(frame, Body) and self._publishing is not None:
            self._publishing[1].body += frame.fragment
            self._finish()
        elif hasattr(frame, "method"):
            actions: dict[type, Callable[[Any], None]] = {
                spec.Queue.Declare: self._declare,
                spec.Queue.Delete: self._delete,
                spec.Queue.Purge: self._purge,
                spec.Queue.Bind: lambda m: self._reply(spec.Queue.BindOk()),
                spec.Basic.Publish: self._publish,
                spec.Basic.Get: self._get,
                spec.Basic.Consume: self._consume,
                spec.Basic.Cancel: self._cancel,
                spec.Basic.Ack: self._acknowledge,
                spec.Basic.Nack: self._reject,
                spec.Basic.Reject: self._reject,
                spec.Basic.Qos: lambda m: self._reply(spec.Basic.QosOk()),
                spec.Confirm.Select: self._select,
            }
            action = actions.get(type(frame.method))
            if action is None:
                raise ChannelError(540, f"NOT_IMPLEMENTED - {frame.method.NAME} is not simulated", frame.method)
            action(frame.method)

    def close(self) -> None:
        """Give unacknowledged messages back and take the consumers out."""
        for tag in sorted(self._unacknowledged, reverse=True):
            self._requeue(tag)
        for queue in self._broker.queues.values():
            queue.consumers = [entry for entry in queue.consumers if entry[0] is not self]

    def deliver(self, queue: Queue, consumer: str, message: Message) -> None:
        """Send a message to a consumer."""
        from pika import spec

        tag = self._keep(queue, message)
        self._reply(spec.Basic.Deliver(consumer, tag, message.redelivered, message.exchange, message.routing_key))
        self._content(message)

    def _reply(self, method: Any) -> None:
        from pika.frame import Method

        self._send(Method(self._number, method))

    def _queue(self, method: Any, name: str) -> Queue:
        name = name or self._last
        queue = self._broker.queues.get((self._vhost, name))
        if queue is None:
            raise ChannelError(404, f"NOT_FOUND - no queue '{name}' in vhost '{self._vhost}'", method)
        if queue.owner is not None and queue.owner is not self._owner:
            raise ChannelError(
                405,
                f"RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '{name}' in vhost '{self._vhost}'",
                method,
            )
        return queue

    def _allow(self, right: str, name: str, method: Any, kind: str = "queue") -> None:
        if not self._broker.may(self._user, name):
            raise ChannelError(
                403,
                f"ACCESS_REFUSED - {right} access to {kind} '{name}' in vhost '{self._vhost}' refused for user '{self._user}'",
                method,
            )

    def _declare(self, method: Any) -> None:
        from pika import spec

        name = method.queue or ("" if method.passive else self._broker.fresh_name())
        if not method.passive:
            self._allow("configure", name, method)
            owner = self._owner if method.exclusive else None
            self._broker.queues.setdefault((self._vhost, name), Queue(name, owner, method.auto_delete))
        queue = self._queue(method, name)
        self._last = queue.name
        if not method.nowait:
            self._reply(spec.Queue.DeclareOk(queue.name, len(queue.messages), len(queue.consumers)))

    def _delete(self, method: Any) -> None:
        from pika import spec

        name = method.queue or self._last
        self._allow("configure", name, method)
        count = 0
        if (self._vhost, name) in self._broker.queues:
            count = len(self._queue(method, name).messages)
            del self._broker.queues[self._vhost, name]
        if not method.nowait:
            self._reply(spec.Queue.DeleteOk(count))

    def _purge(self, method: Any) -> None:
        from pika import spec

        queue = self._queue(method, method.queue)
        self._allow("read", queue.name, method)
        count = len(queue.messages)
        queue.messages.clear()
        self._reply(spec.Queue.PurgeOk(count))

    def _publish(self, method: Any) -> None:
        self._allow("write", method.exchange or "amq.default", method, "exchange")
        if method.exchange:
            raise ChannelError(404, f"NOT_FOUND - no exchange '{method.exchange}' in vhost '{self._vhost}'", method)
        self._publishing = (method, Message(method.routing_key, None, b""), -1)

    def _finish(self) -> None:
        from pika import spec

        if self._publishing is None or len(self._publishing[1].body) < self._publishing[2]:
            return
        method, message, _size = self._publishing
        self._publishing = None
        self._published += 1
        queue = self._broker.queues.get((self._vhost, message.routing_key))
        if queue is not None:
            queue.messages.append(message)
            queue.feed()
        elif method.mandatory:
            self._reply(spec.Basic.Return(312, "NO_ROUTE", message.exchange, message.routing_key))
            self._content(message)
        if self._confirms:
            self._reply(spec.Basic.Ack(self._published, False))

    def _get(self, method: Any) -> None:
        from pika import spec

        queue = self._queue(method, method.queue)
        self._allow("read", queue.name, method)
        if not queue.messages:
            self._reply(spec.Basic.GetEmpty())
            return
        message = queue.messages.popleft()
        tag = self._keep(queue, message)
        self._reply(spec.Basic.GetOk(tag, message.redelivered, message.exchange, message.routing_key, len(queue.messages)))
        self._content(message)
        if method.no_ack:
            del self._unacknowledged[tag]

    def _consume(self, method: Any) -> None:
        from pika import spec

        queue = self._queue(method, method.queue)
        self._allow("read", queue.name, method)
        tag = method.consumer_tag or f"amq.ctag-{len(queue.consumers) + 1}"
        queue.consumers.append((self, tag))
        self._reply(spec.Basic.ConsumeOk(tag))
        queue.feed()

    def _cancel(self, method: Any) -> None:
        from pika import spec

        for key, queue in list(self._broker.queues.items()):
            before = len(queue.consumers)
            queue.consumers = [entry for entry in queue.consumers if entry != (self, method.consumer_tag)]
            if queue.auto_delete and before and not queue.consumers:
                del self._broker.queues[key]
        self._reply(spec.Basic.CancelOk(method.consumer_tag))

    def _acknowledge(self, method: Any) -> None:
        for tag in self._tags(method):
            del self._unacknowledged[tag]

    def _reject(self, method: Any) -> None:
        for tag in reversed(self._tags(method)):
            if method.requeue:
                self._requeue(tag)
            else:
                del self._unacknowledged[tag]

    def _tags(self, method: Any) -> list[int]:
        tag, multiple = method.delivery_tag, getattr(method, "multiple", False)
        tags = [t for t in sorted(self._unacknowledged) if t == tag or (multiple and (t < tag or tag == 0))]
        if not tags:
            raise ChannelError(406, f"PRECONDITION_FAILED - unknown delivery tag {tag}", method)
        return tags

    def _select(self, method: Any) -> None:
        from pika import spec

        self._confirms = True
        if not method.nowait:
            self._reply(spec.Confirm.SelectOk())

    def _keep(self, queue: Queue, message: Message) -> int:
        self._delivered += 1
        self._unacknowledged[self._delivered] = (queue, message)
        return self._delivered

    def _requeue(self, tag: int) -> None:
        queue, message = self._unacknowledged.pop(tag)
        message.redelivered = True
        queue.messages.appendleft(message)

    def _content(self, message: Message) -> None:
        from pika.frame import Body, Header

        self._send(Header(self._number, len(message.body), message.properties))
        for start in range(0, len(message.body), 65536):
            self._send(Body(self._number, message.body[start : start + 65536]))
