"""What the drawing of a cluster shows: one box for each server, in three rows from the visitors down to the data."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.facts import WORKER_IDS
from nbcluster.files.topology import front
from nbcluster.steps.middleware.redis import ROLE_NAMES, urls
from nbcluster.steps.multicore import processes, processes_of
from nbcluster.steps.nodes import port_of, serves_requests
from nbcluster.text import _, ngettext
from nbcluster.text.clean import clean
from nbcluster.text.layout import width_of


@dataclass(frozen=True)
class Box:
    """One server; ``kind`` is its style: front, node, worker, redis, queue, database or storage."""

    kind: str
    title: str
    lines: tuple[str, ...]


def balancer_box(answers: Answers) -> Box:
    """Return the box of the load balancer."""
    return Box("front", _("Load balancer"), (front(answers),))


def node_boxes(answers: Answers) -> list[Box]:
    """Return the nodes in their order, those that serve requests first."""
    rows = answers.rows("nodes")
    ordered = [row for row in rows if serves_requests(row)] + [row for row in rows if not serves_requests(row)]
    return [_node(answers, row) for row in ordered]


def _node(answers: Answers, row: Row) -> Box:
    count = processes_of(row)
    work = ngettext("{count} process", "{count} processes", count or 2).format(count="?" if count is None else count)
    mode = str(row.get("worker_mode") or "")
    lines = [f"{row.get('host') or '?'}:{port_of(answers, row)}", work]
    if mode:
        lines.append(f"WORKER_MODE={mode}")
    if not serves_requests(row):
        lines.append(_("not behind the balancer"))
    return Box("node" if serves_requests(row) else "worker", str(row.get("name") or "?"), tuple(lines))


def data_boxes(answers: Answers) -> list[Box]:
    """Return what the nodes use in common: Redis by server, the broker, the database, the share."""
    boxes: list[Box] = []
    servers: dict[tuple[str, int], list[str]] = {}
    for role, url in urls(answers).items():
        text = _("database {number}: {role}").format(number=url.database, role=_(ROLE_NAMES[role]))
        servers.setdefault(url.server, []).append(text)
    boxes += [Box("redis", "Redis", (f"{host}:{port}", *roles)) for (host, port), roles in servers.items()]
    broker = answers.url("queue.url")
    if answers["queue.adapter"] == "rabbitmq" and broker is not None:
        role = _("queue")
        boxes.append(Box("queue", "RabbitMQ", (f"{broker.host}:{broker.effective_port}", f"{broker.vhost} {role}")))
    count = sum(number or 0 for number in processes(answers)) * max(1, answers.number("database.pool_max"))
    boxes.append(
        Box(
            "database",
            answers.text("database.dialect"),
            (
                f"{answers.text('database.host') or '?'}:{answers.number('database.port')}",
                answers.text("database.name"),
                ngettext("up to {count} connection", "up to {count} connections", count).format(count=count),
            ),
        )
    )
    server, export = answers.text("storage.server"), answers.text("storage.export")
    source = (f"{server}:{export}",) if server and export else ()
    boxes.append(
        Box("storage", _("Shared storage"), (answers.text("storage.kind").upper(), answers.text("storage.path"), *source))
    )
    return boxes


def worker_ids(answers: Answers) -> tuple[int, int]:
    """Return how many worker ids the processes use, and how many there are (nocobase.md §6)."""
    return sum(number or 0 for number in processes(answers)), WORKER_IDS


def wrapped(text: str, columns: int) -> list[str]:
    """Return a text from outside as lines of at most ``columns`` columns, broken at a space or a sign where there is one."""
    rest = clean(text)
    lines: list[str] = []
    while rest:
        end, used = 0, 0
        while end < len(rest) and used + width_of(rest[end]) <= columns:
            used += width_of(rest[end])
            end += 1
        good = max(rest.rfind(" ", 0, end + 1), *(rest.rfind(sign, 0, end) + 1 for sign in "/,:"))
        if end < len(rest) and good > columns // 3:
            end = good
        lines.append(rest[: max(1, end)].rstrip())
        rest = rest[max(1, end) :].lstrip()
    return lines
