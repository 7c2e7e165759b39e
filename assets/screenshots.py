"""Draws the pictures of the README: ``python assets/screenshots.py [FOLDER]``.

Starts the tour in a pseudo terminal of 120x40, goes to each screen and writes it as an SVG that names no font to fetch.
"""

from __future__ import annotations

import os
import sys
import tempfile
from io import StringIO
from itertools import groupby
from pathlib import Path

from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.text import Text

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.pty.terminal import Terminal, terminal  # noqa: E402 - found beside this folder

SIZE = (120, 40)
PICTURES = {"middleware": 3, "connections": 5}
"""Name of a step to its number in the list of steps."""
LAST_LINE = "F8 Next"

FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px;
line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    return f"#{name}" if len(name) == 6 and all(c in "0123456789abcdef" for c in name) else name.replace("brown", "yellow")


def _style(char: Char) -> Style:
    return Style(
        color=_colour(char.fg),
        bgcolor=_colour(char.bg),
        bold=char.bold,
        italic=char.italics,
        underline=char.underscore,
        reverse=char.reverse,
    )


def picture(shown: Terminal, name: str) -> str:
    """Return the screen as SVG."""
    columns, rows = SIZE
    console = Console(record=True, width=columns, file=StringIO(), force_terminal=True, color_system="truecolor")
    for number in range(rows):
        line = shown.screen.buffer[number]
        text = Text(no_wrap=True, end="\n")
        for style, chars in groupby((line[column] for column in range(columns)), _style):
            text.append("".join(char.data for char in chars), style)
        console.print(text)
    drawn = console.export_svg(title=f"nbcluster: {name}", code_format=FORMAT, unique_id=name)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def draw(folder: Path) -> None:
    """Write every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        environment = {"TMPDIR": home, "HOME": home, "XDG_STATE_HOME": home, "COLORTERM": "truecolor"}
        with terminal("demo", size=SIZE, environment=environment, folder=Path(home)) as shown:
            shown.wait_for(LAST_LINE)
            shown.settle()
            for name, step in PICTURES.items():
                shown.press("f6")
                shown.settle()
                shown.press("home", *["down"] * (step - 1), "enter")
                shown.wait_for(f"step {step} of 12")
                shown.settle(0.5)
                if name == "connections":
                    shown.wait_for("1 failed")
                    shown.settle(1.0)
                (folder / f"{name}-{SIZE[0]}x{SIZE[1]}.svg").write_text(picture(shown, name), "utf-8")
            shown.press("ctrl+q")
            shown.ended()


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "assets/screenshots")
