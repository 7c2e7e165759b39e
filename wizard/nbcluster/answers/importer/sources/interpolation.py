"""Variables in a compose file's values, put in as compose does (compose-go ``template``; Docker's page on interpolation)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nbcluster.text import _
from nbcluster.text.clean import clean

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_DEEPEST = 40
"""Defaults inside defaults; real files have two."""

LONGEST = 8 << 10
"""Characters of a value that was put together: variables made of variables must not multiply without end."""

Lookup = Callable[[str], str | None]
"""Gives the value of a variable; None where it is not known to be set."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A value with its variables put in; None where one of them is not known, and ``why`` then says which.

    ``dollar`` is its name where it stands without braces beside other text, so that a dollar sign of the value itself may be meant; it is
    ``$`` for one that compose refuses.
    """

    value: str | None
    why: str = ""
    dollar: str = ""


class _Refused(Exception):
    """A ``$`` that compose takes for the beginning of a variable and cannot read."""


def expanded(text: str, known: Mapping[str, str] | Lookup) -> Expanded:
    """Return a value with ``$NAME``, ``${NAME}``, defaults, alternatives and ``$$`` put in.

    ``known`` is the environment of the project, which is its ``.env`` as far as a file tells. A default holds where the name is not in it;
    a name without a default may be set in the shell that runs compose, so its value is not known.
    """
    if "$" not in text:
        return Expanded(text)
    lookup = known if callable(known) else known.get
    refused = Expanded(None, _("compose refuses it: a $ that begins no variable is written $$."), "$")
    try:
        found, end = _parts(text, 0, lookup, 0)
    except _Refused:
        return refused
    if end != len(text):
        return refused
    return replace(found, dollar="") if text == f"${found.dollar}" else found


def _parts(text: str, at: int, lookup: Lookup, depth: int) -> tuple[Expanded, int]:
    """Return the value up to the end, or inside braces up to the one that closes them."""
    out: list[str] = []
    why, mark, length = "", "", 0
    if depth > _DEEPEST:
        raise _Refused
    while at < len(text) and not (depth and text[at] == "}"):
        dollar = text.find("$", at)
        close = text.find("}", at) if depth else -1
        end = min((place for place in (dollar, close) if place >= 0), default=len(text))
        out.append(text[at:end])
        at = end
        if at == len(text) or text[at] == "}":
            continue
        part, at = _variable(text, at + 1, lookup, depth)
        why, mark = why or part.why, mark or part.dollar
        length += len(part.value or "")
        out.append("" if length > LONGEST else part.value or "")
    if length > LONGEST:
        why = why or _("it is too long.")
    return (Expanded(None, why, mark) if why else Expanded("".join(out))), at


def _variable(text: str, at: int, lookup: Lookup, depth: int) -> tuple[Expanded, int]:
    if text.startswith("$", at):
        return Expanded("$"), at + 1
    braced = text.startswith("{", at)
    name = _NAME.match(text, at + braced)
    if name is None:
        raise _Refused
    value, end = lookup(name.group()), name.end()
    unknown = Expanded(None, _("{name} is not set in the .env beside the file.").format(name=clean(name.group(), 80)))
    if not braced:
        # rarely meant as a variable: more likely a password with a dollar sign
        why = unknown.why + " " + _("A dollar sign of the value itself is written $$.")
        return (Expanded(None, why, name.group()) if value is None else Expanded(value)), end
    operator = _OPERATOR.match(text, end)
    word, end = _parts(text, operator.end(), lookup, depth + 1) if operator else (unknown, end)
    if not text.startswith("}", end):
        raise _Refused
    return _chosen(operator.group() if operator else "", value, word, unknown), end + 1


def _chosen(operator: str, value: str | None, word: Expanded, unknown: Expanded) -> Expanded:
    """Return what an operator makes of a value: with a colon an empty one counts as unset."""
    is_set = value is not None and (value != "" or not operator.startswith(":"))
    if operator.endswith("-"):
        return Expanded(value) if is_set else word
    if operator.endswith("+"):
        return word if is_set else unknown if value is None else Expanded("")
    if operator.endswith("?"):
        return Expanded(value) if is_set else unknown
    return unknown if value is None else Expanded(value)
