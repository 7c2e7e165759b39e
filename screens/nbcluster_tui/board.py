"""The connection board: a matrix for Redis, a row for every other target, remedies below, never cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from nbcluster.answers.targets import Target
from nbcluster.checks.board import BoardRow, grouped, ids_of, not_skipped, tally
from nbcluster.checks.results import CheckResult, Status
from nbcluster.steps import Step
from nbcluster.text import N_, _, ngettext
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import AskText
from nbcluster_tui.lines import Findings, Lines, fold
from nbcluster_tui.safe import shown
from nbcluster_tui.views import ChecksWanted, StepView, keys_to_list

LABEL, CELL = 16, 9
VERDICT, TIME = 11, 8
Group = tuple[CheckResult, ...]
SHORT = {"cache": N_("cache"), "pubsub": N_("sync"), "lock": N_("lock"), "queue": N_("queue"), "worker_id": N_("worker")}
WORDS = {Status.OK: "ok", Status.WARN: "warn", Status.FAIL: "FAIL", Status.ERROR: "????", Status.SKIP: "-"}


class BoardView(StepView, can_focus=False):
    """The body of the connection step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rerun", show=False),
        Binding("f", "rerun_failed", show=False),
        Binding("a", "rerun_all", show=False),
        Binding("s", "skip", show=False),
    ]

    def __init__(self, step: Step, controller: Wizard) -> None:
        super().__init__(step, controller)
        self._found: list[Group] = []
        self._skipped: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Lay out the count, findings, the detail of one, and the matrix; the worst comes first."""
        yield Static("", id="count")
        yield Static(shown(_("r rerun this  f rerun failed  a rerun all  s skip, unskip")), classes="keys")
        yield Findings(id="findings", compact=True, markup=False)
        yield Lines(id="detail")
        yield Lines(id="matrix")

    def on_mount(self) -> None:
        """Draw what is known, and check what is not."""
        self.redraw()
        wanted = self.controller.stale_targets()
        if wanted:
            self.post_message(ChecksWanted(wanted))

    def take_keys(self) -> None:
        """Begin in the findings."""
        keys_to_list(self, self.query_one("#findings", OptionList))

    def redraw(self) -> None:
        """Draw the board again, once its width is known."""
        if not self.size.width:
            return
        rows = self.controller.board_rows()
        self.query_one("#count", Static).update(shown(count_of(rows)))
        self.query_one("#matrix", Lines).put(matrix(rows, self.size.width - 3))
        findings = self.query_one("#findings", OptionList)
        before = findings.highlighted or 0
        self._found = findings_of(rows)
        self._skipped = frozenset(check_id for row in rows for check_id in row.skipped)
        findings.set_options([Option(shown("\n".join(fold(line_of(group), self.size.width - 3)))) for group in self._found])
        findings.display = bool(self._found)
        if self._found:
            findings.highlighted = min(before, len(self._found) - 1)
        else:
            self.query_one("#detail", Lines).put(())
        keys_to_list(self, findings)

    def on_resize(self, event: Resize) -> None:
        """Give the rows the width that there is."""
        self.redraw()

    @on(OptionList.OptionHighlighted)
    def _detail(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self._found):
            group = self._found[event.option_index]
            result = group[0]
            targets = dict.fromkeys(r.target for r in group)
            back = _("s takes the skip back") if result.id in self._skipped else ""
            lines = [f"     {text}" for text in (*targets, result.detail, *result.hint.splitlines(), back) if text]
            self.query_one("#detail", Lines).put([*lines, ""])

    def _selected(self) -> Group:
        index = self.query_one("#findings", OptionList).highlighted
        return self._found[index] if index is not None and index < len(self._found) else ()

    def _targets_of(self, results: Iterable[CheckResult]) -> tuple[Target, ...]:
        ids = [result.id for result in results]
        return tuple(t for t in self.controller.targets() if any(i == t.id or i.startswith(f"{t.id}.") for i in ids))

    def action_rerun(self) -> None:
        """Check the targets of the finding again."""
        group = self._selected()
        if group:
            self.post_message(ChecksWanted(self._targets_of(group)))

    def action_rerun_failed(self) -> None:
        """Check every target with a finding that is not in order."""
        bad = [r for group in self._found for r in group if r.status in (Status.FAIL, Status.ERROR, Status.WARN)]
        self.post_message(ChecksWanted(self._targets_of(bad)))

    def action_rerun_all(self) -> None:
        """Check everything."""
        self.post_message(ChecksWanted(self.controller.targets()))

    def action_skip(self) -> None:
        """Skip the finding by name, for a reason; or take its skip back."""
        group = self._selected()
        if not group:
            return
        if group[0].id in self._skipped:
            for result in group:
                self.controller.unskip(result.id)
            self.post_message(StepView.Changed())
            self.redraw()
            return

        def skip(reason: str | None) -> None:
            if reason:
                for result in group:
                    if not self.controller.skip(result.id, reason):
                        self.app.notify(not_skipped(result.id), severity="error", markup=False)
                self.post_message(StepView.Changed())
                self.redraw()

        question = _("Why is {id} skipped? The reason stands in the report.").format(id=ids_of(group))
        self.app.push_screen(AskText(question), skip)


def line_of(group: Group) -> str:
    """Return a finding in one line."""
    return f"{WORDS[group[0].status]:<5}{ids_of(group)}  {group[0].summary}"


def findings_of(rows: tuple[BoardRow, ...]) -> list[Group]:
    """Return what is not in order, the gravest first, then what was skipped by name; what several roles share is one."""
    order = {Status.FAIL: 0, Status.ERROR: 1, Status.WARN: 2, Status.SKIP: 3}
    named = {check_id for row in rows for check_id in row.skipped}
    found = [r for row in rows for r in row.results if r.status is not Status.OK]
    told = (r for r in found if r.status is not Status.SKIP or r.detail or r.hint or r.id in named)
    return grouped(sorted(told, key=lambda r: order[r.status]))


def count_of(rows: tuple[BoardRow, ...]) -> str:
    """Return how the checks stand, in one line."""
    if not rows:
        return _("nothing to connect to yet")
    count = tally(rows)
    failed = _("{count} failed").format(count=count.fail)
    if count.waiting:
        waiting = progress_of(rows)
        return f"{waiting}, {failed}" if count.fail else waiting
    parts = [_("{count} in order").format(count=count.ok), _("{count} to look at").format(count=count.warn), failed]
    parts += [_("{count} not judged").format(count=count.error)] if count.error else []
    parts += [_("{count} not testable here").format(count=count.skip)]
    parts += [_("{count} skipped").format(count=count.skipped)] if count.skipped else []
    return ", ".join(parts)


def progress_of(rows: tuple[BoardRow, ...]) -> str:
    """Return how far the checks have come."""
    waiting, total = sum(row.state != "fresh" for row in rows), len(rows)
    if any(row.state == "running" for row in rows):
        return _("checking {count} of {total} targets").format(count=waiting, total=total)
    return ngettext(
        "{count} of {total} targets without a result yet", "{count} of {total} targets without a result yet", waiting
    ).format(count=waiting, total=total)


def matrix(rows: tuple[BoardRow, ...], width: int) -> list[str]:
    """Return the lines of the board for a width in columns."""
    redis = [row for row in rows if row.target.id.startswith("redis.")]
    lines = _redis_lines(redis, width) if redis else []
    for row in rows:
        if row not in redis:
            name = _fit(f"{row.target.id}  {_place(row.target)}", max(24, min(width, 70) - VERDICT - TIME))
            lines.append(f"{name}  {_fit(_verdict(row), VERDICT - 2)}{_latency(row):>{TIME}}")
    return lines


def _place(target: Target) -> str:
    host, port = target.params.get("host"), target.params.get("port")
    return f"{host}:{port}" if host and port else target.shown


def _redis_lines(rows: list[BoardRow], width: int) -> list[str]:
    # five roles beside the picture of the cluster: every row would fold
    narrow = width < LABEL + CELL * len(rows)
    label, cell, lead = (LABEL - 2, CELL - 1, " ") if narrow else (LABEL, CELL, "  ")

    def line(name: str, cells: list[str]) -> str:
        return (_fit(name, label) + "".join(_fit(text, cell) for text in cells)).rstrip()

    lines = [line("Redis", [_(SHORT[row.target.id.removeprefix("redis.")]) for row in rows])]
    stages: dict[str, None] = {}
    for row in rows:
        for result in row.results:
            stages.setdefault(result.id.rsplit(".", 1)[1], None)
    for stage in stages:
        found = [next((r.status for r in row.results if r.id.endswith(f".{stage}")), None) for row in rows]
        lines.append(line(f"{lead}{stage}", [WORDS[status] if status else "" for status in found]))
    lines.append(line(lead + _("from bastion"), [_state(row) for row in rows]))
    return lines


def _state(row: BoardRow) -> str:
    words = {"running": _("running"), "todo": _("not yet"), "stale": _("stale")}
    return words.get(row.state, _latency(row))


def _verdict(row: BoardRow) -> str:
    if row.state in ("running", "todo", "stale"):
        return _state(row)
    order = (Status.FAIL, Status.ERROR, Status.WARN, Status.OK, Status.SKIP)
    worst = next((s for s in order if any(r.status is s for r in row.results)), Status.SKIP)
    return WORDS[worst]


def _latency(row: BoardRow) -> str:
    return f"{row.latency_ms} ms" if row.results else ""


def _fit(text: str, width: int) -> str:
    return set_cell_size(text, width) if cell_len(text) >= width else text + " " * (width - cell_len(text))
