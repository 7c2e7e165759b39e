"""The state of checks, as a sign and a few words: beside a section, in a cell, in the list of findings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual.content import Content

from nbcluster.answers.answers import Answers
from nbcluster.checks.board import BoardRow, grouped, ids_of, tally
from nbcluster.checks.results import CheckResult, Status
from nbcluster.report import GRAVEST_FIRST, warned, with_labels
from nbcluster.steps.middleware.redis import ROLE_LABELS
from nbcluster.text import _, ngettext
from nbcluster.text.layout import sentences
from nbcluster_tui.look import State, mark, tint
from nbcluster_tui.safe import shown

Group = tuple[CheckResult, ...]
"""A finding that several roles of one server share."""

STATES = {
    Status.OK: State.GOOD,
    Status.WARN: State.LOOK,
    Status.FAIL: State.BAD,
    Status.ERROR: State.UNKNOWN,
    Status.SKIP: State.NONE,
}

_COMMAND = re.compile(
    r"(?:ACL|CONFIG|GRANT|ALTER|CREATE|REVOKE|SET|FLUSHDB|rabbitmqctl|sudo|chown|chmod|mount|curl|findmnt|getfacl|redis-cli|psql|mysql|"
    r"systemctl|docker|kubectl|nginx|haproxy|caddy|openssl|nc|ss|ssh)\s\S.*"
)


def standing(rows: Sequence[BoardRow], grave: int = 0, light: int = 0) -> Content:
    """Return the worse of two: how the checks of some targets stand, and what is shown as wrong with the answers themselves.

    ``grave`` and ``light`` are the numbers of errors and warnings of answers. Nothing where there is nothing to connect to.
    """
    if grave:
        return mark(State.BAD, _("{count} to fix").format(count=grave))
    if not rows:
        return mark(State.LOOK, warned(light)) if light else Content("")
    if any(row.state == "running" for row in rows):
        return Content.styled(_("checking ..."), "$text-muted")
    count = tally(rows)
    if count.waiting:
        return Content.styled(_("not checked yet"), "$text-muted")
    if count.fail:
        return mark(State.BAD, _("{count} failed").format(count=count.fail))
    if count.error:
        return mark(State.UNKNOWN, _("{count} not judged").format(count=count.error))
    if count.warn or light:
        return mark(State.LOOK, warned(count.warn + light))
    if count.skipped:
        return mark(State.LOOK, _("{count} skipped").format(count=count.skipped))
    if not count.ok:
        return mark(State.NONE, _("not testable"))
    latency = max(row.latency_ms for row in rows)
    if len(rows) == 1:
        return mark(State.GOOD, _("passed, {time} ms").format(time=latency))
    return mark(State.GOOD, _("{count} of {total} passed, {time} ms").format(count=len(rows), total=len(rows), time=latency))


def counts(rows: Sequence[BoardRow]) -> Content:
    """Return how many checks passed, and how many findings of each kind there are, in one line."""
    count = tally(rows)
    parts = [mark(State.GOOD, _("{count} passed").format(count=count.ok))]
    if count.warn:
        parts.append(mark(State.LOOK, warned(count.warn)))
    parts.append(mark(State.BAD, _("{count} failed").format(count=count.fail), "bold") if count.fail else _plain(_("0 failed")))
    if count.error:
        parts.append(mark(State.UNKNOWN, _("{count} not judged").format(count=count.error)))
    if count.skip:
        parts.append(_plain(_("{count} not testable").format(count=count.skip)))
    if count.skipped:
        parts.append(_plain(_("{count} skipped").format(count=count.skipped)))
    return Content("   ").join(parts)


def _plain(text: str) -> Content:
    return Content.styled(text, "$text-muted")


def progress(rows: Sequence[BoardRow]) -> str:
    """Return the progress of the checks."""
    waiting, total = sum(row.state != "fresh" for row in rows), len(rows)
    if any(row.state == "running" for row in rows):
        return _("checking {count} of {total}").format(count=waiting, total=total)
    if waiting:
        return ngettext("{count} of {total} not checked", "{count} of {total} not checked", waiting).format(
            count=waiting, total=total
        )
    return _("all done, {time} ms").format(time=max((row.latency_ms for row in rows), default=0))


def findings_of(rows: Sequence[BoardRow]) -> list[Group]:
    """Return the findings, the most severe first, then what was skipped by name; one that several roles share is one group."""
    named = {check_id for row in rows for check_id in row.skipped}
    found = [r for row in rows for r in row.results if r.status is not Status.OK]
    told = (r for r in found if r.status is not Status.SKIP or r.detail or r.hint or r.id in named)
    return grouped(sorted(told, key=lambda r: GRAVEST_FIRST.index(r.status)))


def subject_of(group: Group) -> str:
    """Return the subject of a finding as users call it."""
    parts = [result.id.split(".") for result in group]
    kind = parts[0][0]
    if kind == "redis":
        roles = list(dict.fromkeys(part[1] for part in parts if len(part) > 1 and part[1] in ROLE_LABELS))
        return "Redis" if len(roles) in (0, len(ROLE_LABELS)) else _(", ").join(_(ROLE_LABELS[role]) for role in roles)
    if kind == "node" and len(parts[0]) > 1:
        return _(", ").join(dict.fromkeys(".".join(part[1:-1]) or part[1] for part in parts))
    names = {"database": _("Database"), "rabbitmq": "RabbitMQ", "storage": _("Shared storage"), "balancer": _("Load balancer")}
    return names.get(kind, kind)


def line_of(group: Group, *, skipped: bool = False) -> Content:
    """Return a finding in a line: sign, subject and what was found."""
    first = group[0]
    state = STATES[first.status]
    text = _("{subject}: {found}").format(subject=subject_of(group), found=first.summary.rstrip(":："))
    return Content.assemble(mark(State.NONE if skipped else state, "", "bold"), " ", shown(text))


def commands_of(hint: str) -> list[str]:
    """Return the lines of a remedy that are commands."""
    return [line for line in hint.split("\n") if _COMMAND.fullmatch(line.strip()) and not line.rstrip().endswith((".", "。"))]


def remedy_of(group: Group) -> str:
    """Return what can be copied of a finding: its command, else what it says to do."""
    hint = group[0].hint
    return "\n".join(commands_of(hint)) or hint


def explained(group: Group, answers: Answers, *, skipped: bool) -> list[Content]:
    """Return what a finding means and what to do, with labels for key paths and the command on a line of its own."""
    first = group[0]
    state = STATES[first.status]
    words = {
        Status.FAIL: _("FAIL"),
        Status.ERROR: _("not judged"),
        Status.WARN: _("warning"),
        Status.SKIP: _("skipped") if skipped else _("not testable"),
        Status.OK: _("ok"),
    }
    commands = commands_of(first.hint)
    prose = [line for line in first.hint.split("\n") if line not in commands]
    said = with_labels(sentences(first.detail, *prose) or first.summary, answers)
    paragraphs = [Content.assemble((words[first.status], tint(state, "bold")), "  ", shown(said))]
    for number, command in enumerate(commands):
        copies = (
            Content.assemble(("   c", "$text-primary bold"), (" " + _("copies it"), "$text-muted")) if not number else Content("")
        )
        paragraphs.append(Content.assemble(("$ ", "$text-muted"), shown(command).stylize("$text-accent bold"), copies))
    back = "   " + _("s undoes the skip") if skipped else ""
    paragraphs.append(Content.styled(_("{id}  F1 explains").format(id=ids_shown(group)) + back, "$text-muted"))
    return paragraphs


def ids_shown(group: Group) -> str:
    """Return the ids of a finding, short."""
    return shown(ids_of(group)).plain
