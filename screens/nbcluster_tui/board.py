"""The connection board: counts, the matrix of Redis, a line for every other server, the findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nbcluster.answers.targets import Target
from nbcluster.checks.board import BoardRow, ids_of, not_skipped
from nbcluster.checks.causes import answers_about
from nbcluster.checks.results import CheckResult, Status
from nbcluster.report import word_of, worst
from nbcluster.steps import Step
from nbcluster.text import N_, _
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import AskText
from nbcluster_tui.lines import Entries, hanging
from nbcluster_tui.look import filled, tint
from nbcluster_tui.rows import Said
from nbcluster_tui.safe import shown
from nbcluster_tui.verdict import (
    STATES,
    Group,
    counts,
    explained,
    findings_of,
    line_of,
    progress,
    remedy_of,
    standing,
)
from nbcluster_tui.views import ChecksWanted, JumpTo, StepView, keys_to_list
from nbcluster_tui.widgets import Split, cut, padded

WIDEST = 84
"""Columns of a page at most, as the style sheet has it."""
NARROW_CELL, CELL, WIDE = 7, 9, 74
"""Columns of a cell of the matrix, and the width from which there is room for wide ones."""
SIGN = 2
"""Columns of the sign in front of a finding."""
SHORT = {"cache": N_("cache"), "pubsub": N_("sync"), "lock": N_("lock"), "queue": N_("queue")}
"""Short names of the roles in the header of the matrix; that of the worker ids is the same in every language."""
PARTS = (
    (N_("Reach, TLS, login"), ("reach", "tls", "login", "ping")),
    (N_("Version, Bloom filter"), ("version", "bloom")),
    (N_("Right server, with room"), ("database", "primary", "server", "limits", "clock", "keys", "use")),
    (N_("Commands of the role"), ("commands", "exchange")),
    (N_("Keeps its keys"), ("eviction", "persistence")),
)
"""The rows of the matrix: each combines several stages of one role."""
PRODUCTS = {"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "kingbase": "KingbaseES"}


class Matrix(Widget):
    """The state of every server; cells of the selected finding are filled."""

    def __init__(self) -> None:
        super().__init__(id="matrix")
        self._rows: tuple[BoardRow, ...] = ()
        self._ids: frozenset[str] = frozenset()

    def put(self, rows: Sequence[BoardRow]) -> None:
        """Show what is known."""
        before, self._rows = self._rows, tuple(rows)
        if self._rows != before:
            self.refresh(layout=len(before) != len(self._rows))

    def point(self, group: Group) -> None:
        """Fill the cells of a finding."""
        ids = frozenset(result.id for result in group)
        if ids != self._ids:
            self._ids = ids
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that it takes."""
        return len(matrix(self._rows, max(40, width)))

    def render(self) -> Content:
        """Return the rows."""
        return Content("\n").join(matrix(self._rows, self.content_size.width, self._ids))


def matrix(rows: Sequence[BoardRow], width: int, ids: frozenset[str] = frozenset()) -> list[Content]:
    """Return the lines of the board for a width in columns."""
    redis = [row for row in rows if row.target.id.startswith("redis.")]
    lines = _redis_lines(redis, width, ids) if redis else []
    for label, place, version, group in _others([row for row in rows if row not in redis]):
        left = Content.assemble((label, "bold"), "  ", shown(place), *([("  " + version, "$text-muted")] if version else []))
        state = standing(group)
        if any(result.id in ids for row in group for result in row.results):
            status = worst(result for row in group for result in row.results)
            state = Content.styled(f" {state.plain} ", filled(STATES[status]))
        lines.append(padded(cut(left, max(0, width - state.cell_length - 1)), width - state.cell_length) + state)
    return lines


def _others(rows: Sequence[BoardRow]) -> Iterable[tuple[str, str, str, list[BoardRow]]]:
    nodes = [row for row in rows if row.target.id.startswith("node.")]
    for row in rows:
        target = row.target
        if row in nodes:
            if row is nodes[0]:
                names = [each.target.id.removeprefix("node.") for each in nodes]
                yield _("Nodes"), " ".join(names) if len(names) < 5 else str(len(names)), "", nodes
        elif row.target.id == "database":
            name = PRODUCTS.get(target.text("dialect"), target.text("dialect"))
            yield name, f"{target.text('host')}/{target.text('name')}", _version(row), [row]
        elif row.target.id == "rabbitmq":
            yield "RabbitMQ", f"{target.text('host')}:{target.text('port')}", _version(row), [row]
        elif row.target.id == "storage":
            yield _("Shared storage"), target.text("path"), "", [row]
        elif row.target.id == "balancer":
            yield _("Load balancer"), target.text("server_name"), "", [row]
        else:
            yield row.target.id, row.target.shown, "", [row]


def _version(row: BoardRow) -> str:
    return next((str(r.params["version"]) for r in row.results if r.id.endswith(".version") and "version" in r.params), "")


