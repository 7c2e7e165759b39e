"""What the simulated Redis keeps: values with an expiry, in numbered databases."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from nbcluster.demo.resp import RespError

EntryId = tuple[int, int]
T = TypeVar("T")


@dataclass
class Group:
    """A consumer group: the last entry delivered and what nobody has acknowledged yet."""

    last: EntryId
    pending: dict[EntryId, bytes] = field(default_factory=dict)


@dataclass
class Stream:
    """A stream with its groups."""

    entries: dict[EntryId, list[bytes]] = field(default_factory=dict)
    groups: dict[bytes, Group] = field(default_factory=dict)
    last: EntryId = (0, 0)


class Filter(set[bytes]):
    """A Bloom filter without its false positives."""


Stored = bytes | deque[bytes] | Stream | Filter


@dataclass
class Database:
    """One numbered database; expired keys are gone whenever somebody looks."""

    clock: Callable[[], float] = time.monotonic
    values: dict[bytes, Stored] = field(default_factory=dict)
    deadlines: dict[bytes, float] = field(default_factory=dict)

    def get(self, key: bytes) -> Stored | None:
        """Return what a key holds."""
        self._expire(key)
        return self.values.get(key)

    def typed(self, key: bytes, kind: type[T]) -> T | None:
        """Return what a key holds; another type than ``kind`` raises ``RespError``."""
        value = self.get(key)
        if value is None or isinstance(value, kind):
            return value
        raise RespError("WRONGTYPE Operation against a key holding the wrong kind of value")

    def put(self, key: bytes, value: Stored, milliseconds: int | None = None) -> None:
        """Store a value with or without an expiry."""
        self.values[key] = value
        self.deadlines.pop(key, None)
        if milliseconds is not None:
            self.deadlines[key] = self.clock() + milliseconds / 1000

    def delete(self, key: bytes) -> bool:
        """Remove a key; tell whether it was there."""
        self._expire(key)
        self.deadlines.pop(key, None)
        return self.values.pop(key, None) is not None

    def expire(self, key: bytes, milliseconds: int) -> bool:
        """Give a key an expiry; tell whether it was there."""
        if self.get(key) is None:
            return False
        self.deadlines[key] = self.clock() + milliseconds / 1000
        return True

    def lifetime(self, key: bytes) -> int:
        """Return the milliseconds a key has left, -1 without an expiry, -2 without the key."""
        if self.get(key) is None:
            return -2
        deadline = self.deadlines.get(key)
        return -1 if deadline is None else max(0, round((deadline - self.clock()) * 1000))

    def names(self) -> Iterator[bytes]:
        """Return the keys that have not expired."""
        for key in list(self.values):
            if self.get(key) is not None:
                yield key

    def clear(self) -> None:
        """Remove every key."""
        self.values.clear()
        self.deadlines.clear()

    def _expire(self, key: bytes) -> None:
        deadline = self.deadlines.get(key)
        if deadline is not None and self.clock() >= deadline:
            self.values.pop(key, None)
            del self.deadlines[key]
