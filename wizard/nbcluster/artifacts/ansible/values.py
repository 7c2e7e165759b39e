"""Values in YAML that Ansible takes as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from nbcluster.envfile.readers import quote

_WIDTH = 118


def scalar(value: str | int) -> str:
    """Return a value as YAML; braces of a text are no template of Ansible's."""
    text = quote(value) if isinstance(value, str) else json.dumps(value)
    return f"!unsafe {text}" if isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#")) else text


def assignment(name: str, text: str) -> list[str]:
    """Return the lines that set a command, a long one folded where it has single blanks."""
    if len(text) < _WIDTH or "  " in text or scalar(text).startswith("!"):
        return [f"{name}: {scalar(text)}"]
    lines = [""]
    for part in text.split(" "):
        if len(lines[-1]) + len(part) > _WIDTH:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".strip()
    return [f"{name}: >-", *(f"  {line}" for line in lines)]


def mapping(values: Mapping[str, str | int], indent: str) -> list[str]:
    """Return the lines of a mapping."""
    return [f"{indent}{name}: {scalar(value)}" for name, value in values.items()]


def listing(values: Iterable[str], indent: str) -> list[str]:
    """Return the lines of a list."""
    return [f"{indent}- {scalar(value)}" for value in values]
