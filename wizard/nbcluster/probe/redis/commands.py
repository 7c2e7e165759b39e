"""What NocoBase does with Redis in each role, tried on keys that carry their expiry from the first moment; its Bloom filter."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from redis.exceptions import ResponseError

from nbcluster.facts import KEY_PREFIX, NAME_PREFIX, TOKEN_FILTER
from nbcluster.probe.findings import Finding, FindingValue, Stop, text, verdict
from nbcluster.probe.redis.link import RedisError, RedisLink, Word, as_sent
from nbcluster.probe.redis.rights import DryRun, Right, inside_a_script, is_absent, is_refusal, refused

PREFIX = f"{KEY_PREFIX}nbcluster-probe:"
CHANNEL_PREFIX = f"{NAME_PREFIX}nbcluster-probe."
CHANNELS = f"{NAME_PREFIX.rstrip('.')}*"
"""What NocoBase's channels begin with, as a pattern of ACL SETUSER."""
EXPIRY_MS = 30_000
UNLOCK = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"
"""Deletes a key that holds a value: what lock libraries release with. Constant, so the server keeps at most one text in its script cache."""


@dataclass
class Trial:
    """One role's commands on one random key; ``denied`` gathers what was refused and why, ``asked`` what was only asked about.

    ``untried`` are commands that could neither be run nor asked about, because others were refused.
    """

    redis: RedisLink
    key: str
    needed: frozenset[str]
    dry_run: DryRun
    denied: dict[str, set[Right]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    asked: dict[str, Right] = field(default_factory=dict)
    allowed: int = 0

    def run(self, *words: Word, expected: str = "") -> object:
        """Run a command; a denial is gathered, an error that begins with ``expected`` counts as success."""
        name = _name(words)
        try:
            reply = self.redis.send(*words)
        except RedisError as fault:
            if expected and fault.word == expected and not is_absent(fault):
                self.allowed += 1
                return None
            self.note(name, fault)
            return None
        self.allowed += 1
        return reply

    def note(self, name: str, fault: RedisError) -> None:
        """Keep a denial or a command that the server does not have; anything else is raised."""
        if is_refusal(fault):
            self.denied.setdefault(name, set()).add(refused(fault.message))
        elif is_absent(fault):
            self.unknown.append(name)
        elif not inside_a_script(fault):
            # What a script may not run is refused outside of it as well, and gathered there.
            raise fault

    def ask(self, *words: str) -> None:
        """Ask about a command that is not run."""
        name, right = _name(words), self.dry_run(*words)
        self.asked[name] = right
        if right in _REFUSED:
            self.denied.setdefault(name, set()).add(right)

    def make(self, create: Sequence[Word], expire: bool = True) -> bool:
        """Make a key together with its expiry in one transaction; returns whether it was made."""
        commands: list[Sequence[Word]] = [create]
        if expire:
            commands.append(("PEXPIRE", str(create[1]), EXPIRY_MS))
        if not self._has_transactions():
            if not expire:
                # A SET with PX carries its expiry by itself.
                return self.run(*create) is not None
            self._look_at(create)
            return False
        refused = False
        for words in commands:
            try:
                self.redis.send(*words)
            except RedisError as fault:
                refused = True
                if not is_refusal(fault) and not is_absent(fault):
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

    def _look_at(self, create: Sequence[Word]) -> None:
        """Find out about what makes a key without making one."""
        key = str(create[1])
        self.run("PEXPIRE", key, EXPIRY_MS)
        if create[0] == "XADD":
            # Before Redis 6.2 the word is an id that cannot be: nothing is made then, either.
            self.run("XADD", key, "NOMKSTREAM", *create[2:], expected="ERR")
            return
        right = self.dry_run(*(str(word) for word in create))
        if right in _REFUSED:
            self.denied.setdefault(_name(create), set()).add(right)
        elif right is not Right.ALLOWED:
            self.untried.append(_name(create))

    def _has_transactions(self) -> bool:
        """Begin a transaction, unless the user could not end it: everything that follows would wait in it."""
        denied = len(self.denied) + len(self.unknown)
        for word in ("EXEC", "DISCARD"):
            # Outside of a transaction an allowed user gets the error that there is none.
            self.run(word, expected="ERR")
        if len(self.denied) + len(self.unknown) > denied:
            return False
        try:
            self.redis.send("MULTI")
        except RedisError as fault:
            self.note("MULTI", fault)
            return False
        return True


_ASKING = "+acl|dryrun"
"""What lets a user ask what it may run, from Redis 7 on."""

_REFUSED = (Right.DENIED, Right.KEYS, Right.CHANNELS)


def _name(words: Sequence[Word]) -> str:
    return " ".join(str(word) for word in words[: 2 if words[0] in ("XGROUP", "SCRIPT") else 1])


def _cache(trial: Trial) -> None:
    key = trial.key
    made = trial.make(("SET", key, "1", "PX", EXPIRY_MS), expire=False)
    for words in (("GET", key), ("MGET", key), ("PTTL", key)):
        trial.run(*words)
    if made:
        # On a key that has its expiry already: the counter of NocoBase does so in a script.
        trial.run("INCRBY", key, 1)
    else:
        trial.ask("INCRBY", key, "1")
    trial.make(("MSET", key, "1"))
    _script_by_digest(trial)
    trial.run("DEL", key)
    for question in (("KEYS", f"{key}*"), ("FLUSHDB",), ("SCRIPT", "LOAD", "return 1")):
        trial.ask(*question)


def _lease(trial: Trial) -> None:
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
    # No script has this digest: an allowed user gets NOSCRIPT, and nothing is stored on the server.
    unknown = hashlib.sha1(trial.key.encode(), usedforsecurity=False).hexdigest()
    trial.run("EVALSHA", unknown, 1, trial.key, expected="NOSCRIPT")


def _stream(trial: Trial) -> None:
    key = trial.key
    made = trial.make(("XADD", key, "*", "probe", "1"))
    trial.run("XRANGE", key, "-", "+", "COUNT", 1)
    trial.run("XREAD", "COUNT", 1, "STREAMS", key, "0")
    # Without the stream, or without its group, an allowed user gets the error that there is none.
    grouped = trial.run("XGROUP", "CREATE", key, "probe", "0", expected="" if made else "ERR") is not None
    words = ("XREADGROUP", "GROUP", "probe", "probe", "COUNT", 1, "STREAMS", key, ">")
    entries = trial.run(*words, expected="" if grouped else "NOGROUP")
    trial.run("XACK", key, "probe", _entry(entries))
    trial.run("DEL", key)


def _entry(entries: object) -> str:
    try:
        return entries[0][1][0][0].decode()  # type: ignore[index,no-any-return]  # the shape of XREADGROUP's answer
    except (TypeError, IndexError, AttributeError, UnicodeDecodeError):
        return "0-1"


def _pubsub(trial: Trial) -> None:
    channel = CHANNEL_PREFIX + trial.key.removeprefix(PREFIX)
    trial.run("PUBLISH", channel, "probe")
    # First: who may subscribe and not leave again could run nothing else afterwards.
    if trial.run("UNSUBSCRIBE", channel) is None:
        trial.untried.append("SUBSCRIBE")
    elif trial.run("SUBSCRIBE", channel) is not None:
        trial.run("UNSUBSCRIBE", channel)
    _stream(trial)


def _queue(trial: Trial) -> None:
    _stream(trial)
    items = f"{trial.key}:list"
    trial.make(("RPUSH", items, "probe"))
    trial.run("LPOP", items)
    trial.run("DEL", items)


_SHARED = ("SET", "GET", "DEL")
_ROLES: dict[str, tuple[Callable[[Trial], None], frozenset[str]]] = {
    "cache": (_cache, frozenset((*_SHARED, "PTTL", "MGET", "EVALSHA"))),
    "lock": (_lease, frozenset((*_SHARED, "EVALSHA", "EVAL"))),
    "worker_id": (_lease, frozenset(("SET", "GET"))),
    "pubsub": (_pubsub, frozenset()),
    "queue": (_queue, frozenset()),
}


def judge(redis: RedisLink, role: str, user: str, dry_run: DryRun) -> Finding:
    """Try the commands of a role. Raises ``RedisError`` for what is no question of rights."""
    act, needed = _ROLES.get(role, _ROLES["cache"])
    trial = Trial(redis, PREFIX + secrets.token_hex(8), needed, dry_run)
    act(trial)
    if trial.unknown:
        return verdict("redis.commands.unknown", commands=text(", ".join(dict.fromkeys(trial.unknown))))
    by_right = {right: [name for name, found in trial.asked.items() if found is right] for right in Right}
    names = list(trial.denied)
    if not names and by_right[Right.MISSING]:
        return verdict("redis.commands.lacking", commands=", ".join(by_right[Right.MISSING]))
    if not names and by_right[Right.UNASKED]:
        unasked = by_right[Right.UNASKED]
        return verdict("redis.commands.unasked", user=user, commands=", ".join(unasked), rules=f"{_commands(unasked)} {_ASKING}")
    if not names:
        return verdict("redis.commands.ok", count=trial.allowed)
    values: dict[str, FindingValue] = {"commands": text(", ".join(names)), "user": user, "rules": text(_rules(trial))}
    cannot_work = any(name in needed for name in names) or not trial.allowed
    if any(Right.KEYS in found for found in trial.denied.values()):
        return verdict("redis.commands.keys" if cannot_work else "redis.commands.some_keys", **values)
    return verdict("redis.commands.denied", **values) if cannot_work else verdict("redis.commands.partly", **values)


def _rules(trial: Trial) -> str:
    """Return what a user lacks as words of ACL SETUSER.

    A pattern stands there only where one was refused: who has all keys is refused another (nocobase.md §19 #17).
    """
    found = set().union(*trial.denied.values())
    patterns = [f"~{KEY_PREFIX}*"] * (Right.KEYS in found) + [f"&{CHANNELS}"] * (Right.CHANNELS in found)
    commands = [name for name, why in trial.denied.items() if Right.DENIED in why]
    unasked = [name for name, right in trial.asked.items() if right is Right.UNASKED]
    asking = [_ASKING] * bool(unasked or trial.untried)
    return " ".join([*patterns, *_commands([*commands, *trial.untried, *unasked]).split(), *asking])


def _commands(names: Sequence[str]) -> str:
    return " ".join("+" + name.lower().replace(" ", "|") for name in dict.fromkeys(names))


_BLOOM_WORDS = {"BF.RESERVE": ("0.001", "1000000"), "BF.ADD": ("x",), "BF.MADD": ("x",)}


def judge_bloom(redis: RedisLink, user: str, dry_run: DryRun) -> Finding:
    """Tell whether the server has Bloom filters and the user may use the token blacklist's, making nothing; raises ``RedisError`` for what is neither."""
    try:
        known = redis.send("COMMAND", "INFO", "BF.RESERVE")
    except RedisError as fault:
        if not is_refusal(fault) and not is_absent(fault):
            raise
        known = [b"?"]
    if known in ([None], [], [[]], None):
        return verdict("redis.bloom.missing")
    rights: dict[str, Right] = {}
    try:
        redis.send("BF.EXISTS", TOKEN_FILTER, "nbcluster-probe")
    except RedisError as fault:
        if is_absent(fault):
            return verdict("redis.bloom.missing")
        if fault.word == "WRONGTYPE":
            return verdict("redis.bloom.taken", key=TOKEN_FILTER)
        if is_refusal(fault):
            rights["BF.EXISTS"] = refused(fault.message)
        # Redis 8 says that the filter does not exist yet.
        elif "not found" not in fault.message:
            raise
    rights |= {name: dry_run(name, TOKEN_FILTER, *_BLOOM_WORDS[name]) for name in _BLOOM_WORDS}
    if Right.MISSING in rights.values():
        return verdict("redis.bloom.missing")
    if denied := [name for name, right in rights.items() if right in _REFUSED]:
        patterns = [f"~{TOKEN_FILTER}"] * (Right.KEYS in rights.values())
        commands = _commands([name for name, right in rights.items() if right in (Right.DENIED, Right.UNASKED)])
        rules = " ".join([*patterns, *commands.split()])
        return verdict("redis.bloom.denied", user=user, reason=", ".join(denied), rules=rules)
    return verdict("redis.bloom.unasked", user=user) if Right.UNASKED in rights.values() else verdict("redis.bloom.ok")
