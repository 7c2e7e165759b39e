"""A Redis server itself: program and version, eviction, connection limit, clock, and content."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from nbcluster.facts import KEY_PREFIX
from nbcluster.probe.findings import Finding, FindingValue, Stop, text, verdict
from nbcluster.probe.redis.link import RedisError, RedisLink

MOST_DRIFT = 2.0
"""Seconds between two clocks beyond which leases and logs no longer fit together."""

SCANNED = 1000
PATTERN = f"{KEY_PREFIX}*"

DOCUMENTED_VERSION = 8
STREAMS_VERSION = 5

STACK_MODULES = {"bf", "ReJSON", "search"}
"""What Redis Stack brings to a Redis before 8, where these are modules."""


def judge_version(facts: Mapping[str, str]) -> Finding:
    """Return the verdict on the lines of INFO; ``modules`` are the names of what is loaded."""
    edition = edition_of(facts)
    number = facts.get(f"{edition.lower()}_version") or facts.get("redis_version", "")
    # Dragonfly writes df-v1.34.1
    number = number.removeprefix("df-").removeprefix("v")
    if not re.match(r"\d+\.\d+", number):
        return verdict("redis.version.unknown", version=text(number, 60))
    version = text(number, 60)
    if edition != "Redis":
        return verdict("redis.version.edition", edition=edition, version=version, like=text(facts.get("redis_version"), 60))
    major = int(number.split(".")[0][:9])
    if major < STREAMS_VERSION:
        return verdict("redis.version.ancient", version=version)
    mode = text(facts.get("redis_mode", "?"), 40)
    if major < DOCUMENTED_VERSION:
        stack = set(facts.get("modules", "").split()) >= STACK_MODULES
        return verdict("redis.version.stack", version=version) if stack else verdict("redis.version.old", version=version)
    return verdict("redis.version.ok", version=version, mode=mode)


def facts_of(answer: str) -> dict[str, str]:
    """Return the lines of INFO by name, and the names of the ``modules``, which all have a line of one name."""
    parted = [line.partition(":") for line in answer.splitlines()]
    modules = [value.partition(",")[0].removeprefix("name=") for name, _colon, value in parted if name == "module"]
    return {name: value.strip() for name, colon, value in parted if colon} | {"modules": " ".join(modules)}


def edition_of(facts: Mapping[str, str]) -> str:
    """Return the name of the program: Redis, Valkey, Dragonfly, KeyDB, or what it calls itself."""
    for name, fact in (("Valkey", "valkey_version"), ("Dragonfly", "dragonfly_version"), ("KeyDB", "keydb_version")):
        if fact in facts:
            return name
    server = facts.get("server_name", "redis").lower()
    return {"redis": "Redis", "valkey": "Valkey", "redict": "Redict"}.get(server, text(server, 40))


def judge_eviction(facts: Mapping[str, str], user: str) -> Finding:
    """Tell whether the server may evict keys."""
    policy = text(facts.get("maxmemory_policy", ""), 40)
    memory = text(facts.get("maxmemory_human", facts.get("maxmemory", "?")), 40)
    if not policy:
        return verdict("redis.eviction.hidden", user=user)
    if policy == "noeviction":
        return verdict("redis.eviction.ok", policy=policy, memory=memory)
    return verdict("redis.eviction.evicts", policy=policy, memory=memory)


def judge_persistence(facts: Mapping[str, str], redis: RedisLink, user: str) -> Finding:
    """Tell whether queued messages survive a restart of the server."""
    if facts.get("aof_enabled") == "1":
        return verdict("redis.persistence.ok")
    if "aof_enabled" not in facts:
        return verdict("redis.persistence.hidden", user=user)
    try:
        reply = redis.send("CONFIG", "GET", "save")
    except RedisError:
        reply = None
    if not isinstance(reply, list) or len(reply) != 2:
        return verdict("redis.persistence.unasked")
    rules = text(reply[1], 80)
    return verdict("redis.persistence.snapshots", rules=rules) if rules else verdict("redis.persistence.none")


def judge_limits(facts: Mapping[str, str], needed: int) -> Finding:
    """Compare the connections that the cluster opens here at least with what the server takes."""
    limit, used = facts.get("maxclients", ""), facts.get("connected_clients", "")
    if not limit.isdecimal() or not used.isdecimal():
        return verdict("redis.limits.hidden")
    values: dict[str, FindingValue] = {"needed": needed, "used": int(used), "limit": int(limit)}
    if int(used) + needed > int(limit):
        return verdict("redis.limits.few", **values, wanted=2 * (int(used) + needed))
    return verdict("redis.limits.ok", **values)


def judge_clock(redis: RedisLink) -> Finding:
    """Compare the server's clock with this machine's, allowing for the way there and back."""
    try:
        before = time.time()
        reply = redis.send("TIME")
        after = time.time()
    except RedisError as fault:
        raise Stop(verdict("redis.clock.hidden")) from fault
    parts = [part for part in reply if isinstance(part, bytes) and part.isdigit()] if isinstance(reply, list) else []
    if len(parts) != 2:
        return verdict("redis.clock.hidden")
    seconds = int(parts[0]) + int(parts[1]) / 1e6
    drift = max(before - seconds, seconds - after, 0.0)
    values: dict[str, FindingValue] = {"drift": f"{drift:.1f}"}
    return verdict("redis.clock.drift", **values) if drift > MOST_DRIFT else verdict("redis.clock.ok", **values)


def judge_keys(redis: RedisLink, number: int, installation: str) -> Finding:
    """Tell whether another NocoBase may live in the database: two of one name read each other's messages."""
    try:
        count = redis.send("DBSIZE")
        if not isinstance(count, int):
            return verdict("redis.keys.hidden", number=number)
        found = redis.send("SCAN", "0", "MATCH", PATTERN, "COUNT", SCANNED) if count else None
    except RedisError as fault:
        raise Stop(verdict("redis.keys.hidden", number=number)) from fault
    names = found[1] if isinstance(found, list) and len(found) == 2 and isinstance(found[1], list) else []
    foreign = [name for name in names if b":nbcluster-probe:" not in name]
    values: dict[str, FindingValue] = {"number": number, "count": count}
    if foreign and installation == "new":
        return verdict("redis.keys.taken", **values, example=text(foreign[0], 60))
    if count and installation == "new":
        return verdict("redis.keys.other", **values)
    return verdict("redis.keys.ok", **values)
