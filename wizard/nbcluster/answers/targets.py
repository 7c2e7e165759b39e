"""What is to be checked: plain descriptions made from answers, without opening anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from nbcluster.answers.secret import Secret

_UNSKIPPABLE = re.compile(r"redis\.[a-z_]+\.(primary|server)|database\.installation")
"""Checks whose failure means lost data or a cluster that cannot work, wherever they are looked at from."""

ParamValue = str | int | bool | None | Secret


class TargetKind(StrEnum):
    """Which probe judges a target."""

    REDIS = "redis"
    RABBITMQ = "rabbitmq"
    DATABASE = "database"
    NODE = "node"
    STORAGE = "storage"
    HTTP = "http"
    BALANCER = "balancer"


_CONNECTION = frozenset({"host", "port", "tls", "ca_file"})

PARAMETERS: Mapping[TargetKind, frozenset[str]] = MappingProxyType(
    {
        TargetKind.REDIS: _CONNECTION
        | {"username", "password", "db", "role", "connections", "installation", "peers", "machines", "nodes", "wait"},
        TargetKind.RABBITMQ: _CONNECTION | {"username", "password", "vhost"},
        TargetKind.DATABASE: _CONNECTION
        | {"dialect", "name", "user", "password", "schema", "connections", "installation", "timezone"}
        | {"table_prefix", "underscored", "version", "adapters", "version_query", "roles_query", "broken_query"}
        | {"adapters_query", "running"},
        TargetKind.NODE: frozenset({"host", "port", "public_path", "installation"}),
        TargetKind.STORAGE: frozenset({"path", "version", "own_key", "url_variable"}),
        TargetKind.HTTP: _CONNECTION | {"server_name", "public_path", "websocket", "peer", "exposed", "public_url", "wait"},
        TargetKind.BALANCER: frozenset(
            {"kind", "server_name", "port", "public_path", "installation", "behind_proxy", "public_url"}
            | {"certificate", "certificate_key", "written"}
        ),
    }
)
"""The parameters that a target of each kind may have."""

_PARAMETERS = frozenset().union(*PARAMETERS.values())


def parameter(params: Mapping[str, object], name: str) -> object:
    """Return a parameter of a target, None where it is not given; raises ``KeyError`` for a name that no kind of target has."""
    if name not in _PARAMETERS:
        raise KeyError(name)
    return params.get(name)


def may_be_skipped(check_id: str) -> bool:
    """Tell whether a check may be left out by its id; a whole target always may, as what this machine cannot reach."""
    return _UNSKIPPABLE.fullmatch(check_id) is None


@dataclass(frozen=True)
class Target:
    """One thing to connect to.

    ``id`` is the first part of the ids of its results (``redis.cache``, ``rabbitmq``, ``database``, ``node.node1``, ``storage``).
    ``shown`` names it in reports with secrets masked. ``answers`` are the key paths it was made from.
    ``params`` are those of ``PARAMETERS`` for its kind; another one raises ``KeyError``. What their names do not say:

    - connections: how many the cluster opens at most; installation: new or existing; wait: a state that passes by itself is waited for
    - redis: peers are roles at other addresses with the same database number, as JSON; with machines and nodes the only question is
      who uses the database
    - database: version, adapters and the questions (``*_query``) are for the tables of an installed application; with running these
      are the only questions
    - storage: own_key says that APP_KEY is set, url_variable is the name that the answers give RabbitMQ's variable
    - http: peer is HOST:PORT of the node to compare with; exposed: its address is to be judged; public_url: where users sign in
    - balancer: written is the file of nginx or HAProxy, which that program is asked to read
    """

    id: str
    kind: TargetKind
    shown: str
    params: Mapping[str, ParamValue]
    answers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.params.keys() - PARAMETERS[self.kind]:
            raise KeyError(name)

    def text(self, name: str) -> str:
        """Return a parameter as text; "" where it is not given."""
        value = parameter(self.params, name)
        return "" if value is None else str(value)
