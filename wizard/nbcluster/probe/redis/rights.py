"""What a user of a Redis server may do, asked without running it; and what a refusal means."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from nbcluster.probe.redis.link import RedisError, RedisLink


class Right(Enum):
    """Whether a command may be run; ``UNASKED`` where neither the server nor the user's own rights let one find out.

    ``KEYS`` and ``CHANNELS``: the command may be run, only not on this key or this channel.
    """

    ALLOWED = "allowed"
    DENIED = "denied"
    KEYS = "keys"
    CHANNELS = "channels"
    MISSING = "missing"
    UNASKED = "unasked"


DryRun = Callable[..., Right]
"""Tells whether a command, given as words, may be run."""

_FIRST_WITH_USERS = 6
_NOT_FOUND = re.compile(r"command '[^']*' not found", re.IGNORECASE)
_INSIDE_A_SCRIPT = re.compile(r"can't run this command|acl failure|no permission", re.IGNORECASE)


def refused(message: str) -> Right:
    """Return what a refusal of Redis 6 and later is about: the command, the key or the channel (Redis, ``ACLCheckAllUserCommandPerm``)."""
    text = message.lower()
    if "to run the" in text:
        return Right.DENIED
    if "channel" in text:
        return Right.CHANNELS
    return Right.KEYS if re.search(r"\bkeys?\b", text) else Right.DENIED


def is_refusal(fault: RedisError) -> bool:
    """Tell whether an error is a missing right; a transaction says so behind a word of its own."""
    return fault.word == "NOPERM" or "because of: NOPERM" in fault.message


def is_absent(fault: RedisError) -> bool:
    """Tell whether the server does not have a command: taken away, renamed, or held back by a proxy."""
    return "unknown command" in fault.message.lower()


def inside_a_script(fault: RedisError) -> bool:
    """Tell whether a script ran into a missing right of its user."""
    return "script" in fault.message.lower() and _INSIDE_A_SCRIPT.search(fault.message) is not None


def ask(redis: RedisLink, user: str, version: Callable[[], str], *words: str) -> Right:
    """Ask a server whether a user may run a command; ``version`` gives the server's, empty where it hides it."""
    try:
        reply = redis.text("ACL", "DRYRUN", user, *words)
    except RedisError as fault:
        if _NOT_FOUND.search(fault.message):
            return Right.MISSING
        return _without_dry_run(redis, user, version, words[0], fault)
    if reply == "OK":
        return Right.ALLOWED
    return refused(reply) if "no permission" in reply.lower() else Right.UNASKED


def _without_dry_run(redis: RedisLink, user: str, version: Callable[[], str], name: str, fault: RedisError) -> Right:
    known = _exists(redis, name)
    if known is not True:
        # Where the server hides whether it has the command, a right to run everything proves nothing.
        return Right.UNASKED if known is None else Right.MISSING
    # Before version 6 there are no users: everybody may run whatever is there.
    major = version().partition(".")[0]
    old = major.isdigit() and int(major) < _FIRST_WITH_USERS and is_absent(fault)
    return Right.ALLOWED if old or _may_run_everything(redis, user) else Right.UNASKED


def _exists(redis: RedisLink, name: str) -> bool | None:
    """Tell whether a server has a command; None where it does not tell."""
    try:
        reply = redis.send("COMMAND", "INFO", name)
    except RedisError:
        return None
    return reply not in ([None], [], [[]], None) if isinstance(reply, list) or reply is None else None


def _may_run_everything(redis: RedisLink, user: str) -> bool:
    try:
        reply = redis.send("ACL", "GETUSER", user)
    except RedisError:
        return False
    words = reply if isinstance(reply, list) else []
    facts = {bytes(name): value for name, value in zip(words[::2], words[1::2], strict=False) if isinstance(name, bytes)}
    flags = facts.get(b"flags")
    if isinstance(flags, list) and {b"allcommands", b"allkeys"} <= set(flags):
        return True
    # From Redis 7 on the rules stand in texts of their own.
    keys = facts.get(b"keys")
    return facts.get(b"commands") == b"+@all" and isinstance(keys, bytes) and b"~*" in keys.split()
