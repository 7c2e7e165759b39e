"""What NocoBase does with Redis in each role, tried on keys that carry their expiry from the first moment; its Bloom filter."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from redis.exceptions import ResponseError

from nbcluster.facts import KEY_PREFIX, NAME_PREFIX, TOKEN_FILTER
from nbcluster.probe.findings import Finding, Stop, text, verdict
from nbcluster.probe.redis.link import RedisError, RedisLink, Word, as_sent
from nbcluster.probe.redis.rights import DryRun, Right

PREFIX = f"{KEY_PREFIX}nbcluster-probe:"
CHANNEL_PREFIX = f"{NAME_PREFIX}nbcluster-probe."
EXPIRY_MS = 30_000
UNLOCK = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"
"""Deletes a key that holds a value: what lock libraries release with. Constant, so the server keeps at most one text in its script cache."""


@dataclass
class Trial:
    """One role's commands on one random key; ``denied`` gathers what the user may not run, ``asked`` what was only asked about."""

    redis: RedisLink
    key: str
    needed: frozenset[str]
    denied: list[str] = field(default_factory=list)
    foreign_keys: bool = False
    unknown: list[str] = field(default_factory=list)
    asked: dict[str, Right] = field(default_factory=dict)
    allowed: int = 0

    def run(self, *words: Word, expected: str = "") -> object:
        """Run a command; a denial is gathered, an error that begins with ``expected`` counts as success."""
        name = _name(words)
        try:
            reply = self.redis.send(*words)
        except RedisError as fault:
            if expected and fault.word == expected and "unknown command" not in fault.message.lower():
                self.allowed += 1
                return None
            self.note(name, fault)
            return None
        self.allowed += 1
        return reply

    def note(self, name: str, fault: RedisError) -> None:
        """Keep a denial or a command that the server does not have; anything else is raised."""
        # A denied EXEC says so behind a word of its own.
        if fault.word == "NOPERM" or "because of: NOPERM" in fault.message:
            self.denied.append(name)
            self.foreign_keys = self.foreign_keys or "keys" in fault.message or "key " in fault.message
        elif "unknown command" in fault.message.lower():
            self.unknown.append(name)
        else:
            raise fault

    def make(self, create: Sequence[Word], expire: bool = True) -> bool:
        """Make a key together with its expiry in one transaction; returns whether it was made."""
        commands: list[Sequence[Word]] = [create]
        if expire:
            commands.append(("PEXPIRE", str(create[1]), EXPIRY_MS))
        if not self._has_transactions():
            # A SET with PX carries its expiry by itself; nothing else is made without a transaction.
            return not expire and self.run(*create) is not None
        refused = False
        for words in commands:
            try:
                self.redis.send(*words)
            except RedisError as fault:
                refused = True
                if fault.word != "NOPERM" and "unknown command" not in fault.message.lower():
                    self.redis.send("DISCARD")
                    raise
                self.note(_name(words), fault)
        if refused:
            self.redis.send("DISCARD")
            return False
        replies = self.redis.send("EXEC")
        for reply in replies if isinstance(replies, list) else []:
            if isinstance(reply, ResponseError):
                self.note(_name(create), as_sent(reply))
                return False
        self.allowed += 1
        return isinstance(replies, list) and replies[0] is not None

    def _has_transactions(self) -> bool:
        """Begin a transaction, unless the user could not end it: everything that follows would wait in it."""
        denied = len(self.denied) + len(self.unknown)
        for word in ("EXEC", "DISCARD"):
            # Outside of a transaction an allowed user is told that there is none.
            self.run(word, expected="ERR")
        if len(self.denied) + len(self.unknown) > denied:
            return False
        try:
            self.redis.send("MULTI")
        except RedisError as fault:
            self.note("MULTI", fault)
            return False
        return True


def _name(words: Sequence[Word]) -> str:
    return " ".join(str(word) for word in words[: 2 if words[0] == "XGROUP" else 1])


def _cache(trial: Trial, dry_run: DryRun) -> None:
    key = trial.key
    trial.make(("SET", key, "1", "PX", EXPIRY_MS), expire=False)
    for words in (("GET", key), ("MGET", key), ("PTTL", key)):
        trial.run(*words)
    _script_by_digest(trial)
    trial.run("DEL", key)
    asked: tuple[tuple[str, ...], ...] = (("KEYS", f"{key}*"), ("FLUSHDB",))
    for question in asked:
        trial.asked[question[0]] = dry_run(*question)


def _lease(trial: Trial, _dry_run: DryRun) -> None:
    key, value = trial.key, secrets.token_hex(8)
    made = trial.make(("SET", key, value, "NX", "PX", EXPIRY_MS), expire=False)
    for words in (("GET", key), ("EXISTS", key), ("PEXPIRE", key, EXPIRY_MS)):
        trial.run(*words)
    _script_by_digest(trial)
    gone = trial.run("EVAL", UNLOCK, 1, key, value)
    if made and gone == 0:
        raise Stop(verdict("redis.commands.lost"))
    trial.run("DEL", key)


def _script_by_digest(trial: Trial) -> None:
    # The digest of no script: an allowed user is told NOSCRIPT, and nothing is stored on the server.
    unknown = hashlib.sha1(trial.key.encode(), usedforsecurity=False).hexdigest()
    trial.run("EVALSHA", unknown, 1, trial.key, expected="NOSCRIPT")


