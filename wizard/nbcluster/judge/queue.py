"""RabbitMQ as the queue: its address and the unconfirmed name of its variable (nocobase.md §5)."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.rules import Context, Rule
from nbcluster.answers.url import Url
from nbcluster.errors import Problem
from nbcluster.judge.common import error, is_loopback, spans_hosts, warning
from nbcluster.judge.faults import url_problem
from nbcluster.text import _


def _forms(answers: Answers, _context: Context) -> Iterable[Problem]:
    url = answers.url("queue.url")
    if answers["queue.adapter"] != "rabbitmq" or url is None:
        return
    for fault in address_faults(url):
        yield url_problem("queue.url", "queue-url", url, fault)


def address_faults(url: Url) -> tuple[str, ...]:
    """Return what is wrong with a broker's address, the faults of its form and those of its meaning."""
    faults = list(url.faults)
    if url.scheme not in ("amqp", "amqps") and "scheme" not in faults:
        faults.append("amqp-scheme")
    if url.path == "/":
        faults.append("amqp-slash")
    elif "/" in url.path[1:].removeprefix("/"):
        faults.append("amqp-path")  # a virtual host that is named with a leading slash is taken as it is written
    if url.user_doubtful:
        faults.append("amqp-user")  # RabbitMQ refuses an empty password; amqplib would send one
    return tuple(faults)


def _local(answers: Answers, _context: Context) -> Iterable[Problem]:
    url = answers.url("queue.url")
    if answers["queue.adapter"] != "rabbitmq" or url is None:
        return
    if is_loopback(url.host) and spans_hosts(answers):
        yield error(
            "queue.url",
            "queue-localhost",
            _("{host} is another machine on every node.").format(host=url.host),
            _("Write the address under which all nodes reach this server."),
        )
    if not url.username and not is_loopback(url.host):
        yield warning(
            "queue.url",
            "queue-guest",
            _("has no user: guest is taken, which RabbitMQ admits from its own machine only."),
            _("Write amqp://user@host and the password."),
        )


def _variable(answers: Answers, _context: Context) -> Iterable[Problem]:
    if answers["queue.adapter"] == "rabbitmq" and answers.source("queue.url_variable") in (Source.DEFAULT, Source.SESSION):
        yield warning(
            "queue.url_variable",
            "queue-variable",
            _("the name of the variable is published nowhere and unconfirmed."),
            _("Read it from the installed plugin (the help of this field has the command) and type it here; Enter confirms it."),
        )


RULES = (Rule("queue-url", _forms), Rule("queue-localhost", _local), Rule("queue-variable", _variable))
