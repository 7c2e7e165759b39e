"""Which server stands behind the protocol of Redis, and which version."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbcluster.probe.findings import Finding, text, verdict

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
