"""The wizard's screen: the way from step to step, checks, previews and the writing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.export import ExportResult
from nbcluster.files.preparation import Outlook
from nbcluster.files.surroundings import Surroundings
from nbcluster.report import misgivings
from nbcluster.steps import Step, StepFace
from nbcluster.text import LANGUAGES, _, language, ngettext, set_language
from nbcluster.wizard import Wizard
from nbcluster_tui.board import BoardView
from nbcluster_tui.checker import CheckDone, Checker
from nbcluster_tui.closing import ExportView, JumpTo, ReviewView
from nbcluster_tui.dialogs import AskSecrets, Confirm, Reader
from nbcluster_tui.form import FormView
from nbcluster_tui.frame import Frame
from nbcluster_tui.helping import Help
from nbcluster_tui.rail import Rail
from nbcluster_tui.views import ChecksWanted, StepView, aside, give_keys


class WizardScreen(Frame):
    """One wizard run.

    One body follows the other under a lock, whoever asks for it. Between two bodies there is none: nothing that arrives then
    (a result, a key) reaches one that is half gone.
    """

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

    class Moved(Message):
        """A step stands: keys that were typed ahead may go on."""

    def __init__(self, controller: Wizard) -> None:
        super().__init__(controller)
        self.checker = Checker(controller, self)
        self.is_writing = False
        self.after_writing: Callable[[], None] | None = None
        self._view: StepView | None = None
        self._moving = asyncio.Lock()
        self._is_asking = False
        self._redraw_due = False
        self._told: set[str] = set()

    @property
    def is_moving(self) -> bool:
        """Whether no step stands: before the first one, and between two."""
        return self._view is None

    async def on_mount(self) -> None:
        """Show the step where the session stands, and ask for its secrets."""
        self.set_interval(1.0, self.draw_header)
        self.controller.reader = self._read_aside
        await self.show(self.controller.current)
        asked = [(path, self._label(path)) for path in self.controller.missing()]
        if asked:
            self.app.push_screen(AskSecrets(asked, self.controller.recognises), self._secrets)

    def _label(self, path: str) -> str:
        field = self.controller.answers.fields.get(path.removesuffix(".password")) or self.controller.answers.fields.get(path)
        return f"{_(field.label)} ({path})" if field is not None else path

    async def _secrets(self, typed: dict[str, Secret] | None) -> None:
        for path, secret in (typed or {}).items():
            self.controller.set_secret(path, secret)
        await self.show(self.controller.current)

    def _read_aside(self, read: Callable[[], Surroundings], take: Callable[[Surroundings], None]) -> None:
        self.run_worker(self._read(read, take), group="files", description="what stands on the disk", exclusive=False)

    async def _read(self, read: Callable[[], Surroundings], take: Callable[[Surroundings], None]) -> None:
        take(await aside(read))
        self._redraw_soon()

    async def show(self, step_id: str) -> None:
        """Go to a step."""
        async with self._moving:
            await self._show(step_id)

    async def _show(self, step_id: str) -> None:
        self.commit()
        if isinstance(self._view, FormView):
            unkept = self._view.unkept()
            if unkept:
                said = _("Not kept, as it is no valid answer: {fields}.").format(fields=", ".join(unkept))
                self.notify(said, severity="warning", markup=False)
        self._view = None
        self.controller.visit(step_id)
        self.field = None
        self.query_one("#help").set_class(self.step.face is not StepFace.FORM, "-page")
        view = self._body(self.step)
        with self.app.batch_update():
            await self.query_one("#body").remove()
            await self.query_one("#center").mount(view, after="#title")
            self._view = view
            view.take_keys()
            self.redraw()
        self.app.post_message(self.Moved())

    def _body(self, step: Step) -> StepView:
        faces = {StepFace.BOARD: BoardView, StepFace.REVIEW: ReviewView, StepFace.EXPORT: ExportView}
        return faces.get(step.face, FormView)(step, self.controller)

    @on(FormView.Focused)
    def _focused(self, event: FormView.Focused) -> None:
        self.field = event.field
        self.draw_help()

    @on(StepView.Changed)
    def _changed(self) -> None:
        self.query_one(Rail).show(self.step.id)
        self.draw_side()
        self.draw_header()

    @on(JumpTo)
    async def _jump(self, event: JumpTo) -> None:
        await self.show(event.step_id)
        if isinstance(self._view, FormView) and self._view.refresh_rows(always=True):
            self._view.focus_bad()

    @on(OptionList.OptionSelected, "#rail")
    async def _rail_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id is not None:
            await self.show(event.option.id)

    def commit(self) -> None:
        """Take what is typed in a form."""
        if isinstance(self._view, FormView):
            self._view.commit_all()

    async def action_forward(self) -> None:
        """Go on, unless this step has an error; its checks start in the background."""
        async with self._moving:
            self.commit()
            if isinstance(self._view, FormView) and self._view.refresh_rows(always=True):
                self._view.focus_bad()
                return
            if self.step.face is StepFace.EXPORT:
                self.write()
                return
            self._start_checks(self.controller.stale_targets(self.step))
            following = self.controller.next_of(self.step.id)
            if following is not None:
                await self._show(following)

    async def action_back(self) -> None:
        """Go back; nothing is lost."""
        async with self._moving:
            before = self.controller.previous_of(self.step.id)
            if before is not None:
                await self._show(before)

    def action_rail(self) -> None:
        """Give the keyboard to the steps, or back to the body."""
        rail = self.query_one(Rail)
        if rail.has_focus:
            if self._view is not None:
                self._view.take_keys()
        else:
            self.commit()
            rail.can_focus = True
            self.add_class("-steps")
            give_keys(rail)

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
        reader = Reader()
        self.app.push_screen(reader)
        self.run_worker(self._preview(reader), group="preview", description="the files to read", exclusive=True)

    async def _preview(self, reader: Reader) -> None:
        try:
            request = self.controller.request()
            pages = await aside(lambda: self.controller.preview(request))
        except NbclusterError as fault:
            lines = [line for line in (fault.message, *(problem.line() for problem in fault.problems)) if line]
            pages = ((_("Not yet"), "\n\n".join(lines)),)
        if self.app.screen is reader:
            reader.show_pages(pages)

    async def action_language(self) -> None:
        """Switch to the next language."""
        async with self._moving:
            codes = list(LANGUAGES)
            set_language(codes[(codes.index(language()) + 1) % len(codes)])
            await self._show(self.controller.current)

    @on(ChecksWanted)
    def _check_wanted(self, event: ChecksWanted) -> None:
        self._start_checks(event.targets)

    def _start_checks(self, targets: tuple[Target, ...]) -> None:
        self._told.clear()
        self.checker.start(targets)
        self._redraw_soon()

    @on(CheckDone)
    def _check_done(self, event: CheckDone) -> None:
        self.checker.record(event)
        self._redraw_soon()
        bad = [r for r in event.results if r.status.value in ("fail", "error")]
        # One word for what all roles of a server have in common; the board and Review show it anyway.
        if bad and self.step.face not in (StepFace.BOARD, StepFace.REVIEW) and bad[0].summary not in self._told:
            self._told.add(bad[0].summary)
            self.notify(f"{bad[0].status.value}  {bad[0].id}\n{bad[0].summary}", severity="error", markup=False)

    def _redraw_soon(self) -> None:
        """Draw once what many messages in a row have changed."""
        if not self._redraw_due:
            self._redraw_due = True
            self.call_later(self._redraw_now)

    def _redraw_now(self) -> None:
        self._redraw_due = False
        if self._view is not None:
            self._view.redraw()
            self.query_one(Rail).show(self.step.id)

    @on(ExportView.Wanted)
    def write(self) -> None:
        """Ask, then write the files."""
        if not self._is_asking and not self.is_writing:
            self._is_asking = True
            self.run_worker(self._ask(), group="export", description="what would be written", exclusive=False)

    async def _ask(self) -> None:
        try:
            outlook = await self._outlook()
        except NbclusterError as fault:
            message = fault
            self._say(lambda view: view.show_fault(message))
            return
        finally:
            self._is_asking = False
        if isinstance(self._view, ExportView):
            self.app.push_screen(self._question(outlook), self._write)

    async def _outlook(self) -> Outlook:
        """Return what writing the present answers would do; those that change meanwhile are looked at again."""
        while True:
            request = self.controller.request()
            outlook = await aside(partial(self.controller.outlook, request))
            if request.answers == self.controller.answers:
                return outlook

    def _question(self, outlook: Outlook) -> Confirm:
        checks = self.controller.tally()
        edited = [f"!  {problem.line()}" for problem in outlook.edited]
        changes = [f"  {path}" for path, _lines in outlook.changes] or ["  " + _("nothing changes")]
        doubts = misgivings(checks)
        asked = _("Write to {folder}?").format(folder=outlook.directory)
        lines = [*doubts, *([""] if doubts else []), asked, "", *changes, *edited]
        return Confirm("\n".join(lines), _("Write"), default=not checks.fail)

    def _write(self, confirmed: bool | None, *, trust: bool = False) -> None:
        if not confirmed:
            return
        try:
            act = self.controller.writing(trust=trust)
        except NbclusterError as fault:
            message = fault
            self._say(lambda view: view.show_fault(message))
            return
        self.is_writing = True
        self.run_worker(self._act(act), group="export", description="the writing", exclusive=False)

    async def _act(self, act: Callable[[], ExportResult]) -> None:
        from nbcluster.files.write import UnsafeFolderError

        try:
            outcome = await aside(act)
            self.controller.written(outcome)
            self._say(lambda view: view.show_result(outcome))
        except UnsafeFolderError as doubt:
            unsafe = NbclusterError(ExitCode.UNWRITABLE, _("Nothing was written."), doubt.problems)
            self._say(lambda view: view.show_fault(unsafe))
            named = "\n".join(f"  {problem.line()}" for problem in doubt.problems)
            question = _("Others could change or redirect what is written there. Write all the same?")
            self.app.push_screen(Confirm(f"{question}\n\n{named}", _("Write"), default=False), partial(self._write, trust=True))
        except NbclusterError as fault:
            message = fault
            self._say(lambda view: view.show_fault(message))
        finally:
            self.is_writing = False
        self.redraw()
        if self.after_writing is not None:
            self.after_writing()

    def _say(self, what: Callable[[ExportView], None]) -> None:
        """Tell the export, if it is still what one looks at."""
        if isinstance(self._view, ExportView):
            what(self._view)
