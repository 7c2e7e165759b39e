"""Readers that take one line per variable: ``docker run --env-file`` and the parser of ``nb``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.env.grammar import Assignment
from nbcluster.env.readers.model import GO_SPACE, JS_SPACE, UnreadableError, whole

LONGEST_LINE = 65535
"""Bytes that Go's ``bufio.Scanner`` takes as one line (MaxScanTokenSize 64 KiB, the line end included)."""

RAW_MARK = "# nbcluster:raw"
"""The beginning of the line which says that quotes and # belong to the values of an env file."""

_RAW_LINE = re.compile(r"^# nbcluster:(?:raw\b| read raw,)[^\n]*\n?", re.MULTILINE)
"""The line, also as version 1.0.0 wrote it."""


def is_raw(text: str) -> bool:
    """Tell whether an env file says that docker reads it."""
    return _RAW_LINE.search(text) is not None


def without_raw_mark(text: str, instead: str = "") -> str:
    """Return a file with something else in place of the line that says so."""
    return _RAW_LINE.sub(lambda _line: instead, text)


def read_docker(text: str) -> dict[str, str]:
    """Return the variables as ``docker run --env-file`` and compose's ``format: raw`` take them: everything after ``=``, quotes too.

    Source: docker/cli ``pkg/kvfile``. A name without ``=`` is taken from the caller's environment and is not in the result.
    """
    values: dict[str, str] = {}
    for scanned in whole(text).removeprefix("\ufeff").split("\n"):
        if len(scanned.encode()) > LONGEST_LINE:
            raise UnreadableError("a line of more than 64 KiB")
        # the scanner takes one carriage return off with the line feed
        line = scanned.removesuffix("\r").lstrip(GO_SPACE)
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name = name.lstrip(" \t")
        if not name:
            raise UnreadableError("no name before =")
        if " " in name or "\t" in name:
            raise UnreadableError("a blank in a name")
        if equals:
            values[name] = value
    return values


def docker_assignments(text: str) -> Iterator[Assignment]:
    """Yield the assignments of a text with LF line ends as ``docker --env-file`` takes them, in order."""
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        name, equals, value = line.lstrip(GO_SPACE).partition("=")
        if equals and not name.startswith("#"):
            begin = start + len(line) - len(line.lstrip(GO_SPACE))
            yield Assignment(name.lstrip(" \t"), value, begin, start + len(line), number, False)
        start += len(line) + 1


def read_nb(text: str) -> dict[str, str]:
    """Return the variables as ``nb`` reads a managed env file (``@nocobase/cli`` 2.2.15, ``parseSimpleEnvFile``).

    Only whole lines are comments; in double quotes the escapes are replaced one kind after the other, the backslash last.
    """
    values: dict[str, str] = {}
    for raw in whole(text).replace("\r\n", "\n").split("\n"):
        line = raw.strip(JS_SPACE)
        if not line or line.startswith("#"):
            continue
        if line.startswith("export "):
            line = line[7:].strip(JS_SPACE)
        name, equals, value = line.partition("=")
        name = name.strip(JS_SPACE)
        if equals and name:
            values[name] = _without_quotes(value.strip(JS_SPACE))
    return values


def _without_quotes(value: str) -> str:
    if len(value) < 2 or value[0] != value[-1] or value[0] not in "'\"":
        return value
    inner = value[1:-1]
    if value[0] == '"':
        for escaped, plain in (("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"), ('\\"', '"'), ("\\\\", "\\")):
            inner = inner.replace(escaped, plain)
    return inner
