"""Processes and what they work on: CLUSTER_MODE, WORKER_MODE, the 32 worker ids (nocobase.md §2.3, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.answers.rules import Context, Rule
from nbcluster.errors import Problem
from nbcluster.facts import TOPICS, WORKER_IDS, WORKER_IDS_SPARE_FROM
from nbcluster.judge.common import counted_nodes, error, on_kubernetes, warning
from nbcluster.text import _

_TOPIC = re.compile(r"[A-Za-z0-9_.@-]+(?::[A-Za-z0-9_.@-]+)*")


def serves_requests(row: Row) -> bool:
    """Tell whether a node may stand in the load balancer: WORKER_MODE empty, !, or a list that begins with it."""
    mode = str(row.get("worker_mode") or "")
    return mode in ("", "!") or mode.startswith("!,")


def serves_topic(row: Row, topic: str) -> bool:
    """Tell whether a node works on a topic, by the literal rules of the core's ``serving``."""
    mode = str(row.get("worker_mode") or "")
    return mode in ("", "*") or (mode not in ("!", "-") and topic in mode.split(","))


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
    total = sum(p or 0 for p in processes(answers))
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


def notes(answers: Answers) -> Iterable[str]:
    """Return the live count: worker ids and database connections."""
    counts = processes(answers)
    total = sum(p or 0 for p in counts)
    yield _("{total} of {limit} worker ids").format(total=total, limit=WORKER_IDS)
    yield _("up to {count} database connections ({pool} per process)").format(
        count=total * max(1, answers.number("database.pool_max")), pool=answers.number("database.pool_max")
    )


RULES = (
    Rule("cluster-mode", _cluster_mode),
    Rule("worker-ids", _budget),
    Rule("worker-mode", _worker_mode),
    Rule("topics", _topics),
)
