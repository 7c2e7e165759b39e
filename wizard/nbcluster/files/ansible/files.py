"""The files of ansible/: inventory and variables are rendered, plays and tasks are copied from the package."""

from __future__ import annotations

from importlib.resources import files as resources

from nbcluster.cluster import Cluster
from nbcluster.files.ansible.inventory import inventory
from nbcluster.files.ansible.variables import group_variables
from nbcluster.files.outputfile import OutputFile

_TASKS = ("alone", "free", "health", "mount", "start", "stop", "units")


MADE = ("ansible/inventory.yaml", "ansible/group_vars/all.yaml")
"""Rendered from answers; the rest is copied."""


def ansible_files(cluster: Cluster) -> tuple[OutputFile, ...]:
    """Return inventory, variables, playbook and its tasks."""
    made = dict(zip(MADE, (inventory(cluster), group_variables(cluster)), strict=True))
    return tuple(OutputFile(path, text.encode()) for path, text in (made | copies(cluster)).items())


def copies(cluster: Cluster) -> dict[str, str]:
    """Return the playbook and the tasks that belong to a deployment, by path: no answer stands in them."""
    tasks = {name: name for name in _TASKS} | {
        "configure": "configure-docker" if cluster.deployment.in_docker else "configure-host"
    }
    playbook = _read("playbook.yaml")
    if cluster.balancer.has_file:
        tasks["balancer"] = "balancer"
    else:
        playbook = without_balancer(playbook)
    out = {f"ansible/tasks/{name}.yaml": _read(f"tasks/{source}.yaml") for name, source in sorted(tasks.items())}
    return {"ansible/playbook.yaml": playbook, **out}


def without_balancer(playbook: str) -> str:
    """Return the playbook without the play of a balancer that gets no file."""
    return "\n\n".join(play for play in playbook.split("\n\n") if "hosts: nocobase_balancer" not in play)


def _read(path: str) -> str:
    return resources(__package__).joinpath("files", *path.split("/")).read_text("utf-8")
