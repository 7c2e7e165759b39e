"""What the tests of machines need beyond the servers of the others, and the command that installs it."""

from __future__ import annotations

from pathlib import Path

from tests.services.process import missing, services_folder, tool

INSTALL = "make machines"


def program(name: str) -> str:
    """Return the path of a program of this system; a missing one fails the test."""
    return tool(name, install=INSTALL)


def unpacked(name: str) -> Path:
    """Return a folder that the installer made: ``machine`` (a Debian to boot), ``compose``, ``helm``; a missing one fails the test."""
    folder = services_folder() / name
    if not (folder / ".complete").is_file():
        raise missing(f"the folder {name} of the tests of machines", INSTALL)
    return folder
