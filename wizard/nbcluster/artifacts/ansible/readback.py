"""What inventory and playbook say, compared with the answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from nbcluster.answers import Answers
from nbcluster.artifacts.ansible.inventory import host_name, host_variables
from nbcluster.artifacts.ansible.variables import wanted_variables
from nbcluster.artifacts.readback import different, load
from nbcluster.artifacts.runbook.blocks import first_node
from nbcluster.steps import STEPS, Step


def differences(texts: Mapping[str, str], answers: Answers, steps: tuple[Step, ...] = STEPS) -> list[str]:
    """Return what is wrong; ``texts`` are all files of the set that are no secrets' by path.

    Every file of the folder parses, every node stands in it once with its own env file, and every task file is there.
    """
    parsed = {path: _load(text) for path, text in texts.items() if path.startswith("ansible/")}
    lists = {path for path in parsed if "/tasks/" in path} | {"ansible/playbook.yaml"}
    wrong = [path for path, content in parsed.items() if not isinstance(content, list if path in lists else dict)]
    if wrong:
        return wrong
    first = host_name(first_node(answers))
    hosts = {host_name(row): host_variables(answers, row, steps) for row in answers.rows("nodes")}
    others = {name: variables for name, variables in hosts.items() if name != first}
    groups = {"nocobase_first": {"hosts": {first: hosts[first]}}, "nocobase_others": {"hosts": others}}
    inventory = {"nocobase_nodes": {"children": groups}, "nocobase_balancer": {"hosts": {}}}
    wrong += different(parsed["ansible/inventory.yaml"], inventory)
    wrong += different(parsed["ansible/group_vars/all.yaml"], wanted_variables(answers))
    named = [f"ansible/tasks/{PurePosixPath(name).name}" for path in parsed for name in _imported(parsed[path])]
    wrong += sorted({name for name in named if name not in parsed})
    wrong += [path for path in parsed if path.startswith("ansible/tasks/") and path not in named]
    return wrong


def _imported(content: Any) -> list[str]:
    if isinstance(content, list):
        return [name for each in content for name in _imported(each)]
    if not isinstance(content, dict):
        return []
    own = content.get("ansible.builtin.import_tasks")
    return [*([own] if own else []), *(name for value in content.values() for name in _imported(value))]


def _load(text: str) -> Any:
    """Return the content, nothing for what does not parse."""
    documents = load(text)
    return documents[0] if documents and len(documents) == 1 else None
