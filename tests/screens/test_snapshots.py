"""Every step and dialog looks as it was last looked at: ``make snapshots`` keeps what has changed, for the eye to judge in the diff."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.screens.snapshots import LANGUAGES, SIZES, folder_of, pictures


def kept(folder: Path) -> dict[str, str]:
    """Return the pictures of a folder by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return what differs, as a diff for each picture."""
    lines: list[str] = []
    for name in sorted({*before, *now}):
        old, new = before.get(name, "").splitlines(), now.get(name, "").splitlines()
        lines += difflib.unified_diff(old, new, f"{name} as kept", f"{name} now", lineterm="", n=1)
    return "\n".join(lines)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_screens_look_as_they_were_kept(size: tuple[int, int], code: str) -> None:
    found = differences(kept(folder_of(size, code)), await pictures(size, code))
    assert not found, f"look at what has changed, and keep it by `make snapshots`:\n{found}"


def test_a_picture_that_is_none_any_more_differs() -> None:
    assert "gone as kept" in differences({"gone": "a\n"}, {})
    assert "-a" in differences({"one": "a\n"}, {"one": "b\n"})
    assert not differences({"one": "a\n"}, {"one": "a\n"})
