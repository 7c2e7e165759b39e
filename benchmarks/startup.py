"""What a start costs: ``python -m benchmarks.startup`` prints the median of some runs, beside that of bare Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

RUNS = 15
CASES = {
    "bare Python": ["-c", "pass"],
    "nbcluster --version": ["-m", "nbcluster", "--version"],
    "nbcluster --help": ["-m", "nbcluster", "--help"],
    "nbcluster schema": ["-m", "nbcluster", "schema"],
    "import of Textual": ["-c", "import textual.app"],
    "import of the screens": ["-c", "import nbcluster_tui.app"],
}


def seconds(arguments: list[str]) -> float:
    """Return the median time of a start in seconds; raises ``CalledProcessError`` if it fails."""
    # A start that may not keep byte code compiles every time: that would be measured instead.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=env, timeout=60)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    """Print one line for each case."""
    bare = seconds(CASES["bare Python"])
    for name, arguments in CASES.items():
        median = seconds(arguments)
        print(f"{name:24} {median * 1000:6.0f} ms  {median / bare:4.1f} x bare Python")


if __name__ == "__main__":
    main()
