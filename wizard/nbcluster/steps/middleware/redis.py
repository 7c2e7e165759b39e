"""Redis: five roles, their databases, the addresses that both client libraries read alike, and the layout that one types (nocobase.md §4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.answers.url import Url, missing_password
from nbcluster.answers.url_problems import url_problem
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import ROLE_SWITCHES, ROLE_VARIABLES, ROLES
from nbcluster.steps.middleware.queue import is_rabbitmq
from nbcluster.steps.model import Context, Rule, Variable
from nbcluster.steps.multicore import processes
from nbcluster.steps.nodes import localhost
from nbcluster.text import N_, _

ROLE_NAMES = {
    "cache": N_("cache"),
    "pubsub": N_("sync signal"),
    "lock": N_("lock"),
    "queue": N_("queue"),
    "worker_id": N_("worker id"),
}
"""What a role is called within a sentence, a message id."""

ROLE_LABELS = {
    "cache": N_("Cache"),
    "pubsub": N_("Sync signal"),
    "lock": N_("Lock"),
    "queue": N_("Queue"),
    "worker_id": N_("Worker id"),
}
"""What a role is called on its own, a message id."""


def roles(answers: Answers) -> tuple[str, ...]:
    """Return the roles that Redis plays: without the queue where RabbitMQ carries it."""
    return tuple(r for r in ROLES if r != "queue" or not is_rabbitmq(answers))


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


def _local(answers: Answers, context: Context) -> Iterable[Problem]:
    hosts = {asked_at(answers, role): url.host for role, url in urls(answers).items()}
    for path, host in hosts.items():
        yield from localhost(answers, context, path, "redis-localhost", host)


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
    if is_rabbitmq(answers) and "redis.queue" in answers:
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


def targets(answers: Answers) -> Iterable[Target]:
    """Return every role's Redis as a target, where its address is whole."""
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


def notes(answers: Answers) -> Iterable[str]:
    """Return one line per role: database number and variable."""
    for role, url in urls(answers).items():
        yield _("{role}: database {number} on {host}, {variable}").format(
            role=_(ROLE_NAMES[role]), number=url.database, host=url.host or "?", variable=ROLE_VARIABLES[role]
        )


def derive(answers: Answers, context: Context) -> Answers:
    """Fill the five addresses from the one or two that were typed."""
    layout = answers["redis.layout"]
    if layout == "one" and (address := answers.url("redis.address")) is not None:
        answers = _fill(answers, ROLES, address, address.database if address.path.strip("/") else free_base(address, context, 5))
    if layout == "two":
        cache, coordination = answers.url("redis.cache_address"), answers.url("redis.coordination_address")
        if cache is not None:
            answers = _fill(answers, ("cache",), cache, cache.database if cache.path.strip("/") else free_base(cache, context, 1))
        if coordination is not None:
            first = coordination.database if coordination.path.strip("/") else free_base(coordination, context, 5)
            if cache is not None and not coordination.path.strip("/") and cache.server == coordination.server:
                first += 1
            answers = _fill(answers, ROLES[1:], coordination, first)
    if is_rabbitmq(answers) and answers.source("redis.queue") is Source.DERIVED:
        answers = answers.without("redis.queue")
    return answers


def _fill(answers: Answers, names: tuple[str, ...], address: Url, first: int) -> Answers:
    keep_path = "redis-path" in address_faults(address)
    wanted = roles(answers)
    for index, role in enumerate(names):
        if role not in wanted:
            continue
        url = address if keep_path else address.with_database(first + index)
        answers = answers.with_(f"redis.{role}", url, Source.DERIVED)
    return answers


def infer(answers: Answers, context: Context) -> Answers:
    """Find the layout that five given addresses have, so that the wizard shows as few as were meant."""
    found = urls(answers)
    if "redis.layout" in answers:
        return answers
    if not found:
        from_file = any(answer.source is Source.FILE for _path, answer in answers.items())
        return answers.with_("redis.layout", "per-role", Source.DERIVED) if from_file else answers
    if _in_a_row(found, answers, ROLES):
        first = found["cache"]
        answers = answers.with_("redis.layout", "one", Source.DERIVED).with_("redis.address", first, Source.DERIVED)
    elif _in_a_row(found, answers, ROLES[1:]) and "cache" in found and not address_faults(found["cache"]):
        answers = answers.with_("redis.layout", "two", Source.DERIVED).with_(
            "redis.cache_address", found["cache"], Source.DERIVED
        )
        answers = answers.with_("redis.coordination_address", found["pubsub"], Source.DERIVED)
    else:
        return answers.with_("redis.layout", "per-role", Source.DERIVED)
    return derive(answers, context)


def _in_a_row(found: dict[str, Url], answers: Answers, names: tuple[str, ...]) -> bool:
    wanted = [r for r in names if r in roles(answers)]
    if any(r not in found or address_faults(found[r]) or missing_password(found[r]) for r in wanted):
        return False
    first = found[wanted[0]]
    return all(found[r].reveal() == first.with_database(first.database + names.index(r)).reveal() for r in wanted)


