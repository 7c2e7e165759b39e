"""Writes docs/unconfirmed.md: ``python -m nbcluster.catalogue.unconfirmed [FILE]``."""

from __future__ import annotations

import sys
from pathlib import Path

from nbcluster.facts import REVIEWED, UNCONFIRMED, Unconfirmed

_INTRODUCTION = f"""\
# What is not confirmed

Written by `python -m nbcluster.catalogue.unconfirmed` from the list in `wizard/nbcluster/facts.py`. What people are shown rests on
[nocobase.md](nocobase.md), which is taken to hold for NocoBase {REVIEWED[0]} to {REVIEWED[1]}. But the adapter plugins are sold without
source, and some advice is experience with other software: the statements below have nothing better behind them than likeness or
inference. Each is marked where it is shown, by "unconfirmed", "likely" or "estimated", or by saying that nothing is published. Whoever
can answer one of the questions helps to take a mark away.
"""


def document() -> str:
    """Return the whole page in Markdown, in English."""
    return "\n".join([_INTRODUCTION, *(_entry(each) for each in UNCONFIRMED)]).rstrip() + "\n"


def _entry(each: Unconfirmed) -> str:
    lines = [
        f"## {each.id}",
        "",
        each.statement,
        "",
        f"Settled by: {each.question} What is known: nocobase.md {each.section}.",
        "",
        "Shown in:",
        "",
        *(f"- {shown.place}" for shown in each.shown),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/unconfirmed.md")
    path.write_text(document(), encoding="utf-8", newline="\n")
