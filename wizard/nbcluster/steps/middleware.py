"""Step 3: Redis for five roles, and the queue on Redis or RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.secret import Secret
from nbcluster.facts import BROKER_VARIABLES, ROLE_SWITCHES, ROLE_VARIABLES
from nbcluster.judge import queue, redis, redis_layout
from nbcluster.steps.model import Step, Variable
from nbcluster.text import N_


def _layout(name: str) -> Callable[[Answers], bool]:
    return lambda answers: answers["redis.layout"] == name


def _is_rabbitmq(answers: Answers) -> bool:
    return answers["queue.adapter"] == "rabbitmq"


def _needs_redis_queue(answers: Answers) -> bool:
    return not _is_rabbitmq(answers)


def _role(role: str, label: str, why: str, otherwise: str) -> Field:
    applies = _needs_redis_queue if role == "queue" else lambda _answers: True
    return Field(
        f"redis.{role}",
        FieldKind.URL,
        label,
        section="Redis",
        why=why,
        otherwise=otherwise,
        variable=ROLE_VARIABLES[role],
        required=_layout("per-role"),
        applies=applies,
        in_form=_layout("per-role"),
        placeholder="redis://default@10.0.0.5:6379/0",
        example=True,
        scheme="redis",
    )


def _variables(answers: Answers) -> tuple[Variable, ...]:
    out: list[Variable] = []
    for role in redis.roles(answers):
        url = answers.url(f"redis.{role}")
        if url is None:
            continue
        if role in ROLE_SWITCHES:
            out.append(Variable(*ROLE_SWITCHES[role]))
        out.append(Variable(ROLE_VARIABLES[role], Secret(url.reveal())))
    url = answers.url("queue.url")
    if _is_rabbitmq(answers) and url is not None:
        out.append(Variable("QUEUE_ADAPTER", "rabbitmq", "this value is unconfirmed: chosen by analogy with redis"))
        out.append(
            Variable(
                answers.text("queue.url_variable"),
                Secret(url.reveal()),
                "the name of this variable is unconfirmed: see the runbook",
            )
        )
    return tuple(out)


STEP = Step(
    id="middleware",
    title=N_("Middleware"),
    why=N_(
        "Redis carries the cache, the sync signal, locks, the queue and worker ids. The cache needs a database of its own: "
        "'clear cache' in NocoBase runs FLUSHDB, and everything else in that database is gone with it."
    ),
    fields=(
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
                Choice(
                    "one",
                    N_("one for all"),
                    N_("One server, a database number for each role: enough for most clusters."),
                ),
                Choice(
                    "two",
                    N_("cache apart"),
                    N_(
                        "Two servers: the cache may evict keys; sync signal, locks, queue and worker ids are on one that must not."
                    ),
                ),
                Choice("per-role", N_("one per role"), N_("Five addresses, for instances that are rented one by one.")),
            ),
        ),
        Field(
            "redis.address",
            FieldKind.URL,
            N_("Address"),
            section="Redis",
            required=True,
            in_file=False,
            stands_for="redis.cache",
            applies=_layout("one"),
            placeholder="redis://default@10.0.0.5:6379/0",
            example=True,
            scheme="redis",
            why=N_("redis:// or rediss:// for TLS, user, host and port; the number is the first of five databases in a row."),
            otherwise=N_(
                "Forms that only one of the two client libraries understands connect half of NocoBase to somewhere else."
            ),
        ),
        Field(
            "redis.cache_address",
            FieldKind.URL,
            N_("Cache address"),
            section="Redis",
            short=N_("Cache"),
            required=True,
            in_file=False,
            stands_for="redis.cache",
            applies=_layout("two"),
            placeholder="redis://default@10.0.0.5:6379/0",
            example=True,
            scheme="redis",
            why=N_("This server may evict keys; its database is flushed by 'clear cache'."),
        ),
        Field(
            "redis.coordination_address",
            FieldKind.URL,
            N_("Coordination address"),
            section="Redis",
            short=N_("Other roles"),
            required=True,
            in_file=False,
            stands_for="redis.pubsub",
            applies=_layout("two"),
            placeholder="redis://default@10.0.0.6:6379/0",
            example=True,
            scheme="redis",
            why=N_(
                "Sync signal, locks, queue and worker ids: maxmemory-policy noeviction; the number is the first of four databases."
            ),
        ),
        _role(
            "cache",
            N_("Cache"),
            N_("Cached data, counters and signed-out tokens."),
            N_("Sharing a database with another role: FLUSHDB deletes locks, queue or worker ids."),
        ),
        _role(
            "pubsub",
            N_("Sync signal"),
            N_("Tells the other nodes about changed collections and settings."),
            N_("Without it a change stays on the node where it was made."),
        ),
        _role(
            "lock", N_("Lock"), N_("Locks between processes."), N_("Evicted or flushed locks let two processes do the same work.")
        ),
        _role(
            "queue",
            N_("Queue"),
            N_("Work for background processes: workflows and asynchronous tasks."),
            N_("An evicting server loses queued work."),
        ),
        _role(
            "worker_id",
            N_("Worker id"),
            N_("Leases one of 32 ids to every process; also the default Redis connection of plugins."),
            N_("Two processes with one id make the same primary keys."),
        ),
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
                Choice("redis", "Redis", N_("The queue lives in the Redis above; nothing else has to be installed.")),
                Choice(
                    "rabbitmq",
                    "RabbitMQ",
                    N_("A broker of its own that keeps messages over a restart; needs its commercial plugin."),
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
            applies=_is_rabbitmq,
            placeholder="amqp://nocobase@10.0.0.8:5672/nocobase",
            example=True,
            scheme="amqp",
            why=N_("amqp:// or amqps:// for TLS; the path is the virtual host, / is written %2F or left out."),
            otherwise=N_("A bare slash at the end is the virtual host / for NocoBase's library and an empty one for others."),
        ),
        Field(
            "queue.url_variable",
            FieldKind.TEXT,
            N_("Variable name"),
            short=N_("Variable"),
            advanced=True,
            applies=_is_rabbitmq,
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
    ),
    rules=(*redis.RULES, *queue.RULES),
    targets=redis.middleware_targets,
    variables=_variables,
    derive=redis_layout.derive,
    infer=redis_layout.infer,
    notes=redis.notes,
)
