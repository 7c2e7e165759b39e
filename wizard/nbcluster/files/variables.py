"""Every environment variable of a node, composed from what the steps declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Row, Value
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.env import Block, Reader, UnrepresentableError, assign
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.facts import FIRST_ACCOUNT, IN_THE_IMAGE, KEY_VARIABLES, PER_NODE
from nbcluster.files.docker import AUTHORITY
from nbcluster.files.secrets import VARIABLES, Resolved
from nbcluster.judge.common import on_kubernetes
from nbcluster.steps import Step, Variable
from nbcluster.text import _

RETIRED = {
    "NOCOBASE_PKG_USERNAME": "deprecated: the licence key replaces it",
    "NOCOBASE_PKG_PASSWORD": "deprecated: the licence key replaces it",
    "LOGGER_BASE_PATH": "no code reads it",
    "WORKER_ID_REDIS_URL": "not read by NocoBase: REDIS_URL is",
    "APP_LAUNCH_MODE": "any value but pm2 makes CLUSTER_MODE ignored, and pm2 is the default",
}
"""Variables of older files that are commented out, with the reason (nocobase.md §2)."""

LEFT_OUT = "# nbcluster: {name}: left out, the key file on the share decides"
"""Says in a file that a key is not missing, so that lint and people know."""

_CONDITIONAL = frozenset(
    {"APPEND_PRESET_BUILT_IN_PLUGINS", "DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED", "DB_DIALECT_OPTIONS_SSL_CA"}
)
"""Variables that steps write for some answers only."""


def in_docker(answers: Answers) -> bool:
    """Tell whether the nodes are containers."""
    return answers["app.deployment"] == "docker"


def in_containers(answers: Answers) -> bool:
    """Tell whether the nodes are containers, of docker or in pods."""
    return in_docker(answers) or on_kubernetes(answers)


def reader_of(answers: Answers) -> Reader:
    """Return who reads what is written: npm dotenv on a host, docker in front of a container, Kubernetes for pods."""
    if on_kubernetes(answers):
        return Reader.KUBERNETES
    return Reader.DOCKER if in_docker(answers) else Reader.DOTENV


def step_variables(step: Step, answers: Answers, resolved: Resolved | None = None) -> tuple[Variable, ...]:
    """Return the variables that one step's answers produce, nothing that is empty; without ``resolved`` keys stand as a mask."""
    composed = tuple(step.variables(answers))
    names = {variable.name for variable in composed}
    out: list[Variable] = []
    for field in step.fields:
        # a step that composes a field's variable itself puts its switch beside it
        if field.variable and field.variable not in names and field.applies(answers):
            value = _value(field, answers[field.path], resolved)
            if value is not None:
                out.append(Variable(field.variable, value))
    unwanted = IN_THE_IMAGE if in_containers(answers) else ()
    return tuple(_inside(each, answers) for each in (*out, *composed) if each.name and each.name not in unwanted)


def _inside(variable: Variable, answers: Answers) -> Variable:
    """Return a variable as the application finds it: in a container a private authority lies where it is mounted."""
    if in_docker(answers) and variable.name == "DB_DIALECT_OPTIONS_SSL_CA":
        return Variable(variable.name, AUTHORITY)
    return variable


def _value(field: Field, value: Value, resolved: Resolved | None) -> str | Secret | None:
    if field.path in VARIABLES:
        if resolved is not None:
            return resolved.values.get(field.variable)
        return None if value == "from-storage" else Secret("-")
    if value is None or value == "" or value == ():
        return None
    if isinstance(value, Secret):
        return value
    if isinstance(value, Url):
        return Secret(value.reveal())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return str(value)


def node_variables(answers: Answers, row: Row) -> dict[str, str]:
    """Return the variables in which a node differs from the others."""
    out: dict[str, str] = {}
    for column in answers.tables["nodes"].columns:
        value = _value(column, row.get(column.path), None) if column.variable else None
        # in a container the application's port is the same everywhere; a node's own stands in front of it
        same = column.variable == "APP_PORT" and (value == answers.text("app.port") or in_docker(answers))
        if value is not None and not same:
            out[column.variable] = value.reveal() if isinstance(value, Secret) else value
    return out


def blocks(answers: Answers, resolved: Resolved, extra: dict[str, str] | None = None) -> tuple[Block, ...]:
    """Return the assignments of an env file by step; ``extra`` are a node's own.

    Raises ``InvalidAnswersError`` at the key path of a value that no env file can carry.
    """
    extra = dict(extra or {})
    reader = reader_of(answers)
    out: list[Block] = []
    for step in answers.steps:
        entries: list[tuple[str, str, str]] = []
        for variable in step_variables(step, answers, resolved):
            value = variable.value.reveal() if isinstance(variable.value, Secret) else variable.value
            value = extra.pop(variable.name, value)
            _require_writable(step, variable.name, value, reader)
            entries.append((variable.name, value, variable.comment))
        out.append(Block(step.title, tuple(entries)))
    if extra:
        for name, value in extra.items():
            _require_writable(None, name, value, reader)
        out.append(Block("This node alone", tuple((name, value, "") for name, value in extra.items())))
    return tuple(out)


def _require_writable(step: Step | None, name: str, value: str, reader: Reader) -> None:
    try:
        assign(name, value, reader)
    except UnrepresentableError as fault:
        path = "nodes" if step is None else next((f.path for f in step.fields if f.variable == name), step.id)
        hint = _("Choose another value: letters, digits and . _ - : @ % + , = read the same everywhere.")
        raise InvalidAnswersError((Problem(path, str(fault), hint),)) from None


def removals(answers: Answers, resolved: Resolved, written: Iterable[str]) -> dict[str, str]:
    """Return the variables of an older file to comment out, with the reason."""
    out = dict(RETIRED)
    declared = {field.variable for step in answers.steps for field in step.fields if field.variable}
    out |= dict.fromkeys((declared | _CONDITIONAL) - set(KEY_VARIABLES.values()), "not among the answers")
    for name, value in resolved.values.items():
        if value is None:
            out[name] = "left out: the key file on the share decides"
    for name in FIRST_ACCOUNT:
        out[name] = "used once, at the first installation"
    for name in PER_NODE:
        out[name] = "set per node, in nodes/"
    if in_containers(answers):
        out |= dict.fromkeys(IN_THE_IMAGE, "the image and the volume decide")
    mine = set(written)
    return {name: reason for name, reason in out.items() if name not in mine}


def broken_addresses(before: Mapping[str, str], written: Iterable[str]) -> dict[str, str]:
    """Return the other variables of an older file whose Redis address has one slash (nocobase.md §12), with the reason."""
    broken = {name for name, value in before.items() if re.match(r"rediss?:/(?!/)", value)}
    return dict.fromkeys(broken - set(written), "one slash behind redis: is read as a local socket file")
