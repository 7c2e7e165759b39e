"""Names that resemble a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.text import _
from nbcluster.text.clean import clean


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return the known name that resembles a word most; "" where none does. ``likeness`` goes from 0 to 1."""
    import difflib

    found = difflib.get_close_matches(word, list(known), 1, likeness)
    return found[0] if found else ""


def suggestion(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return a question that names what was probably meant; "" where nothing resembles the word."""
    name = nearest(word, known, likeness)
    return _("Did you mean {name}?").format(name=clean(name, 120)) if name else ""
