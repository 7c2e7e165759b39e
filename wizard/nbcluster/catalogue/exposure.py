"""Which finding tells what somebody on the network gets who is no part of the cluster: the same for a connection and for the answers.

``home``: the connection does not leave the machine. ``params`` are those of the target (``answers.targets``).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from nbcluster.answers.targets import TargetKind

_LINES: dict[TargetKind, tuple[str, str, str]] = {
    TargetKind.REDIS: ("redis.exposure.home", "redis.exposure.ok", "redis.exposure.plain"),
    TargetKind.DATABASE: ("database.exposure.home", "database.exposure.ok", "database.exposure.plain"),
    TargetKind.RABBITMQ: ("rabbitmq.exposure.home", "rabbitmq.exposure.ok", "rabbitmq.exposure.plain"),
}
"""The findings of each kind of server: the line stays on its machine, is encrypted, is neither."""


def of_line(kind: TargetKind, params: Mapping[str, object], *, home: bool) -> str:
    """Return the code for the line to a server of the cluster's own; raises ``KeyError`` for another kind of target."""
    at_home, encrypted, plain = _LINES[kind]
    if home:
        return at_home
    if kind is TargetKind.REDIS and not params.get("password"):
        return "redis.exposure.open"
    return encrypted if params.get("tls") else plain


def of_people(params: Mapping[str, object]) -> str:
    """Return the code for the way on which people come; of a load balancer of one's own nothing is known but the address."""
    told = str(params.get("public_url") or "")
    if told.startswith("https://") or (params.get("certificate") and not told):
        return "balancer.exposure.ok"
    if params.get("own") and not told:
        return "balancer.exposure.other"
    return "balancer.exposure.hidden" if params.get("behind_proxy") and not told else "balancer.exposure.plain"


def of_node(address: str) -> str:
    """Return the code for the port of a node at an address."""
    return "node.exposure.public" if is_public(address) else "node.exposure.ok"


def is_public(address: str) -> bool:
    """Tell whether an address is one of the Internet, and not of a network of one's own."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global
