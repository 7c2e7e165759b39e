"""Tick boxes and radio buttons that show their state by a sign, so that it is seen without colour."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox, RadioButton, RadioSet


class Tick(Checkbox):
    """A tick box drawn as [x] or [ ]."""

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]")


class Radio(RadioButton):
    """A radio button drawn as (*) or ( )."""

    @property
    def _button(self) -> Content:
        return Content("(*)" if self.value else "( )")


class Radios(RadioSet):
    """A radio set whose cursor begins on the button that is pressed."""

    def on_focus(self) -> None:
        """Point at the pressed button."""
        if self.pressed_index >= 0:
            self._selected = self.pressed_index

    @property
    def chosen_index(self) -> int:
        """The index of the button that was pressed last, -1 for none; ``pressed_index`` follows it a message later."""
        pressed: int = self.pressed_index
        on = [index for index, button in enumerate(self.query(RadioButton)) if button.value and index != pressed]
        return on[0] if on else pressed
