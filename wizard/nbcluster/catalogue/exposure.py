"""Which finding tells what somebody on the network gets who is no part of the cluster: the same for a connection and for the answers.

``home``: the connection does not leave the machine. ``params`` are those of the target (``answers.targets``).
"""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.answers.host import ip_address
from nbcluster.answers.targets import TargetKind, parameter

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
    if kind is TargetKind.REDIS and not parameter(params, "password"):
        return "redis.exposure.open"
    return encrypted if parameter(params, "tls") else plain


def of_people(params: Mapping[str, object]) -> str:
    """Return the code for the way on which people come."""
    told = str(parameter(params, "public_url") or "")
    if told.startswith("https://") or (parameter(params, "certificate") and not told):
        return "balancer.exposure.ok"
    return "balancer.exposure.hidden" if parameter(params, "behind_proxy") and not told else "balancer.exposure.plain"


OWN_BALANCER = "balancer.exposure.other"
"""The code for the way through a load balancer that somebody else sets up: the answers tell nothing of it."""


def of_node(address: str) -> str:
    """Return the code for the port of a node at an address."""
    return "node.exposure.public" if is_public(address) else "node.exposure.ok"


def is_public(address: str) -> bool:
    """Tell whether an address is one of the Internet, and not of a network of one's own."""
    found = ip_address(address)
    return found is not None and found.is_global
