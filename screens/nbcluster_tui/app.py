"""The application: the first screen, signals, and the way out."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import suppress
from importlib.resources import files
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen

from nbcluster.errors import ExitCode
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import Report
from nbcluster_tui.keys import OrderedKeys
from nbcluster_tui.opening import OpeningScreen
from nbcluster_tui.shell import WizardScreen

_SIGNALS = {signal.SIGHUP: ExitCode.HANGUP, signal.SIGTERM: ExitCode.TERMINATED, signal.SIGINT: ExitCode.INTERRUPTED}


class WizardApp(OrderedKeys):
    """nbcluster in full screen."""

    # as text: the program may run from a zip file, where there is no path
    CSS: ClassVar[str] = files("nbcluster_tui").joinpath("styles.tcss").read_text("utf-8")
    TITLE = "nbcluster"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+c", "interrupt", show=False),
    ]

    def __init__(self, controller: Wizard | None) -> None:
        super().__init__()
        self.controller = controller
        self.fault: Exception | None = None
        self.animation_level = "none"

    def get_driver_class(self) -> type[Driver]:
        """Return the driver of this system; on a POSIX terminal the one that survives a stop."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from nbcluster_tui.driver import StoppableDriver

        return StoppableDriver

    def get_default_screen(self) -> Screen[Any]:
        """Return the wizard where it is known which session: a screen that another one covers at once costs a paint."""
        return super().get_default_screen() if self.controller is None else WizardScreen(self.controller)

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
        """Take the signals, and show the opening where it is not known which session."""
        loop = asyncio.get_running_loop()
        for number, code in _SIGNALS.items():
            loop.add_signal_handler(number, self._stop, code)
        if self.controller is None:
            self.push_screen(OpeningScreen(), self._opened)
        else:
            self._show_report(self.controller)
        self.call_after_refresh(_collect_garbage)

    def _opened(self, controller: Wizard | None) -> None:
        if controller is None:
            self.exit(int(ExitCode.OK))
            return
        self.controller = controller
        self.push_screen(WizardScreen(controller))
        self._show_report(controller)

    def _show_report(self, controller: Wizard) -> None:
        """Show once what an import has found."""
        if controller.report:
            self.push_screen(Report(_("What the import has found"), controller.report))
            controller.report = ()

    def _commit(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.commit()
        if self.controller is not None:
            self.controller.close()

    def _stop(self, code: ExitCode) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen) and screen.is_writing:
                screen.after_writing = lambda: self._stop(code)
                return
        self._commit()
        self.exit(int(code), return_code=int(code))

    def _handle_exception(self, error: Exception) -> None:
        """Leave without Textual's traceback, which prints local variables; the command line reports the fault."""
        # What follows from the first fault, such as a body that cannot be mounted any more, says nothing of its cause.
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
    """Look for garbage from here on, and not among what the start made."""
    gc.freeze()
    gc.enable()


def run_tui(controller: Wizard | None) -> int:
    """Run the wizard in full screen; returns the exit code."""
    app = WizardApp(controller)
    code = app.run(inline=False)
    if app.fault is not None:
        raise app.fault
    if code is None:
        return app.return_code or int(ExitCode.INTERNAL)
    return code
