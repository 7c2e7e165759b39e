"""Redis: five roles, their databases, and the addresses that both client libraries read alike."""

from __future__ import annotations

import json
from collections.abc import Iterable

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.rules import Context, Rule
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.answers.url import Url, missing_password
from nbcluster.errors import Problem
from nbcluster.facts import ROLE_VARIABLES, ROLES
from nbcluster.judge.common import error, is_loopback, spans_hosts, warning
from nbcluster.judge.faults import url_problem
from nbcluster.judge.queue import address_faults as broker_faults
from nbcluster.judge.workers import processes
from nbcluster.text import N_, _

ROLE_NAMES = {
    "cache": N_("cache"),
    "pubsub": N_("sync signal"),
    "lock": N_("lock"),
    "queue": N_("queue"),
    "worker_id": N_("worker id"),
}


def roles(answers: Answers) -> tuple[str, ...]:
    """Return the roles that Redis plays: without the queue where RabbitMQ carries it."""
    return tuple(r for r in ROLES if r != "queue" or answers["queue.adapter"] != "rabbitmq")


def urls(answers: Answers) -> dict[str, Url]:
    """Return the address of every role that Redis plays and that has one."""
    found = {role: answers.url(f"redis.{role}") for role in roles(answers)}
    return {role: url for role, url in found.items() if url is not None}


def asked_at(answers: Answers, role: str) -> str:
    """Return the key path where a person typed the address of a role: the shared one where it was derived."""
    if answers.source(f"redis.{role}") is Source.DERIVED:
        layout = answers["redis.layout"]
        if layout == "one":
            return "redis.address"
        if layout == "two":
            return "redis.cache_address" if role == "cache" else "redis.coordination_address"
    return f"redis.{role}"


def _forms(answers: Answers, _context: Context) -> Iterable[Problem]:
    seen: set[tuple[str, str]] = set()
    for role in roles(answers):
        url = answers.url(f"redis.{role}")
        for fault in address_faults(url) if url is not None else ():
            path = asked_at(answers, role)
            if (path, fault) not in seen and url is not None:
                seen.add((path, fault))
                yield url_problem(path, "redis-url", url, fault)


def address_faults(url: Url) -> tuple[str, ...]:
    """Return what is wrong with a Redis address, the faults of its form and those of its meaning."""
    faults = list(url.faults)
    if url.scheme not in ("redis", "rediss") and "scheme" not in faults:
        faults.append("redis-scheme")
    if url.path not in ("", "/") and not (url.path[1:].isascii() and url.path[1:].isdecimal()) and "slashes" not in faults:
        faults.append("redis-path")
    if url.user_doubtful:
        faults.append("user")
    return tuple(faults)


def _cache_apart(answers: Answers, _context: Context) -> Iterable[Problem]:
    found = urls(answers)
    cache = found.get("cache")
    for role, url in found.items():
        if cache is not None and role != "cache" and _place(url) == _place(cache):
            yield error(
                f"redis.{role}",
                "cache-apart",
                _(
                    "{role} and the cache are both in database {number} of {host}: 'clear cache' runs FLUSHDB and deletes both."
                ).format(role=_(ROLE_NAMES[role]), number=url.database, host=url.host),
                _("Give {role} another database number.").format(role=_(ROLE_NAMES[role])),
            )


def _roles_apart(answers: Answers, _context: Context) -> Iterable[Problem]:
    found = [(r, u) for r, u in urls(answers).items() if r != "cache"]
    for index, (role, url) in enumerate(found):
        for other, its in found[:index]:
            if _place(url) == _place(its):
                yield warning(
                    f"redis.{role}",
                    "roles-apart",
                    _("{role} and {other} share database {number} of {host}.").format(
                        role=_(ROLE_NAMES[role]), other=_(ROLE_NAMES[other]), number=url.database, host=url.host
                    ),
                    _("Separate numbers keep them apart when one has to be inspected or emptied."),
                )
                break


def _local(answers: Answers, _context: Context) -> Iterable[Problem]:
    seen: set[str] = set()
    for role, url in urls(answers).items():
        path = asked_at(answers, role)
        if is_loopback(url.host) and spans_hosts(answers) and path not in seen:
            seen.add(path)
            yield error(
                path,
                "redis-localhost",
                _("{host} is another machine on every node.").format(host=url.host),
                _("Write the address under which all nodes reach this server."),
            )


