"""The frame around every step: header, rail, title, the pane that explains, side panel, keys and buttons."""

from __future__ import annotations

import asyncio
import time

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click, DescendantFocus, Resize
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button

from nbcluster.steps import Step, StepFace
from nbcluster.text import LANGUAGES, _, language
from nbcluster.wizard import Wizard
from nbcluster_tui.lines import Lines
from nbcluster_tui.look import button_label
from nbcluster_tui.rail import Rail
from nbcluster_tui.safe import shown
from nbcluster_tui.views import StepView
from nbcluster_tui.widgets import KeyBar, Pane, Split, joined

LASTING = 2.0
"""Seconds for which something is said at least that keys typed ahead would take away."""
LAYOUT_ROUNDS = 4
"""Turns of the loop in which widgets take the size that they were given."""
WIDE = 140
"""Columns from which the side panel is shown."""


class BarButton(Button, can_focus=False):
    """A button of the bottom bar, for the mouse; its label names the key."""


class Frame(Screen[None]):
    """What stays on the screen from step to step."""

    # a change of focus would paint the whole screen: 8 kB over the line for one Tab
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, wizard: Wizard) -> None:
        super().__init__()
        self.wizard = wizard
        self.news: Content | None = None
        """A notice that is shown once, above the explanation of the focus."""
        self._news_of: Widget | None = None
        """What had the focus when the notice appeared."""
        self._news_until = 0.0
        """The monotonic time before which no change of focus removes the notice."""
        self._view: StepView | None = None

    def compose(self) -> ComposeResult:
        """Lay out the frame, with the current step of the session."""
        yield Split(id="header")
        with Horizontal(id="middle"):
            yield Rail(self.wizard)
            with Vertical(id="center"):
                yield Split(id="title")
                yield self.first_view()
                yield Pane(id="pane")
            yield Lines(id="side")
        with Horizontal(id="bar"):
            yield KeyBar()
            yield BarButton("", id="back", compact=True, action="screen.back")
            yield BarButton("", id="next", compact=True, action="screen.forward")

    def first_view(self) -> StepView:
        """Return the body for the first paint."""
        raise NotImplementedError

    @property
    def step(self) -> Step:
        """The present step."""
        return self.wizard.step(self.wizard.current)

    def redraw(self) -> None:
        """Draw everything around the body."""
        number = [s.id for s in self.wizard.steps].index(self.step.id) + 1
        place = _("step {number} of {total}").format(number=number, total=len(self.wizard.steps))
        title = Content.styled(_(self.step.title), "$primary bold")
        self.query_one("#title", Split).put(title, Content.styled(place, "$text-muted"))
        self.query_one(Rail).show(self.step.id)
        self.draw_buttons()
        self.draw_header()
        self.draw_pane()
        self.draw_side()

    def draw_buttons(self) -> None:
        """Name what F7 and F8 do."""
        onward = self._view.onward() if self._view is not None else _("F8 Next")
        for name, text in (("back", _("F7 Back")), ("next", onward)):
            button, label = self.query_one(f"#{name}", Button), button_label(text)
            if not isinstance(button.label, Content) or not button.label.is_same(label):
                button.label = label
                button.refresh(layout=True)

    def draw_header(self) -> None:
        """Draw the header if something in it has changed."""
        saved = self.wizard.saved_at
        state = self.wizard.message or (_("saved {time}").format(time=saved.astimezone().strftime("%H:%M")) if saved else "")
        simulated = _("SIMULATED: nothing here is real") if self.wizard.simulated else ""
        left = Content.assemble((" nbcluster", "bold"), "  ", shown(joined(self.wizard.name, simulated).plain))
        self.query_one("#header", Split).put(left, joined(shown(state), f"{LANGUAGES[language()]} ", gap="   "))

    def say(self, text: str | Content, *, is_lasting: bool = False) -> None:
        """Show a notice above the explanation, until something else has the focus."""
        self.news, self._news_of = text if isinstance(text, Content) else shown(text), self.focused
        self._news_until = time.monotonic() + LASTING if is_lasting else 0.0
        self.draw_pane()

    def drop_news(self) -> None:
        """Remove the notice, as something else has the focus."""
        if time.monotonic() >= self._news_until:
            self.news = None

    def draw_pane(self) -> None:
        """Explain what has the focus."""
        rail = self.query_one(Rail)
        paragraphs = list(rail.explanation() if rail.has_focus else self._view.explanation() if self._view is not None else ())
        self.query_one("#pane", Pane).put([*([self.news] if self.news is not None else []), *paragraphs])

    def draw_side(self) -> None:
        """Draw the side panel where there is room."""
        side = self.query_one("#side", Lines)
        lines = list(self._view.aside()) if self._view is not None and self.size.width >= WIDE else []
        side.display = bool(lines)
        if lines:
            side.put([lines[0], "", *lines[1:]])

    def dress(self) -> None:
        """Set the classes of the step's face, for the style sheet."""
        face = self.step.face
        classes = {
            "-form": face in (StepFace.FORM, StepFace.EXPORT),
            "-page": face in (StepFace.BOARD, StepFace.REVIEW),
            "-done": self._view is not None and not self._view.has_pane,
        }
        for part in (self.query_one("#center"), self.query_one("#title"), self.query_one("#pane")):
            before = part.classes
            for name, is_on in classes.items():
                part.set_class(is_on, name, update=False)
            if part.classes != before:
                # of this part alone: nothing below it depends on the face, and to style the whole screen again takes long
                self.app.stylesheet.apply(part)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Explain what has the focus now."""
        if event.widget is not self._news_of:
            self.drop_news()
        self.call_next(self.draw_pane)

    def on_resize(self, event: Resize) -> None:
        """Show the side panel where there is room."""
        self.draw_side()
        self.call_later(self.settle)

    def paint_all(self) -> None:
        """Paint everything, and nothing in front of it."""
        self._unpainted().clear()
        self.refresh()

    def _unpainted(self) -> set[Region]:
        """Return the places that wait for paint; Textual has no other way to them."""
        return self._compositor._dirty_regions  # noqa: SLF001

    def _on_timer_update(self) -> None:
        """Paint once where layout and screen are due together; Textual paints what the layout moved, and then everything."""
        if self._layout_required and self._repaint_required:
            self._repaint_required = False
            self._unpainted().add(self._compositor.size.region)
        super()._on_timer_update()

    async def lay_out(self) -> None:
        """Give everything its place before it is painted, and paint it once: else each round of the layout is a paint of the page."""
        self._refresh_layout()
        for _round in range(LAYOUT_ROUNDS):
            await asyncio.sleep(0)
        self.paint_all()

    def settle(self) -> None:
        """Report that the layout is complete."""

    def on_click(self, event: Click) -> None:
        """Change the language where the header names it."""
        if event.screen_y == 0 and event.screen_x >= self.size.width - Content(LANGUAGES[language()]).cell_length - 2:
            self.call_next(self.run_action, "language")
