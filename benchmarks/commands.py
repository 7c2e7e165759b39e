"""What a command costs: ``python -m benchmarks.commands`` prints processor time beside that of bare Python, which runs in turn with it."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

RUNS = 11
ANSWERS = Path(__file__).resolve().parents[1] / "tests/answers"
OFFICIAL = str(ANSWERS / "official.toml")
BARE = ["-c", "pass"]


@dataclass(frozen=True)
class Case:
    """A command line, in which FOLDER stands for a folder of the case's own; ``before`` runs uncounted each time."""

    name: str
    arguments: tuple[str, ...]
    before: tuple[str, ...] = ()


RENDER = ("render", "--answers", OFFICIAL, "--out", "FOLDER/out")
CASES = (
    Case("--version", ("--version",)),
    Case("--help", ("--help",)),
    Case("schema", ("schema",)),
    Case("explain", ("explain", "redis.cache.eviction")),
    Case("lint", ("lint", str(ANSWERS / "existing.env"))),
    Case("import", ("import", str(ANSWERS / "existing.env"))),
    Case("check --only rules", ("check", "--answers", OFFICIAL, "--only", "rules")),
    Case("render --dry-run", (*RENDER, "--dry-run")),
    Case("render, first time", RENDER),
    Case("render, once more", RENDER, RENDER),
)


def processor_seconds(arguments: list[str]) -> float:
    """Return user and system time of a run of this interpreter; a command that finds faults has run as well."""
    # A start that may not keep byte code compiles every time: that would be measured instead.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, env=env, stdin=subprocess.DEVNULL, check=False, timeout=120
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(case: Case) -> tuple[float, float]:
    """Return the median processor time of a command, and that of its ratio to bare Python, pair by pair."""

    def run(arguments: tuple[str, ...], folder: str) -> float:
        return processor_seconds(["-m", "nbcluster", *(word.replace("FOLDER", folder) for word in arguments)])

    times, ratios = [], []
    for _ in range(RUNS + 1):
        with tempfile.TemporaryDirectory() as folder:
            if case.before:
                run(case.before, folder)
            bare = processor_seconds(BARE)
            times.append(run(case.arguments, folder))
            ratios.append(times[-1] / bare)
    return statistics.median(times[1:]), statistics.median(ratios[1:])


def main() -> None:
    """Print one line for each command."""
    for case in CASES:
        seconds, ratio = measured(case)
        print(f"{case.name:20} {seconds * 1000:6.0f} ms  {ratio:5.1f} x bare Python")


if __name__ == "__main__":
    main()
