"""Lines of an env file or of a compose file's environment, pasted into one field: they fill every field that they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from nbcluster.answers.answers import Answers
from nbcluster.answers.environment import Form, Line, assignments, lines
from nbcluster.answers.fields import Field, FieldError, FieldKind, Value, parse
from nbcluster.answers.flow import check_value
from nbcluster.answers.importer import OWNED, import_values
from nbcluster.answers.importer.sources.model import SourceError
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.env import is_raw, read_dotenv
from nbcluster.errors import Problem, error
from nbcluster.steps import STEPS, Step
from nbcluster.text import _

ROLE_PATHS = ("redis.cache", "redis.pubsub", "redis.lock", "redis.queue", "redis.worker_id")


@dataclass(frozen=True)
class PastedAnswers:
    """What pasted variables answer by key path, the names of those that nothing asks for, and what is no value of its answer."""

    values: tuple[tuple[str, Value], ...]
    left: tuple[str, ...]
    malformed: tuple[Problem, ...]


def is_environment(text: str, steps: tuple[Step, ...] = STEPS) -> bool:
    """Tell whether a text is nothing but variables, at least one of them of NocoBase."""
    return any(name in OWNED or name in _declared(steps) for name, _value in assignments(text))


def read_pasted(text: str, answers: Answers) -> PastedAnswers | None:
    """Return what pasted variables answer, or None for a text that is something else."""
    if not is_environment(text, answers.steps):
        return None
    variables, unreadable = _read(text)
    imported = import_values(variables, answers.steps)
    named = {taken.path for taken in imported.read} - {"nodes"}
    found = {path: value for path, value in imported.changes if path in named}
    declared = _declared(answers.steps)
    malformed = [*imported.malformed, *(_no_scalar(name, declared) for name in unreadable)]
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
    return PastedAnswers(tuple(_on_one_server(found, answers).items()), left, tuple(malformed))


def _read(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the variables of pasted lines as the program reads them that a line of their form is for, and the names of those that it refuses.

    Of a name that is set several times the last line holds.
    """
    values: dict[str, str] = {}
    unreadable: dict[str, None] = {}
    is_marked = is_raw(text)
    for form, group in groupby(lines(text), lambda line: line.form):
        block = tuple(group)
        if form is Form.ENV:
            # together: a value in quotes may go on in the next line
            env = "\n".join(f"{line.name}={line.value}" for line in block)
            values |= {line.name: line.value for line in block} if is_marked else read_dotenv(env)
            continue
        for line in block:
            value = _scalar(line)
            if value is None:
                unreadable[line.name] = None
            else:
                values[line.name] = value
    return {name: value for name, value in values.items() if name not in unreadable}, tuple(unreadable)


def _scalar(line: Line) -> str | None:
    """Return the value of a line of YAML, or None where YAML finds no scalar in it."""
    from nbcluster.answers.importer.sources.yamlfile import child, documents, is_null, is_scalar, items

    pair = line.form is Form.PAIR
    text = f"{line.name}: {line.value}" if pair else f"- {line.text.removeprefix('-').lstrip()}"
    try:
        (root,) = documents(text)
    except SourceError:
        return None
    node = child(root, line.name) if pair else next(iter(items(root)), None)
    if node is None or not is_scalar(node):
        return None
    if pair:
        # nothing, ~ and null leave a variable unset
        return "" if is_null(node) else str(node.value)
    return re.sub(rf"(?:export\s+)?{line.name}(?:=|:\s*)", "", str(node.value), count=1)


def _no_scalar(name: str, declared: Mapping[str, Field]) -> Problem:
    path = declared[name].path if name in declared else name
    return error(path, "form", _("{name}: YAML does not take this value without quotes.").format(name=name))


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
