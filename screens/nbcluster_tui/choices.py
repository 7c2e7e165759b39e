"""One of a few, and several of a few: each is one control that draws its own marks and never cuts a label."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from nbcluster.text import N_
from nbcluster_tui.lines import hanging
from nbcluster_tui.look import CHOSEN, LOOK, OPEN_CHOICE, TICKED, UNTICKED
from nbcluster_tui.safe import shown

GAPS = (2, 1)
"""Blank columns between labels that stand side by side, where there is room and where there is less."""


class Labels(Widget, can_focus=True):
    """Labels with a mark in front of each, and a cursor while they have the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("left", "along(-1)", show=False),
        Binding("right", "along(1)", show=False),
    ]

    class Pointed(Message):
        """The cursor is on another label."""

    def __init__(self, labels: Sequence[str], *, flat: bool, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.labels = tuple(shown(label) for label in labels)
        self.cursor = 0
        self._may_be_flat = flat

    def _sign(self, index: int) -> tuple[str, bool]:
        raise NotImplementedError

    def _item(self, index: int) -> Content:
        sign, is_on = self._sign(index)
        here = self.has_focus and index == self.cursor
        style = "$block-cursor-foreground on $block-cursor-background" if here else ""
        if (is_on or here) and not (here and LOOK.ansi):
            style = f"{style} bold".strip()
        label = Content(" ") + self.labels[index] + Content(" ")
        return Content.assemble(
            (sign, "$text-primary bold" if is_on else "$text-muted"), label.stylize(style) if style else label
        )

    def _cells(self, index: int) -> int:
        return Content(self._sign(index)[0]).cell_length + 2 + self.labels[index].cell_length

    def _gap(self, width: int) -> int:
        """Return the columns between labels that stand side by side, 0 where they do not: only where every one is whole."""
        total = sum(self._cells(index) for index in range(len(self.labels)))
        fitting = (gap for gap in GAPS if total + gap * (len(self.labels) - 1) <= width)
        return next(fitting, 0) if self._may_be_flat else 0

    def is_flat(self, width: int) -> bool:
        """Tell whether the labels stand side by side."""
        return self._gap(width) > 0

    def _rows(self, width: int) -> list[tuple[int, Content]]:
        """Return the rows of labels that stand one below the other, each with the index of its label."""
        rows: list[tuple[int, Content]] = []
        for index in range(len(self.labels)):
            item = self._item(index)
            lead = Content(self._sign(index)[0]).cell_length + 1
            rows += ((index, line) for line in hanging(item, max(10, width), lead))
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the labels take."""
        return 1 if self.is_flat(width) else max(1, len(self._rows(width)))

    def render(self) -> Content:
        """Return the labels."""
        width = self.content_size.width
        if self.is_flat(width):
            return Content(" " * self._gap(width)).join(self._item(index) for index in range(len(self.labels)))
        return Content("\n").join(line for _index, line in self._rows(width))

    def index_at(self, x: int, y: int) -> int | None:
        """Return which label stands at a place of the content."""
        width = self.content_size.width
        if not self.is_flat(width):
            rows = self._rows(width)
            return rows[y][0] if 0 <= y < len(rows) else None
        begin = 0
        for index in range(len(self.labels)):
            end = begin + self._cells(index)
            if begin <= x < end:
                return index
            begin = end + self._gap(width)
        return None

    def leave(self, way: int) -> None:
        """Go to the control before or after."""
        (self.screen.focus_next if way > 0 else self.screen.focus_previous)()

    def action_step(self, way: int) -> None:
        """Go to the label above or below; from the last one, and from labels side by side, to the next control."""
        if self.is_flat(self.content_size.width) or not 0 <= self.cursor + way < len(self.labels):
            self.leave(way)
        else:
            self.point(self.cursor + way)

    def action_along(self, way: int) -> None:
        """Go to the label before or after."""
        self.point(min(max(0, self.cursor + way), len(self.labels) - 1))

    def point(self, index: int) -> None:
        """Put the cursor on a label."""
        if index != self.cursor:
            self.cursor = index
            self.refresh()
            self.post_message(self.Pointed())

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()


class RadioGroup(Labels):
    """One of a few: up and down only move through the labels, left and right choose at once.

    Who walks through a form line by line changes no answer by that.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", N_("Choose"), key_display="space"),
        Binding("enter", "settle", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """Another one was chosen."""

        choice: RadioGroup
        index: int

        @property
        def control(self) -> RadioGroup:
            """The choice, for selectors."""
            return self.choice

    @dataclass
    class Settled(Message):
        """Enter was pressed on what is chosen already."""

        choice: RadioGroup

        @property
        def control(self) -> RadioGroup:
            """The choice, for selectors."""
            return self.choice

    def __init__(self, labels: Sequence[str], chosen: int = -1, *, flat: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(labels, flat=flat, id=id)
        self.chosen = chosen
        self.cursor = max(0, chosen)

    def _sign(self, index: int) -> tuple[str, bool]:
        is_on = index == self.chosen
        return LOOK.glyph(CHOSEN if is_on else OPEN_CHOICE), is_on

    def action_along(self, way: int) -> None:
        """Choose the label before or after; with none chosen, the one at the cursor."""
        self.choose(min(max(0, self.cursor + way), len(self.labels) - 1) if self.chosen >= 0 else self.cursor)

    def on_focus(self) -> None:
        """Show the cursor, on what is chosen."""
        self.cursor = max(0, self.chosen)
        self.refresh()

    def choose(self, index: int) -> None:
        """Choose a label and say so; the cursor goes there in any case."""
        self.point(index)
        if index != self.chosen:
            self.chosen = index
            self.refresh()
            self.post_message(self.Chosen(self, index))

    def name_labels(self, labels: Sequence[str]) -> None:
        """Show other labels for the same choices."""
        names = tuple(shown(label) for label in labels)
        if any(not new.is_same(old) for new, old in zip(names, self.labels, strict=True)):
            self.labels = names
            self.refresh(layout=True)

    def put(self, chosen: int) -> None:
        """Show what was chosen elsewhere."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.cursor = max(0, chosen)
            self.refresh()

    def action_choose(self) -> None:
        """Choose what the cursor is on."""
        self.choose(self.cursor)

    def action_settle(self) -> None:
        """Choose what the cursor is on; if it is chosen already, go on."""
        if self.cursor == self.chosen:
            self.post_message(self.Settled(self))
        else:
            self.choose(self.cursor)

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        at = event.get_content_offset(self)
        index = self.index_at(at.x, at.y) if at is not None else None
        if index is not None:
            self.choose(index)


class Ticks(Labels):
    """Several of a few, or a single switch."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", N_("Tick"), key_display="space"),
        Binding("enter", "tick", show=False),
        Binding("a", "all", N_("All")),
    ]

    @dataclass
    class Toggled(Message):
        """A tick was set or removed."""

        ticks: Ticks

    def __init__(self, labels: Sequence[str], ticked: Collection[int] = (), *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(labels, flat=False, id=id)
        self.ticked = frozenset(ticked)

    def _sign(self, index: int) -> tuple[str, bool]:
        is_on = index in self.ticked
        return LOOK.glyph(TICKED if is_on else UNTICKED), is_on

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer all of them only where there are several."""
        return action != "all" or len(self.labels) > 1

    def put(self, ticked: Collection[int]) -> None:
        """Show what was ticked elsewhere."""
        if frozenset(ticked) != self.ticked:
            self.ticked = frozenset(ticked)
            self.refresh()

    def point_at_gap(self) -> None:
        """Put the cursor on the first label without a tick, which is the one that is missing."""
        self.point(next((index for index in range(len(self.labels)) if index not in self.ticked), self.cursor))

    def _take(self, ticked: frozenset[int]) -> None:
        self.put(ticked)
        self.post_message(self.Toggled(self))

    def action_tick(self) -> None:
        """Set or remove the tick."""
        self._take(self.ticked ^ {self.cursor})

    def action_all(self) -> None:
        """Set every tick; if all are set, remove them."""
        everything = frozenset(range(len(self.labels)))
        self._take(frozenset() if self.ticked == everything else everything)

    def on_click(self, event: Click) -> None:
        """Set the tick that was clicked."""
        at = event.get_content_offset(self)
        index = self.index_at(at.x, at.y) if at is not None else None
        if index is not None:
            self.cursor = index
            self._take(self.ticked ^ {index})
