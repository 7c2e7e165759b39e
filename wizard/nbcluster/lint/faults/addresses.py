"""Faults of the addresses of Redis and RabbitMQ, and of who shares which database (nocobase.md §4.2, §5, §12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nbcluster.answers.url_problems import url_problem
from nbcluster.facts import ROLE_VARIABLES
from nbcluster.lint.application import Application, Condition
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
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
    "number": (
        N_("A number where the host stands"),
        N_("The resolver reads 15432 as 0.0.60.72 and 010.0.0.5 as 8.0.0.5."),
        N_("A host name, or all four numbers of an IPv4 address."),
    ),
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
        N_("A character that is not allowed in or after a host name"),
        _WHY,
        N_("host:port; other characters percent-encoded."),
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
"""Title, reason and remedy of each way of writing an address wrongly; the message of a finding comes from ``answers.url_problems``, as in the wizard."""


_IPV6_QUEUE = (
    N_("An IPv6 address"),
    N_("The queue's library accepts one, but nbcluster can neither check it nor write files for it."),
    N_("A host name."),
)
"""The same for the one form that is no mistake for RabbitMQ (nocobase.md §5)."""


_OBSERVED = {
    "slashes": "Invalid pathname",
    "scheme": "Invalid protocol",
    "hosts": "Invalid URL",
    "ipv6": "getaddrinfo ENOTFOUND [::1]",
    "port": "Invalid URL",
    "fragment": "Invalid URL",
    "percent": "URI malformed",
    "raw": "Invalid URL",
    "user": "WRONGPASS invalid username-password pair or user is disabled.",
    "path": "Invalid pathname",
}
"""What NocoBase prints or logs (nocobase.md §4.2, §17)."""


def _form(rule: str, form: str) -> Condition:
    def condition(found: Application) -> Iterator[Hit]:
        for name, url, fault in found.broken_addresses:
            if found.is_broker(name) is (rule == "queue-url") and fault.removeprefix("redis-").removeprefix("amqp-") == form:
                # no value is shown
                shown = replace(
                    url, path="/…" if url.path.strip("/") else url.path, scheme=url.scheme if url.scheme in _SCHEMES else "…"
                )
                problem = url_problem(name, rule, shown, fault)
                yield found.at(name, problem.message, problem.hint)

    return condition


_TLS_PORTS = frozenset({6380, 16380})
_TLS_HOSTS = re.compile(r"\.(?:redis\.cache\.windows\.net|redis\.azure\.net|upstash\.io)\Z", re.IGNORECASE)


def _plain_to_tls(found: Application) -> Iterator[Hit]:
    for name, url in found.addresses.items():
        redis = url.scheme == "redis" and (url.effective_port in _TLS_PORTS or _TLS_HOSTS.search(url.host) is not None)
        broker = url.scheme == "amqp" and url.effective_port == 5671
        if (redis or broker) and not url.faults:
            yield found.at(name)


def _in_the_cache(found: Application) -> Iterator[Hit]:
    cache = found.addresses.get("CACHE_REDIS_URL" if found.value("CACHE_REDIS_URL") else "REDIS_URL")
    if cache is None or found.value("CACHE_DEFAULT_STORE") != "redis" or cache.faults:
        return
    for name, url in found.addresses.items():
        own = name in ROLE_VARIABLES.values() or name == found.queue_variable
        if not own and not url.faults and (*url.server, url.database) == (*cache.server, cache.database):
            yield found.at(name)


def _forms(rule: str) -> Iterator[Fault]:
    for form, said in _FORMS.items():
        is_taken = rule == "queue-url" and form == "ipv6"
        title, why, remedy = _IPV6_QUEUE if is_taken else said
        observed = "" if is_taken else _OBSERVED.get(form, "")
        severity = WARN if is_taken else FAIL
        yield Fault(f"{rule}.{form}", severity, title, why, remedy=remedy, variables=_form(rule, form), observed=observed)


FAULTS: tuple[Fault, ...] = (
    *_forms("redis-url"),
    *_forms("queue-url"),
    Fault(
        "queue-url.slash",
        FAIL,
        N_("The address of RabbitMQ ends in a bare slash"),
        N_("The virtual host / for one library, an empty one for others."),
        remedy=N_("%2F, or no slash."),
        variables=_form("queue-url", "slash"),
    ),
    Fault(
        "cache-apart",
        FAIL,
        N_("The cache shares a database with something else"),
        N_("'Clear cache' runs FLUSHDB: locks, queue, worker ids in the same database are gone."),
        remedy=N_("A database number of its own."),
        rule="cache-apart",
        observed="(healthy until the cache is cleared)",
    ),
    Fault(
        "roles-apart",
        WARN,
        N_("Two functions share a database"),
        N_("It works; one cannot be looked at or emptied without the other."),
        remedy=N_("Separate numbers."),
        rule="roles-apart",
    ),
    Fault(
        "redis-localhost",
        FAIL,
        N_("Redis on localhost"),
        N_("localhost is another machine, or container, on every node."),
        remedy=N_("The address under which all nodes reach the server."),
        rule="redis-localhost",
        clustered=True,
        observed="connect ECONNREFUSED 127.0.0.1:6379",
    ),
    Fault(
        "queue-localhost",
        FAIL,
        N_("RabbitMQ on localhost"),
        N_("localhost is another machine, or container, on every node."),
        remedy=N_("The address under which all nodes reach the server."),
        rule="queue-localhost",
        clustered=True,
    ),
    Fault(
        "queue-guest",
        WARN,
        N_("RabbitMQ without a user"),
        N_("guest is taken, which RabbitMQ admits from its own machine only."),
        remedy=N_("A user and password in the address."),
        rule="queue-localhost",
    ),
    Fault(
        "cache-database",
        FAIL,
        N_("Another Redis address uses the cache's database"),
        N_("'Clear cache' runs FLUSHDB: whatever a plugin or another part keeps there is gone."),
        N_("is in the cache's database: 'clear cache' runs FLUSHDB and deletes what is kept there."),
        N_("Give it another database number than the cache's."),
        variables=_in_the_cache,
    ),
    Fault(
        "plain-to-tls",
        WARN,
        N_("redis:// or amqp:// to a port that speaks TLS"),
        N_("6380, 5671 and the names of some providers stand for TLS: spoken to without, the server closes or waits."),
        N_("asks for no TLS, and the port or the host is one that most often speaks TLS only."),
        N_("Begin with rediss:// or amqps://, or name the plain port."),
        variables=_plain_to_tls,
    ),
)
