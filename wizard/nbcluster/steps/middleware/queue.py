"""The message queue, on Redis or on RabbitMQ: the broker's address and the unconfirmed name of its variable (nocobase.md §5)."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.host import is_loopback
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.answers.url import Url, missing_password
from nbcluster.answers.url_problems import url_problem
from nbcluster.errors import Problem, warning
from nbcluster.facts import BROKER_VARIABLES
from nbcluster.steps.model import Context, Rule, Variable
from nbcluster.steps.nodes import localhost
from nbcluster.text import N_, _


def is_rabbitmq(answers: Answers) -> bool:
    """Tell whether RabbitMQ carries the queue; Redis does otherwise."""
    return answers["queue.adapter"] == "rabbitmq"


def _forms(answers: Answers, _context: Context) -> Iterable[Problem]:
    url = answers.url("queue.url")
    if not is_rabbitmq(answers) or url is None:
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


def _local(answers: Answers, context: Context) -> Iterable[Problem]:
    url = answers.url("queue.url")
    if not is_rabbitmq(answers) or url is None:
        return
    yield from localhost(answers, context, "queue.url", "queue-localhost", url.host)
    if not url.username and not is_loopback(url.host):
        yield warning(
            "queue.url",
            "queue-guest",
            _("has no user: guest is taken, which RabbitMQ admits from its own machine only."),
            _("Write amqp://user@host and the password."),
        )


def _variable(answers: Answers, _context: Context) -> Iterable[Problem]:
    official = answers["license.adapters"] != "other"
    if official and is_rabbitmq(answers) and answers.source("queue.url_variable") in (Source.DEFAULT, Source.SESSION):
        yield warning(
            "queue.url_variable",
            "queue-variable",
            _("the name of this variable is documented nowhere: it is unconfirmed."),
            _("Read it from the installed plugin (the help of this field has the command) and type it here; Enter confirms it."),
        )


RULES = (Rule("queue-url", _forms), Rule("queue-localhost", _local), Rule("queue-variable", _variable))


def targets(answers: Answers) -> Iterable[Target]:
    """Return RabbitMQ as a target, where it carries the queue and its address is whole."""
    url = answers.url("queue.url")
    if not is_rabbitmq(answers) or url is None or address_faults(url) or missing_password(url):
        return
    params: dict[str, ParamValue] = {
        "host": url.host,
        "port": url.effective_port,
        "tls": url.tls,
        "username": url.username or "guest",
        "password": url.password or Secret("guest"),
        "vhost": url.vhost,
        "ca_file": answers.text("tls.ca_file") or None,
    }
    yield Target("rabbitmq", TargetKind.RABBITMQ, url.masked, params, ("queue.url", "tls.ca_file"))


def variables(answers: Answers) -> Iterable[Variable]:
    """Return the variables that RabbitMQ as the queue needs; both names are unconfirmed."""
    url = answers.url("queue.url")
    if is_rabbitmq(answers) and url is not None:
        yield Variable("QUEUE_ADAPTER", "rabbitmq", N_("this value is unconfirmed: chosen by analogy with redis"))
        yield Variable(
            answers.text("queue.url_variable"),
            Secret(url.reveal()),
            N_("the name of this variable is unconfirmed: see the runbook"),
        )


FIELDS = (
    Field(
        "queue.adapter",
        FieldKind.CHOICE,
        N_("Queue"),
        section=N_("Message queue"),
        short=N_("Broker"),
        default="redis",
        required=True,
        variable="",
        why=N_("RabbitMQ replaces Redis for the queue only; the other roles still need Redis."),
        choices=(
            Choice("redis", "Redis", N_("The queue uses the Redis above; nothing else to install.")),
            Choice(
                "rabbitmq",
                "RabbitMQ",
                N_("A separate broker that keeps messages across restarts; needs its own commercial plugin."),
            ),
        ),
    ),
    Field(
        "queue.url",
        FieldKind.URL,
        N_("RabbitMQ address"),
        section=N_("Message queue"),
        short=N_("Address"),
        required=True,
        applies=is_rabbitmq,
        placeholder="amqp://nocobase@10.0.0.8:5672/nocobase",
        example=True,
        scheme="amqp",
        why=N_(
            "RabbitMQ 4.0 or later. amqp://, or amqps:// for TLS; the path is the virtual host, / is written %2F or left out."
        ),
        otherwise=N_("A single slash at the end means the virtual host / to NocoBase's library, and an empty one to others."),
    ),
    Field(
        "queue.url_variable",
        FieldKind.TEXT,
        N_("Variable name"),
        short=N_("Variable"),
        advanced=True,
        applies=is_rabbitmq,
        default=BROKER_VARIABLES[0],
        guess=True,
        required=True,
        pattern=r"[A-Z][A-Z0-9_]{2,80}",
        pattern_hint=N_("write an environment variable's name in capitals"),
        why=N_(
            "Published nowhere: this name is a guess by pattern. To know it, run on a node: "
            "grep -rhoE 'process\\.env\\.[A-Z_]+' storage/plugins/@nocobase/plugin-queue-adapter-rabbitmq/dist/server | sort -u"
        ),
        otherwise=N_("With a wrong name the queue stays in memory, without a message."),
    ),
)
