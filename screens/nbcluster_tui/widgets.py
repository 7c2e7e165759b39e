"""Parts of the frame: a row with its state at the right edge, the explanation pane, the key bar, a fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from nbcluster.text import N_, _
from nbcluster_tui.lines import folded
from nbcluster_tui.look import LOOK, SHUT, UNFOLDED, State, sign, tint
from nbcluster_tui.safe import shown

Text = Content | str


def content(text: Text) -> Content:
    """Return a text as content; a plain string is the program's own and holds no markup."""
    return text if isinstance(text, Content) else Content(text)


def padded(text: Text, width: int, *, left: bool = False) -> Content:
    """Return a text filled with blanks to a width in cells."""
    text = content(text)
    room = Content(" " * max(0, width - text.cell_length))
    return room + text if left else text + room


def joined(*parts: Text, gap: str = "  ") -> Content:
    """Return the parts that are not empty, with a gap between them."""
    return Content(gap).join(content(part) for part in parts if part)


def cut(text: Content, width: int) -> Content:
    """Return a text cut to a width; a cut one ends in two dots."""
    return text if text.cell_length <= width else text.truncate(max(0, width - 2)) + Content("..")


class Split(Widget):
    """One row: words at the left, state at the right edge; where there is no room for both, one of them is shortened."""

    def __init__(
        self,
        left: Text = "",
        right: Text = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
        keeps_left: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._keeps_left = keeps_left
        self._pair = (content(left), content(right))

    def put(self, left: Text, right: Text = "") -> None:
        """Replace the texts, if they differ."""
        pair = (content(left), content(right))
        if any(not new.is_same(old) for new, old in zip(pair, self._pair, strict=True)):
            self._pair = pair
            self.refresh()

    @property
    def left(self) -> str:
        """The words at the left."""
        return self._pair[0].plain

    @property
    def right(self) -> str:
        """The words at the right edge."""
        return self._pair[1].plain

    def render(self) -> Content:
        """Return the row."""
        left, right = self._pair
        width = self.content_size.width
        room = max(0, width - right.cell_length - (1 if right else 0))
        if self._keeps_left and left.cell_length > room:
            return cut(left, width)
        return padded(cut(left, room), width - right.cell_length) + right


class Pane(Widget):
    """The explanation of the focus; text that does not fit ends with where to find the rest."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._paragraphs: tuple[Content, ...] = ()

    def put(self, paragraphs: Sequence[Content]) -> None:
        """Show other paragraphs; the last ones are kept whole where there is not room for all."""
        new = tuple(each for each in paragraphs if each)
        if len(new) != len(self._paragraphs) or any(not a.is_same(b) for a, b in zip(new, self._paragraphs, strict=True)):
            self._paragraphs = new
            self.refresh()

    @property
    def plain(self) -> str:
        """The whole text, whether there is room for it or not."""
        return "\n".join(each.plain for each in self._paragraphs)

    def render(self) -> Content:
        """Return as much as there is room for."""
        size = self.content_size
        lines = [line for each in self._paragraphs for line in folded(each, max(10, size.width))]
        if len(lines) > size.height > 0:
            tail = Content.styled("  " + _("F1 shows the rest"), "$text-muted")
            room = max(10, size.width - tail.cell_length - 3)
            last = folded(lines[size.height - 1], room)[0].rstrip()
            lines = [*lines[: size.height - 1], last + " .." + tail]
        return Content("\n").join(lines)


class Prose(Widget):
    """A text of our own or of others, folded by the rules of its language."""

    def __init__(self, text: Text, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._text = text if isinstance(text, Content) else shown(text)

    def put(self, text: Text) -> None:
        """Show another text."""
        self._text = text if isinstance(text, Content) else shown(text)
        self.refresh(layout=True)

    @property
    def is_filled(self) -> bool:
        """Whether there is a text."""
        return bool(self._text.plain)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the text takes."""
        return len(folded(self._text, max(10, width)))

    def render(self) -> Content:
        """Return the text."""
        return Content("\n").join(folded(self._text, max(10, self.content_size.width)))


KEY_ORDER = ("rail", "preview", "check", "skip", "rerun", "rerun_failed", "rerun_all", "language")
"""Actions in the order in which their keys are dropped where there is no room for all."""


class KeyBar(Widget):
    """The keys of the thing in focus, then those of the screen; each can be clicked, and what has no room is left out, never cut."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str, str, str], ...] = ()

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self.follow)

    def follow(self, screen: Screen[object]) -> None:
        """Take the keys that have an effect now."""
        if screen is not self.screen:
            return
        keys = tuple(
            (binding.key, self.app.get_key_display(binding), _(binding.description), binding.action.rpartition(".")[2])
            for _node, binding, enabled, _tip in screen.active_bindings.values()
            if binding.show and enabled
        )
        if keys != self._shown:
            self._shown = keys
            self.refresh()

    def _fitting(self) -> list[tuple[str, str, str]]:
        keys = list(self._shown)
        rank = {action: number for number, action in enumerate(KEY_ORDER)}
        while len(keys) > 1 and sum(self._cells(name, word) for _key, name, word, _action in keys) - 2 > self.content_size.width:
            drop = min(keys, key=lambda each: rank.get(each[3].partition("(")[0], len(rank)))
            # what has no rank goes from the end
            keys.remove(drop if drop[3].partition("(")[0] in rank else keys[-1])
        return [(key, name, word) for key, name, word, _action in keys]

    @staticmethod
    def _cells(name: str, word: str) -> int:
        return Content(f"{name} {word}").cell_length + 2

    def render(self) -> Content:
        """Return the keys and their words."""
        parts = [Content.assemble((name, "$bar-key bold"), (f" {word}", "$bar-muted")) for _key, name, word in self._fitting()]
        return Content("  ").join(parts)

    def on_click(self, event: Click) -> None:
        """Press the key that was clicked."""
        at = event.get_content_offset(self)
        if at is None:
            return
        begin = 0
        for key, name, word in self._fitting():
            end = begin + self._cells(name, word)
            if begin <= at.x < end - 2:
                self.app.simulate_key(key)
            begin = end


class Fold(Widget, can_focus=True):
    """The title of a folded part, with the names of its content."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "turn", N_("Unfold"), key_display="enter"),
        Binding("space", "turn", show=False),
        Binding("down", "leave(1)", show=False),
        Binding("up", "leave(-1)", show=False),
    ]

    class Turned(Message):
        """It was opened or closed."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(id="fold")
        self.labels = tuple(labels)
        self.state: State | None = None
        """How the answers stand that are folded away; None where nothing is wrong with them."""
        self.is_open = False

    def _text(self) -> Content:
        turn = LOOK.glyph(UNFOLDED if self.is_open else SHUT)
        text = _("Advanced: {names}").format(names=_(", ").join(self.labels))
        found = [Content.styled(sign(self.state), tint(self.state, "bold"))] if self.state is not None else []
        return joined(turn, *found, text, gap=" ")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the title takes."""
        return len(folded(self._text(), max(10, width)))

    def render(self) -> Content:
        """Return the title."""
        return Content("\n").join(folded(self._text(), max(10, self.content_size.width)))

    def put(self, labels: Sequence[str], state: State | None = None) -> None:
        """Name other contents, and mark how they stand."""
        if (tuple(labels), state) != (self.labels, self.state):
            self.labels, self.state = tuple(labels), state
            self.refresh(layout=True)

    def action_turn(self) -> None:
        """Open or shut."""
        self.is_open = not self.is_open
        self.refresh()
        self.post_message(self.Turned())

    def action_leave(self, way: int) -> None:
        """Go to the control before or after."""
        (self.screen.focus_next if way > 0 else self.screen.focus_previous)()

    def on_click(self) -> None:
        """Open or shut."""
        self.action_turn()
