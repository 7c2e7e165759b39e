"""Whether a running cluster uses a Redis database: who is connected to it, and how many keys lie in it."""

from __future__ import annotations

import re

from nbcluster.probe.findings import Finding, Value, ok, skip, warn
from nbcluster.probe.redis_link import RedisError, RedisLink

ALWAYS_FILLED = ("cache", "worker_id")
"""Roles that leave keys as soon as a process runs; the others have some only while there is something to do."""

_FIELD = re.compile(r"(?:^| )(id|addr|db|cmd)=(\S*)")


def judge(redis: RedisLink, role: str, number: int, machines: int, processes: int) -> Finding:
    """Compare what is connected to a database with the machines that should be; raises ``RedisError``."""
    keys = _count(redis)
    clients = _clients(redis, number)
    values: dict[str, Value] = {
        "number": number,
        "machines": machines,
        "processes": processes,
        "keys": keys if keys >= 0 else "?",
    }
    if clients is None:
        if keys > 0:
            return ok("redis.use.filled", **values)
        return warn("redis.use.empty", **values) if keys == 0 and role in ALWAYS_FILLED else skip("redis.use.hidden", **values)
    hosts = {address.rpartition(":")[0] for address in clients}
    values |= {"connections": len(clients), "hosts": len(hosts)}
    if not clients:
        return warn("redis.use.nobody", **values)
    return warn("redis.use.few", **values) if len(hosts) < machines else ok("redis.use.ok", **values)


def _count(redis: RedisLink) -> int:
    try:
        reply = redis.send("DBSIZE")
    except RedisError as fault:
        if fault.word != "NOPERM":
            raise
        return -1
    return reply if isinstance(reply, int) else -1


def _clients(redis: RedisLink, number: int) -> list[str] | None:
    """Return the addresses that are connected to a database but for this program's own; None where one may not look."""
    try:
        listing = redis.text("CLIENT", "LIST")
    except RedisError as fault:
        if fault.word == "NOPERM" or "unknown" in fault.message.lower():
            return None
        raise
    found = [dict(_FIELD.findall(line)) for line in listing.splitlines()]
    # whoever lists the clients at this moment is this program
    return [one["addr"] for one in found if one.get("db") == str(number) and not one.get("cmd", "").startswith("client")]
