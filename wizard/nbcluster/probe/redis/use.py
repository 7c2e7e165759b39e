"""Whether the nodes of a running cluster use a Redis database: who is connected to it, and how many keys lie in it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping, Sequence

from nbcluster.answers.host import ip_address
from nbcluster.probe.findings import Finding, FindingValue, text, verdict
from nbcluster.probe.redis.link import RedisError, RedisLink, Word

NAME = "nbcluster-probe"
"""What every connection that looks at a running cluster calls itself, so that none of them is taken for a node's."""

ALWAYS_FILLED = ("cache", "worker_id")
"""Roles that leave keys as soon as a process runs; the others have some only while there is something to do."""

_FIELD = re.compile(r"(?:^| )(addr|name|flags|db|cmd)=(\S*)")
_OTHERS = re.compile("exporter|sentinel|monitor|insight|telegraf|datadog|zabbix", re.IGNORECASE)
"""Connection names of monitoring programs; NocoBase sets none."""

# A connection of ours that has not come as far as its name, or may not have one.
_NAMELESS = ("NULL", "client|setname", "client|list")
_REPLICA_OR_MONITOR = frozenset("SMO")


def enter(redis: RedisLink, *login: Word) -> None:
    """Log in (where ``login`` is given) and take the name in one piece; raises ``RedisError`` for a login that is refused.

    A server or a proxy that refuses the name is none the worse for it.
    """
    name: tuple[Word, ...] = ("CLIENT", "SETNAME", NAME)
    refused, *_name = redis.together(*((login, name) if login else (name,)))
    if login and refused is not None:
        raise refused


def nodes_of(document: str) -> dict[str, str]:
    """Return the hosts of the nodes by name; empty where the answers cannot tell them."""
    return {str(name): str(host) for name, host in json.loads(document or "{}").items()}


def judge(redis: RedisLink, role: str, number: int, nodes: Mapping[str, str]) -> Finding:
    """Compare the addresses that are connected to a database with those of the nodes; raises ``RedisError``."""
    keys = _count(redis)
    clients = _clients(redis, number)
    values: dict[str, FindingValue] = {"number": number, "keys": keys if keys >= 0 else "?"}
    if clients is None:
        empty = keys == 0 and role in ALWAYS_FILLED
        return verdict("redis.use.empty", **values) if empty else verdict("redis.use.hidden", **values)
    seen = sorted({_normal(address.rpartition(":")[0]) for address in clients})
    values |= {"connections": len(clients), "seen": text(", ".join(seen), 200)}
    if not clients:
        return verdict("redis.use.nobody", **values)
    if not nodes:
        return verdict("redis.use.pods", **values)
    return _compare(seen, nodes, values)


def _compare(seen: Sequence[str], nodes: Mapping[str, str], values: dict[str, FindingValue]) -> Finding:
    known = {name: _addresses(host) for name, host in nodes.items()}
    there = {name for name, addresses in known.items() if addresses.intersection(seen)}
    missing = [name for name in nodes if name not in there]
    if not missing:
        return verdict("redis.use.ok", **values, nodes=len(nodes))
    values["missing"] = text(", ".join(f"{name} {nodes[name]}" for name in missing), 200)
    strangers = set(seen).difference(*(known[name] for name in there))
    # An address that is no node's may be a node behind a translated address, unless the server sees the nodes as they are.
    seen_as_they_are = bool(there) and all(known[name] for name in missing)
    if not strangers or seen_as_they_are:
        return verdict("redis.use.missing", **values)
    return verdict("redis.use.unplaced", **values)


def _addresses(host: str) -> set[str]:
    try:
        records = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {_normal(str(address[0])) for _family, _kind, _protocol, _name, address in records}


def _normal(address: str) -> str:
    found = ip_address(address.strip("[]"))
    return address if found is None else str(found)


def _count(redis: RedisLink) -> int:
    try:
        reply = redis.send("DBSIZE")
    except RedisError as fault:
        if fault.word != "NOPERM":
            raise
        return -1
    return reply if isinstance(reply, int) else -1


def _clients(redis: RedisLink, number: int) -> list[str] | None:
    """Return the addresses that are connected to a database, but for those that only watch; None where one may not look."""
    try:
        listing = redis.text("CLIENT", "LIST")
    except RedisError as fault:
        if fault.word == "NOPERM" or "unknown" in fault.message.lower():
            return None
        raise
    found = [dict(_FIELD.findall(line)) for line in listing.splitlines()]
    return [one["addr"] for one in found if one.get("addr") and one.get("db") == str(number) and not _watches(one)]


def _watches(client: Mapping[str, str]) -> bool:
    name = client.get("name", "")
    if name == NAME or _OTHERS.search(name) or _REPLICA_OR_MONITOR.intersection(client.get("flags", "")):
        return True
    return client.get("cmd") in _NAMELESS
