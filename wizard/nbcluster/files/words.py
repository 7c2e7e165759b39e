"""Quotes a value in the language of each file, so that its reader takes it as one word without special meaning."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence

from nbcluster.env.readers import quote

_WIDTH = 118
_ORDINARY = re.compile(r"[A-Za-z0-9._/@:+,=~-]+")
_ACTIVE = re.compile(r"[\s\"'\\{};#$\x00-\x1f\x7f]")


class UnfitError(ValueError):
    """A value that cannot be written to a file; a rule of the answers refuses it."""


def bare(text: str) -> str:
    """Return a value whose rule leaves nothing to quote, such as a host; raises ``UnfitError`` where the rule did not."""
    if not text or _ACTIVE.search(text):
        raise UnfitError("a value that cannot stand without quotes")
    return text


def ansible(value: str | int) -> str:
    """Return a value as YAML; braces of a text are no template of Ansible's."""
    if isinstance(value, int):
        return json.dumps(value)
    return f"!unsafe {quote(value)}" if any(mark in value for mark in ("{{", "{%", "{#")) else quote(value)


def ansible_folded(text: str) -> str:
    """Return a command as the value of a variable at the left margin, a long one folded where it has single blanks."""
    if len(text) < _WIDTH or "  " in text or ansible(text).startswith("!"):
        return ansible(text)
    lines = [""]
    for part in text.split(" "):
        if len(lines[-1]) + len(part) > _WIDTH:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".strip()
    return "\n".join((">-", *(f"  {line}" for line in lines)))


def nginx(text: str) -> str:
    """Return one word; a dollar sign, a double quote and a backslash of a path have no form here and are refused by a rule."""
    return text if _ORDINARY.fullmatch(text) else f'"{text}"'


def caddy(text: str) -> str:
    """Return one token; braces, a double quote and a backslash have no form here and are refused by a rule."""
    return text if _ORDINARY.fullmatch(text) else f'"{text}"'


def compose(text: str) -> str:
    """Return a scalar; compose expands a single dollar sign. Only a path, which no YAML reader takes for a number or a date, stands bare."""
    bare_path = re.fullmatch(r"[A-Za-z0-9._-]*/[A-Za-z0-9._/:@-]*[A-Za-z0-9._/@-]", text)
    return text if bare_path else quote(text.replace("$", "$$"))


def flow(texts: Sequence[str]) -> str:
    """Return a list of texts on one line of YAML."""
    return json.dumps(texts)


def haproxy(text: str) -> str:
    """Return one word of a line; what the language would act on is written as a hexadecimal escape."""
    return re.sub(rb"[^A-Za-z0-9._/@:+,=~-]", lambda found: b"\\x%02x" % found.group()[0], text.encode()).decode()


def haproxy_string(text: str) -> str:
    """Return a text of several words between double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def shell(words: Sequence[str]) -> str:
    """Return a command that can be pasted into a shell."""
    return shlex.join(words)


def mount_unit(path: str) -> str:
    """Return the name of the unit that mounts a path, as ``systemd-escape --path --suffix=mount`` writes it (systemd.unit(5))."""
    parts = "/".join(part for part in path.split("/") if part)
    escaped = "".join("-" if char == "/" else _escaped(char, first=not at) for at, char in enumerate(parts))
    return f"{escaped or '-'}.mount"


def _escaped(char: str, *, first: bool) -> str:
    plain = char.isascii() and (char.isalnum() or char in ":_" or (char == "." and not first))
    return char if plain else "".join(f"\\x{byte:02x}" for byte in char.encode())


def systemd_command(text: str) -> str:
    """Return one word of a command in a unit file, where a dollar sign is a variable, too."""
    return systemd(text).replace("$", "$$")


def systemd(text: str) -> str:
    """Return one word of a unit file: systemd unquotes it, and % begins a specifier."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if re.search(r"[\s\"'\\]", text) else escaped
