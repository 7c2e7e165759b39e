"""Inputs of one row: plain, secret, and an address that hides the password inside it."""

from __future__ import annotations

import re

from rich.text import Text
from textual.widgets import Input

from nbcluster.clean import clean

_PASSWORD_IN_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:/{1,2}[^:@/]*:)(.*)(@.*)$", re.DOTALL)


class TextInput(Input):
    """A compact input whose cursor does not blink: a blinking one writes to the terminal all the time."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None, password: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            clean(value), placeholder=clean(placeholder), id=id, password=password, compact=True, select_on_focus=False
        )
        self.cursor_blink = False


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

    @property
    def _value(self) -> Text:
        shown = _PASSWORD_IN_URL.sub(lambda m: m[1] + "•" * len(m[2]) + m[3], self.value)
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def action_copy(self) -> None:
        """Copy, unless there is a password inside."""
        if _PASSWORD_IN_URL.match(self.value):
            self.app.bell()
        else:
            super().action_copy()

    def action_cut(self) -> None:
        """Cut, unless there is a password inside."""
        if _PASSWORD_IN_URL.match(self.value):
            self.app.bell()
        else:
            super().action_cut()
