"""Commands of the simulated Redis on strings, lists, expiry and Bloom filters."""

from __future__ import annotations

import fnmatch
from collections import deque

from nbcluster.demo.keyspace import Filter, Stream
from nbcluster.demo.redis_model import Block, Command, Session, number, options, syntax
from nbcluster.demo.resp import NilArray, Reply, RespError


def _get(session: Session, words: list[bytes]) -> Reply:
    return session.database.typed(words[1], bytes)


def _mget(session: Session, words: list[bytes]) -> Reply:
    values = [session.database.get(key) for key in words[1:]]
    return [value if isinstance(value, bytes) else None for value in values]


def _mset(session: Session, words: list[bytes]) -> Reply:
    if len(words) % 2 == 0:
        raise RespError("ERR wrong number of arguments for 'mset' command")
    for key, value in zip(words[1::2], words[2::2], strict=True):
        session.database.put(key, value)
    return "OK"


def _set(session: Session, words: list[bytes]) -> Reply:
    key, value, rest = words[1], words[2], options(words[3:])
    lifetime: int | None = None
    unless: str | None = None
    returns = keeps = False
    while rest:
        word = rest.pop(0)
        if word in ("PX", "EX") and rest:
            lifetime = number(rest.pop(0).encode()) * (1 if word == "PX" else 1000)
            if lifetime <= 0:
                raise RespError("ERR invalid expire time in 'set' command")
        elif word in ("NX", "XX") and unless is None:
            unless = word
        elif word == "GET":
            returns = True
        elif word == "KEEPTTL":
            keeps = True
        else:
            raise syntax()
    old = session.database.get(key)
    if (unless == "NX" and old is not None) or (unless == "XX" and old is None):
        return old if returns and isinstance(old, bytes) else None
    left = session.database.lifetime(key)
    session.database.put(key, value, left if keeps and left >= 0 else lifetime)
    return (old if isinstance(old, bytes) else None) if returns else "OK"


def _incrby(session: Session, words: list[bytes]) -> Reply:
    value = number(session.database.typed(words[1], bytes) or b"0") + (number(words[2]) if len(words) > 2 else 1)
    left = session.database.lifetime(words[1])
    session.database.put(words[1], b"%d" % value, left if left >= 0 else None)
    return value


def _del(session: Session, words: list[bytes]) -> Reply:
    return sum(session.database.delete(key) for key in words[1:])


def _exists(session: Session, words: list[bytes]) -> Reply:
    return sum(session.database.get(key) is not None for key in words[1:])


def _type(session: Session, words: list[bytes]) -> Reply:
    value = session.database.get(words[1])
    names = {bytes: "string", deque: "list", Stream: "stream", Filter: "MBbloom--"}
    return "none" if value is None else names[type(value)]


def _expire(session: Session, words: list[bytes]) -> Reply:
    factor = 1000 if words[0].lower() == b"expire" else 1
    return int(session.database.expire(words[1], number(words[2]) * factor))


def _lifetime(session: Session, words: list[bytes]) -> Reply:
    left = session.database.lifetime(words[1])
    return left if words[0].lower() == b"pttl" or left < 0 else round(left / 1000)


def _keys(session: Session, words: list[bytes]) -> Reply:
    return [key for key in session.database.names() if _matches(key, words[1])]


def _scan(session: Session, words: list[bytes]) -> Reply:
    rest = options(words[2:])
    pattern = words[3 + rest.index("MATCH")] if "MATCH" in rest[:-1] else b"*"
    return [b"0", [key for key in session.database.names() if _matches(key, pattern)]]


def _matches(key: bytes, pattern: bytes) -> bool:
    return fnmatch.fnmatchcase(key.decode("latin-1"), pattern.decode("latin-1"))


def _dbsize(session: Session, _words: list[bytes]) -> Reply:
    return sum(1 for _ in session.database.names())


def _flushdb(session: Session, _words: list[bytes]) -> Reply:
    session.database.clear()
    return "OK"


def _push(session: Session, words: list[bytes]) -> Reply:
    items = session.database.typed(words[1], deque)
    if items is None:
        items = deque()
        session.database.put(words[1], items)
    if words[0].lower() == b"lpush":
        items.extendleft(words[2:])
    else:
        items.extend(words[2:])
    return len(items)


def _take(session: Session, key: bytes, right: bool) -> bytes | None:
    items: deque[bytes] | None = session.database.typed(key, deque)
    if not items:
        return None
    item = items.pop() if right else items.popleft()
    if not items:
        session.database.delete(key)
    return item


