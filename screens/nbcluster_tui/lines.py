"""Lines of a report: folded with a hanging indent at any width, verdicts coloured, scrollable by keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rich.cells import chop_cells
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget
from textual.widgets import OptionList

from nbcluster.text.clean import clean
from nbcluster.text.layout import cuts, wrap
from nbcluster_tui.safe import shown

_LEAD = re.compile(r"\s*(?:(?:\d+\.|[!+.|-]+|ok|warn|FAIL|\?{4})\s+)?")
_VERDICT = re.compile(r"(?:(?<=  )|^)(ok|warn|FAIL|\?{4})(?=\s|$)", re.MULTILINE)
_COLOURS = {"ok": "$text-success", "warn": "$text-warning", "FAIL": "bold $text-error", "????": "$text-error"}
_WIDEST_LEAD = 8


class Lines(Widget):
    """A block of text lines; a line that does not fit is continued below its first word.

    There may be thousands, of which a screenful is seen: they are folded once for a width, and only what is seen is drawn.
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: tuple[str, ...] = ()
        self._folds: dict[int, list[str]] = {}

    def put(self, lines: Sequence[str]) -> None:
        """Show other lines."""
        clean_lines = tuple(clean(part, 2000) for line in lines for part in line.split("\n"))
        if clean_lines != self._lines:
            self._lines = clean_lines
            self._folds = {}
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the lines take at a width."""
        return len(self._folded(width))

    def render(self) -> Content:
        """Return the lines folded to the present width."""
        return verdicts_coloured("\n".join(self._folded(self.size.width)))

    def render_line(self, y: int) -> Strip:
        """Draw one row; all of them at once where the mouse has selected text."""
        if self.text_selection is not None:
            return super().render_line(y)
        rows, width = self._folded(self.size.width), self.size.width
        line = verdicts_coloured(rows[y]) if y < len(rows) else Content("")
        strips = Visual.to_strips(self, line, width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.visual_style.rich_style)

    def _folded(self, width: int) -> list[str]:
        if width not in self._folds:
            # the width with and without a scroll bar come in turns
            if len(self._folds) > 1:
                self._folds = {}
            self._folds[width] = [part for line in self._lines for part in fold(line, width)]
        return self._folds[width]


def folded(text: Content, width: int) -> list[Content]:
    """Return styled text in lines that fit a width in columns, Chinese by its own rules."""
    offsets = [offset for line in cuts(text.plain, width) for offset in line]
    return text.divide(offsets)[1::2]


def hanging(text: Content, width: int, lead: int) -> list[Content]:
    """Return styled text in lines that fit a width, all but the first behind ``lead`` blank columns, below its first word."""
    first, *others = folded(text, width)
    if not others:
        return [first]
    rest = text[len(first.plain) :]
    rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
    return [first, *(Content(" " * lead) + line for line in folded(rest, max(1, width - lead)))]


def fold(line: str, width: int) -> list[str]:
    """Return a line in pieces that fit a width in columns, the later ones below the first word."""
    return [line] if len(line) <= width and line.isascii() else list(_fold(line, width))


@lru_cache(maxsize=1 << 13)
def _fold(line: str, width: int) -> tuple[str, ...]:
    lead = _LEAD.match(line)
    begin = lead.group() if lead else ""
    hang = " " * min(len(begin) + (0 if begin.strip() else 2), _WIDEST_LEAD)
    room = max(width, 12)
    first, *others = wrap(line, room).split("\n")
    pieces = [first, *wrap(line[len(first) :].lstrip(), room, hang).split("\n")] if others else [line]
    return tuple(part for piece in pieces for part in chop_cells(piece, room)) or ("",)


def verdicts_coloured(text: str) -> Content:
    """Return text in which the words of a verdict also have a colour."""
    content = shown(text)
    for found in _VERDICT.finditer(content.plain):
        content = content.stylize(_COLOURS[found.group(1)], found.start(1), found.end(1))
    return content


class Entries(OptionList):
    """A list that may get the focus before it has been laid out, when Textual's own does not know its page size."""

    def action_page_up(self) -> None:
        """Go up by a page."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]  # Textual's

    def action_page_down(self) -> None:
        """Go down by a page."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]  # Textual's
