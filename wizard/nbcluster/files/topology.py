"""The cluster as a picture in text, for the review, the summary and the terminal."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.facts import WORKER_IDS
from nbcluster.steps.balancer import has_file, has_tls, proper_name
from nbcluster.steps.middleware.redis import ROLE_NAMES, urls
from nbcluster.steps.multicore import processes, processes_of
from nbcluster.steps.nodes import port_of, serves_requests
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import _, ngettext


def picture(answers: Answers) -> list[str]:
    """Return the lines of the picture, at most 78 columns where names allow it."""
    lines = [front(answers), "  |"]
    rows = answers.rows("nodes")
    for row in (r for r in rows if serves_requests(r)):
        lines.append(f"  +-- {_node(answers, row)}")
    workers = [r for r in rows if not serves_requests(r)]
    if workers:
        lines.append("  .   " + _("not behind the balancer:"))
        lines += [f"  .-- {_node(answers, row)}" for row in workers]
    lines.append("  |")
    lines += _middleware(answers)
    total = sum(p or 0 for p in processes(answers))
    lines.append(
        "  "
        + _("{total} of {limit} worker ids, up to {count} database connections").format(
            total=total, limit=WORKER_IDS, count=total * max(1, answers.number("database.pool_max"))
        )
    )
    return lines


def front(answers: Answers) -> str:
    """Return the address that visitors use, and what answers there."""
    if not has_file(answers):
        return _("your load balancer")
    scheme = "https" if has_tls(answers) else "http"
    name, port = answers.text("balancer.server_name") or "?", answers.number("balancer.listen")
    usual = port == (443 if scheme == "https" else 80)
    return f"{scheme}://{name}{'' if usual else f':{port}'}{answers.text('app.public_path')}  ({proper_name(answers)})"


def _node(answers: Answers, row: Row) -> str:
    count = processes_of(row)
    shown = "?" if count is None else str(count)
    work = ngettext("{count} process", "{count} processes", count or 2).format(count=shown)
    mode = str(row.get("worker_mode") or "")
    note = f"  WORKER_MODE={mode}" if mode else ""
    if on_kubernetes(answers):
        return f"{row.get('name') or '?'}  {work}{note}"
    return f"{row.get('name') or '?'}  {row.get('host') or '?'}:{port_of(answers, row)}  {work}{note}"


def _middleware(answers: Answers) -> list[str]:
    lines: list[str] = []
    servers: dict[tuple[str, int], list[str]] = {}
    for role, url in urls(answers).items():
        servers.setdefault(url.server, []).append(f"{url.database} {_(ROLE_NAMES[role])}")
    for (host, port), roles in servers.items():
        lines.append(f"  Redis {host}:{port}   {', '.join(roles)}")
    broker = answers.url("queue.url")
    if answers["queue.adapter"] == "rabbitmq" and broker is not None:
        lines.append(f"  RabbitMQ {broker.host}:{broker.effective_port}   {broker.vhost}   " + _("queue"))
    place = f"{answers.text('database.host') or '?'}:{answers.number('database.port')}/{answers.text('database.name')}"
    lines.append(f"  {answers.text('database.dialect')} {place}")
    if on_kubernetes(answers):
        storage_class = answers.text("kubernetes.storage_class") or _("default class")
        return [
            *lines,
            "  "
            + _("volume of {size}, {storage_class}").format(
                size=answers.text("kubernetes.storage_size"), storage_class=storage_class
            ),
        ]
    server, export = answers.text("storage.server"), answers.text("storage.export")
    source = f"  ({server}:{export})" if server and export else ""
    lines.append(f"  {answers.text('storage.kind').upper()} {answers.text('storage.path')}{source}")
    return lines
