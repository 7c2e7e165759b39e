"""The service unit and the compose file read back: every assignment and every key in them, compared with what it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbcluster.cluster import Cluster
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.files.docker import command_of, first_boot_overrides
from nbcluster.steps.database import AUTHORITY

_ABSENT = object()
"""Stands for a key that is not there, which is something else than one without a value."""


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


def unit(text: str, cluster: Cluster) -> list[str]:
    """Return the assignments of the unit that are not what they must be."""
    found: list[tuple[str, str]] = []
    section = ""
    for line in text.split("\n"):
        if not line or line.startswith(("#", ";")):
            continue
        if re.fullmatch(r"\[[A-Za-z]+\]", line):
            section = line
            continue
        name, equals, value = line.partition("=")
        found.append((f"{section}{name}", _unquoted(value) if equals else "\0"))
    wanted = _unit(cluster)
    return [pair[0] for pair in (*found, *wanted) if (found + wanted).count(pair) != 2] or ([] if found == wanted else ["order"])


def _unquoted(value: str) -> str:
    """Return a value as systemd takes it where it is one word: without quotes and escapes, a doubled percent sign once."""
    inner = value[1:-1] if re.fullmatch(r'"(?:[^"\\]|\\.)*"', value) else value if not re.search(r"[\"'\\]", value) else "\0"
    return re.sub(r"%(.?)", lambda sign: "%" if sign[1] == "%" else "\0", re.sub(r"\\(.)", r"\1", inner))


def _unit(cluster: Cluster) -> list[tuple[str, str]]:
    authority = cluster.deployment.authority
    return [
        ("[Unit]Description", "NocoBase node"),
        ("[Unit]Wants", "network-online.target"),
        ("[Unit]After", "network-online.target remote-fs.target"),
        ("[Unit]RequiresMountsFor", cluster.share.path),
        ("[Unit]StartLimitIntervalSec", "0"),
        ("[Service]Type", "simple"),
        ("[Service]User", cluster.deployment.account),
        ("[Service]WorkingDirectory", cluster.deployment.folder),
        *([("[Service]Environment", f"NODE_EXTRA_CA_CERTS={authority}")] if authority else []),
        ("[Service]ExecStartPre", "-/usr/bin/env yarn nocobase postinstall"),
        ("[Service]ExecStart", "/usr/bin/env yarn start"),
        ("[Service]Restart", "always"),
        ("[Service]RestartSec", "5"),
        ("[Service]KillMode", "control-group"),
        ("[Service]TimeoutStopSec", "60"),
        ("[Service]LimitNOFILE", "65536"),
        ("[Install]WantedBy", "multi-user.target"),
    ]


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
        "ports": [f"\0{{NODE_PORT:-{port}}}\0:{port}"],
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
    node = {**common, "command": command_of(installs=False), "restart": "always"}
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
