"""The locks pin by hash, name no host, agree with each other and with what is installed."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REPOSITORY = Path(__file__).resolve().parents[2]
# Whole in Python alone, and faster where a part is built for one machine.
ALSO_PURE = {"wcwidth", "markupsafe"}
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")


def pins(name: str) -> dict[str, str]:
    """Return project and version of each entry of a lock."""
    text = (REPOSITORY / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE))


def wanted_here(name: str) -> dict[str, str]:
    """Return the entries of a lock whose condition holds for this Python and this system."""
    lines = re.findall(r"^([a-z0-9._-]+==[^\\\n]+)", (REPOSITORY / name).read_text(), re.MULTILINE)
    entries = [Requirement(line.strip()) for line in lines]
    return {entry.name: pins(name)[entry.name] for entry in entries if entry.marker is None or entry.marker.evaluate()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_has_hashes_and_nothing_else(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) == len(pins(name))
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9._-]+==\S+( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n)?)+", entry), entry


@pytest.mark.parametrize("name", LOCKS[:2])
def test_the_small_locks_are_parts_of_the_large_one(name: str) -> None:
    assert pins(name).items() <= pins("requirements-dev.lock").items()


def test_every_dependency_at_run_time_is_pure_python() -> None:
    """One archive can carry the whole program only if none of its parts is built for one machine."""
    for name, version in wanted_here("requirements.lock").items():
        installed = distribution(name)
        assert installed.version == version, f"{name}: run make setup"
        assert name in ALSO_PURE or "-none-any" in (installed.read_text("WHEEL") or ""), name
