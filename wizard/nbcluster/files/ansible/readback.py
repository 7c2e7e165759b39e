"""Reads inventory and variables back, and compares them with the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbcluster.cluster import Cluster
from nbcluster.files.ansible.files import MADE, copies
from nbcluster.files.ansible.inventory import host_name, host_variables
from nbcluster.files.ansible.variables import wanted_variables
from nbcluster.files.readback import different, load


def differences(texts: Mapping[str, str], cluster: Cluster) -> list[str]:
    """Return what is wrong; ``texts`` are all files of the set that are no secrets' by path.

    Inventory and variables are parsed; plays and tasks are the package's own, which do not depend on answers.
    """
    wanted = copies(cluster)
    mine = {path for path in texts if path.startswith("ansible/")}
    wrong = sorted(path for path in (mine | wanted.keys()) - set(MADE) if texts.get(path) != wanted.get(path))
    parsed = {path: _load(texts[path]) for path in MADE if path in texts}
    wrong += [path for path in MADE if not isinstance(parsed.get(path), dict)]
    if wrong:
        return wrong
    first = host_name(cluster.first_node)
    hosts = {host_name(node): host_variables(cluster, node) for node in cluster.nodes}
    others = {name: variables for name, variables in hosts.items() if name != first}
    groups = {"nocobase_first": {"hosts": {first: hosts[first]}}, "nocobase_others": {"hosts": others}}
    inventory = {"nocobase_nodes": {"children": groups}, "nocobase_balancer": {"hosts": {}}}
    inventory_path, variables_path = MADE
    wrong += different(parsed[inventory_path], inventory)
    return wrong + different(parsed[variables_path], wanted_variables(cluster))


def _load(text: str) -> Any:
    """Return the content, nothing for what does not parse."""
    documents = load(text)
    return documents[0] if documents and len(documents) == 1 else None
