"""Inputs of one row: plain, secret, and an address that hides the password inside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from rich.text import Text
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.message import Message
from textual.timer import Timer
from textual.validation import ValidationResult
from textual.widgets import Input
from textual.widgets.input import Selection

from nbcluster.answers.environment import assignments
from nbcluster.answers.url import veiled
from nbcluster.text import N_
from nbcluster.text.clean import acts_on_terminal, clean

REVEALED = 5.0
"""Seconds for which a secret is shown."""

SHORT, MEDIUM, LONG = 14, 32, 64
"""Columns of a field: a number or version; a name, host or password; an address or path."""


@runtime_checkable
class Keeper(Protocol):
    """What holds an input, and knows whether its text is an answer."""

    def keeps_cursor(self) -> bool:
        """Take the text; returns whether it is no answer."""


class TextInput(Input):
    """A compact input whose cursor does not blink, and in which the password of an address is never drawn nor copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "leave(-1)", show=False),
        Binding("down", "leave(1)", show=False),
    ]

    @dataclass
    class VariablesPasted(Message):
        """Lines of an env file were pasted; they may hold secrets."""

        text: str

    _selected_by_entering: Selection | None = None
    is_address = False
    """Whether the whole text is meant as an address."""
    user_known = False
    """Whether the password has a field of its own, so that a word before an @ is a user name."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        password: bool = False,
        length: int = LONG,
        classes: str = "",
    ) -> None:
        # the content is selected on focus: typing replaces it
        super().__init__(
            clean(value),
            placeholder=clean(placeholder),
            id=id,
            password=password,
            select_on_focus=True,
            classes=f"{classes} {'short' if length <= SHORT else 'medium' if length <= MEDIUM else 'long'}",
        )
        # a blinking cursor writes to the terminal all the time
        self.cursor_blink = False

    def validate(self, value: str) -> ValidationResult | None:
        """Return nothing: a row judges its answer, and a class that tells so would style the input once more at each letter."""
        return None

    @property
    def drawn(self) -> str:
        """The text as it may be seen: dots where a password may stand."""
        return veiled(self._visible(), address=self.is_address, user_known=self.user_known)

    def _visible(self) -> str:
        return "".join("\ufffd" if acts_on_terminal(char) else char for char in self.value)

    @property
    def _value(self) -> Text:
        shown = "•" * len(self.value) if self.password else self.drawn
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def _on_paste(self, event: Paste) -> None:
        """Leave lines of an env file to the form, and take any other text."""
        if "\n" in event.text.strip() and assignments(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(self.VariablesPasted(event.text))
        else:
            super()._on_paste(event)

    def action_leave(self, way: int) -> None:
        """Go to the control before or after, unless the text here is invalid and has to be corrected first."""
        if any(isinstance(part, Keeper) and part.keeps_cursor() for part in self.ancestors):
            return
        (self.screen.focus_next if way > 0 else self.screen.focus_previous)()

    def action_delete_left_all(self) -> None:
        """Empty the field, wherever the cursor stands (Ctrl+U): a value that was drawn anew may be longer than what was typed."""
        self.value = ""

    def on_focus(self) -> None:
        """Remember the selection that the focus made."""
        self.call_next(self._remember_selection)

    def _remember_selection(self) -> None:
        self._selected_by_entering = self.selection

    def action_select_all(self) -> None:
        """Select everything, on request of the user."""
        self._selected_by_entering = None
        super().action_select_all()

    def action_copy(self) -> None:
        """Copy, unless there is a password inside: the clipboard of a terminal is in clear.

        Where the person has selected nothing, the key means what it means everywhere else.
        """
        if self.selection == self._selected_by_entering:
            raise SkipAction
        if self.drawn == self.value:
            super().action_copy()
        else:
            self.app.bell()

    def action_cut(self) -> None:
        """Cut, unless there is a password inside; with nothing chosen the clipboard is left as it is."""
        if not self.selected_text:
            return
        if self.drawn == self.value:
            super().action_cut()
        else:
            self.app.bell()


def _nothing() -> str:
    return ""


class SecretInput(TextInput):
    """An input whose text never leaves it by copy or cut; what is stored already is not put into it.

    ``stored`` gives what is stored, which one key shows for a moment as it does what is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "reveal", N_("Show 5 s"))]

    def __init__(
        self,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        stored: Callable[[], str] = _nothing,
        length: int = MEDIUM,
    ) -> None:
        super().__init__(placeholder=placeholder, id=id, password=True, length=length)
        self._stored = stored
        self._hiding: Timer | None = None
        self._mask: str | None = None

    @property
    def is_revealed(self) -> bool:
        """Whether the secret is shown."""
        return self._hiding is not None

    @property
    def _value(self) -> Text:
        if self.is_revealed:
            return Text(self._visible(), no_wrap=True, overflow="ignore", end="")
        return super()._value

    def action_reveal(self) -> None:
        """Show the secret for a moment; asked again, hide it."""
        if self.is_revealed:
            self.hide()
            return
        self._hiding = self.set_timer(REVEALED, self.hide)
        stored = "" if self.value else self._stored()
        if stored:
            self._mask, self.placeholder = self.placeholder, clean(stored)
        self.refresh()

    def hide(self) -> None:
        """Hide the secret again."""
        if self._hiding is None:
            return
        self._hiding.stop()
        self._hiding = None
        if self._mask is not None:
            self.placeholder, self._mask = self._mask, None
        self.refresh()

    def on_blur(self) -> None:
        """Hide the secret when the focus leaves."""
        self.hide()

    def action_copy(self) -> None:
        """Refuse: the clipboard of a terminal is in clear."""
        if self.selection == self._selected_by_entering:
            raise SkipAction
        self.app.bell()

    def action_cut(self) -> None:
        """Refuse, as for a copy."""
        self.app.bell()


class UrlInput(TextInput):
    """An address; a password that is typed or pasted into it is shown as dots until it moves to its own field."""

    is_address = True
