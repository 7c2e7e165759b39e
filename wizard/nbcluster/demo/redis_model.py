"""The parts of the simulated Redis that its commands share: settings, state, the session of a client, the form of a command."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nbcluster.demo.keyspace import Database
from nbcluster.demo.resp import Reply, RespError


@dataclass(frozen=True)
class RedisUser:
    """An ACL user: an empty password admits everybody, ``denied`` are commands and keys are limited by a prefix."""

    password: str = ""
    denied: frozenset[str] = frozenset()
    key_prefix: bytes = b""


@dataclass(frozen=True)
class RedisSettings:
    """What the server says of itself and whom it admits."""

    version: str = "8.2.3"
    valkey_version: str = ""
    bloom: bool = False
    role: str = "master"
    cluster: bool = False
    users: Mapping[str, RedisUser] = field(default_factory=lambda: {"default": RedisUser()})
    config: Mapping[str, str] = field(default_factory=dict)

    def older_than(self, major: int, minor: int) -> bool:
        """Tell whether the version lies before another."""
        return tuple(int(part) for part in self.version.split(".")[:2]) < (major, minor)

    def option(self, name: str) -> str:
        """Return a configuration value."""
        return self.options()[name]

    def options(self) -> dict[str, str]:
        """Return every configuration value that CONFIG GET knows."""
        fixed = {
            "appendonly": "yes",
            "bind": "127.0.0.1",
            "databases": "16",
            "maxmemory": "0",
            "maxmemory-policy": "noeviction",
            "notify-keyspace-events": "",
            "save": "3600 1 300 100 60 10000",
            "timeout": "0",
        }
        return {**fixed, **self.config}


@dataclass
class RedisState:
    """Everything that outlives a connection."""

    settings: RedisSettings
    clock: Callable[[], float] = time.monotonic
    databases: dict[int, Database] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    received: list[tuple[str, ...]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    def database(self, number: int) -> Database:
        """Return a numbered database."""
        return self.databases.setdefault(number, Database(self.clock))

    def touch(self) -> None:
        """Wake the commands that wait for something to arrive."""
        self.changed.set()
        self.changed = asyncio.Event()


@dataclass
class Session:
    """One client's connection."""

    state: RedisState
    id: int
    send: Callable[[Reply], None]
    user: str = ""
    protocol: int = 2
    number: int = 0
    name: bytes = b""
    queue: list[list[bytes]] | None = None
    spoiled: bool = False
    channels: set[bytes] = field(default_factory=set)
    patterns: set[bytes] = field(default_factory=set)
    leaving: bool = False

    @property
    def database(self) -> Database:
        """The selected database."""
        return self.state.database(self.number)

    @property
    def settings(self) -> RedisSettings:
        """The server's settings."""
        return self.state.settings


class Block(Exception):
    """A command waits: it is tried again when something arrives; ``otherwise`` is the answer after ``seconds`` (0: never)."""

    def __init__(self, seconds: float, otherwise: Reply) -> None:
        self.seconds = seconds
        self.otherwise = otherwise


_CONTAINERS = frozenset({"acl", "client", "command", "config", "latency", "memory", "module", "pubsub", "script", "xgroup"})
Handler = Callable[[Session, list[bytes]], Reply]


@dataclass(frozen=True)
class Command:
    """A command: ``arity`` counts the name and is negative for "at least"; ``first`` and ``last`` are the places of its keys."""

    handler: Handler
    arity: int
    flags: tuple[str, ...] = ()
    first: int = 0
    last: int = 0

    def accepts(self, count: int) -> bool:
        """Tell whether a number of words is right."""
        return count == self.arity if self.arity >= 0 else count >= -self.arity

    def keys(self, words: list[bytes]) -> list[bytes]:
        """Return the keys among the words."""
        if not self.first:
            return []
        last = len(words) + self.last if self.last < 0 else self.last
        return words[self.first : last + 1]


def number(word: bytes) -> int:
    """Return a word as a number; another text raises ``RespError``."""
    try:
        return int(word)
    except ValueError:
        raise RespError("ERR value is not an integer or out of range") from None


def options(words: list[bytes]) -> list[str]:
    """Return words in upper case, as options are compared."""
    return [word.decode("latin-1").upper() for word in words]


def syntax() -> RespError:
    """Return the error for options that are not known."""
    return RespError("ERR syntax error")


def subcommand_error(words: list[bytes]) -> RespError:
    """Return the error for a subcommand that is not known."""
    name, sub = (word.decode("latin-1") for word in words[:2])
    return RespError(f"ERR unknown subcommand '{sub}'. Try {name.upper()} HELP.")


def refusal(session: Session, name: str, command: Command, words: list[bytes]) -> str:
    """Return why a user of the server may not run a command, in the words of ACL DRYRUN, or nothing."""
    user, full = session.settings.users[name], full_name(words)
    who = "This user" if session.settings.older_than(7, 2) else f"User {name}"
    if full in user.denied or full.partition("|")[0] in user.denied:
        return f"{who} has no permissions to run the '{full}' command"
    for key in command.keys(words):
        if not key.startswith(user.key_prefix):
            return f"{who} has no permissions to access the '{key.decode('latin-1')}' key"
    return ""


def permission_error(session: Session, reason: str) -> RespError:
    """Return the error for a command that ``refusal`` refuses; a key is not named in it."""
    older = session.settings.older_than(7, 2)
    if reason.endswith(" key"):
        return RespError(
            "NOPERM this user has no permissions to access one of the keys used as arguments"
            if older
            else "NOPERM No permissions to access a key"
        )
    return RespError(f"NOPERM {reason.replace('This user', 'this user') if older else reason}")


def full_name(words: list[bytes]) -> str:
    """Return the name under which rights are given: ``client|setinfo``, ``get``."""
    name = words[0].decode("latin-1").lower()
    return f"{name}|{words[1].decode('latin-1').lower()}" if name in _CONTAINERS and len(words) > 1 else name