def _redis_lines(rows: Sequence[BoardRow], width: int, ids: frozenset[str]) -> list[Content]:
    cell = CELL if width >= WIDE else NARROW_CELL
    name = width - cell * len(rows)
    servers = {f"{row.target.text('host')}:{row.target.text('port')}": _version(row) for row in rows}
    place, version = next(iter(servers.items()))
    if len(servers) > 1:
        place, version = _("{count} servers").format(count=len(servers)), ""
    head = Content.assemble(("Redis", "bold"), "  ", shown(place), *([("  " + version, "$text-muted")] if version else []))
    roles = [row.target.id.removeprefix("redis.") for row in rows]
    titles = [_(SHORT[role]) if role in SHORT else "worker" for role in roles]
    lines = [_line(head, [Content.styled(title, "$text-muted") for title in titles], name, cell)]
    for label, stages in PARTS:
        cells = [_cell(row, stages, ids) for row in rows]
        lines.append(_line(Content("  " + _(label)), cells, name, cell))
    return lines


def _line(name: Content, cells: Sequence[Content], width: int, cell: int) -> Content:
    return padded(cut(name, width), width) + Content("").join(padded(each, cell, left=True) for each in cells)


def _cell(row: BoardRow, stages: Sequence[str], ids: frozenset[str]) -> Content:
    if row.state != "fresh":
        return Content.styled(".." if row.state == "running" else ".", "$text-muted")
    mine = [result for result in row.results if result.id.rsplit(".", 1)[1] in stages]
    status = worst(mine)
    if any(result.id in ids for result in mine):
        return Content.styled(f" {word_of(status)}", filled(STATES[status]))
    return Content.styled(word_of(status), tint(STATES[status]) if status is not Status.SKIP else "$text-muted")


def _differs(new: Content, old: Content) -> bool:
    return not new.is_same(old)


class FindingList(Entries):
    """The findings, the most severe first; the title shows the position in the list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", N_("Fix it"), key_display="enter")]

    _drawn: tuple[tuple[Content, ...], int] = ((), 0)
    _counted: int | None = None
    """The number of lines that the title counts; None for all of them."""

    def put(self, lines: Sequence[Content], title: str, counted: int | None = None) -> None:
        """Replace the lines, and keep the cursor; those after the first ``counted`` are for information."""
        self._counted = counted
        before = self.highlighted or 0
        # before it has its place, the width that it is going to have: to fold once more would paint the page twice
        width = max(20, (self.size.width or min(WIDEST, self.screen.query_one("#center").content_size.width)) - 1)
        drawn = (tuple(lines), width)
        if len(lines) != len(self._drawn[0]) or width != self._drawn[1] or any(map(_differs, lines, self._drawn[0])):
            self._drawn = drawn
            with self.prevent(OptionList.OptionHighlighted):
                self.set_options([Option(Content("\n").join(hanging(line, width, SIGN))) for line in lines])
                self.display = bool(lines)
                if lines:
                    self.highlighted = min(before, len(lines) - 1)
        self.retitle(title)

    def retitle(self, title: str) -> None:
        """Show the position in the list."""
        number, total = (self.highlighted or 0) + 1, self.option_count if self._counted is None else self._counted
        at = _("{title}  {number} of {total}").format(title=title, number=number, total=total)
        if number > total:
            at = _("For information")
        if self.border_title != at:
            self.border_title = Content(at).markup


class FindingsView(StepView, can_focus=False):
    """A body with a list of findings, each with a remedy that can be copied."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", N_("Copy"))]

    def on_mount(self) -> None:
        """Draw what is known, and check what is not."""
        self.redraw()
        wanted = self.wizard.stale_targets()
        if wanted:
            self.post_message(ChecksWanted(wanted))

    def take_keys(self) -> None:
        """Begin in the findings."""
        keys_to_list(self, self.query_one(FindingList), always=True)

    def on_resize(self, event: Resize) -> None:
        """Give the rows the width that there is."""
        self.redraw()

    def selected_group(self) -> Group:
        """Return the finding at the cursor; empty where there is none."""
        raise NotImplementedError

    def action_copy(self) -> None:
        """Send the command of the finding to the clipboard of the terminal, which does not tell whether it took it."""
        group = self.selected_group()
        if group and remedy_of(group):
            self.app.copy_to_clipboard(remedy_of(group))
            self.post_message(Said(_("Sent to the clipboard of your terminal, if it takes that.")))


