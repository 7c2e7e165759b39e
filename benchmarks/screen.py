"""The full screen beside the least Textual form: first paint, memory, bytes per key, bytes while idle.

``python -m benchmarks.screen`` starts the two by turns in a pseudo terminal of 80x24 and prints medians and their ratios.
"""

from __future__ import annotations

import compileall
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.pty.terminal import Terminal, terminal

ROUNDS = 9
LETTERS = "the quick brown fox jumps over the dog"
IDLE_SECONDS = 3.0
QUIET = 0.12
REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figures:
    """What one start costs: seconds to the first full paint, peak resident MiB, bytes per key, bytes while nobody types."""

    paint: float
    memory: float
    per_key: float
    idle: int


def peak(pid: int) -> float:
    """Return the largest resident size of a process so far in MiB (proc(5), VmHWM)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))
    assert found is not None
    return int(found[1]) / 1024


def measure(program: tuple[str, ...], arguments: tuple[str, ...], last: str, prepare: Callable[[Terminal], None]) -> Figures:
    """Start a program once; its first paint is full when ``last`` stands on the screen."""
    start = time.perf_counter()
    with terminal(*arguments, program=program) as shown:
        shown.wait_for(last)
        paint = time.perf_counter() - start
        shown.settle()
        prepare(shown)
        written = 0
        for letter in LETTERS:
            mark = len(shown.received)
            shown.send(letter)
            shown.wait(lambda mark=mark: len(shown.received) > mark, "an echo")  # type: ignore[misc]
            shown.settle(QUIET)
            written += len(shown.received) - mark
        # What is saved after typing changes the header once; that is not idling.
        shown.settle(1.5)
        mark = len(shown.received)
        shown.read(IDLE_SECONDS)
        idle = len(shown.received) - mark
        memory = peak(shown.pid)
        shown.press("ctrl+q")
        shown.ended()
    return Figures(paint, memory, written / len(LETTERS), idle)


def wizard() -> Figures:
    """Measure the wizard on the step of the database, in its first text field."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_STATE_HOME"] = home
        return measure(("-m", "nbcluster"), ("setup", "--session", "bench"), "F8 Next", _to_a_text_field)


def _to_a_text_field(shown: Terminal) -> None:
    shown.press("tab", "tab")
    shown.settle()


def form() -> Figures:
    """Measure the reference."""
    return measure(("-m", "benchmarks.form"), (), "end of the form", lambda _shown: None)


def main() -> None:
    """Print medians and ratios."""
    for folder in ("wizard", "screens", "benchmarks"):
        compileall.compile_dir(REPOSITORY / folder, quiet=1)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    wizard(), form()
    pairs = [(wizard(), form()) for _ in range(ROUNDS)]
    for name, unit, goal in (("paint", "s", 1.25), ("memory", "MiB", 1.25), ("per_key", "bytes", 1.1)):
        ours, theirs = (statistics.median(getattr(pair[side], name) for pair in pairs) for side in (0, 1))
        ratio = statistics.median(getattr(mine, name) / getattr(reference, name) for mine, reference in pairs)
        print(f"{name:8} wizard {ours:8.2f} {unit:5}  form {theirs:8.2f} {unit:5}  ratio {ratio:5.2f}  (goal {goal})")
    print(f"idle     wizard {max(mine.idle for mine, _form in pairs)} bytes in {IDLE_SECONDS:.0f} s")


if __name__ == "__main__":
    main()
