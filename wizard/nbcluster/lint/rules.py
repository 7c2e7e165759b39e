"""The rules of the answers, applied to the variables of a file: the same judgement and the same words.

Host names are values, so the rules see words in their place (``the server in CACHE_REDIS_URL``); what is equal stays equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Row, Value
from nbcluster.answers.host import is_loopback
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.errors import Problem
from nbcluster.facts import KEY_VARIABLES, PER_NODE, ROLE_VARIABLES
from nbcluster.lint.application import Application, server_of
from nbcluster.steps import STEPS, new_answers
from nbcluster.steps.model import Context, Rule

_RULES: Mapping[str, Rule] = {rule.name: rule for step in STEPS for rule in step.rules}

_ANOTHER_MACHINE = "192.0.2.1"  # RFC 5737: every file is judged as that of one node among several
_UNPLACED = frozenset({"scheme", "host", "hosts", "port", "raw", "percent"})


def problems(found: Application, rules: Iterable[str]) -> Iterator[tuple[str, Problem]]:
    """Yield the variable and the problem of what rules find wrong with the values of an application."""
    answers, variables = _answers(found)
    context = Context(base_env={"DB_TIMEZONE": found.value("DB_TIMEZONE")})
    for rule in rules:
        for problem in _RULES[rule].problems(answers, context):
            if variables.get(problem.path) in found.last:
                yield variables[problem.path], _veiled(found, variables[problem.path], problem)


def _veiled(found: Application, name: str, problem: Problem) -> Problem:
    """Return a problem whose message holds no value."""
    message = problem.message
    for value in (found.value(name), found.value("DB_TIMEZONE")):
        if value and name in ("TZ", *PER_NODE):
            message = re.sub(rf"(?<![\w/]){re.escape(value)}(?![\w/])", "…", message, count=1)
    return replace(problem, message=message)


def _answers(found: Application) -> tuple[Answers, dict[str, str]]:
    """Return the answers that the values give, and the variable behind each key path."""
    values: dict[str, tuple[str, Value]] = {"redis.layout": ("", "per-role"), "queue.adapter": ("", "redis")}
    hosts: dict[str, str] = {}
    addresses = found.addresses
    for role, own in ROLE_VARIABLES.items():
        falls_back = role == "cache" and found.value("CACHE_DEFAULT_STORE") == "redis" and own not in addresses
        name = "REDIS_URL" if falls_back else own  # nocobase.md §1 #4
        url = addresses.get(name)
        if url is not None and not _UNPLACED & set(url.faults):
            values[f"redis.{role}"] = (name, _named(url, name, hosts))
    broker = found.queue_variable
    if found.value("QUEUE_ADAPTER") == "rabbitmq":
        values["queue.adapter"] = ("QUEUE_ADAPTER", "rabbitmq")
        if broker in addresses:
            values["queue.url"] = (broker, _named(addresses[broker], broker, hosts))
    for path, name in {**KEY_VARIABLES, "admin.password": "INIT_ROOT_PASSWORD"}.items():
        if found.value(name):
            values[path] = (name, Secret(found.value(name)))
    if found.value("DB_PASSWORD"):
        values["database.password"] = ("DB_PASSWORD", Secret(found.value("DB_PASSWORD")))
    host = found.value("DB_HOST")
    if host:
        values["database.host"] = ("DB_HOST", "localhost" if is_loopback(host) else server_of("DB_HOST"))
    if found.value("TZ"):
        values["app.timezone"] = ("TZ", found.value("TZ"))
    node = Row(
        {
            "name": "node",
            "host": _ANOTHER_MACHINE,
            "cores": 1,
            "cluster_mode": found.value("CLUSTER_MODE"),
            "worker_mode": found.value("WORKER_MODE"),
        }
    )
    values["nodes"] = ("", (node,))
    variables = {path: name for path, (name, _value) in values.items()}
    variables |= {"nodes[0].cluster_mode": "CLUSTER_MODE", "nodes[0].worker_mode": "WORKER_MODE"}
    answers = new_answers().with_("app.installation", "new", Source.IMPORTED)
    for path, (_name, value) in values.items():
        answers = answers.with_(path, value, Source.IMPORTED)
    return answers, variables


def _named(url: Url, variable: str, hosts: dict[str, str]) -> Url:
    host = "localhost" if is_loopback(url.host) else hosts.setdefault(url.host.lower(), server_of(variable))
    return replace(url, host=host, literal=None)
