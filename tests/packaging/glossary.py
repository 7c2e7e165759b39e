"""The glossary as data: what each term is called in Chinese and what it must not be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
GLOSSARY = REPOSITORY / "docs/glossary.md"
HEAD = ["English", "中文", "what it is", "not"]


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the glossary."""

    english: str
    chinese: str
    meaning: str
    forbidden: tuple[str, ...]


def terms() -> list[Term]:
    """Return the rows of every table of the glossary, in order."""
    found = []
    for line in GLOSSARY.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) != len(HEAD) or cells == HEAD or set(cells[0]) == {"-"}:
            continue
        found.append(Term(cells[0], cells[1], cells[2], tuple(word.strip() for word in cells[3].split(",") if word.strip())))
    return found


def forbidden_in(text: str) -> list[str]:
    """Return what a Chinese text should call otherwise: each word with the term that takes its place."""
    return [
        f"{word} -> {term.chinese}"
        for term in terms()
        for word in term.forbidden
        if re.search(re.escape(word), text, re.IGNORECASE)
    ]
