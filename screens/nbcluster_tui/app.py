"""The application: the first screen, signals, and leaving."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.resources import files
from typing import Any, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.driver import Driver
from textual.events import Event, Paste
from textual.screen import Screen
from textual.widgets import Input

from nbcluster.answers.answers import holds_secrets
from nbcluster.answers.environment import assignments
from nbcluster.answers.url import veiled
from nbcluster.errors import ExitCode
from nbcluster.report import told_lines
from nbcluster.sessions.settings import load_settings, save_setting
from nbcluster.text import N_, _
from nbcluster.text.clean import clean
from nbcluster.wizard import Wizard
from nbcluster_tui.board import BoardView
from nbcluster_tui.dialogs import IMPORT_TITLE, Notice
from nbcluster_tui.frame import Frame
from nbcluster_tui.keys import OrderedKeys
from nbcluster_tui.look import ANSI, DARK, LIGHT, LOOK, OWN_VARIABLES, THEMES, needs_ascii, theme_for
from nbcluster_tui.screen import WizardScreen
from nbcluster_tui.start import StartScreen
from nbcluster_tui.stylesheet import RememberedStylesheet

_SIGNALS = {signal.SIGHUP: ExitCode.HANGUP, signal.SIGTERM: ExitCode.TERMINATED, signal.SIGINT: ExitCode.INTERRUPTED}


class Palette(CommandPalette):
    """The command palette; it takes keys before its list has been laid out."""

    def _action_command_list(self, action: str) -> None:
        # a list that has not been laid out does not know where its next page begins
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


class WizardApp(OrderedKeys):
    """nbcluster in full screen."""

    # as text: the program may run from a zip file, where there is no path
    CSS: ClassVar[str] = files("nbcluster_tui").joinpath("styles.tcss").read_text("utf-8")
    TITLE = "nbcluster"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's form
        (0, "-narrow"),
        (80, "-w80"),
        (100, "-w100"),
        (140, "-w140"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's form
        (0, "-short"),
        (24, "-h24"),
        (30, "-h30"),
        (40, "-h40"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", N_("Leave"), priority=True),
        Binding("ctrl+p", "command_palette", N_("Find"), priority=True),
        Binding("ctrl+c", "interrupt", show=False),
    ]

    def __init__(self, wizard: Wizard | None) -> None:
        super().__init__()
        self.stylesheet = RememberedStylesheet(variables=self.get_css_variables())
        self.wizard = wizard
        self.fault: Exception | None = None
        self._holds_paint = False
        self.parting: tuple[str, ...] = ()
        """What is printed on the ordinary screen afterwards."""
        self.animation_level = "none"
        for theme in (DARK, LIGHT, ANSI):
            self.register_theme(theme)
        LOOK.ascii = needs_ascii()
        self.set_class(LOOK.ascii, "-ascii")
        # Textual's own variable selects the theme for this run; Textual has read it before ours were registered
        wish = os.environ.get("TEXTUAL_THEME", "")
        if wish in THEMES or wish not in self.available_themes:
            self._begin_with(wish if wish in THEMES else theme_for(load_settings().get("theme", "")))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our variables for a theme that is not ours."""
        theme = self.current_theme
        known = theme.to_color_system().generate() | theme.variables
        return {name: known.get(other, "ansi_default") for name, other in OWN_VARIABLES.items()}

    def _begin_with(self, name: str) -> None:
        """Set a theme before the first paint: the watcher would paint the whole screen a second time."""
        theme = self.available_themes[name]
        LOOK.ansi = theme.ansi
        self.set_reactive(WizardApp.theme, name)
        for class_name, is_on in ((f"-theme-{name}", True), ("-dark-mode", theme.dark), ("-light-mode", not theme.dark)):
            self.set_class(is_on, class_name, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def choose_theme(self, name: str) -> None:
        """Set a theme, and save the choice."""
        LOOK.ansi = self.available_themes[name].ansi
        self.theme = name
        save_setting("theme", name)
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.run_worker(
                    screen.show(screen.step.id), group="theme", description="the step in other colours", exclusive=True
                )

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the commands of the palette: every step, the keys of the wizard, the themes."""
        if isinstance(screen, WizardScreen):
            for number, step in enumerate(screen.wizard.steps, 1):
                place = _("step {number} of {total}").format(number=number, total=len(screen.wizard.steps))
                yield SystemCommand(
                    _("Go to {title}").format(title=_(step.title)), place, lambda there=step.id: self._go(screen, there)
                )
            yield SystemCommand(_("Test"), _("test what this step connects to (F2)"), screen.action_check)
            yield SystemCommand(_("Files"), _("show every file as it would be written (F3)"), screen.action_preview)
            yield SystemCommand(_("Help"), _("explain what has the focus (F1)"), screen.action_explain)
            yield SystemCommand(_("Language"), "English, 中文 (F9)", screen.action_language)
            if screen.wizard.import_report:
                yield SystemCommand(_(IMPORT_TITLE), _("the report of the import, once more"), screen.show_import)
            for board in screen.query(BoardView):
                yield SystemCommand(_("Check everything again"), "a", board.action_rerun_all)
                yield SystemCommand(_("Check again what is not in order"), "f", board.action_rerun_failed)
        for name, title in THEMES.items():
            yield SystemCommand(_(title), _("remembered for the next time"), lambda chosen=name: self.choose_theme(chosen))
        yield SystemCommand(_("Leave"), _("save and leave (ctrl+q)"), self.action_leave)

    @staticmethod
    def _go(screen: WizardScreen, step_id: str) -> None:
        screen.run_worker(screen.show(step_id), group="palette", description="the step that was chosen", exclusive=False)

    def action_command_palette(self) -> None:
        """Open the palette; its cursor does not blink, which would write to the terminal all the time."""
        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette", placeholder=_("Find a command or a step")))
        self.call_after_refresh(self._still_cursors)

    async def on_event(self, event: Event) -> None:
        """Keep a secret that is pasted out of the palette, which would draw it in clear."""
        is_drawn = self.screen_stack and isinstance(self.screen, CommandPalette)
        if isinstance(event, Paste) and is_drawn and (assignments(event.text) or veiled(event.text, address=False) != event.text):
            self.bell()
        else:
            await super().on_event(event)

    def unreadable(self) -> None:
        """Report that characters were dropped which the terminal sent in another encoding."""
        text = _("The terminal sent characters that are not UTF-8: they were left out. Set the terminal to UTF-8.")
        if isinstance(self.screen, Frame):
            self.screen.say(text)
        else:
            self.notify(text, severity="warning")

    def _still_cursors(self) -> None:
        for field in self.screen.query(Input):
            field.cursor_blink = False

    def get_driver_class(self) -> type[Driver]:
        """Return the driver of this system; on a POSIX terminal the one that survives a stop."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from nbcluster_tui.driver import StoppableDriver

        return StoppableDriver

    def get_default_screen(self) -> Screen[Any]:
        """Return the wizard screen where the session is known: a screen that is covered at once by another costs a paint."""
        if self.wizard is None:
            return super().get_default_screen()
        # the layout settles in several rounds, and each would be a paint of the whole screen
        self._begin_batch()
        self._holds_paint = True
        return WizardScreen(self.wizard)

    @on(WizardScreen.Settled)
    def _paint(self) -> None:
        """Paint for the first time."""
        if self._holds_paint:
            self._holds_paint = False
            self._end_batch()
            if isinstance(self.screen, Frame):
                self.screen.paint_all()
            else:
                self.screen.refresh()

    @property
    def is_leaving(self) -> bool:
        """Whether the program is on its way out."""
        return self._exit

    @property
    def holds_keys(self) -> bool:
        """Whether a screen is being built, the wizard is between two steps, or the program is leaving."""
        if self._exit or not self.screen_stack:
            return True
        screen = self.screen_stack[-1]
        return not screen.is_mounted or (isinstance(screen, WizardScreen) and screen.is_moving)

    @on(WizardScreen.Moved)
    async def _moved(self) -> None:
        await self.release_keys()

    def on_mount(self) -> None:
        """Install the signal handlers, and show the start screen where no session was named."""
        loop = asyncio.get_running_loop()
        for number, code in _SIGNALS.items():
            loop.add_signal_handler(number, self._stop, code)
        if self.wizard is None:
            self.push_screen(StartScreen(), self._opened)
        else:
            self._show_report(self.wizard)
        self.call_after_refresh(_collect_garbage)

    def _opened(self, wizard: Wizard | None) -> None:
        if wizard is None:
            self.exit(int(ExitCode.OK))
            return
        self.wizard = wizard
        self.push_screen(WizardScreen(wizard))
        self._show_report(wizard)

    def _show_report(self, wizard: Wizard) -> None:
        """Show once what an import has found."""
        if wizard.report:
            self.push_screen(Notice(_(IMPORT_TITLE), wizard.report))
            wizard.report = ()

    def _commit(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.commit()
        if self.wizard is not None:
            self.wizard.close()

    def _stop(self, code: ExitCode) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen) and screen.is_writing:
                screen.after_writing = lambda: self._stop(code)
                return
        self._commit()
        self.parting = () if code is ExitCode.HANGUP else self._parting_lines()
        self.exit(int(code), return_code=int(code))

    def _parting_lines(self) -> tuple[str, ...]:
        """Return the lines to print after the screen is gone: what was written, and how to go on."""
        if self.wizard is None:
            return ()
        outcomes = [screen.outcome for screen in self.screen_stack if isinstance(screen, WizardScreen) and screen.outcome]
        if outcomes:
            return tuple(told_lines(self.wizard.told(outcomes[-1]), self.size.width))
        if self.wizard.simulated:
            return ()
        command = f"nbcluster setup --session {self.wizard.name}"
        saved = _("Everything is saved. Go on with: {command}").format(command=command)
        secrets = _("No password is stored in it: the wizard asks for them again.")
        return (saved, secrets) if holds_secrets(self.wizard.answers) else (saved,)

    def _handle_exception(self, error: Exception) -> None:
        """Leave without Textual's traceback, which prints local variables; the command line reports the fault."""
        # Later faults, such as a body that can no longer be mounted, say nothing about the cause.
        self.fault = self.fault or error
        with suppress(Exception):
            self._commit()
        self.exit(return_code=int(ExitCode.INTERNAL))

    async def on_unmount(self) -> None:
        """End the probe program."""
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                await screen.checker.close()

    def action_leave(self) -> None:
        """Save and leave."""
        self._stop(ExitCode.OK)

    def action_interrupt(self) -> None:
        """Save and leave as for SIGINT."""
        self._stop(ExitCode.INTERRUPTED)


def _collect_garbage() -> None:
    """Turn on garbage collection, without the objects that the start created."""
    gc.freeze()
    gc.enable()


def run_tui(wizard: Wizard | None) -> int:
    """Run the wizard in full screen; returns the exit code."""
    app = WizardApp(wizard)
    code = app.run(inline=False)
    if app.fault is not None:
        raise app.fault
    with suppress(OSError):
        sys.stdout.write("".join(f"{clean(line, 2000)}\n" for line in app.parting))
        sys.stdout.flush()
    if code is None:
        return app.return_code or int(ExitCode.INTERNAL)
    return code
