"""The frame around every step: header, rail, title, help, side panel and keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from nbcluster.answers.fields import Field
from nbcluster.steps import Step, StepFace
from nbcluster.text import _, language
from nbcluster.text.layout import width_of
from nbcluster.wizard import Wizard
from nbcluster_tui.lines import Lines
from nbcluster_tui.rail import Rail
from nbcluster_tui.safe import shown

WIDE, NARROW = 120, 76
"""Columns from which the side panel is shown, and below which the steps are not."""


class Frame(Screen[None]):
    """What stays on the screen from step to step."""

    def __init__(self, controller: Wizard) -> None:
        super().__init__()
        self.controller = controller
        self.field: Field | None = None
        self._header = ""

    def compose(self) -> ComposeResult:
        """Lay out the frame."""
        yield Static("", id="header")
        with Horizontal(id="middle"):
            yield Rail(self.controller)
            with Vertical(id="center"):
                yield Static("", id="title")
                yield Vertical(id="body")
                yield Static("", id="help")
            yield Lines(id="side")
        yield Static("", id="footer")

    @property
    def step(self) -> Step:
        """The present step."""
        return self.controller.step(self.controller.current)

    def redraw(self) -> None:
        """Draw everything around the body."""
        number = [s.id for s in self.controller.steps].index(self.step.id) + 1
        place = _("step {number} of {total}").format(number=number, total=len(self.controller.steps))
        self.query_one("#title", Static).update(shown(f"{_(self.step.title)}  —  {place}"))
        self.query_one(Rail).show(self.step.id)
        keys = _("tab  F1 help  F2 check  F3 files  F6 steps  F7 back  F8 next  ctrl+q leave")
        self.query_one("#footer", Static).update(shown(f" {keys}"))
        self.draw_header()
        self.draw_help()
        self.draw_side()

    def draw_header(self) -> None:
        """Draw the header, where something in it has changed."""
        saved = self.controller.saved_at
        state = self.controller.message or (
            _("saved {time}").format(time=saved.astimezone().strftime("%H:%M:%S")) if saved else ""
        )
        label = f" nbcluster  {self.controller.name}"
        if self.controller.simulated:
            label += "  " + _("SIMULATED: nothing here is real")
        right = f"{state}   {language()} F9 "
        gap = max(2, self.size.width - width_of(label) - width_of(right))
        text = f"{label}{' ' * gap}{right}"
        if text != self._header:
            self._header = text
            self.query_one("#header", Static).update(shown(text))

    def draw_help(self) -> None:
        """Draw the help for the field in focus, or for the step."""
        field = self.field
        if field is None:
            text = _(self.step.why)
        else:
            parts = [_(field.why), _(field.otherwise)]
            variable = f"{field.variable}: " if field.variable else ""
            text = variable + " ".join(part for part in parts if part) if any(parts) else _(self.step.why)
        self.query_one("#help", Static).update(shown(text))

    def draw_side(self) -> None:
        """Draw the side panel where there is room."""
        side = self.query_one("#side", Lines)
        side.display = self.size.width >= WIDE and self.step.face in (StepFace.FORM, StepFace.BOARD)
        if not side.display:
            return
        lines = list(self.controller.lines(self.step)) or list(self.controller.topology())
        head = _("What this step writes:") if self.controller.lines(self.step) else _("The cluster so far:")
        side.put([head, "", *lines])

    def on_resize(self, event: Resize) -> None:
        """Show the side panel where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")
        self.set_class(event.size.width < NARROW, "-narrow")
        self.draw_side()
        self.draw_header()
