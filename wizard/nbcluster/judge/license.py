"""The commercial adapter plugins: which the topology needs, and whether they are confirmed (nocobase.md §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers import Answers
from nbcluster.clean import clean
from nbcluster.judge.common import error, warning
from nbcluster.problems import Problem
from nbcluster.rules import Context, Rule
from nbcluster.text import N_, _

PREFIX = "@nocobase/plugin-"
PUBSUB = f"{PREFIX}pubsub-adapter-redis"
LOCK = f"{PREFIX}lock-adapter-redis"
QUEUE_REDIS = f"{PREFIX}queue-adapter-redis"
QUEUE_RABBITMQ = f"{PREFIX}queue-adapter-rabbitmq"
WORKER_ID = f"{PREFIX}workerid-allocator-redis"

PURPOSE = {
    PUBSUB: N_("sync signal: tells the other nodes about changes"),
    LOCK: N_("locks between processes"),
    QUEUE_REDIS: N_("queue on Redis"),
    QUEUE_RABBITMQ: N_("queue on RabbitMQ"),
    WORKER_ID: N_("worker ids: no two processes make the same keys"),
}


def short_name(package: str) -> str:
    """Return a plugin's name without the package prefix."""
    return package.removeprefix(PREFIX)


def needed(answers: Answers) -> tuple[str, ...]:
    """Return the packages that the chosen topology needs."""
    queue = QUEUE_RABBITMQ if answers["queue.adapter"] == "rabbitmq" else QUEUE_REDIS
    return (PUBSUB, LOCK, queue, WORKER_ID)


def unconfirmed(answers: Answers) -> tuple[str, ...]:
    """Return the needed packages without a tick; short and full names count."""
    ticked = {short_name(name) for name in answers.words("license.confirmed")}
    return tuple(p for p in needed(answers) if short_name(p) not in ticked)


def foreign(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of a list of plugins that are none of the adapters: only they have to be carried over by name."""
    own = {short_name(package) for package in PURPOSE}
    stripped = (name.strip() for name in names)
    return tuple(dict.fromkeys(name for name in stripped if name and short_name(name) not in own))


def _plugins(answers: Answers, _context: Context) -> Iterable[Problem]:
    for word in answers.words("license.plugins"):
        if not re.fullmatch(r"[@A-Za-z0-9._/-]+", word):
            yield error(
                "license.plugins",
                "license-plugins",
                _("{plugin} is no name of a plugin.").format(plugin=clean(word, 80)),
                _("Write a name such as my-plugin or @my-company/plugin-name."),
            )


def _confirmed(answers: Answers, _context: Context) -> Iterable[Problem]:
    open_ones = unconfirmed(answers)
    if not open_ones:
        return
    message = _("not confirmed: {plugins}.").format(plugins=", ".join(short_name(p) for p in open_ones))
    if answers.flag("license.pending"):
        yield warning(
            "license.confirmed",
            "license",
            message,
            _("The runbook has a gate: no second node before these are licensed and enabled."),
        )
    else:
        yield error(
            "license.confirmed",
            "license",
            message,
            _("Tick what the licence holds, or say that it is still being ordered (license.pending)."),
        )


def _known(answers: Answers, _context: Context) -> Iterable[Problem]:
    names = {short_name(p) for p in PURPOSE}
    for word in answers.words("license.confirmed"):
        if short_name(word) not in names:
            yield error(
                "license.confirmed",
                "license-known",
                _("{plugin} is no adapter plugin.").format(plugin=word),
                _("Known are: {names}.").format(names=", ".join(sorted(names))),
            )


RULES = (Rule("license", _confirmed), Rule("license-known", _known), Rule("license-plugins", _plugins))
