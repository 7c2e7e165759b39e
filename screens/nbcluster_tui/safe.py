"""Turns any text into content without markup and without control characters."""

from __future__ import annotations

from textual.content import Content

from nbcluster.text.clean import clean

LIMIT = 200_000
"""Longest text shown at once, in characters."""


def shown(text: str) -> Content:
    """Return a text as content; line feeds stay, whatever else a terminal would act on becomes a visible sign."""
    return Content(clean(text, LIMIT, lines=True))
