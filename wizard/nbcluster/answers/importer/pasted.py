"""Lines of an env file or of a compose file's environment, pasted where one answer is asked: they answer everything that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.answers.environment import assignments
from nbcluster.answers.fields import Field, FieldError, FieldKind, Value, parse
from nbcluster.answers.flow import check_value
from nbcluster.answers.importer import OWNED, import_env
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.env import read_dotenv
from nbcluster.errors import Problem, error
from nbcluster.steps import STEPS, Step

ROLE_PATHS = ("redis.cache", "redis.pubsub", "redis.lock", "redis.queue", "redis.worker_id")


@dataclass(frozen=True)
class Pasted:
    """What pasted variables answer by key path, the names of those that nothing asks for, and what is no value of its answer."""

    values: tuple[tuple[str, Value], ...]
    left: tuple[str, ...]
    malformed: tuple[Problem, ...]


def is_environment(text: str, steps: tuple[Step, ...] = STEPS) -> bool:
    """Tell whether a text is nothing but variables, at least one of them of NocoBase."""
    return any(name in OWNED or name in _declared(steps) for name, _value in assignments(text))


def read_pasted(text: str, answers: Answers) -> Pasted | None:
    """Return what pasted variables answer, or None for a text that is something else."""
    if not is_environment(text, answers.steps):
        return None
    env = "\n".join(f"{name}={value}" for name, value in assignments(text))
    imported = import_env(env, "", answers.steps)
    named = {taken.path for taken in imported.read} - {"nodes"}
    found = {path: value for path, value in imported.changes if path in named}
    malformed = list(imported.malformed)
    variables = read_dotenv(env)
    declared = _declared(answers.steps)
    for name in variables.keys() & declared.keys():
        field = declared[name]
        if field.path in found or any(problem.path == field.path for problem in malformed) or not variables[name]:
            continue
        try:
            found[field.path] = _value(field, variables[name], answers)
        except FieldError as fault:
            malformed.append(error(field.path, "form", f"{name}: {fault}."))
    found |= _processes(variables)
    taken = {each.variable for each in imported.read if each.path in found}
    taken |= {name for name, field in declared.items() if field.path in found}
    taken |= {"CLUSTER_MODE"} if "multicore.processes" in found else set()
    refused = {problem.message.partition(":")[0] for problem in malformed}
    left = tuple(name for name in variables if name not in taken and name not in refused)
    return Pasted(tuple(_on_one_server(found, answers).items()), left, tuple(malformed))


def _declared(steps: tuple[Step, ...]) -> dict[str, Field]:
    return {field.variable: field for step in steps for field in step.fields if field.variable and field.in_file}


def _value(field: Field, text: str, answers: Answers) -> Value:
    value = Secret(text) if field.kind is FieldKind.SECRET else parse(field, text)
    if value is not None:
        check_value(field, value, answers)
    return value


def _processes(variables: dict[str, str]) -> dict[str, Value]:
    """Return what CLUSTER_MODE answers for all nodes; WORKER_MODE is a node's own."""
    mode = variables.get("CLUSTER_MODE", "")
    if mode == "max":
        return {"multicore.processes": "cores"}
    return (
        {"multicore.processes": "number", "multicore.number": int(mode)} if re.fullmatch(r"[1-9]|[12][0-9]|3[0-2]", mode) else {}
    )


def _on_one_server(found: dict[str, Value], answers: Answers) -> dict[str, Value]:
    """Turn the address of one role into that of all, where no other is known: a number for each role follows from it."""
    given = [path for path in ROLE_PATHS if path in found]
    url = found[given[0]] if len(given) == 1 else None
    if not isinstance(url, Url) or "redis.layout" in answers or any(answers.url(path) for path in (*ROLE_PATHS, "redis.address")):
        return found
    return {**{path: value for path, value in found.items() if path not in given}, "redis.address": url.without_database()}
