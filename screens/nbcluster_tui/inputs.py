"""Inputs of one row: plain, secret, and an address that hides the password inside it."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from nbcluster.answers.url import veiled
from nbcluster.text.clean import acts_on_terminal, clean


class TextInput(Input):
    """A compact input whose cursor does not blink, and in which the password of an address is never drawn nor copied."""

    is_address = False
    """Whether the whole text is meant as an address."""
    user_known = False
    """Whether the password stands in a field of its own, so that a word in front of an @ is a user name."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None, password: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            clean(value), placeholder=clean(placeholder), id=id, password=password, compact=True, select_on_focus=False
        )
        # a blinking cursor writes to the terminal all the time
        self.cursor_blink = False

    @property
    def drawn(self) -> str:
        """The text as it may be seen: dots where a password may stand."""
        seen = "".join("\ufffd" if acts_on_terminal(char) else char for char in self.value)
        return veiled(seen, address=self.is_address, user_known=self.user_known)

    @property
    def _value(self) -> Text:
        shown = "•" * len(self.value) if self.password else self.drawn
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def action_delete_left_all(self) -> None:
        """Empty the field, wherever the cursor stands (Ctrl+U): a value that was drawn anew may be longer than what was typed."""
        self.value = ""

    def action_copy(self) -> None:
        """Copy, unless there is a password inside: the clipboard of a terminal is in clear."""
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


class SecretInput(TextInput):
    """An input whose text never leaves it by copy or cut; what is stored already is not put into it."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(placeholder=placeholder, id=id, password=True)

    def action_copy(self) -> None:
        """Refuse: the clipboard of a terminal is in clear."""
        self.app.bell()

    def action_cut(self) -> None:
        """Refuse, as for a copy."""
        self.app.bell()


class UrlInput(TextInput):
    """An address; a password that is typed or pasted into it is shown as dots until it moves to its own field."""

    is_address = True
