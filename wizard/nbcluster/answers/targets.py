"""What a probe is asked to look at: plain descriptions made from answers, without opening anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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


def may_be_skipped(check_id: str) -> bool:
    """Tell whether a check may be left out by its id; a whole target always may, as what this machine cannot reach."""
    return _UNSKIPPABLE.fullmatch(check_id) is None


@dataclass(frozen=True)
class Target:
    """One thing to connect to.

    ``id`` is the first part of the ids of its results (``redis.cache``, ``rabbitmq``, ``database``, ``node.node1``, ``storage``).
    ``shown`` names it in reports with secrets masked. ``answers`` are the key paths it was made from.
    ``params`` by kind:

    - redis: host, port, tls, username, password, db, role, ca_file, connections, installation, peers (of other addresses, JSON);
      with machines and processes it is asked who uses it instead
    - rabbitmq: host, port, tls, username, password, vhost, ca_file
    - database: dialect, host, port, name, user, password, schema, tls, ca_file, connections (how many the cluster may open);
      version, adapters and the questions version_query, roles_query, broken_query, adapters_query to the tables of an installed
      application; with running it is asked these alone
    - node: host, port, public_path, installation (new or existing)
    - storage: path, version, own_key (APP_KEY is set), with RabbitMQ url_variable (the name that the answers give its variable)
    - http: host, port, tls, ca_file, server_name, public_path, websocket, peer (HOST:PORT of the node to compare with), exposed (its
      address is to be judged), public_url (from where users sign in); with wait what passes by itself is waited for, as in redis
    - balancer: kind, server_name, port, public_path, installation, behind_proxy, public_url; with TLS certificate and certificate_key; with ``written`` the
      file of nginx or HAProxy, which that program is asked to read
    """

    id: str
    kind: TargetKind
    shown: str
    params: Mapping[str, ParamValue]
    answers: tuple[str, ...] = ()
