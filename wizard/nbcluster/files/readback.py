"""Reads the files for docker back: every key of the compose file and every address, compared with the expected value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbcluster.cluster import Cluster
from nbcluster.env import read_dotenv
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.files.docker import address_path, command_of, first_boot_overrides, published
from nbcluster.steps.database import AUTHORITY

_ABSENT = object()
"""Stands for a key that is absent, as distinct from one without a value."""


def load(text: str) -> list[Any] | None:
    """Return the documents of a YAML file, None for what does not parse; text that Ansible takes as it stands is text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("!unsafe", lambda _constructor, node: node.value)
    try:
        return list(yaml.load_all(text))
    except YAMLError:
        return None


def different(found: Any, wanted: Any, path: str = "") -> list[str]:
    """Return the places where two trees of a YAML file differ, never their values."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        keys = dict.fromkeys((*wanted, *found))
        pairs = ((found.get(key, _ABSENT), wanted.get(key, _ABSENT), f"{path}.{key}" if path else str(key)) for key in keys)
        return [each for pair in pairs for each in different(*pair)]
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return [
            each for index, pair in enumerate(zip(found, wanted, strict=True)) for each in different(*pair, f"{path}[{index}]")
        ]
    # 1 and True are equal in Python, and mean something else in a file
    return [] if found == wanted and type(found) is type(wanted) else [path or "-"]


def docker_differences(texts: Mapping[str, str], cluster: Cluster) -> list[str]:
    """Return the places that do not mean what was chosen; ``texts`` are compose file and addresses by path."""
    wanted = {address_path(node): published(node) for node in cluster.nodes}
    wrong = sorted(texts.keys() ^ (wanted.keys() | {"docker/compose.yaml"}))
    wrong += [f"docker/compose.yaml: {place}" for place in compose(texts.get("docker/compose.yaml", ""), cluster)]
    return [*wrong, *(path for path, values in wanted.items() if path in texts and read_dotenv(texts[path]) != values)]


def compose(text: str, cluster: Cluster) -> list[str]:
    """Return the places of the compose file that are not what they must be."""
    documents = load(text)
    return ["YAML"] if documents is None or len(documents) != 1 else different(_expanded(documents[0]), _compose(cluster))


def _expanded(tree: Any) -> Any:
    """Return a tree as compose expands it: two dollar signs are one, a variable is marked."""
    if isinstance(tree, Mapping):
        return {key: _expanded(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_expanded(value) for value in tree]
    if not isinstance(tree, str):
        return tree
    return re.sub(r"\$(\$|\{[^}]*\}|[A-Za-z0-9_]*)", lambda sign: "$" if sign[1] == "$" else f"\0{sign[1]}\0", tree)


def _compose(cluster: Cluster) -> dict[str, Any]:
    port, authority = cluster.deployment.port, cluster.deployment.authority
    asks = f"fetch('{cluster.deployment.own_health_url}').then(r => r.text()).then(t => process.exit(t === 'ok' ? 0 : 1), () => process.exit(1))"
    bind = {"create_host_path": False}
    volumes: list[dict[str, Any]] = [{"type": "bind", "source": cluster.share.root, "target": IMAGE_STORAGE, "bind": bind}]
    environment = {}
    if authority:
        volumes.append({"type": "bind", "source": authority, "target": AUTHORITY, "read_only": True, "bind": bind})
        environment = {"NODE_EXTRA_CA_CERTS": AUTHORITY}
    common = {
        "image": cluster.deployment.image,
        "env_file": [{"path": "../.env", "format": "raw"}],
        "volumes": volumes,
        "ports": [f"\0{{NODE_ADDRESS:?}}\0:\0{{NODE_PORT:-{port}}}\0:{port}"],
        "init": True,
        "stop_grace_period": "60s",
        "healthcheck": {
            "test": ["CMD", "node", "-e", asks],
            "interval": "15s",
            "timeout": "10s",
            "retries": 4,
            "start_period": "300s",
        },
        "logging": {"options": {"max-size": "50m", "max-file": "5"}},
    }
    node = {**common, "command": command_of(installs=False), "restart": "no"}
    return {
        "name": f"nocobase-{cluster.name}",
        "x-nocobase": common,
        "services": {
            "node": {**node, "environment": environment} if environment else node,
            "first-boot": {
                **common,
                "profiles": ["first-boot"],
                "command": command_of(installs=True),
                "restart": "no",
                "environment": {**environment, **first_boot_overrides(cluster)},
            },
        },
    }
