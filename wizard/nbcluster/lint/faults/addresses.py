"""Faults of the addresses of Redis and RabbitMQ, and of who shares which database (nocobase.md §4.2, §5, §12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nbcluster.answers.url_problems import url_problem
from nbcluster.facts import ROLE_VARIABLES
from nbcluster.lint.application import Application, Condition
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
from nbcluster.steps.middleware import queue, redis
from nbcluster.text import N_

_SCHEMES = frozenset({"http", "https", "tcp", "unix", "valkey", "valkeys", "redis+sentinel", "redis-sentinel", "redis", "rediss"})
_WHY = N_("Parts of NocoBase use different client libraries; only what all of them read alike is safe.")

_FORMS = {
    "slashes": (
        N_("One slash after the scheme"),
        N_("One library throws, the other opens a local socket file. The official Kubernetes page and chart have this."),
        N_("Two slashes."),
    ),
    "scheme": (N_("No scheme, or another one"), _WHY, N_("redis:// or rediss://; amqp:// or amqps:// for RabbitMQ.")),
    "host": (N_("No host"), _WHY, N_("The host name or IPv4 address after the //.")),
    "hosts": (N_("More than one host"), _WHY, N_("A proxy or virtual address in front.")),
    "ipv6": (
        N_("An IPv6 address"),
        N_("The cache's library keeps the brackets and cannot resolve the name."),
        N_("A host name."),
    ),
    "port": (N_("No valid port"), _WHY, N_("A number from 1 to 65535.")),
    "query": (N_("A query after ?"), _WHY, N_("Leave it out.")),
    "fragment": (N_("A # in the address"), N_("It cuts off the rest."), N_("%23 in a password.")),
    "percent": (N_("A % that encodes nothing"), _WHY, N_("%25 for a plain %.")),
    "blank": (N_("A blank in the address"), _WHY, N_("Take it out.")),
    "raw": (
        N_("A character in the password that ends the host part"),
        N_("One library throws, the other connects to localhost without a word."),
        N_("Percent-encode it."),
    ),
    "sign": (
        N_("A sign that cannot stand in or behind a host name"),
        _WHY,
        N_("host:port; other signs percent-encoded."),
    ),
    "control": (
        N_("A character that is not seen"),
        N_("It is part of no address: most often it came with a copy."),
        N_("Type the address again."),
    ),
    "user": (
        N_("One word in front of the @ and no password"),
        N_(
            "redis://PASSWORD@host takes the password for a user name: the server refuses it, and it is shown wherever user names are."
        ),
        N_("redis://:PASSWORD@host, with a colon."),
    ),
    "path": (
        N_("No database number or virtual host after the slash"),
        _WHY,
        N_("A number for Redis; %2F in the name of a virtual host."),
    ),
}
"""Title, reason and remedy of each way of writing an address wrongly; what is said of it, ``answers.url_problems`` says, as in the wizard."""


def _form(rule: str, form: str) -> Condition:
    def judge(found: Application) -> Iterator[Hit]:
        for name, url in found.addresses.items():
            broker = name not in ROLE_VARIABLES.values()
            if broker is not (rule == "queue-url"):
                continue
            # no value is shown
            shown = replace(
                url, path="/…" if url.path.strip("/") else url.path, scheme=url.scheme if url.scheme in _SCHEMES else "…"
            )
            for fault in queue.address_faults(url) if broker else redis.address_faults(url):
                if fault.removeprefix("redis-").removeprefix("amqp-") == form:
                    problem = url_problem(name, rule, shown, fault)
                    yield found.at(name, problem.message, problem.hint)

    return judge


FAULTS: tuple[Fault, ...] = (
    *(
        Fault(f"{rule}.{form}", FAIL, *texts, variables=_form(rule, form))
        for rule in ("redis-url", "queue-url")
        for form, texts in _FORMS.items()
    ),
    Fault(
        "queue-url.slash",
        FAIL,
        N_("The address of RabbitMQ ends in a bare slash"),
        N_("The virtual host / for one library, an empty one for others."),
        N_("%2F, or no slash."),
        variables=_form("queue-url", "slash"),
    ),
    Fault(
        "cache-apart",
        FAIL,
        N_("The cache shares a database with something else"),
        N_("'Clear cache' runs FLUSHDB: locks, queue, worker ids in the same database are gone."),
        N_("A database number of its own."),
        rule="cache-apart",
    ),
    Fault(
        "roles-apart",
        WARN,
        N_("Two functions share a database"),
        N_("It works; one cannot be looked at or emptied without the other."),
        N_("Separate numbers."),
        rule="roles-apart",
    ),
    Fault(
        "redis-localhost",
        FAIL,
        N_("Redis on localhost"),
        N_("localhost is another machine, or container, on every node."),
        N_("The address under which all nodes reach the server."),
        rule="redis-localhost",
    ),
    Fault(
        "queue-localhost",
        FAIL,
        N_("RabbitMQ on localhost"),
        N_("localhost is another machine, or container, on every node."),
        N_("The address under which all nodes reach the server."),
        rule="queue-localhost",
    ),
    Fault(
        "queue-guest",
        WARN,
        N_("RabbitMQ without a user"),
        N_("guest is taken, which RabbitMQ admits from its own machine only."),
        N_("A user and password in the address."),
        rule="queue-localhost",
    ),
)