def variables(answers: Answers) -> Iterable[Variable]:
    """Return the variables of every role that has an address, each after the switch that it needs."""
    for role, url in urls(answers).items():
        if role in ROLE_SWITCHES:
            yield Variable(*ROLE_SWITCHES[role])
        yield Variable(ROLE_VARIABLES[role], Secret(url.reveal()))


RULES = (
    Rule("redis-url", _forms),
    Rule("cache-apart", _cache_apart),
    Rule("roles-apart", _roles_apart),
    Rule("redis-localhost", _local),
    Rule("redis-claimed", _claimed),
    Rule("redis-queue-unused", _unused_queue),
)


def _layout(name: str) -> Callable[[Answers], bool]:
    return lambda answers: answers["redis.layout"] == name


_address = partial(
    Field,
    kind=FieldKind.URL,
    section="Redis",
    placeholder="redis://default@10.0.0.5:6379/0",
    example=True,
    scheme="redis",
)
"""A field for the address of a Redis server."""

_shared = partial(_address, required=True, in_file=False)
"""A field for an address that serves several roles: only the wizard asks for it."""


def _role(role: str, why: str, otherwise: str) -> Field:
    return _address(
        f"redis.{role}",
        label=ROLE_LABELS[role],
        why=why,
        otherwise=otherwise,
        variable=ROLE_VARIABLES[role],
        required=_layout("per-role"),
        applies=lambda answers: role in roles(answers),
        in_form=_layout("per-role"),
    )


FIELDS = (
    Field(
        "redis.layout",
        FieldKind.CHOICE,
        "Redis",
        section="Redis",
        short=N_("Servers"),
        default="one",
        required=True,
        in_file=False,
        why=N_(
            "One server with a database number per role is enough for most; a cache of its own may evict, the other roles must not."
        ),
        choices=(
            Choice("one", N_("one for all"), N_("One server, a database number for each role: enough for most clusters.")),
            Choice(
                "two",
                N_("separate cache"),
                N_("Two servers: the cache may evict keys; sync signal, locks, queue and worker ids are on one that must not."),
            ),
            Choice("per-role", N_("one per role"), N_("Five addresses, for instances that are rented one by one.")),
        ),
    ),
    _shared(
        "redis.address",
        label=N_("Address"),
        stands_for="redis.cache",
        applies=_layout("one"),
        why=N_(
            "Redis 8.0 or later, or redis-stack with the Bloom filter. redis://, or rediss:// for TLS, then user, host and port; "
            "a number at the end is the first of five databases in a row."
        ),
        otherwise=N_(
            "Without an address each node keeps cache and queue in its own memory, locks only its own processes, "
            "looks for the sync signal at redis://localhost:6379/0, and draws worker IDs at random."
        ),
    ),
    _shared(
        "redis.cache_address",
        label=N_("Cache address"),
        short=N_("Cache"),
        stands_for="redis.cache",
        applies=_layout("two"),
        why=N_(
            "Redis 8.0 or later, or redis-stack with the Bloom filter. It may evict keys; 'clear cache' empties its database."
        ),
        otherwise=N_("Without an address every process has a cache of its own, in memory."),
    ),
    _shared(
        "redis.coordination_address",
        label=N_("Coordination address"),
        short=N_("Other roles"),
        stands_for="redis.pubsub",
        applies=_layout("two"),
        placeholder="redis://default@10.0.0.6:6379/0",
        why=N_(
            "Sync signal, locks, queue and worker ids: maxmemory-policy noeviction; the number is the first of four databases."
        ),
        otherwise=N_(
            "Without an address locks, queue and worker IDs are each node's own, and changes stay where they were made."
        ),
    ),
    _role(
        "cache",
        N_("Cached data, counters and signed-out tokens. Redis 8.0 or later, or redis-stack with the Bloom filter."),
        N_(
            "Without it every process caches in memory; in a database with another role, FLUSHDB deletes locks, queue or worker ids."
        ),
    ),
    _role(
        "pubsub",
        N_("Tells the other nodes, by Redis streams, about changed collections and settings."),
        N_("Without it NocoBase uses redis://localhost:6379/0: a change stays on the node where it was made."),
    ),
    _role(
        "lock",
        N_("Distributed locks: one process at a time does a piece of work."),
        N_("Without it a lock holds within one process; evicted or flushed locks let two processes do the same work."),
    ),
    _role(
        "queue",
        N_("Work for background processes: workflows and asynchronous tasks."),
        N_("Without it the queue is each process's own memory; an evicting server loses queued work."),
    ),
    _role(
        "worker_id",
        N_("Leases one of 32 IDs, 0 to 31, to every process (REDIS_URL); also the default Redis connection of plugins."),
        N_("Without it every process draws its ID at random, and two with the same one make the same primary keys."),
    ),
)
