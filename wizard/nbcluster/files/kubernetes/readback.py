"""What a YAML reader makes of the manifests, compared with what was chosen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from nbcluster.cluster import Cluster
from nbcluster.env import UnreadableError
from nbcluster.files.formats import chosen
from nbcluster.files.keys import Resolved
from nbcluster.files.kubernetes.environment import environment
from nbcluster.files.kubernetes.files import SECRET, VALUES
from nbcluster.files.kubernetes.structure import manifests
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.readback import different, load


def secret_values(text: str) -> dict[str, str]:
    """Return the variables of a Secret's file, plain or in base64; raises ``UnreadableError`` where it is no YAML or no text."""
    values: dict[str, str] = {}
    for part in _mappings(text):
        coded, plain = part.get("data"), part.get("stringData")
        try:
            values |= {str(k): base64.b64decode(str(v), validate=True).decode() for k, v in _entries(coded)}
        except (binascii.Error, ValueError):
            raise UnreadableError("base64") from None
        values |= {str(k): str(v) for k, v in _entries(plain)}
    return values


def open_values(text: str) -> dict[str, str]:
    """Return the variables of a ConfigMap's file; raises ``UnreadableError`` where it is no YAML."""
    return {str(k): str(v) for part in _mappings(text) for k, v in _entries(part.get("data"))}


def values_of_helm(text: str) -> dict[str, str]:
    """Return the variables in the values of the official chart; raises ``UnreadableError`` where it is no YAML."""
    values: dict[str, str] = {}
    for part in _mappings(text):
        config = part.get("configMap")
        values |= {str(k): str(v) for k, v in _entries(config.get("data") if isinstance(config, Mapping) else None)}
    return values


def _mappings(text: str) -> list[Mapping[Any, Any]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return [part for part in YAML(typ="safe", pure=True).load_all(text) if isinstance(part, Mapping)]
    except (YAMLError, RecursionError, ValueError, TypeError, AttributeError, KeyError):
        # the last four: what its constructors make of a date that is none, of a tag, of an anchor
        raise UnreadableError("YAML") from None


def _entries(part: object) -> Iterable[tuple[Any, Any]]:
    return [(k, v) for k, v in part.items() if v is not None] if isinstance(part, Mapping) else []


def differences(files: Iterable[OutputFile], cluster: Cluster, resolved: Resolved, base_text: str | None) -> list[str]:
    """Return the places where a file does not mean what was chosen, never values."""
    mine = {file.path: file for file in files if file.path.endswith(".yaml")}
    wrong = [f"{path}: mode" for path, file in mine.items() if file.secret != (path in (SECRET, VALUES))]
    wrong += [f"{path}: CLUSTER_MODE" for path, file in mine.items() if "CLUSTER_MODE" in file.text]
    wanted = manifests(cluster, environment(cluster, resolved, base_text))
    expected = {path for path in wanted if chosen(cluster.answers, path)}
    wrong += sorted((expected - mine.keys()) | (mine.keys() - wanted.keys()))
    for path in sorted(wanted.keys() & mine.keys()):
        found = load(mine[path].text)
        wrong += [f"{path}: {place}" for place in (["YAML"] if found is None else different(found, wanted[path]))]
    return wrong
