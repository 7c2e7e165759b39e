"""A crash before and after every call to the operating system that a write makes: the earlier set or the later one, never a mix."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.recovery import recover
from tests.unit.test_write_faults import NEW, OLD, Crash, content, write

CALLS = ("open", "fsync", "fchmod", "link", "mkdir", "replace", "unlink", "rmdir")


class Machine:
    """Counts the calls; at the call of a number the process is gone, so that no clean-up of its own runs either."""

    def __init__(self, patch: pytest.MonkeyPatch, number: int, *, after: bool) -> None:
        self.number, self.after, self.seen = number, after, Counter[str]()
        for name in CALLS:
            patch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.seen[name] += 1
            at = self.seen.total()
            if at > self.number or (at == self.number and not self.after):
                if at == self.number and name == "fsync" and stat.S_ISREG(os.fstat(arguments[0]).st_mode):
                    os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size // 2)  # what was not synced may be lost
                raise Crash
            result = real(*arguments, **named)
            if at == self.number:
                raise Crash
            return result

        return call


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_system_call_leaves_one_of_the_two_sets(tmp_path: Path, after: bool) -> None:
    write(tmp_path / "count", OLD)
    before = content(tmp_path / "count")
    with pytest.MonkeyPatch.context() as patch:
        machine = Machine(patch, 10**9, after=after)
        write(tmp_path / "count", NEW)
    later, total = content(tmp_path / "count"), machine.seen.total()
    assert all(machine.seen[name] for name in CALLS) and total > 50
    seen = set()
    for number in range(1, total + 1):
        directory = tmp_path / f"run{number}"
        write(directory, OLD)
        with pytest.MonkeyPatch.context() as patch:
            Machine(patch, number, after=after)
            with pytest.raises(Crash):
                write(directory, NEW)
        recover(directory)
        state = content(directory)
        assert state in (before, later), number
        seen.add(state == later)
        write(directory, NEW)
        assert content(directory) == later, number
        kept = sorted(path.read_bytes() for path in (directory / "backups").iterdir())
        assert kept == sorted(file.data for file in OLD), number
    assert seen == {False, True}
