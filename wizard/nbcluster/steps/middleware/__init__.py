"""Step 3: Redis for five roles, and the queue on Redis or RabbitMQ."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.targets import Target
from nbcluster.steps.middleware import queue, redis
from nbcluster.steps.model import Step, Variable
from nbcluster.text import N_


def _targets(answers: Answers) -> Iterable[Target]:
    return (*redis.targets(answers), *queue.targets(answers))


def _variables(answers: Answers) -> Iterable[Variable]:
    return (*redis.variables(answers), *queue.variables(answers))


STEP = Step(
    id="middleware",
    title=N_("Middleware"),
    why=N_(
        "Redis carries the cache, the sync signal, locks, the queue and worker ids. The cache needs a database of its own: "
        "'clear cache' in NocoBase runs FLUSHDB, and everything else in that database is gone with it."
    ),
    fields=(*redis.FIELDS, *queue.FIELDS),
    rules=(*redis.RULES, *queue.RULES),
    targets=_targets,
    variables=_variables,
    derive=redis.derive,
    infer=redis.infer,
    notes=redis.notes,
)
