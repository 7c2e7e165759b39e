"""The driver of a POSIX terminal, which also survives a SIGSTOP."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste

from nbcluster_tui.sgr import compact

if TYPE_CHECKING:
    from textual.message import Message

_REPLACED = "\ufffd"
"""What stands in place of bytes that are not UTF-8."""


def _replacing(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """Return a decoder factory that replaces bad bytes: one byte of another encoding would end the keyboard thread and the program."""
    return partial(codecs.getincrementaldecoder(encoding), "replace")


# the driver has no parameter for it
vars(linux_driver)["getincrementaldecoder"] = _replacing


@runtime_checkable
class Hearer(Protocol):
    """An app that is notified of keyboard input that could not be decoded."""

    def unreadable(self) -> None:
        """Report that something was dropped."""


class StoppableDriver(LinuxDriver):
    """Textual's driver, which takes a SIGCONT for the end of a stop that it prepared.

    SIGSTOP is not announced: reading and drawing go on, and beginning them once more would leave two readers for one keyboard and
    take the raw line for the one to go back to. So what still runs is ended first.
    """

    _is_away = False
    _is_stopping = False

    def write(self, data: str) -> None:
        """Write to the terminal, with no style that it has already."""
        super().write(compact(data))

    def stop_application_mode(self) -> None:
        """Give the terminal back; SIGCONT, which a closed terminal sends along with SIGHUP, is ignored meanwhile."""
        self._is_stopping = True
        try:
            super().stop_application_mode()
        finally:
            self._is_stopping = False

    def process_message(self, message: Message) -> None:
        """Pass a message on; a key or a paste with bytes that are not UTF-8 is dropped as a whole, and reported."""
        text = message.character if isinstance(message, Key) else message.text if isinstance(message, Paste) else ""
        if _REPLACED not in (text or ""):
            super().process_message(message)
        elif isinstance(self._app, Hearer):
            self._app.call_later(self._app.unreadable)

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
