"""What two processes do with one Redis: lock each other out, receive each other's messages, take over each other's work (nocobase.md §4.3)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from nbcluster.probe.findings import Finding, text, verdict
from nbcluster.probe.redis.commands import CHANNEL_PREFIX, EXPIRY_MS, PREFIX, UNLOCK
from nbcluster.probe.redis.link import RedisError, RedisLink
from nbcluster.probe.redis.rights import inside_a_script, is_absent, is_refusal

SHORT_MS = 60
LONGEST_EXPIRY = 1.0
"""Seconds after which a key that lives for ``SHORT_MS`` has to be gone; Redis removes it when it is asked for."""

Judge = Callable[[RedisLink, RedisLink, str], Finding]
Connect = Callable[[], RedisLink]


def judge(first: RedisLink, connect: Connect, role: str) -> Finding:
    """Let two connections do what two processes do in a role; missing rights are reported by ``commands``, not here."""
    token = secrets.token_hex(8)
    try:
        second = connect()
        return _JUDGES[role](first, second, token)
    except RedisError as fault:
        if is_absent(fault):
            return verdict("redis.exchange.absent", reason=text(fault.message, 120))
        if is_refusal(fault) or inside_a_script(fault):
            return verdict("redis.exchange.denied", reason=text(fault.message, 120), rules=_RULES[role])
        raise


def _shared(first: RedisLink, second: RedisLink, token: str) -> Finding:
    key = PREFIX + token
    first.send("SET", key, token, "PX", EXPIRY_MS)
    seen = second.send("GET", key)
    first.send("DEL", key)
    return verdict("redis.exchange.shared") if seen == token.encode() else verdict("redis.exchange.split")


def _exclusive(first: RedisLink, second: RedisLink, token: str) -> Finding:
    key = PREFIX + token
    taken = first.send("SET", key, "1", "NX", "PX", EXPIRY_MS)
    both = second.send("SET", key, "2", "NX", "PX", EXPIRY_MS)
    if second.send("GET", key) is None:
        return verdict("redis.exchange.split")
    if taken is None or both is not None:
        return verdict("redis.exchange.both")
    if second.send("EVAL", UNLOCK, 1, key, "2") != 0 or first.send("EVAL", UNLOCK, 1, key, "1") != 1:
        return verdict("redis.exchange.release")
    second.send("SET", key, "2", "NX", "PX", SHORT_MS)
    end = time.monotonic() + LONGEST_EXPIRY
    while first.send("EXISTS", key):
        if time.monotonic() > end:
            first.send("DEL", key)
            return verdict("redis.exchange.expiry")
        time.sleep(SHORT_MS / 4000)
    return verdict("redis.exchange.exclusive")


def _heard(first: RedisLink, second: RedisLink, token: str) -> Finding:
    channel = CHANNEL_PREFIX + token
    second.send("SUBSCRIBE", channel)
    if first.send("PUBLISH", channel, token) == 0:
        return verdict("redis.exchange.unheard")
    heard = second.answer()
    second.send("UNSUBSCRIBE", channel)
    whole = isinstance(heard, list) and heard[-1:] == [token.encode()]
    return verdict("redis.exchange.heard") if whole else verdict("redis.exchange.unheard")


def _taken_over(first: RedisLink, second: RedisLink, token: str) -> Finding:
    key = PREFIX + token
    first.send("MULTI")
    first.send("XADD", key, "*", "probe", "1")
    first.send("PEXPIRE", key, EXPIRY_MS)
    first.send("EXEC")
    try:
        second.send("XGROUP", "CREATE", key, "probe", "0")
        second.send("XREADGROUP", "GROUP", "probe", "gone", "COUNT", 1, "STREAMS", key, ">")
        pending = first.send("XPENDING", key, "probe", "-", "+", 1)
        entry = _first_entry(pending)
        claimed = first.send("XCLAIM", key, "probe", "heir", 0, entry) if entry else None
        return verdict("redis.exchange.taken") if claimed else verdict("redis.exchange.lost")
    finally:
        first.send("DEL", key)


def _first_entry(pending: object) -> str:
    first = pending[0] if isinstance(pending, list) and pending else None
    return first[0].decode("ascii", "replace") if isinstance(first, list) and first and isinstance(first[0], bytes) else ""


_LEASE_RULES = "+set +get +exists +eval +del"
_RULES = {
    "cache": "+set +get +del",
    "lock": _LEASE_RULES,
    "worker_id": _LEASE_RULES,
    "pubsub": "+subscribe +unsubscribe +publish",
    "queue": "+multi +exec +xadd +pexpire +xgroup|create +xreadgroup +xpending +xclaim +del",
}
"""What the exchange of each role takes, as words of ACL SETUSER."""

_JUDGES: dict[str, Judge] = {
    "cache": _shared,
    "lock": _exclusive,
    "worker_id": _exclusive,
    "pubsub": _heard,
    "queue": _taken_over,
}