class BoardView(FindingsView, can_focus=False):
    """The body of the connection step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rerun", N_("Again")),
        Binding("s", "skip", N_("Skip")),
        Binding("f", "rerun_failed", show=False),
        Binding("a", "rerun_all", show=False),
    ]

    def __init__(self, step: Step, wizard: Wizard) -> None:
        super().__init__(step, wizard)
        self._found: list[Group] = []
        self._skipped: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Lay out counts, matrix and findings."""
        yield Split(id="count", keeps_left=True)
        yield Matrix()
        yield FindingList(id="findings", compact=True, markup=False)

    def redraw(self) -> None:
        """Draw the board again."""
        rows = self.wizard.board_rows()
        nothing = Content(_("nothing to connect to yet"))
        self.query_one("#count", Split).put(
            counts(rows) if rows else nothing, Content.styled(progress(rows) if rows else "", "$text-muted")
        )
        self.query_one(Matrix).put(rows)
        self._found = findings_of(rows)
        self._skipped = frozenset(check_id for row in rows for check_id in row.skipped)
        findings = self.query_one("#findings", FindingList)
        counted = sum(group[0].status is not Status.SKIP for group in self._found)
        findings.put([line_of(group, skipped=self._is_skipped(group)) for group in self._found], _("To look at"), counted)
        self._show_selected()
        keys_to_list(self, findings)
        self.refresh_bindings()

    def _is_skipped(self, group: Group) -> bool:
        return group[0].id in self._skipped

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_selected()
        self.post_message(self.Explained(is_other=True))

    def _show_selected(self) -> None:
        self.query_one("#findings", FindingList).retitle(_("To look at"))
        self.query_one(Matrix).point(self.selected_group())

    def selected_group(self) -> Group:
        """Return the finding at the cursor; empty where there is none."""
        index = self.query_one("#findings", OptionList).highlighted
        return self._found[index] if index is not None and index < len(self._found) else ()

    def explanation(self) -> Sequence[Content]:
        """Return what the finding at the cursor means."""
        group = self.selected_group()
        if group:
            return explained(group, self.wizard.answers, skipped=self._is_skipped(group))
        if self.wizard.tally().waiting:
            return super().explanation()
        return [Content(_("Everything that can be checked from here is in order. F8 goes on.")), *super().explanation()]

    def aside(self) -> Sequence[str]:
        """Return the evidence of the finding at the cursor."""
        group = self.selected_group()
        if not group:
            return [_("The cluster so far:"), *self.wizard.topology()]
        first = group[0]
        targets = list(dict.fromkeys(result.target for result in group))
        parts = [*targets, "", first.summary, *([first.detail] if first.detail else []), "", *first.hint.split("\n")]
        words = _("ok works   warn works, but look at it   FAIL will not work   - does not apply")
        return [ids_of(group), *parts, "", words]

    def help(self) -> Sequence[tuple[str, str]]:
        """Return the finding whole, with the page of its check."""
        group = self.selected_group()
        return [*(page_of(group) if group else ()), *super().help()]

    @on(OptionList.OptionSelected)
    def _jump(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        group = self.selected_group()
        step = self.wizard.step_of_check(group[0].id) if group else None
        if step is not None:
            self.post_message(JumpTo(step.id, answers_of(group, self.wizard)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer actions on a finding only where there is one."""
        return action not in ("copy", "skip", "rerun") or bool(self._found)

    def _targets_of(self, results: Iterable[CheckResult]) -> tuple[Target, ...]:
        ids = [result.id for result in results]
        return tuple(t for t in self.wizard.targets() if any(i == t.id or i.startswith(f"{t.id}.") for i in ids))

    def action_rerun(self) -> None:
        """Check the targets of the finding again."""
        group = self.selected_group()
        if group:
            self.post_message(ChecksWanted(self._targets_of(group)))

    def action_rerun_failed(self) -> None:
        """Check every target with a finding that is not in order."""
        bad = [r for group in self._found for r in group if r.status in (Status.FAIL, Status.ERROR, Status.WARN)]
        self.post_message(ChecksWanted(self._targets_of(bad)))

    def action_rerun_all(self) -> None:
        """Check everything."""
        self.post_message(ChecksWanted(self.wizard.targets()))

    def action_skip(self) -> None:
        """Skip the finding by name, with a reason; or undo the skip."""
        group = self.selected_group()
        if not group:
            return
        if self._is_skipped(group):
            for result in group:
                self.wizard.unskip(result.id)
            self.post_message(StepView.Changed())
            self.redraw()
            self.post_message(self.Explained())
            return

        def skip(reason: str | None) -> None:
            if reason:
                for result in group:
                    if not self.wizard.skip(result.id, reason):
                        self.post_message(Said(not_skipped(result.id)))
                self.post_message(StepView.Changed())
                self.redraw()
                self.post_message(self.Explained())

        question = _("Why is {id} skipped? The reason stands in the report.").format(id=ids_of(group))
        self.app.push_screen(AskText(question), skip)


def answers_of(group: Group, wizard: Wizard) -> tuple[str, ...]:
    """Return the answers that a finding is about, the likeliest first."""
    found = [t for t in wizard.targets() if any(r.id == t.id or r.id.startswith(f"{t.id}.") for r in group)]
    return answers_about(group[0], found, wizard.answers)


def page_of(group: Group) -> list[tuple[str, str]]:
    """Return a finding whole, with the page of its check: headings and texts."""
    from nbcluster.checks.words import explain
    from nbcluster.errors import NbclusterError

    first = group[0]
    own = "\n\n".join(part for part in (first.detail, first.hint) if part)
    try:
        page = explain(first.id)
    except NbclusterError:
        page = ""
    others = [result.id for result in group[1:]]
    return [
        (line_of(group).plain, own),
        *([(_("About this check"), "\n".join((page, *(["", *others] if others else []))))] if page else []),
    ]
