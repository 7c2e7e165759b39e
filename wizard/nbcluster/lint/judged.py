"""The rules of the answers, applied to the variables of a file: the same judgement and the same words.

Host names are values, so the rules see words in their place (``the server in CACHE_REDIS_URL``); what is equal stays equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nbcluster.answers import Answers
from nbcluster.answers import Source as Origin
from nbcluster.facts import BROKER_VARIABLES, KEY_VARIABLES, PER_NODE, ROLE_VARIABLES
from nbcluster.fields import Row, Value
from nbcluster.judge import app, database, keys, queue, redis, workers
from nbcluster.judge.common import is_loopback
from nbcluster.judge.faults import url_problem
from nbcluster.lint.application import Application, server_of
from nbcluster.lint.model import Finding
from nbcluster.problems import Problem
from nbcluster.rules import Context, Rule
from nbcluster.secret import Secret
from nbcluster.steps import new_answers
from nbcluster.text import N_, _
from nbcluster.url import Url, parse_url

_RULES: Mapping[str, Rule] = {rule.name: rule for module in (app, database, keys, queue, redis, workers) for rule in module.RULES}
_APPLIED = (
    *("app-key", "aes-key", "admin", "time-zone", "cache-apart", "roles-apart", "redis-localhost", "queue-localhost"),
    *("database-localhost", "database-password", "cluster-mode", "worker-mode"),
)
_HINTS = {
    "app-key": N_(
        "Set 64 random hex digits (openssl rand -hex 32), the same on every node. "
        "Where storage/apps/main/jwt_secret.dat exists, that file decides instead."
    ),
    "admin-password": N_("Set another one before the first start; afterwards change it in the application."),
}
"""Remedies for a file in place of those for a field of the wizard."""

_ANOTHER_MACHINE = "192.0.2.1"  # RFC 5737: every file is judged as that of one node among several
_SCHEMES = frozenset({"http", "https", "tcp", "unix", "valkey", "valkeys", "redis+sentinel", "redis-sentinel", "redis", "rediss"})
_UNPLACED = frozenset({"scheme", "host", "hosts", "port", "raw", "percent"})


def judged(found: Application) -> Iterator[Finding]:
    """Yield what the rules of the answers find wrong with the values of an application."""
    addresses = {name: parse_url(found.value(name)) for name in _address_names(found)}
    for name, url in addresses.items():
        yield from _forms(found, name, url)
    answers, variables = _answers(found, addresses)
    context = Context(base_env={"DB_TIMEZONE": found.value("DB_TIMEZONE")})
    for rule in _APPLIED:
        for problem in _RULES[rule].judge(answers, context):
            if variables.get(problem.path) in found.last:
                yield _finding(found, variables[problem.path], problem)


def queue_variable(found: Application) -> str:
    """Return the variable that has RabbitMQ's address: its name is published nowhere, so any with such an address counts."""
    likely = [name for name in BROKER_VARIABLES if found.value(name)]
    return next(iter((*likely, *(s.name for s in found.settings if re.match(r"amqps?:/", s.value or "")))), BROKER_VARIABLES[0])


def _address_names(found: Application) -> list[str]:
    return [name for name in (*ROLE_VARIABLES.values(), queue_variable(found)) if found.value(name)]


def _forms(found: Application, name: str, url: Url) -> Iterator[Finding]:
    broker = name not in ROLE_VARIABLES.values()
    shown = replace(url, path="/…" if url.path.strip("/") else url.path, scheme=url.scheme if url.scheme in _SCHEMES else "…")
    for fault in queue.address_faults(url) if broker else redis.address_faults(url):
        rule = "queue-url" if broker else "redis-url"
        problem = url_problem(name, rule, shown, fault)
        kind = fault.removeprefix("redis-").removeprefix("amqp-")
        yield found.at(f"{rule}.{kind}", name, problem.message, problem.hint)


def _finding(found: Application, name: str, problem: Problem) -> Finding:
    message = problem.message
    for value in (found.value(name), found.value("DB_TIMEZONE")):
        if value and name in ("TZ", *PER_NODE):
            message = re.sub(rf"(?<![\w/]){re.escape(value)}(?![\w/])", "…", message, count=1)
    hint = _(_HINTS[problem.rule]) if problem.rule in _HINTS else problem.hint
    return found.at(problem.rule, name, message, hint, problem.severity)


def _answers(found: Application, addresses: Mapping[str, Url]) -> tuple[Answers, dict[str, str]]:
    """Return the answers that the values give, and the variable behind each key path."""
    values: dict[str, tuple[str, Value]] = {"redis.layout": ("", "per-role"), "queue.adapter": ("", "redis")}
    hosts: dict[str, str] = {}
    for role, own in ROLE_VARIABLES.items():
        falls_back = role == "cache" and found.value("CACHE_DEFAULT_STORE") == "redis" and own not in addresses
        name = "REDIS_URL" if falls_back else own  # nocobase.md §1 #4
        url = addresses.get(name)
        if url is not None and not _UNPLACED & set(url.faults):
            values[f"redis.{role}"] = (name, _named(url, name, hosts))
    broker = queue_variable(found)
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
    answers = new_answers().with_("app.installation", "new", Origin.IMPORTED)
    for path, (_name, value) in values.items():
        answers = answers.with_(path, value, Origin.IMPORTED)
    return answers, variables


def _named(url: Url, variable: str, hosts: dict[str, str]) -> Url:
    host = "localhost" if is_loopback(url.host) else hosts.setdefault(url.host.lower(), server_of(variable))
    return replace(url, host=host, literal=None)
