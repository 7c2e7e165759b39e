"""The environment variables of a node, composed from what the steps declare, and who reads them."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Row, Value
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.env import Reader
from nbcluster.facts import IN_THE_IMAGE, MADE_VARIABLES
from nbcluster.steps.model import Step, Variable
from nbcluster.steps.start import in_containers, in_docker, on_kubernetes


def reader_of(answers: Answers) -> Reader:
    """Return who reads what is written: npm dotenv on a host, docker in front of a container, Kubernetes for pods."""
    if on_kubernetes(answers):
        return Reader.KUBERNETES
    return Reader.DOCKER if in_docker(answers) else Reader.DOTENV


KeyValues = Mapping[str, Secret | None]
"""The values of keys and of the first password by variable; None where the variable is left out."""


def step_variables(step: Step, answers: Answers, keys: KeyValues | None = None) -> tuple[Variable, ...]:
    """Return the variables that one step's answers produce, nothing that is empty; without ``keys`` a mask stands in their place."""
    composed = tuple(step.variables(answers))
    names = {variable.name for variable in composed}
    out: list[Variable] = []
    for field in step.fields:
        # a step that composes a field's variable itself puts its switch beside it
        if field.variable and field.variable not in names and field.applies(answers):
            value = _value(field, answers[field.path], keys)
            if value is not None:
                out.append(Variable(field.variable, value))
    unwanted = IN_THE_IMAGE if in_containers(answers) else ()
    return tuple(each for each in (*out, *composed) if each.name and each.name not in unwanted)


def _value(field: Field, value: Value, keys: KeyValues | None) -> str | Secret | None:
    if field.path in MADE_VARIABLES:
        if keys is not None:
            return keys.get(field.variable)
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
