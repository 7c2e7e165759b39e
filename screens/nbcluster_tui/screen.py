"""The wizard's screen: navigation, checks, previews and writing."""

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
from nbcluster.report import fault_lines, label_of, problem_text
from nbcluster.steps import Step, StepFace
from nbcluster.text import LANGUAGES, N_, _, language, set_language
from nbcluster.wizard import Wizard
from nbcluster_tui.board import BoardView
from nbcluster_tui.checker import CheckDone, Checker
from nbcluster_tui.dialogs import IMPORT_TITLE, AskSecrets, Confirm, Notice, TextViewer
from nbcluster_tui.done import DoneView
from nbcluster_tui.export import ExportView, facts, overwritten
from nbcluster_tui.form import FormView
from nbcluster_tui.frame import Frame
from nbcluster_tui.help import Help
from nbcluster_tui.look import State, mark
from nbcluster_tui.rail import Rail
from nbcluster_tui.review import ReviewView
from nbcluster_tui.rows import Said
from nbcluster_tui.safe import shown
from nbcluster_tui.views import ChecksWanted, JumpTo, ReadWanted, ReportWanted, StepView, aside, give_keys

LONGEST_TRAIL = 100
"""Steps that F7 remembers."""


class WizardScreen(Frame):
    """One wizard run.

    One body follows the other under a lock, whoever asks for it. Between two bodies there is none: nothing that arrives then
    (a result, a key) reaches one that is half gone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", N_("Help"), key_display="F1", priority=True),
        Binding("f2", "check", N_("Test"), key_display="F2", priority=True),
        Binding("f3", "preview", N_("Files"), key_display="F3"),
        Binding("f6", "rail", N_("Steps"), key_display="F6", priority=True),
        Binding("f7", "back", show=False, priority=True),
        Binding("f8", "forward", show=False, priority=True),
        Binding("f9", "language", show=False, priority=True),
        Binding("ctrl+q", "app.leave", N_("Leave"), priority=True),
    ]

    class Moved(Message):
        """A step stands: keys that were typed ahead may go on."""

    class Settled(Message):
        """The size is known, and everything has its place in it."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.checker = Checker(wizard, self)
        self.is_writing = False
        self.after_writing: Callable[[], None] | None = None
        self.outcome: ExportResult | None = None
        """What was written in this run."""
        self._wants_form = False
        """Whether the export shows its form again, to write once more."""
        self._moving = asyncio.Lock()
        self._is_asking = False
        self._redraw_due = False
        self._trail: list[str] = []
        self._asked: tuple[Target, ...] = ()
        """Targets whose checks F2 has requested, until all of them are done."""

    @property
    def is_moving(self) -> bool:
        """Whether no step is mounted: before the first one, between two, and while fields are being added to one."""
        return self._view is None or (isinstance(self._view, FormView) and self._view.is_building)

    def settle(self) -> None:
        """Report that the layout is complete: the first paint waits for it."""
        self.app.post_message(self.Settled())

    def first_view(self) -> StepView:
        """Return the body of the current step: mounting it after the first paint would cost a second one."""
        return self._body(self.step)

    def on_mount(self) -> None:
        """Set the classes of the current step, and ask for missing secrets."""
        self.set_interval(1.0, self.draw_header)
        self.wizard.reader = self._read_aside
        self.wizard.visit(self.wizard.current)
        self._view = self.query_one(StepView)
        self.dress()
        self._view.take_keys()
        self.redraw()
        self.app.post_message(self.Moved())
        asked = [(path, label_of(self.wizard.answers, path)) for path in self.wizard.missing()]
        if asked:
            self.app.push_screen(AskSecrets(asked, self.wizard.recognises), self._secrets)

    async def _secrets(self, typed: dict[str, Secret] | None) -> None:
        for path, secret in (typed or {}).items():
            self.wizard.set_secret(path, secret)
        await self.show(self.wizard.current)

    def _read_aside(self, read: Callable[[], Surroundings], take: Callable[[Surroundings], None]) -> None:
        self.run_worker(self._read(read, take), group="files", description="what stands on the disk", exclusive=False)

    async def _read(self, read: Callable[[], Surroundings], take: Callable[[Surroundings], None]) -> None:
        take(await aside(read))
        self._redraw_soon()

    async def show(self, step_id: str) -> None:
        """Go to a step."""
        async with self._moving:
            await self._show(step_id)

    async def _show(self, step_id: str, *, is_back: bool = False) -> None:
        self.commit()
        unkept = self._view.unkept() if isinstance(self._view, FormView) else ()
        before = self.step
        if before.id != step_id:
            self._start_checks(self.wizard.stale_targets(before))
            if not is_back:
                self._trail = [*self._trail[-LONGEST_TRAIL:], before.id]
        self._view = None
        self._asked = ()
        # a form tells whether it was visited before
        view = self._body(self.wizard.step(step_id))
        self.wizard.visit(step_id)
        self.news = None
        with self.app.batch_update():
            await self.query_one("#body").remove()
            await self.query_one("#center").mount(view, after="#title")
            self._view = view
            self.dress()
            view.take_keys()
            self.redraw()
            if unkept:
                said = _("Not kept, because it is not valid: {fields}.").format(fields=_(", ").join(unkept))
                self.say(mark(State.LOOK, shown(said)))
            await self.lay_out()
        self.app.post_message(self.Moved())

    def _body(self, step: Step) -> StepView:
        if step.face is StepFace.EXPORT and self.outcome is not None and self.wizard.is_written and not self._wants_form:
            return DoneView(step, self.wizard, self.outcome)
        faces = {StepFace.BOARD: BoardView, StepFace.REVIEW: ReviewView, StepFace.EXPORT: ExportView}
        return faces.get(step.face, FormView)(step, self.wizard)

    @on(FormView.Onward)
    async def _onward(self) -> None:
        await self.action_forward()

    @on(FormView.Built)
    def _built(self) -> None:
        self.app.post_message(self.Moved())

    @on(StepView.Explained)
    def _explained(self, event: StepView.Explained) -> None:
        if event.is_other:
            self.drop_news()
        self.draw_pane()
        self.draw_side()

    @on(Said)
    def _said(self, event: Said) -> None:
        event.stop()
        self.say(event.text, is_lasting=event.is_lasting)

    @on(StepView.Changed)
    def _changed(self) -> None:
        self.query_one(Rail).show(self.step.id)
        self.draw_pane()
        self.draw_side()
        self.draw_header()

    @on(JumpTo)
    async def _jump(self, event: JumpTo) -> None:
        await self.show(event.step_id)
        if isinstance(self._view, FormView):
            wrong = self._view.refresh_rows(always=True)
            if not any(self._view.focus_path({path}) for path in event.paths) and wrong:
                self._view.focus_bad()

    @on(OptionList.OptionHighlighted, "#rail")
    def _rail_moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.query_one(Rail).has_focus:
            self.draw_pane()

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
        """Go to the next step that needs the person, unless this one has an error; its checks start in the background."""
        async with self._moving:
            self.commit()
            if isinstance(self._view, FormView) and self._view.refresh_rows(always=True):
                self._view.focus_bad()
                self.call_next(self.draw_pane)
                return
            if isinstance(self._view, DoneView):
                # files that others edited meanwhile can be written again
                self._wants_form = True
                await self._show(self.step.id)
                return
            if self.step.face is StepFace.EXPORT:
                self.write()
                return
            self._start_checks(self.wizard.stale_targets(self.step))
            following = self.wizard.next_in_need(self.step.id, wraps=True)
            if following is None:
                return
            ids = [step.id for step in self.wizard.steps]
            is_back = ids.index(following) < ids.index(self.step.id)
            await self._show(following)
            if is_back:
                self._say_back()

    def _say_back(self) -> None:
        """Say that a form is shown once more because of an error, and go to its field, where the pane tells which one."""
        if isinstance(self._view, FormView):
            self._view.refresh_rows(always=True)
            self._view.focus_bad()
        said = _("Back to {step}: fix this before the review.").format(step=_(self.step.title))
        self.say(mark(State.LOOK, shown(said)), is_lasting=True)

    async def action_back(self) -> None:
        """Go back to the step visited before; nothing is lost."""
        async with self._moving:
            before = self._trail.pop() if self._trail else self.wizard.previous_of(self.step.id)
            if before is not None:
                await self._show(before, is_back=True)

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
        """Show all of the help for the thing in focus, and for the step."""
        self.app.push_screen(Help(self._view.help() if self._view is not None else ()))

    def action_check(self) -> None:
        """Check what this step connects to; a form shows the results beside its headings."""
        self.commit()
        targets = self.wizard.targets(self.step) or self.wizard.targets()
        if not targets:
            self.say(_("There is nothing to connect to yet."))
            return
        self._asked = targets
        self._start_checks(targets)

    def action_preview(self) -> None:
        """Show every file as it would be written."""
        self._read_files("")

    @on(ReadWanted)
    def _read_wanted(self, event: ReadWanted) -> None:
        event.stop()
        if event.pages:
            self.app.push_screen(TextViewer(event.pages, event.first))
        else:
            self._read_files(event.first)

    @on(ReportWanted)
    def show_import(self) -> None:
        """Show once more what the import has found."""
        self.app.push_screen(Notice(_(IMPORT_TITLE), self.wizard.import_report))

    def _read_files(self, first: str) -> None:
        self.commit()
        reader = TextViewer(first=first)
        self.app.push_screen(reader)
        self.run_worker(self._preview(reader), group="preview", description="the files to read", exclusive=True)

    async def _preview(self, reader: TextViewer) -> None:
        try:
            request = self.wizard.request()
            pages = await aside(lambda: self.wizard.preview(request))
        except NbclusterError as fault:
            pages = ((_("Not yet"), "\n\n".join(fault_lines(fault, self.wizard.answers))),)
        if self.app.screen is reader:
            reader.show_pages(pages)

    async def action_language(self) -> None:
        """Switch to the next language."""
        async with self._moving:
            codes = list(LANGUAGES)
            set_language(codes[(codes.index(language()) + 1) % len(codes)])
            await self._show(self.wizard.current)

    @on(ChecksWanted)
    def _check_wanted(self, event: ChecksWanted) -> None:
        self._start_checks(event.targets)

    def _start_checks(self, targets: tuple[Target, ...]) -> None:
        if targets:
            self.checker.start(targets)
            self._redraw_soon()

    @on(CheckDone)
    def _check_done(self, event: CheckDone) -> None:
        self.checker.record(event)
        if self._asked and not self.wizard.board.unknown(self._asked) and isinstance(self._view, FormView):
            self._view.tell(self._asked)
        self._redraw_soon()

    def _redraw_soon(self) -> None:
        """Redraw once for many messages in a row."""
        if not self._redraw_due:
            self._redraw_due = True
            self.call_later(self._redraw_now)

    def _redraw_now(self) -> None:
        self._redraw_due = False
        if self._view is not None:
            self._view.redraw()
            self.query_one(Rail).show(self.step.id)
            self.draw_pane()
            self.draw_side()

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
        """Return what writing the present answers would do; repeated if they change meanwhile."""
        while True:
            request = self.wizard.request()
            outlook = await aside(partial(self.wizard.outlook, request))
            if request.answers == self.wizard.answers:
                return outlook

    def _question(self, outlook: Outlook) -> Confirm:
        checks = self.wizard.tally()
        asked = _("Write to {folder}?").format(folder=outlook.directory)
        yes = _("Write anyway") if checks.fail else _("Write")
        is_harmless = not checks.fail and not overwritten(outlook)
        return Confirm(asked, yes, list(facts(outlook, checks, self.wizard.answers)), default=is_harmless)

    def _write(self, confirmed: bool | None, *, trust: bool = False) -> None:
        if not confirmed:
            self.say(_("Nothing was written."))
            return
        try:
            act = self.wizard.writing(trust=trust)
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
            self.wizard.written(outcome)
            self.outcome, self._wants_form = outcome, False
            if isinstance(self._view, ExportView):
                await self.show(self.step.id)
        except UnsafeFolderError as doubt:
            unsafe = NbclusterError(ExitCode.UNWRITABLE, _("Nothing was written."), doubt.problems)
            self._say(lambda view: view.show_fault(unsafe))
            named = [problem_text(problem, self.wizard.answers) for problem in doubt.problems]
            question = _("Others could change or redirect what is written there. Write anyway?")
            self.app.push_screen(Confirm(question, _("Write"), named, default=False), partial(self._write, trust=True))
        except NbclusterError as fault:
            message = fault
            self._say(lambda view: view.show_fault(message))
        finally:
            self.is_writing = False
        self.redraw()
        if self.after_writing is not None:
            self.after_writing()

    def _say(self, what: Callable[[ExportView], None]) -> None:
        """Show a failure on the export page, if it is still open."""
        if isinstance(self._view, ExportView):
            what(self._view)