def _pop(session: Session, words: list[bytes]) -> Reply:
    return _take(session, words[1], words[0].lower() == b"rpop")


def _blocking_pop(session: Session, words: list[bytes]) -> Reply:
    try:
        seconds = float(words[-1])
    except ValueError:
        raise RespError("ERR timeout is not a float or out of range") from None
    for key in words[1:-1]:
        item = _take(session, key, words[0].lower() == b"brpop")
        if item is not None:
            return [key, item]
    raise Block(seconds, NilArray())


def _llen(session: Session, words: list[bytes]) -> Reply:
    return len(session.database.typed(words[1], deque) or ())


def _lrange(session: Session, words: list[bytes]) -> Reply:
    items = list(session.database.typed(words[1], deque) or ())
    start, stop = (n if n >= 0 else max(0, n + len(items)) for n in (number(words[2]), number(words[3])))
    return items[start : stop + 1] if number(words[3]) >= -len(items) else []


def _bf_reserve(session: Session, words: list[bytes]) -> Reply:
    if session.database.get(words[1]) is not None:
        raise RespError("ERR item exists")
    session.database.put(words[1], Filter())
    return "OK"


def _bf_add(session: Session, words: list[bytes]) -> Reply:
    known = session.database.typed(words[1], Filter)
    if known is None:
        known = Filter()
        session.database.put(words[1], known)
    # RedisBloom answers these with a boolean in RESP3; clients read 0 and 1 alike.
    fresh = [int(item not in known) for item in words[2:]]
    known.update(words[2:])
    return fresh if words[0].lower() == b"bf.madd" else fresh[0]


def _bf_exists(session: Session, words: list[bytes]) -> Reply:
    known = session.database.typed(words[1], Filter) or Filter()
    found = [int(item in known) for item in words[2:]]
    return found if words[0].lower() == b"bf.mexists" else found[0]


COMMANDS = {
    "get": Command(_get, 2, ("readonly", "fast"), 1, 1),
    "mget": Command(_mget, -2, ("readonly", "fast"), 1, -1),
    "mset": Command(_mset, -3, ("write", "denyoom"), 1, -1),
    "set": Command(_set, -3, ("write", "denyoom"), 1, 1),
    "incr": Command(_incrby, 2, ("write", "denyoom", "fast"), 1, 1),
    "incrby": Command(_incrby, 3, ("write", "denyoom", "fast"), 1, 1),
    "del": Command(_del, -2, ("write",), 1, -1),
    "unlink": Command(_del, -2, ("write", "fast"), 1, -1),
    "exists": Command(_exists, -2, ("readonly", "fast"), 1, -1),
    "type": Command(_type, 2, ("readonly", "fast"), 1, 1),
    "expire": Command(_expire, -3, ("write", "fast"), 1, 1),
    "pexpire": Command(_expire, -3, ("write", "fast"), 1, 1),
    "ttl": Command(_lifetime, 2, ("readonly", "fast"), 1, 1),
    "pttl": Command(_lifetime, 2, ("readonly", "fast"), 1, 1),
    "keys": Command(_keys, 2, ("readonly",)),
    "scan": Command(_scan, -2, ("readonly",)),
    "dbsize": Command(_dbsize, 1, ("readonly", "fast")),
    "flushdb": Command(_flushdb, -1, ("write",)),
    "lpush": Command(_push, -3, ("write", "denyoom", "fast"), 1, 1),
    "rpush": Command(_push, -3, ("write", "denyoom", "fast"), 1, 1),
    "lpop": Command(_pop, 2, ("write", "fast"), 1, 1),
    "rpop": Command(_pop, 2, ("write", "fast"), 1, 1),
    "blpop": Command(_blocking_pop, -3, ("write", "blocking"), 1, -2),
    "brpop": Command(_blocking_pop, -3, ("write", "blocking"), 1, -2),
    "llen": Command(_llen, 2, ("readonly", "fast"), 1, 1),
    "lrange": Command(_lrange, 4, ("readonly",), 1, 1),
}

BLOOM_COMMANDS = {
    "bf.reserve": Command(_bf_reserve, -4, ("write", "denyoom"), 1, 1),
    "bf.add": Command(_bf_add, 3, ("write", "denyoom"), 1, 1),
    "bf.madd": Command(_bf_add, -3, ("write", "denyoom"), 1, 1),
    "bf.exists": Command(_bf_exists, 3, ("readonly",), 1, 1),
    "bf.mexists": Command(_bf_exists, -3, ("readonly",), 1, 1),
}
