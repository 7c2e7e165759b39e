"""Step 10: how many processes each node runs and what they work on; pods have one each (nocobase.md §2.3, §6, §8)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, FieldKind, Row, Table
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import TOPICS, WORKER_IDS, WORKER_IDS_SPARE_FROM
from nbcluster.steps.model import Context, Rule, Step
from nbcluster.steps.nodes import counted_nodes, serves_topic
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import N_, _

_TOPIC = re.compile(r"[A-Za-z0-9_.@-]+(?::[A-Za-z0-9_.@-]+)*")


def processes_of(row: Row) -> int | None:
    """Return how many processes a node runs; None where the cores would have to be known or the mode has no meaning."""
    mode = str(row.get("cluster_mode") or "")
    cores = row.get("cores")
    if mode == "":
        return 1
    if mode in ("max", "0"):
        return cores if isinstance(cores, int) else None
    if re.fullmatch(r"-[1-9][0-9]{0,3}", mode):
        return max(1, cores + int(mode)) if isinstance(cores, int) else None
    return int(mode) if re.fullmatch(r"[1-9][0-9]{0,3}", mode) else None


def processes(answers: Answers) -> tuple[int | None, ...]:
    """Return the processes of every node that counts, in order."""
    return tuple(processes_of(row) for _index, row in counted_nodes(answers))


def process_count(answers: Answers) -> int:
    """Return how many processes the cluster has, as far as that is known: each takes a worker id."""
    return sum(count or 0 for count in processes(answers))


def _cluster_mode(answers: Answers, _context: Context) -> Iterable[Problem]:
    for index, row in enumerate(answers.rows("nodes")):
        mode = str(row.get("cluster_mode") or "")
        if not re.fullmatch(r"|max|0|-1|[1-9][0-9]{0,2}", mode):
            yield error(
                f"nodes[{index}].cluster_mode",
                "cluster-mode",
                _("{mode} is no CLUSTER_MODE: any other text starts one process per core.").format(mode=mode),
                _("Write a number, max, 0 or -1, or leave it empty."),
            )
        elif processes_of(row) is None:
            yield error(
                f"nodes[{index}].cores",
                "cluster-mode",
                _("{mode} counts the host's cores: say how many it has.").format(mode=mode),
                _("Run nproc --all on the node."),
            )


def _budget(answers: Answers, _context: Context) -> Iterable[Problem]:
    total = process_count(answers)
    if total > WORKER_IDS:
        yield error(
            "nodes",
            "worker-ids",
            _("{total} processes, but there are {limit} worker ids.").format(total=total, limit=WORKER_IDS),
            _("Take pods out until the sum is {limit} or less; 24 leaves some for restarts.").format(limit=WORKER_IDS)
            if on_kubernetes(answers)
            else _("Lower CLUSTER_MODE until the sum is {limit} or less; 24 leaves some for restarts.").format(limit=WORKER_IDS),
        )
    elif total >= WORKER_IDS_SPARE_FROM:
        yield warning(
            "nodes",
            "worker-ids",
            _("{total} of {limit} worker ids are taken: restarts and task threads need some to spare (unconfirmed).").format(
                total=total, limit=WORKER_IDS
            ),
            _("Stay below {limit}.").format(limit=WORKER_IDS_SPARE_FROM),
        )


def _worker_mode(answers: Answers, _context: Context) -> Iterable[Problem]:
    for index, row in enumerate(answers.rows("nodes")):
        mode = str(row.get("worker_mode") or "")
        path = f"nodes[{index}].worker_mode"
        items = mode.split(",")
        topics = items[1:] if items[0] == "!" else items
        if mode in ("", "!", "*"):
            continue
        if re.search(r"\s", mode):
            yield error(
                path,
                "worker-mode",
                _("holds a blank: a topic with a blank before it is never served."),
                _("Write topics with commas only."),
            )
        elif "*" in items or mode == "-":
            yield error(
                path,
                "worker-mode",
                _("{mode} processes nothing: * and - stand alone or not at all.").format(mode=mode),
                _("Leave it empty for everything, * for every queue without requests."),
            )
        elif not all(_TOPIC.fullmatch(topic) for topic in topics):
            yield error(
                path,
                "worker-mode",
                _("{mode} is no list of topics.").format(mode=mode),
                _("Write !, * or topics such as workflow:process,async-task:process."),
            )


def _topics(answers: Answers, _context: Context) -> Iterable[Problem]:
    rows = [row for _index, row in counted_nodes(answers)]
    for topic in TOPICS:
        if rows and not any(serves_topic(row, topic) for row in rows):
            yield error(
                "nodes",
                "topics",
                _("no node works on {topic}: that work would wait for ever.").format(topic=topic),
                _("Leave WORKER_MODE empty, or add a node with * or {topic}.").format(topic=topic),
            )


def _one_process(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not on_kubernetes(answers):
        return
    for index, row in enumerate(answers.rows("nodes")):
        if str(row.get("cluster_mode") or ""):
            yield error(
                f"nodes[{index}].cluster_mode",
                "kubernetes-cluster-mode",
                _(
                    "must be empty on Kubernetes: several processes of one pod share its limits, and their number is the machine's."
                ),
                _("Leave it empty, and add one line for every further pod."),
            )


def _own_port(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not on_kubernetes(answers):
        return
    for index, row in enumerate(answers.rows("nodes")):
        if row.get("port") is not None:
            yield warning(
                f"nodes[{index}].port",
                "kubernetes-port",
                _("is not used on Kubernetes: every pod has an address of its own."),
                _("Leave it out; app.port holds for all."),
            )


def notes(answers: Answers) -> Iterable[str]:
    """Return the live count: worker ids and database connections."""
    total = process_count(answers)
    yield _("{total} of {limit} worker ids").format(total=total, limit=WORKER_IDS)
    yield _("up to {count} database connections ({pool} per process)").format(
        count=total * max(1, answers.number("database.pool_max")), pool=answers.number("database.pool_max")
    )


RULES = (
    Rule("cluster-mode", _cluster_mode),
    Rule("worker-ids", _budget),
    Rule("worker-mode", _worker_mode),
    Rule("topics", _topics),
    Rule("kubernetes-cluster-mode", _one_process),
    Rule("kubernetes-port", _own_port),
)


COLUMNS = (
    Field(
        "cluster_mode",
        FieldKind.TEXT,
        "CLUSTER_MODE",
        variable="CLUSTER_MODE",
        numeric=True,
        default="",
        placeholder=N_("1 process"),
        why=N_(
            "Processes of this node: empty for one, a number, max or 0 for all cores, -1 for all but one. Empty on Kubernetes: more pods instead."
        ),
        otherwise=N_("Any other text starts one process per core of the host, whatever the limit of the container."),
    ),
    Field(
        "worker_mode",
        FieldKind.TEXT,
        "WORKER_MODE",
        variable="WORKER_MODE",
        default="",
        placeholder=N_("everything"),
        why=N_(
            "Empty: serves requests and works on queues. !: requests only. *: every queue, no requests. "
            "Topics such as workflow:process, without blanks; with !, in front: requests and those topics."
        ),
        otherwise=N_("A worker still answers HTTP: it must not be in the load balancer, and is left out of it here."),
    ),
    Field(
        "cores",
        FieldKind.INTEGER,
        N_("Cores"),
        minimum=1,
        maximum=1024,
        why=N_("Cores of the host; needed for max, 0 and -1 only. PM2 counts the host's cores, not a container's limit."),
    ),
)

STEP = Step(
    id="multicore",
    title=N_("Multi-core"),
    why=N_(
        "Every process takes one of 32 worker ids and its own database connections. Restarts and task threads need some to spare: "
        "more than 24 processes is a warning, more than 32 cannot work."
    ),
    tables=(Table("nodes", N_("Processes and work"), COLUMNS, can_add=False),),
    rules=RULES,
    notes=notes,
)
