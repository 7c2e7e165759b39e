"""The first screen where no session was named: resume one, begin one, or import an installation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nbcluster.errors import InvalidAnswersError, NbclusterError
from nbcluster.sessions.store import SESSION_NAME, SessionStore
from nbcluster.steps import STEPS
from nbcluster.system.inputfile import expanded
from nbcluster.text import LANGUAGES, _, language, set_language
from nbcluster.wizard import Wizard, from_import, from_nothing, from_session
from nbcluster_tui.dialogs import AskText
from nbcluster_tui.look import State, mark
from nbcluster_tui.safe import shown
from nbcluster_tui.views import aside
from nbcluster_tui.widgets import Prose, Split


class StartScreen(Screen[Wizard]):
    """Choices; the result is a wizard on a locked session."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "app.leave", show=False, priority=True),
        Binding("f9", "language", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._is_opening = False

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="dialog"):
            head = Content.assemble(("nbcluster", "$primary bold"), "  ", _("setup wizard for a NocoBase cluster"))
            yield Split(head, LANGUAGES[language()])
            yield OptionList(*self._options(), compact=True, markup=False)
            yield Prose("", classes="problem")
            yield Prose(Content.styled(_("enter choose   F9 language   ctrl+q leave"), "$text-muted"))

    def _options(self) -> list[Option]:
        options = [
            Option(shown(_("New: an empty cluster, or a server that you describe yourself")), id="new"),
            Option(shown(_("Import: read the .env, compose file or manifests of a running server")), id="import"),
        ]
        # Those without a time are damaged: last.
        for info in sorted(
            SessionStore().list(), key=lambda found: found.saved_at.timestamp() if found.saved_at else 0, reverse=True
        ):
            when = info.saved_at.astimezone().strftime("%Y-%m-%d %H:%M") if info.saved_at else ""
            owner = "  " + _("in use by {owner}").format(owner=info.locked_by) if info.locked_by else ""
            step = next((_(step.title) for step in STEPS if step.id == info.step), info.step)
            resumed = _("Resume {name}").format(name=info.name)
            options.append(Option(shown(f"{resumed}  {when}  {step}{owner}"), id=f"s-{info.name}"))
        return options

    def on_mount(self) -> None:
        """Begin in the list, on the last session if there is one."""
        options = self.query_one(OptionList)
        options.highlighted = 2 if options.option_count > 2 else 0
        options.focus()

    async def action_language(self) -> None:
        """Switch to the next language."""
        codes = list(LANGUAGES)
        set_language(codes[(codes.index(language()) + 1) % len(codes)])
        await self.recompose()
        self.on_mount()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        chosen = event.option.id or ""
        if chosen == "new":
            self.app.push_screen(
                AskText(_("Name of the cluster, such as prod; it can be changed later:"), "nocobase", _name_fault), self._begin
            )
        elif chosen == "import":
            self.app.push_screen(
                AskText(_("Its .env, compose file, ConfigMap or Secret, Helm values, or nb's config.json:"), "", _file_fault),
                self._import,
            )
        else:
            self._open(chosen.removeprefix("s-"))

    def _begin(self, name: str | None) -> None:
        if name is not None:
            self._try(lambda: from_nothing(name))

    def _open(self, name: str) -> None:
        self._try(lambda: from_session(name))

    def _import(self, path: str | None) -> None:
        if path is None:
            return

        self._try(lambda: from_import(Path(path)))

    def _try(self, begin: Callable[[], Wizard]) -> None:
        if not self._is_opening:
            self._is_opening = True
            self.run_worker(self._open_aside(begin), group="start", description="the session", exclusive=False)

    async def _open_aside(self, begin: Callable[[], Wizard]) -> None:
        """Open the wizard in a worker: it reads files, which may be large or on a share that hangs."""
        try:
            self.dismiss(await aside(begin))
        except NbclusterError as fault:
            self.query_one(".problem", Prose).put(mark(State.BAD, shown("\n".join(fault.lines()))))
            self.query_one(".problem").display = True
        finally:
            self._is_opening = False


def _name_fault(name: str) -> str:
    if not SESSION_NAME.match(name):
        return _("use lower-case letters, digits and hyphens, at most 40, beginning with a letter or digit")
    taken = {info.name for info in SessionStore().list()}
    return _("there is a session of this name already: resume it, or choose another") if name in taken else ""


def _file_fault(text: str) -> str:
    try:
        path = expanded(text, "")
    except InvalidAnswersError as fault:
        return fault.problems[0].message
    return "" if path.is_file() else _("there is no file at this path")
