"""What the screen writes to the line, in bytes: ``python -m benchmarks.screenbytes [COLORTERM]``.

Starts the tour in a pseudo terminal of 80x24 and prints the first paint with the number of paints that it took, Tab, a letter, each change of
step, and what is written while nobody types. Without an argument the terminal has 256 colours, with ``truecolor`` all of them.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from tests.pty.terminal import Terminal, terminal

BEGIN_PAINT = b"\x1b[?2026h"
"""What Textual writes in front of each paint (synchronized output)."""
ASKS_FOR_SYNC, HAS_SYNC = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
IDLE_SECONDS = 3.0
GOALS = {"tab": 1_500, "step": 13_000, "paints": 1, "idle": 0}
STEPS = (
    "license",
    "middleware",
    "database",
    "connections",
    "keys",
    "storage",
    "nodes",
    "balancer",
    "multicore",
    "review",
    "export",
)


def written(shown: Terminal, *keys: str, quiet: float = 0.4) -> int:
    """Return the bytes that keys lead to."""
    mark = len(shown.received)
    shown.press(*keys)
    shown.wait(lambda: len(shown.received) > mark, "an answer")
    shown.settle(quiet)
    return len(shown.received) - mark


def line(name: str, count: int, goal: int | None = None) -> str:
    """Return a figure as a line, with a word where it is over its goal."""
    over = "" if goal is None else f"   (goal {goal:,}){'   OVER' if count > goal else ''}"
    return f"  {name:12} {count:7,}{over}"


def main() -> None:
    """Print the figures."""
    colours = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "TMPDIR": home, "COLORTERM": colours}
        environment |= {f"XDG_{name}_HOME": home for name in ("STATE", "CONFIG", "CACHE", "DATA")}
        with terminal("demo", environment=environment, folder=Path(home)) as shown:
            # as a terminal that shows a paint at once, so that paints can be counted
            shown.wait(lambda: ASKS_FOR_SYNC in shown.received, "a question")
            shown.send(HAS_SYNC)
            shown.wait_for("F8 Next")
            shown.settle(1.0)
            print(line("first paint", len(shown.received)))
            print(line("paints", shown.received.count(BEGIN_PAINT), GOALS["paints"]))
            tabs = [written(shown, "tab") for _time in range(4)]
            print(line("tab", int(statistics.median(tabs)), GOALS["tab"]))
            for _name in STEPS:
                # by the list of steps, as F8 passes by what needs nobody
                for key in ("f6", "down", "enter"):
                    shown.press(key)
                    shown.settle()
            shown.settle(2.0)
            for name in reversed(("start", *STEPS[:-1])):
                print(line(name, written(shown, "f7", quiet=0.8), GOALS["step"]))
            written(shown, "f6")
            written(shown, "home", "down", "down", "down")
            written(shown, "enter", quiet=0.8)
            written(shown, "tab")
            letters = [written(shown, letter) for letter in "abcdefgh"]
            print(line("letter", int(statistics.median(letters))))
            shown.settle(1.5)
            mark = len(shown.received)
            shown.read(IDLE_SECONDS)
            print(line("idle", len(shown.received) - mark, GOALS["idle"]))
            shown.press("ctrl+q")
            shown.ended()


if __name__ == "__main__":
    main()
