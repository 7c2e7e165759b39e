"""The terminal of a POSIX system, also after a stop that gave no warning."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver


class StoppableDriver(LinuxDriver):
    """Textual's driver, which takes a SIGCONT for the end of a stop that it prepared.

    SIGSTOP is not announced: reading and drawing go on, and beginning them once more would leave two readers for one keyboard and
    take the raw line for the one to go back to. So what still runs is ended first.
    """

    _is_away = False
    _is_stopping = False

    def stop_application_mode(self) -> None:
        """Give the terminal back; the signal to go on, which a closed terminal sends beside the one to end, is deaf meanwhile."""
        self._is_stopping = True
        try:
            super().stop_application_mode()
        finally:
            self._is_stopping = False

    def suspend_application_mode(self) -> None:
        """Give the terminal back."""
        self._is_away = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal again, from whatever state it is in, unless the program is on its way out."""
        # a handler runs in the middle of what it interrupts: it would wait for the thread that is being waited for already
        if self._is_stopping or getattr(self._app, "is_leaving", False):
            return
        if not self._is_away:
            super().suspend_application_mode()
        self._is_away = False
        super().resume_application_mode()
        self._app.call_later(self._app.refresh, repaint=True, layout=True)
