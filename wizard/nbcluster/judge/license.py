"""The commercial adapter plugins: which the topology needs, and whether they are confirmed (nocobase.md §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster import facts
from nbcluster.answers.answers import Answers
from nbcluster.answers.rules import Context, Rule
from nbcluster.errors import Problem
from nbcluster.judge.common import error, warning
from nbcluster.text import N_, _
from nbcluster.text.clean import clean

PURPOSE = {
    facts.PUBSUB_PLUGIN: N_("sync signal: tells the other nodes about changes"),
    facts.LOCK_PLUGIN: N_("locks between processes"),
    facts.QUEUE_PLUGIN: N_("queue on Redis"),
    facts.RABBITMQ_PLUGIN: N_("queue on RabbitMQ"),
    facts.WORKER_ID_PLUGIN: N_("worker ids: no two processes make the same keys"),
}


def short_name(package: str) -> str:
    """Return a plugin's name without the package prefix."""
    return package.removeprefix(facts.PLUGIN_PREFIX)


def needed(answers: Answers) -> tuple[str, ...]:
    """Return the packages that the chosen topology needs."""
    queue = facts.RABBITMQ_PLUGIN if answers["queue.adapter"] == "rabbitmq" else facts.QUEUE_PLUGIN
    return (facts.PUBSUB_PLUGIN, facts.LOCK_PLUGIN, queue, facts.WORKER_ID_PLUGIN)


def unconfirmed(answers: Answers) -> tuple[str, ...]:
    """Return the needed packages without a tick; short and full names count."""
    ticked = {short_name(name) for name in answers.words("license.confirmed")}
    return tuple(p for p in needed(answers) if short_name(p) not in ticked)


def foreign(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of a list of plugins that are none of the adapters: only they have to be carried over by name."""
    own = {short_name(package) for package in facts.ADAPTERS}
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
    names = {short_name(p) for p in facts.ADAPTERS}
    for word in answers.words("license.confirmed"):
        if short_name(word) not in names:
            yield error(
                "license.confirmed",
                "license-known",
                _("{plugin} is no adapter plugin.").format(plugin=word),
                _("Known are: {names}.").format(names=", ".join(sorted(names))),
            )


RULES = (Rule("license", _confirmed), Rule("license-known", _known), Rule("license-plugins", _plugins))
