"""Variables as lines of text: ``NAME=value`` of an env file, or the entries of a compose file's environment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

_LINE = re.compile(
    r"""\s*(?P<item>-\s+)?(?P<quote>["']?)(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]{1,60})(?P<sign>=|:\s+|:$)(?P<value>.*?)\s*\Z""",
    re.DOTALL,
)
_NOISE = re.compile(r"\s*(?:#.*|environment:\s*)?\Z")


class Form(StrEnum):
    """How a line sets its variable, which decides who reads its value."""

    ENV = "NAME=value"
    ITEM = "- NAME=value"
    PAIR = "NAME: value"


@dataclass(frozen=True)
class Line:
    """A variable as one line sets it; ``value`` is what follows its sign, ``text`` the whole line, both as they are written."""

    name: str
    value: str = field(repr=False)
    form: Form
    text: str = field(repr=False)


def lines(text: str) -> tuple[Line, ...]:
    """Return the lines of a text that is nothing but variables; nothing for any other."""
    found = []
    for line in text.splitlines():
        if _NOISE.match(line):
            continue
        match = _LINE.match(line)
        if match is None:
            return ()
        # a scalar in quotes holds name and value, whatever stands between them
        is_item = bool(match["quote"] or (match["item"] and match["sign"] == "="))
        form = Form.ITEM if is_item else Form.ENV if match["sign"] == "=" else Form.PAIR
        value = match["value"]
        found.append(Line(match["name"], value.removesuffix(match["quote"]) if match["quote"] else value, form, line.strip()))
    return tuple(found)


def assignments(text: str) -> tuple[tuple[str, str], ...]:
    """Return names and values, as they are written, of a text that is nothing but variables; nothing for any other."""
    return tuple((line.name, line.value) for line in lines(text))
