"""How the reading of env files and YAML grows: ``python -m benchmarks.envfiles`` prints time(4n) / time(n), which is about 4 where it is linear."""

from __future__ import annotations

import time
from collections.abc import Callable

from nbcluster.answers.importer.sources import SourceError, read_sources
from nbcluster.env import assignments

LINES = 40_000
TEXTS: dict[str, Callable[[int], str]] = {
    "assignments": lambda count: "NAME=value\n" * count,
    "blank lines": lambda count: "\n" * count + "-",
    "empty values": lambda count: "A=\n" * count,
    "open quotes": lambda count: "A='\n" * count,
    "escaped quotes": lambda count: "A='x" + "\\' y" * count,
}
NESTED = 10_000


def _read_env(text: str) -> None:
    for _found in assignments(text):
        pass


def _read_yaml(text: str) -> None:
    try:
        read_sources(text, "deep.yaml")
    except SourceError:
        return


def seconds(read: Callable[[str], None], text: str) -> float:
    """Return the best of three times in seconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        read(text)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print one line for each text."""
    for name, text_of in TEXTS.items():
        few, many = (seconds(_read_env, text_of(count)) for count in (LINES, 4 * LINES))
        print(f"{name:16} x{many / few:5.1f}")
    few, many = (seconds(_read_yaml, "[" * count) for count in (NESTED, 4 * NESTED))
    print(f"{'nested YAML':16} x{many / few:5.1f}")


if __name__ == "__main__":
    main()
