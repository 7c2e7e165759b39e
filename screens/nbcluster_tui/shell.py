"""The wizard's screen: the way from step to step, checks, previews and the writing."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import OptionList

from nbcluster.controller import Controller
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.secret import Secret
from nbcluster.steps import Step, StepFace
from nbcluster.targets import Target
from nbcluster.text import LANGUAGES, _, language, ngettext, set_language
from nbcluster_tui.board import BoardView
from nbcluster_tui.checker import CheckDone, Checker
from nbcluster_tui.closing import ExportView, JumpTo, ReviewView
from nbcluster_tui.dialogs import AskSecrets, Confirm, Reader
from nbcluster_tui.form import FormView
from nbcluster_tui.frame import Frame
from nbcluster_tui.helping import Help
from nbcluster_tui.rail import Rail


class WizardScreen(Frame):
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
        super().__init__(controller)
        self.checker = Checker(controller, self)

    async def on_mount(self) -> None:
        """Show the step where the session stands, and ask for its secrets."""
        self.set_interval(1.0, self.draw_header)
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

    async def show(self, step_id: str) -> None:
        """Go to a step."""
        self.controller.visit(step_id)
        self.field = None
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

    @on(FormView.Focused)
    def _focused(self, event: FormView.Focused) -> None:
        self.field = event.field
        self.draw_help()

    @on(FormView.Changed)
    def _changed(self) -> None:
        self.query_one(Rail).show(self.step.id)
        self.draw_side()
        self.draw_header()

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
        self.app.push_screen(Help(self.step, self.field))

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
            edited = [f"!  {problem.line()}" for problem in self.controller.foreign_edits()]
        except NbclusterError as fault:
            view.show_fault(fault)
            return
        shown = "\n".join(f"  {path}" for path in changes) or "  " + _("nothing changes")
        question = "\n".join((_("Write to {folder}?").format(folder=self.controller.directory), "", shown, *edited))
        self.app.push_screen(Confirm(question, _("Write")), self._write)

    def _write(self, confirmed: bool | None, *, trust: bool = False) -> None:
        from nbcluster.writer import UnsafeFolderError

        view = self.query_one(ExportView)
        if not confirmed:
            return
        try:
            view.show_result(self.controller.export(trust=trust))
        except UnsafeFolderError as doubt:
            view.show_fault(NbclusterError(ExitCode.UNWRITABLE, _("Nothing was written."), doubt.problems))
            named = "\n".join(f"  {problem.line()}" for problem in doubt.problems)
            question = _("Others could change or redirect what is written there. Write all the same?")
            self.app.push_screen(Confirm(f"{question}\n\n{named}", _("Write"), default=False), partial(self._write, trust=True))
        except NbclusterError as fault:
            view.show_fault(fault)
        self.redraw()