def _claimed(answers: Answers, context: Context) -> Iterable[Problem]:
    seen: set[str] = set()
    for role, url in urls(answers).items():
        owner = context.claims.get((*url.server, str(url.database)))
        path = asked_at(answers, role)
        if owner is not None and path not in seen:
            seen.add(path)
            base = free_base(url, context, len(ROLES))
            yield error(
                path,
                "redis-claimed",
                _(
                    "database {number} of {host} belongs to the session {name}: both clusters would read each other's messages."
                ).format(number=url.database, host=url.host, name=owner),
                _("The next free numbers begin at {base}.").format(base=base),
            )


def _unused_queue(answers: Answers, _context: Context) -> Iterable[Problem]:
    if answers["queue.adapter"] == "rabbitmq" and "redis.queue" in answers:
        yield warning("redis.queue", "redis-queue-unused", _("is not used: the queue is on RabbitMQ."), _("Leave it out."))


def _place(url: Url) -> tuple[str, int, int]:
    return (*url.server, url.database)


def free_base(url: Url, context: Context, count: int) -> int:
    """Return the first multiple of five from which ``count`` database numbers of a server are used by no other session."""
    base = 0
    while any((*url.server, str(base + i)) in context.claims for i in range(count)) and base < 1000:
        base += 5
    return base


def _connections(answers: Answers, url: Url) -> int:
    """Return how many connections the cluster opens at least on the server of an address: two per process and role (inferred)."""
    roles = sum(other.server == url.server for other in urls(answers).values())
    return 2 * roles * sum(count or 1 for count in processes(answers))


def _peers(answers: Answers, url: Url) -> Secret | None:
    """Return the roles in the same database number at another address, as the probe reads them: one server may have two names."""
    peers = [
        (role, other.host, other.effective_port, other.tls, other.username, other.password.reveal() if other.password else "")
        for role, other in urls(answers).items()
        if other.server != url.server
        and other.database == url.database
        and not address_faults(other)
        and not missing_password(other)
    ]
    return Secret(json.dumps(peers)) if peers else None


def middleware_targets(answers: Answers) -> Iterable[Target]:
    """Return what the middleware step connects to: every role's Redis, and RabbitMQ where it carries the queue."""
    ca_file = answers.text("tls.ca_file") or None
    for role, url in urls(answers).items():
        if address_faults(url) or missing_password(url):
            continue
        params: dict[str, ParamValue] = {
            "host": url.host,
            "port": url.effective_port,
            "tls": url.tls,
            "username": url.username or None,
            "password": url.password,
            "db": url.database,
            "role": role,
            "ca_file": ca_file,
            "connections": _connections(answers, url),
            "installation": answers.text("app.installation"),
            "peers": _peers(answers, url),
        }
        yield Target(f"redis.{role}", TargetKind.REDIS, url.masked, params, (f"redis.{role}", "tls.ca_file"))
    broker = answers.url("queue.url")
    if (
        answers["queue.adapter"] == "rabbitmq"
        and broker is not None
        and not broker_faults(broker)
        and not missing_password(broker)
    ):
        params = {
            "host": broker.host,
            "port": broker.effective_port,
            "tls": broker.tls,
            "username": broker.username or "guest",
            "password": broker.password or Secret("guest"),
            "vhost": broker.vhost,
            "ca_file": ca_file,
        }
        yield Target("rabbitmq", TargetKind.RABBITMQ, broker.masked, params, ("queue.url", "tls.ca_file"))


def notes(answers: Answers) -> Iterable[str]:
    """Return one line per role: database number and variable."""
    for role, url in urls(answers).items():
        yield _("{role}: database {number} on {host}, {variable}").format(
            role=_(ROLE_NAMES[role]), number=url.database, host=url.host or "?", variable=ROLE_VARIABLES[role]
        )


RULES = (
    Rule("redis-url", _forms),
    Rule("cache-apart", _cache_apart),
    Rule("roles-apart", _roles_apart),
    Rule("redis-localhost", _local),
    Rule("redis-claimed", _claimed),
    Rule("redis-queue-unused", _unused_queue),
)
