"""What a user of a Redis server may do, asked without doing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from nbcluster.probe.redis.link import RedisError, RedisLink


class Right(Enum):
    """Whether a command may be run; ``UNASKED`` where neither the server nor the user's own rights let one find out."""

    ALLOWED = "allowed"
    DENIED = "denied"
    MISSING = "missing"
    UNASKED = "unasked"


DryRun = Callable[..., Right]
"""Tells whether a command, given as words, may be run."""

_FIRST_WITH_USERS = 6
_NOT_FOUND = re.compile(r"command '[^']*' not found", re.IGNORECASE)


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
    return Right.DENIED if "no permission" in reply.lower() else Right.UNASKED


def _without_dry_run(redis: RedisLink, user: str, version: Callable[[], str], name: str, fault: RedisError) -> Right:
    if not _exists(redis, name):
        return Right.MISSING
    # Before version 6 there are no users: everybody may run whatever is there.
    major = version().partition(".")[0]
    old = major.isdigit() and int(major) < _FIRST_WITH_USERS and "unknown command" in fault.message.lower()
    return Right.ALLOWED if old or _may_run_everything(redis, user) else Right.UNASKED


def _exists(redis: RedisLink, name: str) -> bool:
    try:
        return redis.send("COMMAND", "INFO", name) not in ([None], [], [[]], None)
    except RedisError:
        return True


def _may_run_everything(redis: RedisLink, user: str) -> bool:
    try:
        reply = redis.send("ACL", "GETUSER", user)
    except RedisError:
        return False
    flags = reply[1] if isinstance(reply, list) and len(reply) > 1 and reply[0] == b"flags" else []
    return isinstance(flags, list) and {b"allcommands", b"allkeys"} <= set(flags)
