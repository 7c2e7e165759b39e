"""Tick boxes and radio buttons that show their state by a sign, so that it is seen without colour."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox, RadioButton


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
