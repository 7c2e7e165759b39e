"""Screens of a terminal as SVG: one still, or many that follow one another and begin again.

A picture stands alone: no script, no font to fetch, no address but that of the SVG namespace. Every column has its place whatever font draws
it, rows that look alike are kept once, and the same screens make the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import accumulate, groupby
from string import ascii_lowercase, digits

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

CELL, LINE = 9, 19
"""Width of a column and height of a row, in units of the picture."""
FONT, WIDE, BASELINE = 15, 16, 14
"""Size of the letters, whose width is that of a column in most fonts, and of those of two columns; their distance from the top of the row."""
BAR, EDGE = 34, 10
"""Height of the bar above the screen, and width of the frame around it."""
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace"
STYLES = f"""\
text{{font:{FONT}px {FONTS};fill:#e4e4e4}}
.bg{{shape-rendering:crispEdges}}
.cjk{{font-size:{WIDE}px}}
.bar{{fill:#a8a8a8;font-weight:700;text-anchor:middle}}
.key{{fill:#121212;font-weight:700;text-anchor:middle}}"""
TEXT_COLOUR, GROUND = "#e4e4e4", "#121212"

_WIDE = "\u2e80-\u303e\u3041-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
_PIECES = re.compile(rf"[!-~]+(?: [!-~]+)*|[{_WIDE}]+|[^ -~{_WIDE}]")
"""What gets a place of its own: words in a row, characters of two columns, and every other sign, which another font may draw."""
_EIGHTHS = "▁▂▃▄▅▆▇█"
_SIDES = {"▌": (0.0, 0.5), "▐": (0.5, 1.0), "▎": (0.0, 0.25), "▊": (0.0, 0.75)}
_ARMS = dict(
    zip(
        "─│┌┐└┘├┤┬┴┼╭╮╰╯",
        ["lr", "ud", "rd", "ld", "ru", "lu", "udr", "udl", "lrd", "lru", "lrud", "rd", "ld", "ru", "lu"],
        strict=True,
    )
)
"""Lines, with the sides of the cell that they reach: left, right, up, down."""


@dataclass(frozen=True)
class Look:
    """How a run of text looks; colours as ``#rrggbb``."""

    colour: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False

    @classmethod
    def of(cls, style: Style | None) -> Look:
        """Return the look of a style."""
        if style is None:
            return cls(TEXT_COLOUR, GROUND)
        colours = [
            default if colour is None or colour.is_default else colour.get_truecolor().hex
            for colour, default in ((style.color, TEXT_COLOUR), (style.bgcolor, GROUND))
        ]
        colour, ground = reversed(colours) if style.reverse else colours
        return cls(colour, ground, bool(style.bold), bool(style.italic), bool(style.underline))


Row = tuple[tuple[Look, str], ...]


@dataclass(frozen=True)
class Screen:
    """What a terminal shows, for how many seconds, and the key that led there."""

    rows: tuple[Row, ...]
    seconds: float = 0.0
    key: str = ""

    @property
    def columns(self) -> int:
        """The width of the screen."""
        return max(sum(cell_len(text) for _look, text in row) for row in self.rows)

    def text(self) -> str:
        """Return the letters alone."""
        return "\n".join("".join(text for _look, text in row).rstrip() for row in self.rows)


def row_of(segments: Iterable[Segment]) -> Row:
    """Return a row of a screen, with neighbours of one look joined."""
    runs = ((Look.of(part.style), part.text) for part in segments)
    return tuple((look, "".join(text for _look, text in parts)) for look, parts in groupby(runs, key=lambda run: run[0]))


def _path(rectangles: Iterable[tuple[float, float, float, float]]) -> str:
    """Return rectangles, each with its left, top, right and bottom, as one outline."""
    return "".join(f"M{left:g} {top:g}H{right:g}V{bottom:g}H{left:g}z" for left, top, right, bottom in rectangles)


def _rectangles(sign: str, left: int, count: int) -> list[tuple[float, float, float, float]] | None:
    """Return what a block or a line that is repeated consists of, or nothing where it is a letter: fonts leave gaps between them."""
    top, right = -BASELINE, left + CELL * count
    bottom = top + LINE
    if sign in _EIGHTHS:
        return [(left, bottom - LINE * (_EIGHTHS.index(sign) + 1) / 8, right, bottom)]
    cells = range(left, right, CELL)
    if sign in _SIDES:
        begin, end = _SIDES[sign]
        return [(cell + CELL * begin, top, cell + CELL * end, bottom) for cell in cells]
    arms = _ARMS.get(sign)
    if arms is None:
        return None
    if arms == "lr":
        return [(left, top + 9, right, top + 10)]
    return [
        part
        for cell in cells
        for part in (
            (cell + (0 if "l" in arms else 4), top + 9, cell + (CELL if "r" in arms else 5), top + 10),
            (cell + 4, top + (0 if "u" in arms else 9), cell + 5, top + (LINE if "d" in arms else 10)),
        )
        if part[2] - part[0] > 1 or part[3] - part[1] > 1
    ]


@dataclass
class Drawing:
    """The parts that the screens of one picture share."""

    rows: dict[Row, str] = field(default_factory=dict)
    """What draws a row, by the row; its number is its place here."""
    classes: dict[str, str] = field(default_factory=dict)
    """Declarations of a style sheet, with the class that has them."""

    def use(self, row: Row, top: int) -> str:
        """Return what shows a row at a height, which is that of its letters."""
        if row not in self.rows:
            self.rows[row] = self._row(row)
        return f'<use href="#r{list(self.rows).index(row)}" y="{top}"/>' if self.rows[row] else ""

    def parts(self) -> str:
        """Return every row that is shown anywhere."""
        drawn = enumerate(self.rows.values())
        return "\n".join(f'<g id="r{number}">{content}</g>' for number, content in drawn if content)

    def styles(self) -> str:
        """Return the style sheet of the letters."""
        return "\n".join(f".{name}{{{declarations}}}" for declarations, name in self.classes.items())

    def _row(self, row: Row) -> str:
        starts = list(accumulate((cell_len(text) * CELL for _look, text in row), initial=0))
        runs = [(look, text, left, right) for (look, text), left, right in zip(row, starts, starts[1:], strict=False)]
        drawn = []
        for ground, group in groupby(runs, key=lambda run: run[0].ground):
            parts = list(group)
            if ground != GROUND:
                place = (parts[0][2], -BASELINE, parts[-1][3], LINE - BASELINE)
                drawn.append(f'<path class="bg" fill="{ground}" d="{_path([place])}"/>')
        for look, text, left, _right in runs:
            drawn += self._run(look, text, left)
        return "".join(drawn)

    def _run(self, look: Look, text: str, left: int) -> Iterable[str]:
        for sign, repeated in groupby(_PIECES.finditer(text), key=lambda piece: piece[0]):
            pieces = list(repeated)
            places = [left + CELL * cell_len(text[: piece.start()]) for piece in pieces]
            # only what stands side by side is one shape
            is_joined = places[-1] - places[0] == CELL * (len(places) - 1)
            shapes = _rectangles(sign, places[0], len(places)) if is_joined else None
            if shapes is not None:
                yield f'<path fill="{look.colour}" d="{_path(shapes)}"/>'
                continue
            for place in places:
                yield from self._sign(look, sign, place)

    def _sign(self, look: Look, sign: str, place: int) -> Iterable[str]:
        shapes = _rectangles(sign, place, 1)
        if shapes is not None:
            yield f'<path fill="{look.colour}" d="{_path(shapes)}"/>'
            return
        columns, more = cell_len(sign), ""
        places = str(place)
        if columns == 2 * len(sign):
            places = " ".join(str(place + 2 * CELL * number) for number in range(len(sign)))
            more = " cjk"
        length = f' textLength="{CELL * columns}"' if columns == len(sign) > 1 else ""
        yield f'<text class="{self._class(look)}{more}" x="{places}"{length}>{escape(sign, quote=False)}</text>'

    def _class(self, look: Look) -> str:
        declarations = f"fill:{look.colour}"
        declarations += ";font-weight:700" * look.bold + ";font-style:italic" * look.italic
        declarations += ";text-decoration:underline" * look.underline
        number = len(self.classes)
        return self.classes.setdefault(declarations, ascii_lowercase[number % 26] + (digits[number // 26] if number > 25 else ""))


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _playing(screens: Sequence[Screen], width: int) -> str:
    """Return the rules that show one screen after the other; who prefers no motion sees the one that the picture stands at."""
    whole = sum(screen.seconds for screen in screens)
    begins = accumulate((screen.seconds for screen in screens[:-1]), initial=0.0)
    stops = "".join(
        f"{_number(100 * begin / whole)}%{{transform:translateX({-number * width}px)}}" for number, begin in enumerate(begins)
    )
    last = f"100%{{transform:translateX({-(len(screens) - 1) * width}px)}}"
    return (
        f"\n.strip{{animation:play {_number(whole)}s step-end infinite}}\n@keyframes play{{{stops}{last}}}"
        "\n@media (prefers-reduced-motion:reduce){.strip{animation:none}}"
    )


def _cap(key: str, right: int) -> str:
    """Return the key that was pressed, in the bar."""
    if not key:
        return ""
    wide = CELL * len(key) + 16
    middle = _number(right - wide / 2)
    return (
        f'<rect x="{right - wide}" y="6" width="{wide}" height="22" rx="4" fill="#e4e4e4"/>'
        f'<text class="key" x="{middle}" y="22">{escape(key)}</text>'
    )


def picture(screens: Sequence[Screen], *, title: str, description: str, still: int = 0) -> str:
    """Return screens of one size as a picture; ``still`` is the number of the one that is seen where nothing moves."""
    drawing = Drawing()
    inner, rows = screens[0].columns * CELL, len(screens[0].rows)
    width, height = inner + 2 * EDGE, rows * LINE + BAR + EDGE
    shown = []
    for number, screen in enumerate(screens):
        lines = "".join(drawing.use(row, BAR + BASELINE + place * LINE) for place, row in enumerate(screen.rows))
        shown.append(f'<g transform="translate({number * width})">{_cap(screen.key, inner)}{lines}</g>')
    playing = _playing(screens, width) if len(screens) > 1 else ""
    dots = "".join(
        f'<circle cx="{20 + 18 * place}" cy="17" r="5.5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    strip = "\n".join(shown)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" \
role="img" aria-labelledby="title desc">
<title id="title">{escape(title)}</title>
<desc id="desc">{escape(description)}</desc>
<style>
{STYLES}
{drawing.styles()}{playing}
</style>
<defs>
{drawing.parts()}
</defs>
<rect width="{width}" height="{height}" rx="8" fill="#2b2b2b"/>
{dots}
<text class="bar" x="{width // 2}" y="22">nbcluster</text>
<rect x="{EDGE}" y="{BAR}" width="{inner}" height="{rows * LINE}" fill="{GROUND}"/>
<svg x="{EDGE}" width="{inner}" height="{height - EDGE}" overflow="hidden">
<g class="strip" transform="translate({-still * width})">
{strip}
</g>
</svg>
</svg>
"""
