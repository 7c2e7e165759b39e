"""What was written and what comes next: a page of its own, and the same lines on the ordinary screen afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from nbcluster.files.export import ExportResult
from nbcluster.report import packed
from nbcluster.steps import Step
from nbcluster.text import N_, _, ngettext
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import push_button
from nbcluster_tui.look import State, block, mark
from nbcluster_tui.rows import Said
from nbcluster_tui.safe import shown
from nbcluster_tui.views import ReadWanted, StepView, give_keys
from nbcluster_tui.widgets import Prose, Split, padded


@dataclass(frozen=True)
class Written:
    """What is told of an export."""

    head: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    command: str
    password_command: str
    remarks: tuple[str, ...]
    warnings: int


def told_of(controller: Wizard, outcome: ExportResult) -> Written:
    """Return what is told of an export."""
    answers, done, folder = controller.answers, outcome.result, outcome.directory
    count = len(done.written) + len(done.unchanged)
    head = ngettext("{count} file in {folder}", "{count} files in {folder}", count).format(count=count, folder=folder)
    facts = [(_("Open"), controller.topology()[0].partition("  ")[0])]
    command = ""
    if answers["app.installation"] == "new":
        facts.append((_("Sign in"), answers.text("admin.email")))
        if answers["app.deployment"] == "kubernetes":
            facts.append((_("Password"), _("in the Secret of kubernetes/, INIT_ROOT_PASSWORD")))
        else:
            facts.append((_("Password"), _("in .env, INIT_ROOT_PASSWORD")))
            command = f"grep INIT_ROOT_PASSWORD {_word(str(folder / '.env'))}"
    same = len(done.unchanged)
    remarks = [ngettext("{count} file unchanged", "{count} files unchanged", same).format(count=same)] if same else []
    remarks += [_("removed: {path}").format(path=path) for path in done.removed]
    remarks += [_("kept, because it was edited: {path}").format(path=path) for path in done.kept]
    if done.backups:
        remarks.append(_("what was there before is in {folder}").format(folder=folder / "backups"))
    remarks += [line.strip() for line in packed(outcome)]
    remarks += outcome.unjudged
    remarks += [problem.line() for problem in outcome.warnings if problem.path.startswith(("export.", str(folder)))]
    playbook = folder / "ansible" / "playbook.yaml"
    ansible = "ansible-playbook -i ansible/inventory.yaml ansible/playbook.yaml" if playbook.is_file() else ""
    return Written(head, tuple(facts), outcome.next_steps, ansible, command, tuple(remarks), len(outcome.warnings))


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)


def lines_of(told: Written) -> list[str]:
    """Return the same as lines of plain text, for the ordinary screen."""
    width = max((Content(label).cell_length for label, _value in told.facts), default=0) + 2
    lines = [_("Done: {text}").format(text=told.head)]
    lines += [f"  {padded(label, width).plain}{value}" for label, value in told.facts]
    lines += [_("Next, in this order:"), *(f"  {number}. {step}" for number, step in enumerate(told.steps, 1))]
    lines += [_("Or all of it at once: {command}").format(command=told.command)] if told.command else []
    lines += [f"  {remark}" for remark in told.remarks]
    if told.warnings:
        lines.append(_warned(told.warnings))
    return lines


def _warned(count: int) -> str:
    text = ngettext("{count} warning went with it: see SUMMARY.md", "{count} warnings went with it: see SUMMARY.md", count)
    return text.format(count=count)


class DoneView(StepView, can_focus=False):
    """The page after writing."""

    has_pane = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", N_("Copy"))]

    def __init__(self, step: Step, controller: Wizard, outcome: ExportResult) -> None:
        super().__init__(step, controller)
        self.outcome = outcome
        self.told = told_of(controller, outcome)

    def compose(self) -> ComposeResult:
        """Lay out where, the account, the next steps, and what can be done from here."""
        told = self.told
        checked = Content.styled(_("all parsed back"), "$text-muted")
        yield Split(Content.assemble(block(State.GOOD, _("DONE")), "  ", shown(told.head)), checked, id="head", keeps_left=True)
        for label, value in told.facts:
            more = Content.assemble(("   c", "$text-primary bold"), (" " + _("copies it"), "$text-muted"))
            with Horizontal(classes="fact"):
                yield Static(Content(label), classes="label")
                yield Prose(
                    shown(value).stylize("bold") + (more if label == _("Password") and told.password_command else Content(""))
                )
        yield Split(
            Content.styled(_("Next, in this order"), "bold"), Content.styled("RUNBOOK.md", "$text-muted"), classes="section"
        )
        for number, text in enumerate(told.steps, 1):
            with Horizontal(classes="fact"):
                yield Static(Content.styled(f" {number}", "$text-primary bold"), classes="number")
                yield Prose(text)
        if told.command:
            command = Content.assemble((_("or all of it at once: "), "$text-muted"), (told.command, "$text-accent bold"))
            yield Prose(command)
        with Horizontal(classes="buttons"):
            yield push_button(_("Read the runbook"), "runbook", primary=True)
            yield push_button(_("Files"), "files")
            yield push_button(_("Leave"), "leave")
        for remark in told.remarks:
            yield Prose(shown(remark).stylize("$text-muted"))
        if told.warnings:
            yield Prose(mark(State.LOOK, _warned(told.warnings)))
        yield Prose(Content.styled(_("These lines are printed on the ordinary screen when you leave."), "$text-muted"))

    def take_keys(self) -> None:
        """Begin on the runbook."""
        give_keys(self.query_one("#runbook"))

    def explanation(self) -> Sequence[Content]:
        """Return nothing: the page says all."""
        return ()

    def onward(self) -> str:
        """Return that there is nothing after this but to leave."""
        return _("ctrl+q Leave")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to copy only what there is."""
        return action != "copy" or bool(self.told.password_command or self.told.command)

    def action_copy(self) -> None:
        """Send the command to the clipboard of the terminal, which does not tell whether it took it."""
        self.app.copy_to_clipboard(self.told.password_command or self.told.command)
        self.post_message(Said(_("Sent to the clipboard of your terminal, if it takes that.")))

    @on(Button.Pressed, "#runbook")
    def _runbook(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(ReadWanted("RUNBOOK.md"))

    @on(Button.Pressed, "#files")
    def _files(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(ReadWanted())

    @on(Button.Pressed, "#leave")
    async def _leave(self, event: Button.Pressed) -> None:
        event.stop()
        await self.run_action("app.leave")
