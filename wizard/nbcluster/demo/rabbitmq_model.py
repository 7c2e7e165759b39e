"""What the simulated RabbitMQ is told and what it keeps: users, virtual hosts, queues."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class BrokerUser:
    """A user: ``vhosts`` limits where it may enter, ``rights`` is the pattern of the queues it may touch."""

    password: str = "guest"  # noqa: S105 - RabbitMQ's public default
    vhosts: frozenset[str] | None = None
    rights: str = ".*"


@dataclass(frozen=True)
class BrokerSettings:
    """What the broker says of itself and whom it admits."""

    version: str = "4.1.4"
    users: Mapping[str, BrokerUser] = field(default_factory=lambda: {"guest": BrokerUser()})
    vhosts: frozenset[str] = frozenset({"/"})

    def properties(self) -> dict[str, Any]:
        """Return the properties of the handshake."""
        able = (
            "authentication_failure_close",
            "basic.nack",
            "connection.blocked",
            "consumer_cancel_notify",
            "consumer_priorities",
            "direct_reply_to",
            "exchange_exchange_bindings",
            "per_consumer_qos",
            "publisher_confirms",
        )
        return {
            "capabilities": dict.fromkeys(able, True),
            "cluster_name": "rabbit@simulated",
            "copyright": "simulated",
            "information": "simulated",
            "platform": "simulated",
            "product": "RabbitMQ",
            "version": self.version,
        }


@dataclass
class Message:
    """A message as it was published."""

    routing_key: str
    properties: Any
    body: bytes
    exchange: str = ""
    redelivered: bool = False


@dataclass
class Queue:
    """A queue; ``owner`` is the connection that may use an exclusive one."""

    name: str
    owner: object | None = None
    auto_delete: bool = False
    messages: deque[Message] = field(default_factory=deque)
    consumers: list[tuple[Any, str]] = field(default_factory=list)

    def feed(self) -> None:
        """Hand waiting messages to the consumers (channel and tag) in turn."""
        while self.messages and self.consumers:
            channel, consumer = self.consumers[0]
            self.consumers = [*self.consumers[1:], self.consumers[0]]
            channel.deliver(self, consumer, self.messages.popleft())


class Refused(Exception):
    """The broker ends the handshake with this code and text."""

    def __init__(self, code: int, text: str, class_id: int, method_id: int) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.class_id = class_id
        self.method_id = method_id


@dataclass
class Broker:
    """Everything that outlives a connection."""

    settings: BrokerSettings
    queues: dict[tuple[str, str], Queue] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    _named: int = 0

    def fresh_name(self) -> str:
        """Return a name for a queue that was declared without one."""
        self._named += 1
        return f"amq.gen-{self._named}"

    def may(self, user: str, queue: str) -> bool:
        """Tell whether a user has rights on a queue."""
        return re.search(self.settings.users[user].rights, queue) is not None

    def forget(self, owner: object) -> None:
        """Remove the exclusive queues of a connection that ended."""
        for key in [key for key, queue in self.queues.items() if queue.owner is owner]:
            del self.queues[key]
