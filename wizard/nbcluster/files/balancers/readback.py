"""Files of balancers read back: every directive in them, compared with what it must be."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nbcluster.cluster import Balancer
from nbcluster.files.balancers import structure
from nbcluster.files.balancers.structure import Directive

_HAPROXY_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\\x[0-9A-Fa-f]{2}|\\.|[^\s"\\])+')
_CADDY_TOKEN = re.compile(r'"([^"\\]*)"|(\S+)')


class _Unreadable(ValueError):
    """A file that its reader refuses as a whole."""


def differences(kind: str, text: str, model: Balancer) -> list[str]:
    """Return where a file says something else than it must: the first words of the directives, never values.

    Raises ``OSError`` where there is no room for the one temporary file that reading nginx's takes.
    """
    read, wanted = _READERS[kind]
    try:
        found = read(text)
    except _Unreadable as fault:
        return [str(fault)]
    lines = [[line for each in tree for line in each.outline()] for tree in (found, wanted(model))]
    return [_name(*pair) for pair in zip_longest(*lines) if pair[0] != pair[1]][:5]


def _name(*lines: tuple[int, tuple[str, ...]] | None) -> str:
    return next((line[1][0] or "''" for line in reversed(lines) if line is not None and line[1]), "{")


def _nginx(text: str) -> list[Directive]:
    import crossplane

    with tempfile.TemporaryDirectory(prefix="nbcluster-") as folder:
        file, main = Path(folder) / "nocobase.conf", Path(folder) / "nginx.conf"
        file.write_text(text, "utf-8")
        # as it is included: each directive must be allowed where it stands
        main.write_text("events {}\nhttp { include nocobase.conf; }\n", "utf-8")
        payload = crossplane.parse(str(main), check_ctx=True, check_args=True)
    if payload["errors"] or len(payload["config"]) != 2:
        raise _Unreadable("; ".join(re.sub(r" in /.*", "", str(each["error"])) for each in payload["errors"]) or "include")
    return [_of_crossplane(each) for each in payload["config"][1]["parsed"]]


def _of_crossplane(parsed: Mapping[str, Any]) -> Directive:
    block = tuple(_of_crossplane(each) for each in parsed["block"]) if "block" in parsed else None
    return Directive((parsed["directive"], *parsed["args"]), block)


def _haproxy(text: str) -> list[Directive]:
    sections: list[tuple[tuple[str, ...], list[Directive]]] = []
    for line in text.split("\n"):
        words = tuple(
            _haproxy_word(found[0]) for found in _HAPROXY_WORD.finditer(line.partition("#")[0] if "#" in line else line)
        )
        if not words:
            continue
        if not line[0].isspace():
            sections.append((words, []))
        elif sections:
            sections[-1][1].append(Directive(words))
        else:
            raise _Unreadable(words[0])
    return [Directive(head, tuple(inside)) for head, inside in sections]


def _haproxy_word(raw: str) -> str:
    """Return a word as HAProxy takes it: quotes and their escapes resolved; in a regular expression a backslash stays."""
    if raw.startswith('"'):
        return raw[1:-1].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    escapes = re.sub(rb"\\x([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), raw.encode())
    return escapes.decode("utf-8", "replace")


def _caddy(text: str) -> list[Directive]:
    root: list[Directive] = []
    open_blocks: list[tuple[tuple[str, ...], list[Directive]]] = [((), root)]
    for line in text.split("\n"):
        if not line.strip() or line.strip().startswith("#"):
            continue
        tokens = [found[1] if found[1] is not None else found[2] for found in _CADDY_TOKEN.finditer(line)]
        if tokens == ["}"] and len(open_blocks) > 1:
            head, inside = open_blocks.pop()
            open_blocks[-1][1].append(Directive(head, tuple(inside)))
        elif tokens[-1] == "{":
            open_blocks.append((tuple(tokens[:-1]), []))
        else:
            open_blocks[-1][1].append(Directive(tuple(tokens)))
    if len(open_blocks) != 1:
        raise _Unreadable("{")
    return root


_READERS: Mapping[str, tuple[Callable[[str], Iterable[Directive]], Callable[[Balancer], Sequence[Directive]]]] = {
    "nginx": (_nginx, structure.nginx),
    "haproxy": (_haproxy, structure.haproxy),
    "caddy": (_caddy, structure.caddy),
}
