"""The frame around every step: header, rail, body, help, side panel, keys; and the way from step to step."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList, Static

from nbcluster.controller import Controller
from nbcluster.errors import NbclusterError
from nbcluster.fields import Field
from nbcluster.layout import width_of
from nbcluster.secret import Secret
from nbcluster.steps import Step, StepFace
from nbcluster.targets import Target
from nbcluster.text import LANGUAGES, _, language, ngettext, set_language
from nbcluster_tui.board import BoardView
from nbcluster_tui.checker import CheckDone, Checker
from nbcluster_tui.closing import ExportView, JumpTo, ReviewView
from nbcluster_tui.dialogs import AskSecrets, Confirm, Reader
from nbcluster_tui.form import FormView
from nbcluster_tui.lines import Lines
from nbcluster_tui.rail import Rail
from nbcluster_tui.safe import shown

WIDE, NARROW = 120, 76
"""Columns from which the side panel is shown, and below which the steps are not."""


class WizardScreen(Screen[None]):
    """One wizard run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", show=False, priority=True),
        Binding("f2", "check", show=False, priority=True),
        Binding("f3", "preview", show=False),
        Binding("f6", "rail", show=False, priority=True),
        Binding("f7", "back", show=False, priority=True),
        Binding("f8", "forward", show=False, priority=True),
        Binding("f9", "language", show=False, priority=True),
        Binding("ctrl+q", "app.leave", show=False, priority=True),
    ]

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self.controller = controller
        self.checker = Checker(controller, self)
        self._field: Field | None = None
        self._header = ""

    def compose(self) -> ComposeResult:
        """Lay out the frame."""
        yield Static("", id="header")
        with Horizontal(id="middle"):
            yield Rail(self.controller)
            with Vertical(id="center"):
                yield Static("", id="title")
                yield Vertical(id="body")
                yield Static("", id="help")
            yield Lines(id="side")
        yield Static("", id="footer")

    async def on_mount(self) -> None:
        """Show the step where the session stands, and ask for its secrets."""
        self.set_interval(1.0, self._draw_header)
        await self.show(self.controller.current)
        asked = [(path, self._label(path)) for path in self.controller.missing()]
        if asked:
            self.app.push_screen(AskSecrets(asked), self._secrets)

    def _label(self, path: str) -> str:
        field = self.controller.answers.fields.get(path.removesuffix(".password")) or self.controller.answers.fields.get(path)
        return f"{_(field.label)} ({path})" if field is not None else path

    async def _secrets(self, typed: dict[str, Secret] | None) -> None:
        changed = [path for path, secret in (typed or {}).items() if not self.controller.set_secret(path, secret)]
        if changed:
            self.notify(_("Not the same as before: {paths}").format(paths=", ".join(changed)), severity="warning", markup=False)
        await self.show(self.controller.current)

    @property
    def step(self) -> Step:
        """The present step."""
        return self.controller.step(self.controller.current)

    async def show(self, step_id: str) -> None:
        """Go to a step."""
        self.controller.visit(step_id)
        self._field = None
        self.query_one("#help").set_class(self.step.face is not StepFace.FORM, "-page")
        body = self.query_one("#body")
        view = self._view(self.step)
        center = self.query_one("#center")
        await body.remove()
        await center.mount(view, after="#title")
        self.redraw()

    def _view(self, step: Step) -> Widget:
        faces = {StepFace.BOARD: BoardView, StepFace.REVIEW: ReviewView, StepFace.EXPORT: ExportView}
        return faces.get(step.face, FormView)(step, self.controller)

    def redraw(self) -> None:
        """Draw everything around the body."""
        number = [s.id for s in self.controller.steps].index(self.step.id) + 1
        place = _("step {number} of {total}").format(number=number, total=len(self.controller.steps))
        self.query_one("#title", Static).update(shown(f"{_(self.step.title)}  —  {place}"))
        self.query_one(Rail).show(self.step.id)
        keys = _("tab  F1 help  F2 check  F3 files  F6 steps  F7 back  F8 next  ctrl+q leave")
        self.query_one("#footer", Static).update(shown(f" {keys}"))
        self._draw_header()
        self._draw_help()
        self._draw_side()

    def _draw_header(self) -> None:
        saved = self.controller.saved_at
        state = self.controller.message or (
            _("saved {time}").format(time=saved.astimezone().strftime("%H:%M:%S")) if saved else ""
        )
        label = f" nbcluster  {self.controller.name}"
        if self.controller.simulated:
            label += "  " + _("SIMULATED: nothing here is real")
        right = f"{state}   {language()} F9 "
        gap = max(2, self.size.width - width_of(label) - width_of(right))
        text = f"{label}{' ' * gap}{right}"
        if text != self._header:
            self._header = text
            self.query_one("#header", Static).update(shown(text))

    def _draw_help(self) -> None:
        field = self._field
        if field is None:
            text = _(self.step.why)
        else:
            parts = [_(field.why), _(field.otherwise)]
            variable = f"{field.variable}: " if field.variable else ""
            text = variable + " ".join(part for part in parts if part) if any(parts) else _(self.step.why)
        self.query_one("#help", Static).update(shown(text))

    def _draw_side(self) -> None:
        side = self.query_one("#side", Lines)
        side.display = self.size.width >= WIDE and self.step.face in (StepFace.FORM, StepFace.BOARD)
        if not side.display:
            return
        lines = list(self.controller.lines(self.step)) or list(self.controller.topology())
        head = _("What this step writes:") if self.controller.lines(self.step) else _("The cluster so far:")
        side.put([head, "", *lines])

    def on_resize(self, event: Resize) -> None:
        """Show the side panel where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")
        self.set_class(event.size.width < NARROW, "-narrow")
        self._draw_side()
        self._draw_header()

    @on(FormView.Focused)
    def _focused(self, event: FormView.Focused) -> None:
        self._field = event.field
        self._draw_help()

    @on(FormView.Changed)
    def _changed(self) -> None:
        self.query_one(Rail).show(self.step.id)
        self._draw_side()
        self._draw_header()

    @on(JumpTo)
    async def _jump(self, event: JumpTo) -> None:
        await self.show(event.step_id)

    @on(OptionList.OptionSelected, "#rail")
    async def _rail_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.commit()
        if event.option.id is not None:
            await self.show(event.option.id)

    def commit(self) -> None:
        """Take what is typed in a form."""
        for form in self.query(FormView):
            form.commit_all()

    async def action_forward(self) -> None:
        """Go on, unless this step has an error; its checks start in the background."""
        self.commit()
        for form in self.query(FormView):
            if form.refresh_rows(always=True):
                form.focus_bad()
                return
        if self.step.face is StepFace.EXPORT:
            self.write()
            return
        self.checker.start(self.controller.stale_targets(self.step))
        following = self.controller.next_of(self.step.id)
        if following is not None:
            await self.show(following)

    async def action_back(self) -> None:
        """Go back; nothing is lost."""
        self.commit()
        before = self.controller.previous_of(self.step.id)
        if before is not None:
            await self.show(before)

    def action_rail(self) -> None:
        """Give the keyboard to the steps, or back to the body."""
        rail = self.query_one(Rail)
        if rail.has_focus:
            for form in self.query(FormView):
                form.focus_first()
        else:
            self.commit()
            rail.can_focus = True
            rail.focus()

    def action_explain(self) -> None:
        """Show all of the help for the field, and for the step."""
        field = self._field
        pages = [(_(self.step.title), _(self.step.why))]
        if field is not None:
            text = "\n\n".join(t for t in (_(field.why), _(field.otherwise), field.variable, field.path) if t)
            pages.insert(0, (_(field.label), text))
        self.app.push_screen(Reader(pages))

    def action_check(self) -> None:
        """Check what this step connects to."""
        self.commit()
        targets = self.controller.targets(self.step) or self.controller.targets()
        if not targets:
            self.notify(_("There is nothing to connect to yet."), markup=False)
            return
        self._start_checks(targets)
        count = len(targets)
        self.notify(ngettext("Checking {count} target", "Checking {count} targets", count).format(count=count), markup=False)

    def action_preview(self) -> None:
        """Show every file as it would be written."""
        self.commit()
        try:
            pages = self.controller.preview()
        except NbclusterError as fault:
            lines = [line for line in (fault.message, *(problem.line() for problem in fault.problems)) if line]
            pages = ((_("Not yet"), "\n\n".join(lines)),)
        self.app.push_screen(Reader(pages))

    async def action_language(self) -> None:
        """Switch to the next language."""
        self.commit()
        codes = list(LANGUAGES)
        set_language(codes[(codes.index(language()) + 1) % len(codes)])
        await self.show(self.controller.current)

    @on(BoardView.Wanted)
    def _check_wanted(self, event: BoardView.Wanted) -> None:
        self._start_checks(event.targets)

    def _start_checks(self, targets: tuple[Target, ...]) -> None:
        self.checker.start(targets)
        for board in self.query(BoardView):
            board.redraw()

    @on(CheckDone)
    def _check_done(self, event: CheckDone) -> None:
        self.checker.record(event)
        for board in self.query(BoardView):
            board.redraw()
        for review in self.query(ReviewView):
            review.redraw()
        bad = [r for r in event.results if r.status.value in ("fail", "error")]
        if bad and self.step.face is not StepFace.BOARD:
            self.notify(f"{bad[0].status.value}  {bad[0].id}\n{bad[0].summary}", severity="error", markup=False)

    @on(ExportView.Wanted)
    def write(self) -> None:
        """Ask, then write the files."""
        view = self.query_one(ExportView)
        try:
            changes = [path for path, _lines in self.controller.diff()]
        except NbclusterError as fault:
            view.show_fault(fault)
            return
        shown = "\n".join(f"  {path}" for path in changes) or "  " + _("nothing changes")
        question = _("Write to {folder}?").format(folder=self.controller.directory) + "\n\n" + shown
        self.app.push_screen(Confirm(question, _("Write")), self._write)

    def _write(self, confirmed: bool | None) -> None:
        view = self.query_one(ExportView)
        if not confirmed:
            return
        try:
            view.show_result(self.controller.export())
        except NbclusterError as fault:
            view.show_fault(fault)
        self.redraw()
