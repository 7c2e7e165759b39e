"""The body of a step, and work that is done in a thread beside the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList

from nbcluster.answers.targets import Target
from nbcluster.steps import Step, StepFace
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.safe import shown

T = TypeVar("T")


@dataclass
class ChecksWanted(Message):
    """Targets are to be checked."""

    targets: tuple[Target, ...]


@dataclass
class JumpTo(Message):
    """The user wants to go to another step, to the first field of some answers where that is known."""

    step_id: str
    paths: tuple[str, ...] = ()


@dataclass
class ReadWanted(Message):
    """Texts are to be read: pages that are there, or all files as they would be written, beginning with one of them."""

    first: str = ""
    pages: tuple[tuple[str, str], ...] = ()


class ReportWanted(Message):
    """The report of the import is to be read once more."""


class StepView(VerticalScroll, can_focus=False):
    """The body of a step."""

    class Changed(Message):
        """The answers may have changed."""

    class Explained(Message):
        """The explanation of the focus has changed; ``is_other``: because something else has the focus."""

        def __init__(self, *, is_other: bool = False) -> None:
            super().__init__()
            self.is_other = is_other

    has_pane = True
    """Whether the explanation pane is shown below it."""

    def __init__(self, step: Step, wizard: Wizard) -> None:
        super().__init__()
        self.set_class(step.face in (StepFace.FORM, StepFace.EXPORT), "-form")
        self.set_class(not self.has_pane, "-whole")
        self.step = step
        self.wizard = wizard
        self._has_left = False

    @property
    def is_leaving(self) -> bool:
        """Whether another step has taken its place, and its parts may be gone."""
        return self._has_left or self._pruning

    def leave(self) -> None:
        """Give the place to another step; the parts are taken away later."""
        self._has_left = True
        self.display = False

    def take_keys(self) -> None:
        """Put the cursor where typing begins."""

    def explanation(self) -> Sequence[Content]:
        """Return what explains the thing in focus, in paragraphs."""
        return [shown(_(self.step.why))]

    def aside(self) -> Sequence[str]:
        """Return what the side panel shows where there is room for one: its heading first; nothing for no panel."""
        return ()

    def help(self) -> Sequence[tuple[str, str]]:
        """Return all of the help for the thing in focus: headings and texts."""
        return [(_("Step: {title}").format(title=_(self.step.title)), _(self.step.why))]

    def onward(self) -> str:
        """Return the label of the button at the right edge."""
        return _("F8 Next")

    def redraw(self) -> None:
        """Show what has changed outside of the body: results of checks, a file that was read."""


def keys_to_list(view: StepView, entries: OptionList, *, always: bool = False) -> None:
    """Give the keyboard to a list in a page while it has entries, and to the page itself while it has none: it scrolls by keys either way.

    Any other widget with the focus keeps it, unless ``always`` is set.
    """
    filled = bool(entries.option_count)
    view.can_focus = not filled
    if always or view.screen.focused in (None, view, entries):
        give_keys(entries if filled else view)


def give_keys(widget: Widget) -> None:
    """Focus a widget at once: keys that were typed ahead follow, and Textual's own ``focus`` works by a later message."""
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
