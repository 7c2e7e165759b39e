"""The step rail: how every step stands, by sign and word before colour."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.widgets.option_list import Option

from nbcluster.report import SIGNS
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.lines import Entries
from nbcluster_tui.safe import shown


class Rail(Entries, can_focus=False):
    """All steps in their order; F6 gives it the keyboard, Enter jumps."""

    def __init__(self, controller: Wizard) -> None:
        super().__init__(id="rail", compact=True, markup=False)
        self.controller = controller

    def show(self, current: str) -> None:
        """Draw the steps with the present one marked; a person who is moving in them keeps the place."""
        before = self.highlighted if self.has_focus else None
        options = []
        for step in self.controller.steps:
            sign = ">>" if step.id == current else SIGNS[self.controller.state(step)]
            title = _(step.title)
            options.append(Option(shown(f"{sign} {title if cell_len(title) <= 13 else set_cell_size(title, 13)}"), id=step.id))
        highlighted = next((i for i, step in enumerate(self.controller.steps) if step.id == current), 0)
        self.set_options(options)
        self.highlighted = highlighted if before is None else before

    def on_blur(self) -> None:
        """Leave the tab order again, and a narrow window to the body."""
        self.can_focus = False
        self.screen.remove_class("-steps")
