"""The files of ansible/: what depends on answers is made, the plays and tasks are the same everywhere."""

from __future__ import annotations

from importlib.resources import files as resources

from nbcluster.answers import Answers
from nbcluster.artifacts.ansible.inventory import inventory
from nbcluster.artifacts.ansible.variables import group_variables
from nbcluster.artifacts.variables import in_docker
from nbcluster.judge.balancer import has_file
from nbcluster.outputfile import OutputFile
from nbcluster.steps import STEPS, Step

_TASKS = ("alone", "free", "health", "mount", "start", "stop")


def ansible_files(answers: Answers, steps: tuple[Step, ...] = STEPS) -> tuple[OutputFile, ...]:
    """Return inventory, variables, playbook and its tasks."""
    tasks = {name: name for name in _TASKS} | {"configure": "configure-docker" if in_docker(answers) else "configure-host"}
    playbook = _read("playbook.yaml")
    if has_file(answers):
        tasks["balancer"] = "balancer"
    else:
        playbook = without_balancer(playbook)
    texts = {
        "inventory.yaml": inventory(answers, steps),
        "group_vars/all.yaml": group_variables(answers),
        "playbook.yaml": playbook,
        **{f"tasks/{name}.yaml": _read(f"tasks/{source}.yaml") for name, source in sorted(tasks.items())},
    }
    return tuple(OutputFile(f"ansible/{path}", text.encode()) for path, text in texts.items())


def without_balancer(playbook: str) -> str:
    """Return the playbook without the play of a balancer that gets no file."""
    return "\n\n".join(play for play in playbook.split("\n\n") if "hosts: nocobase_balancer" not in play)


def _read(path: str) -> str:
    return resources(__package__).joinpath("files", *path.split("/")).read_text("utf-8")
