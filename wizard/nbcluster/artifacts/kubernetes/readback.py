"""What a YAML reader makes of the manifests, compared with what was chosen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from nbcluster.answers import Answers
from nbcluster.artifacts.docker import image
from nbcluster.artifacts.kubernetes.environment import environment
from nbcluster.artifacts.kubernetes.files import CONFIG_MAP, SECRET, VALUES
from nbcluster.artifacts.kubernetes.ingress import paths
from nbcluster.artifacts.kubernetes.model import FIRST_BOOT, first_group, groups, namespace, object_name
from nbcluster.artifacts.secrets import Resolved
from nbcluster.envfile import UnreadableError
from nbcluster.judge.balancer import has_ingress
from nbcluster.outputfile import OutputFile
from nbcluster.steps import STEPS, Step


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


def differences(
    files: Iterable[OutputFile], answers: Answers, resolved: Resolved, base_text: str | None, steps: tuple[Step, ...] = STEPS
) -> list[str]:
    """Return which file does not mean what was chosen, and in what."""
    mine = {file.path: file for file in files if file.path.endswith(".yaml")}
    read = {path: _documents(file.text) for path, file in mine.items()}
    wanted = environment(answers, resolved, base_text, steps)
    wrong = [f"{path}: mode" for path, file in mine.items() if file.secret != (path in (SECRET, VALUES))]
    if read[CONFIG_MAP][0]["data"] != dict(wanted.open):
        wrong.append(f"{CONFIG_MAP}: data")
    if read[SECRET][0]["stringData"] != dict(wanted.secret):
        wrong.append(f"{SECRET}: stringData")
    data = read[VALUES][0]["configMap"]["data"]
    mode = first_group(answers).worker_mode
    if {name: value for name, value in data.items() if value is not None} != {
        **wanted.all,
        **({"WORKER_MODE": mode} if mode else {}),
    }:
        wrong.append(f"{VALUES}: configMap.data")
    found = read["kubernetes/deployments.yaml"]
    modes = [(each["metadata"]["name"], each["spec"]["replicas"], _own(each).get("WORKER_MODE", "")) for each in found]
    if modes != [(group.name, group.replicas, group.worker_mode) for group in groups(answers)]:
        wrong.append("kubernetes/deployments.yaml: replicas")
    if any("--quickstart" in str(_container(each)["args"]) or _container(each)["image"] != image(answers) for each in found):
        wrong.append("kubernetes/deployments.yaml: container")
    boot = read[FIRST_BOOT][0]
    if "--quickstart" not in str(_container(boot)["args"]) or _own(boot).get("LOCK_ADAPTER_DEFAULT") != "local":
        wrong.append(f"{FIRST_BOOT}: container")
    wrong += [f"{path}: CLUSTER_MODE" for path, file in mine.items() if "CLUSTER_MODE" in file.text]
    places = {each["metadata"]["namespace"] for path, parts in read.items() if path != VALUES for each in parts}
    if places != {namespace(answers)}:
        wrong.append("kubernetes: namespace")
    if has_ingress(answers):
        wrong += _ingress(read["kubernetes/ingress.yaml"], answers)
    return wrong


def _documents(text: str) -> list[Any]:
    from ruamel.yaml import YAML

    return list(YAML(typ="safe", pure=True).load_all(text))


def _container(part: Any) -> Any:
    spec = part["spec"]
    return (spec["template"]["spec"] if "template" in spec else spec)["containers"][0]


def _own(part: Any) -> dict[str, str]:
    return {item["name"]: item["value"] for item in _container(part).get("env", [])}


def _ingress(parts: list[Any], answers: Answers) -> list[str]:
    wrong = []
    for part in (each for each in parts if each["kind"] == "Ingress"):
        (rule,) = part["spec"]["rules"]
        found = [(each["path"], each["backend"]["service"]["name"]) for each in rule["http"]["paths"]]
        if rule["host"] != answers.text("balancer.server_name") or found != [
            (path, object_name(answers, "web")) for path in paths(answers)
        ]:
            wrong.append("kubernetes/ingress.yaml: rules")
        if "non_idempotent" in str(part["metadata"].get("annotations")):
            wrong.append("kubernetes/ingress.yaml: repeats requests that change something")
    return wrong
