"""The body of a step, which comes and goes; and work that is done beside the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList

from nbcluster.answers.targets import Target
from nbcluster.steps import Step
from nbcluster.wizard import Wizard

T = TypeVar("T")


@dataclass
class ChecksWanted(Message):
    """Targets are to be checked."""

    targets: tuple[Target, ...]


class StepView(VerticalScroll, can_focus=False):
    """The body of a step."""

    class Changed(Message):
        """The answers may have changed."""

    def __init__(self, step: Step, controller: Wizard) -> None:
        super().__init__(id="body")
        self.step = step
        self.controller = controller

    @property
    def is_leaving(self) -> bool:
        """Whether this is being removed: its parts are half gone then."""
        return self._pruning

    def take_keys(self) -> None:
        """Put the cursor where typing begins."""

    def redraw(self) -> None:
        """Show what has changed outside of the body: results of checks, a file that was read."""


def keys_to_list(view: StepView, entries: OptionList) -> None:
    """Give the keyboard to a list in a page while it has entries, and to the page itself while it has none: it scrolls by keys either way."""
    filled = bool(entries.option_count)
    view.can_focus = not filled
    if view.screen.focused in (None, view, entries):
        give_keys(entries if filled else view)


def give_keys(widget: Widget) -> None:
    """Focus a widget now: what was typed ahead comes next, and Textual's own way is a message that comes later."""
    widget.screen.set_focus(widget, scroll_visible=False)


async def aside(work: Callable[[], T]) -> T:
    """Return what blocking work returns, done in a thread of its own; nothing that hangs there keeps the program from leaving."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, fault: BaseException | None) -> None:
        if done.cancelled():
            return
        if fault is not None:
            done.set_exception(fault)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # without a fault it is what the work returned

    def run() -> None:
        result, fault = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - it is raised where the result is waited for
            fault = raised
        # the program may have left meanwhile
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await done
