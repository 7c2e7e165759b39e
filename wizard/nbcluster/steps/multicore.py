"""Step 10: how many processes each node runs and what they work on; pods have one each (nocobase.md §2.3, §6, §8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Choice, Field, FieldKind, Row, Table, Value
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import TOPICS, WORKER_IDS, WORKER_IDS_SPARE_FROM
from nbcluster.steps.model import Context, Rule, Step
from nbcluster.steps.nodes import counted_nodes, mode_of, serves_topic
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


def connections_of(processes: int, pool_max: int) -> int:
    """Return how many connections to the database that many processes open at most (nocobase.md §2.4)."""
    return processes * max(1, pool_max)


def _cluster_mode(answers: Answers, _context: Context) -> Iterable[Problem]:
    for index, row in enumerate(answers.rows("nodes")):
        mode = str(row.get("cluster_mode") or "")
        if not re.fullmatch(r"|max|0|-1|[1-9][0-9]{0,2}", mode):
            yield error(
                f"nodes[{index}].cluster_mode",
                "cluster-mode",
                _("{mode} is not a CLUSTER_MODE: any other text starts one process per core.").format(mode=mode),
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
                _("contains a space: a topic with a space before it is never served."),
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
                _("{mode} is not a list of topics.").format(mode=mode),
                _("Write !, * or topics such as workflow:process,async-task:process."),
            )


def _topics(answers: Answers, _context: Context) -> Iterable[Problem]:
    rows = [row for _index, row in counted_nodes(answers)]
    for topic in TOPICS:
        if rows and not any(serves_topic(mode_of(row), topic) for row in rows):
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
                _("Leave it out; all pods use the application's port."),
            )


def notes(answers: Answers) -> Iterable[str]:
    """Return the live count: worker ids and database connections."""
    if None in processes(answers):
        yield _("Worker IDs and database connections are counted once the cores are known.")
        return
    total = process_count(answers)
    yield _("{total} of {limit} worker ids").format(total=total, limit=WORKER_IDS)
    yield _("up to {count} database connections ({pool} per process)").format(
        count=connections_of(total, answers.number("database.pool_max")), pool=answers.number("database.pool_max")
    )


RULES = (
    Rule("cluster-mode", _cluster_mode),
    Rule("worker-ids", _budget),
    Rule("worker-mode", _worker_mode),
    Rule("topics", _topics),
    Rule("kubernetes-cluster-mode", _one_process),
    Rule("kubernetes-port", _own_port),
)


ONE, CORES, NUMBER, EACH = "one", "cores", "number", "each"
"""How many processes all nodes run, or that each node has a line of its own."""


def _of_all(answers: Answers, column: str) -> tuple[Value, ...]:
    """Return the different values of a column; what is empty is None."""
    return tuple(dict.fromkeys(row.get(column) or None for row in answers.rows("nodes")))


def _alike(answers: Answers) -> str:
    """Return the answer for all nodes that corresponds to their lines."""
    modes = _of_all(answers, "cluster_mode")
    if any(_of_all(answers, "worker_mode")) or len(modes) > 1:
        return EACH
    mode = str(modes[0] or "") if modes else ""
    if mode == "":
        return ONE
    if on_kubernetes(answers):
        return EACH
    if mode == "max":
        return CORES if len(_of_all(answers, "cores")) == 1 else EACH
    return NUMBER if re.fullmatch("[1-9][0-9]?", mode) else EACH


def _number(answers: Answers) -> int:
    modes = [str(mode) for mode in _of_all(answers, "cluster_mode")]
    return int(modes[0]) if len(modes) == 1 and re.fullmatch("[1-9][0-9]?", modes[0]) else 2


def _cores(answers: Answers) -> Value:
    known = _of_all(answers, "cores")
    return known[0] if len(known) == 1 else None


def _is(way: str) -> Callable[[Answers], bool]:
    return lambda answers: answers["multicore.processes"] == way


def infer(answers: Answers, _context: Context) -> Answers:
    """Restore the answer for all nodes, so that an added node gets it, too."""
    way = _alike(answers)
    if "multicore.processes" in answers or way not in (CORES, NUMBER):
        return answers
    return answers.with_("multicore.processes", way, Source.DERIVED)


def derive(answers: Answers, _context: Context) -> Answers:
    """Give every node what was answered for all."""
    way = answers.text("multicore.processes") if "multicore.processes" in answers else EACH
    if way in (CORES, NUMBER) and on_kubernetes(answers):
        return answers.without("multicore.processes")
    if way == EACH:
        return answers
    mode = {CORES: "max", NUMBER: str(answers.number("multicore.number"))}.get(way, "")
    cells: dict[str, Value] = {"cluster_mode": mode, "worker_mode": ""}
    if way == CORES and "multicore.cores" in answers:
        cells["cores"] = answers["multicore.cores"]
    rows = answers.rows("nodes")
    given = tuple(_with(row, cells) for row in rows)
    return answers if given == rows else answers.with_("nodes", given, answers.source("nodes"))


def _with(row: Row, cells: Mapping[str, Value]) -> Row:
    changed = {name: value for name, value in cells.items() if str(row.get(name) or "") != str(value or "")}
    kept = {name: value for name, value in row.items() if name not in changed}
    return Row({**kept, **{name: value for name, value in changed.items() if value not in ("", None)}})


def _ways(answers: Answers) -> tuple[Choice, ...]:
    each = Choice(
        EACH,
        N_("different per node"),
        N_("Service splitting, or nodes of different size: a table with CLUSTER_MODE and WORKER_MODE of every node."),
    )
    if on_kubernetes(answers):
        return (Choice(ONE, N_("one per pod"), N_("All pods do the same; more work takes more pods.")), each)
    return (
        Choice(ONE, N_("one"), N_("All nodes do the same, with one process each. NocoBase's default, and enough for most.")),
        Choice(
            CORES, N_("one per core"), N_("CLUSTER_MODE=max on every node. PM2 counts the host's cores, not a container's limit.")
        ),
        Choice(NUMBER, N_("a fixed number"), N_("The same number of processes on every node.")),
        each,
    )


FIELDS = (
    Field(
        "multicore.processes",
        FieldKind.CHOICE,
        N_("Processes per node"),
        section=N_("Processes"),
        short=N_("Per node"),
        default=_alike,
        required=True,
        in_file=False,
        stands_for="nodes[].cluster_mode",
        choices=_ways,
        why=N_(
            "Processes share the work of a node. Each takes one of the 32 worker IDs, 0 to 31, that keep the primary keys of "
            "different processes apart, and its own database connections."
        ),
        otherwise=N_("Beyond 32 processes no worker ID is left, and no files are written."),
    ),
    Field(
        "multicore.number",
        FieldKind.INTEGER,
        N_("Number of processes"),
        section=N_("Processes"),
        short=N_("Number"),
        default=_number,
        minimum=1,
        maximum=WORKER_IDS,
        in_file=False,
        applies=_is(NUMBER),
        why=N_("Processes that every node runs; at most as many as it has cores."),
    ),
    Field(
        "multicore.cores",
        FieldKind.INTEGER,
        N_("Cores of each node"),
        section=N_("Processes"),
        short=N_("Cores"),
        default=_cores,
        minimum=1,
        maximum=1024,
        in_file=False,
        stands_for="nodes[].cores",
        applies=_is(CORES),
        why=N_(
            "What nproc --all prints on a node: so many processes start, and so many worker IDs are taken. Where nodes differ, choose each node its own."
        ),
    ),
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
    fields=FIELDS,
    tables=(Table("nodes", N_("Service splitting"), COLUMNS, can_add=False, in_form=_is(EACH)),),
    rules=RULES,
    notes=notes,
    derive=derive,
    infer=infer,
)
