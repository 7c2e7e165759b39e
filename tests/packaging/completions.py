"""Completions of the command line, made from its parser: ``python -m tests.packaging.completions`` writes them into assets/."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import shtab

from nbcluster.cli.arguments import build_parser, path_of
from nbcluster.text import using

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = {"bash": "assets/completions/bash/nbcluster", "zsh": "assets/completions/zsh/_nbcluster"}
"""Where the completions of a shell lie, named as the shell looks for them."""
FOLDERS = {"out", "folder"}
"""Arguments that name a folder; any other path is that of a file."""


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command.whole())


def completion(shell: str) -> str:
    """Return the completions of a shell; arguments that are paths complete to files or folders."""
    with using("en"):
        parser = build_parser()
        for action in _actions(parser):
            if action.type is path_of:
                action.complete = shtab.DIRECTORY if action.dest in FOLDERS else shtab.FILE  # type: ignore[attr-defined]  # shtab's way
        text = shtab.complete(parser, shell=shell)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def main() -> None:
    """Write the completions of every shell."""
    for shell, name in FILES.items():
        path = REPOSITORY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(completion(shell), "utf-8")


if __name__ == "__main__":
    main()
