"""What was claimed and how it came out, a line each."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest


class Refuted(Exception):
    """What was claimed does not hold; the text says what was seen instead."""


class NotRun(Exception):
    """Something that the claim needs cannot be had here; the text says what."""


def note(text: str) -> None:
    """Print what is going on, for who watches; no claim."""
    print(f"       {text}", flush=True)


@dataclass
class Claims:
    """The claims of one run; what was not run is counted apart and never as passed."""

    passed: int = 0
    failed: int = 0
    missed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def claim(self, text: str) -> Iterator[list[str]]:
        """Judge what is done inside: it holds unless something is raised. What is put into the list is printed behind the claim."""
        seen: list[str] = []
        begin = time.monotonic()
        try:
            yield seen
        except Refuted as fault:
            self._line("FAILED", text, [*seen, str(fault)])
            self.failed += 1
        except NotRun as reason:
            self.not_run(text, str(reason))
        # A proof that breaks off has not failed less than one that was refuted, and the others are still to be run.
        except (Exception, pytest.fail.Exception) as fault:  # noqa: BLE001 - whatever it is
            traceback.print_exc(file=sys.stderr)
            self._line("FAILED", text, [*seen, f"{type(fault).__name__}: {fault}"])
            self.failed += 1
        else:
            self._line("ok", text, seen)
            self.passed += 1
        self.seconds[text] = time.monotonic() - begin

    def not_run(self, text: str, reason: str) -> None:
        """Say that a claim was not tried, and why."""
        print(f"not run {text}: {reason}", flush=True)
        self.missed += 1

    def close(self) -> int:
        """Print the counts; return the exit status, 0 where nothing failed and something passed."""
        left = f", {self.missed} not run" if self.missed else ""
        print(f"{self.passed} passed, {self.failed} failed{left}", flush=True)
        return int(bool(self.failed) or not self.passed)

    @staticmethod
    def _line(word: str, text: str, seen: list[str]) -> None:
        more = " ".join(" ".join(each.split()) for each in seen if each)
        print(f"{word:<6} {text}{f' [{more}]' if more else ''}", flush=True)


def wait(ready: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until ``ready()`` and return the seconds that took; raise :class:`Refuted` when it is not in time."""
    begin = time.monotonic()
    while not ready():
        if time.monotonic() - begin > seconds:
            raise Refuted(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.5)
    return time.monotonic() - begin


def expect(right: bool, what: str) -> None:
    """Raise :class:`Refuted` unless it is so."""
    if not right:
        raise Refuted(what)