def _stream(trial: Trial) -> None:
    key = trial.key
    if not trial.make(("XADD", key, "*", "probe", "1")):
        return
    trial.run("XRANGE", key, "-", "+", "COUNT", 1)
    trial.run("XREAD", "COUNT", 1, "STREAMS", key, "0")
    trial.run("XGROUP", "CREATE", key, "probe", "0")
    entries = trial.run("XREADGROUP", "GROUP", "probe", "probe", "COUNT", 1, "STREAMS", key, ">")
    trial.run("XACK", key, "probe", _entry(entries))
    trial.run("DEL", key)


def _entry(entries: object) -> str:
    try:
        return entries[0][1][0][0].decode()  # type: ignore[index,no-any-return]  # the shape of XREADGROUP's answer
    except (TypeError, IndexError, AttributeError, UnicodeDecodeError):
        return "0-1"


def _pubsub(trial: Trial, _dry_run: DryRun) -> None:
    channel = CHANNEL_PREFIX + trial.key.removeprefix(PREFIX)
    trial.run("PUBLISH", channel, "probe")
    # First: who may subscribe and not leave again could run nothing else afterwards.
    if trial.run("UNSUBSCRIBE", channel) is not None and trial.run("SUBSCRIBE", channel) is not None:
        trial.run("UNSUBSCRIBE", channel)
    _stream(trial)


def _queue(trial: Trial, _dry_run: DryRun) -> None:
    _stream(trial)
    items = f"{trial.key}:list"
    if trial.make(("RPUSH", items, "probe")):
        trial.run("LPOP", items)
        trial.run("DEL", items)


_SHARED = ("SET", "GET", "DEL")
_ROLES: dict[str, tuple[Callable[[Trial, DryRun], None], frozenset[str]]] = {
    "cache": (_cache, frozenset((*_SHARED, "PTTL", "MGET", "EVALSHA"))),
    "lock": (_lease, frozenset((*_SHARED, "EVALSHA", "EVAL"))),
    "worker_id": (_lease, frozenset(("SET", "GET"))),
    "pubsub": (_pubsub, frozenset()),
    "queue": (_queue, frozenset()),
}


def judge(redis: RedisLink, role: str, user: str, dry_run: DryRun) -> Finding:
    """Try the commands of a role. Raises ``RedisError`` for what is no question of rights."""
    act, needed = _ROLES.get(role, _ROLES["cache"])
    trial = Trial(redis, PREFIX + secrets.token_hex(8), needed)
    act(trial, dry_run)
    if trial.unknown:
        return verdict("redis.commands.unknown", commands=text(", ".join(dict.fromkeys(trial.unknown))))
    by_right = {right: [name for name, found in trial.asked.items() if found is right] for right in Right}
    names = list(dict.fromkeys(trial.denied + by_right[Right.DENIED]))
    if not names and by_right[Right.MISSING]:
        return verdict("redis.commands.lacking", commands=", ".join(by_right[Right.MISSING]))
    if not names and by_right[Right.UNASKED]:
        return verdict("redis.commands.unasked", user=user, commands=", ".join(by_right[Right.UNASKED]))
    if not names:
        return verdict("redis.commands.ok", count=trial.allowed)
    values = {"commands": text(", ".join(names)), "user": user, "rules": text(" ".join(_rule(name) for name in names))}
    cannot_work = any(name in needed for name in names) or not trial.allowed
    if trial.foreign_keys:
        return verdict("redis.commands.keys" if cannot_work else "redis.commands.some_keys", **values)
    return verdict("redis.commands.denied", **values) if cannot_work else verdict("redis.commands.partly", **values)


def _rule(name: str) -> str:
    return "+" + name.lower().replace(" ", "|")


_BLOOM_WORDS = {"BF.RESERVE": ("0.001", "1000000"), "BF.ADD": ("x",), "BF.MADD": ("x",)}


def judge_bloom(redis: RedisLink, user: str, dry_run: DryRun) -> Finding:
    """Tell whether the server has Bloom filters and the user may use the token blacklist's, making nothing; raises ``RedisError`` for what is neither."""
    try:
        known = redis.send("COMMAND", "INFO", "BF.RESERVE")
    except RedisError as fault:
        if fault.word != "NOPERM":
            raise
        known = [b"?"]
    if known in ([None], [], [[]], None):
        return verdict("redis.bloom.missing")
    try:
        redis.send("BF.EXISTS", TOKEN_FILTER, "nbcluster-probe")
    except RedisError as fault:
        if "unknown command" in fault.message.lower():
            return verdict("redis.bloom.missing")
        if fault.word == "NOPERM":
            return verdict("redis.bloom.denied", user=user, reason=text(fault.message, 200))
        if fault.word == "WRONGTYPE":
            return verdict("redis.bloom.taken", key=TOKEN_FILTER)
        # Redis 8 says that the filter does not exist yet.
        if "not found" not in fault.message:
            raise
    rights = {name: dry_run(name, TOKEN_FILTER, *_BLOOM_WORDS[name]) for name in _BLOOM_WORDS}
    if Right.MISSING in rights.values():
        return verdict("redis.bloom.missing")
    if denied := [name for name, right in rights.items() if right is Right.DENIED]:
        return verdict("redis.bloom.denied", user=user, reason=", ".join(denied))
    return verdict("redis.bloom.unasked", user=user) if Right.UNASKED in rights.values() else verdict("redis.bloom.ok")
