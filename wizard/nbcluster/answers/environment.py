"""Variables as lines of text: ``NAME=value`` of an env file, or the entries of a compose file's environment."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"""\s*(?:-\s+)?(?P<quote>["']?)(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]{1,60})(?:=|:\s+|:$)(?P<value>.*?)\s*\Z""", re.DOTALL
)
_NOISE = re.compile(r"\s*(?:#.*|environment:\s*)?\Z")


def assignments(text: str) -> tuple[tuple[str, str], ...]:
    """Return names and values, as they are written, of a text that is nothing but variables; nothing for any other."""
    found = []
    for line in text.splitlines():
        if _NOISE.match(line):
            continue
        match = _LINE.match(line)
        if match is None:
            return ()
        value = match["value"]
        found.append((match["name"], value.removesuffix(match["quote"]) if match["quote"] else value))
    return tuple(found)
