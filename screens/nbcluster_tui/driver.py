"""The terminal of a POSIX system, also after a stop that gave no warning."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver


class StoppableDriver(LinuxDriver):
    """Textual's driver, which takes a SIGCONT for the end of a stop that it prepared.

    SIGSTOP is not announced: reading and drawing go on, and beginning them once more would leave two readers for one keyboard and
    take the raw line for the one to go back to. So what still runs is ended first.
    """

    _is_away = False

    def suspend_application_mode(self) -> None:
        """Give the terminal back."""
        self._is_away = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal again, from whatever state it is in."""
        if not self._is_away:
            super().suspend_application_mode()
        self._is_away = False
        super().resume_application_mode()
        self._app.call_later(self._app.refresh, repaint=True, layout=True)
