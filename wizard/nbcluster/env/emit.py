"""Writes one assignment so that its reader takes exactly the value: one form for all readers where there is one, else one per reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.env.readers import READERS, Reader, UnreadableError, quote, whole
from nbcluster.env.readers.line import LONGEST_LINE
from nbcluster.text import N_, _

_PLAIN = re.compile(r"[A-Za-z0-9._\-/:@%+,=!*]*\Z")
"""Characters that every reader takes alike without quotes (nocobase.md §3)."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

LINE_READERS = tuple(reader for reader in Reader if reader is not Reader.KUBERNETES)
"""Readers of ``NAME=value`` lines; a Kubernetes Secret is YAML and has its own form."""

_NUL = N_("it holds a NUL character or is no text, which no environment variable can be.")
_LINE = N_("it holds a line break, and this reader takes one line per value.")
_LONG = N_("it is longer than the 64 KiB that this reader takes as one line.")
_CONTROL = N_("it holds a control character, which this reader drops.")
_QUOTES = N_(
    "it mixes quotes, backslashes or line breaks with characters that need quotes, and this reader has no escape for that."
)
_EDGE = N_("it begins or ends with a blank or a backslash that this reader cannot keep.")


class UnrepresentableError(ValueError):
    """A value that no form of the reader's file carries, or, without a reason, a name that the reader does not take."""

    def __init__(self, name: str, reader: Reader, reason: str = "") -> None:
        message = (
            _("the value cannot be written for {reader}: {reason} Choose another password; in an address, percent-encode it.")
            if reason
            else _("{reader} reads no variable of this name. Rename it.")
        )
        super().__init__(message.format(reader=reader.value, reason=reason and _(reason)))
        self.name = name
        self.reader = reader


def assign(name: str, value: str, reader: Reader = Reader.DOTENV) -> str:
    """Return ``NAME=value`` (``NAME: "value"`` for Kubernetes) in a form that the reader takes as exactly this value.

    The plain form is used wherever every reader takes it. Raises ``UnrepresentableError``.
    """
    if not _NAME.match(name):
        raise UnrepresentableError(name, reader)
    if reader is Reader.KUBERNETES:
        line = f"{name}: {quote(value)}"
        if _reads(reader, line, name, value):
            return line
        raise UnrepresentableError(name, reader, _NUL)
    if _PLAIN.match(value) and len(value) < LONGEST_LINE - len(name):
        return f"{name}={value}"
    for form in _forms(value, reader):
        line = f"{name}={form}"
        if _reads(reader, line, name, value):
            return line
    raise UnrepresentableError(name, reader, _reason(value, reader))


def reassign(name: str, value: str, reader: Reader = Reader.DOTENV) -> str:
    """Return ``NAME=value`` for a variable that npm dotenv or docker has read: both take more names than a shell.

    Raises ``UnrepresentableError``.
    """
    stand_in = "X" * len(name)
    line = name + assign(stand_in, value, reader).removeprefix(stand_in)
    if not _reads(reader, line, name, value):
        raise UnrepresentableError(name, reader)
    return line


def _reads(reader: Reader, line: str, name: str, value: str) -> bool:
    try:
        return READERS[reader](f"{line}\n") == {name: value}
    except UnreadableError:
        return False


def _forms(value: str, reader: Reader) -> Iterator[str]:
    """Yield the ways to write a value, the one that most other readers share first."""
    inert = not value.endswith("\\")  # before a line end or a closing quote it swallows what follows
    if reader is Reader.DOCKER:
        yield value
        return
    if _reads_plain(value):
        yield value
    if reader is Reader.DOTENV:
        if inert:
            yield f"'{value}'"
            yield '"' + value.replace("\n", "\\n").replace("\r", "\\r") + '"'
            yield f"`{value}`"
        if value[:1] not in ("'", '"', "`"):
            yield value  # an opening quote would match one on a later line
        return
    yield f"'{value}'"
    if reader is Reader.BASH:
        yield "'" + value.replace("'", "'\\''") + "'"
        return
    if reader is Reader.COMPOSE:
        yield "'" + value.replace("'", "\\'") + "'"
    yield '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'
    yield '"' + re.sub(r'(["\\$])', r"\\\1", value).replace("\n", "\\n").replace("\r", "\\r") + '"'
    yield '"' + value.replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r") + '"'


def _reads_plain(value: str) -> bool:
    """Tell whether the bare value means the same to every reader of lines."""
    line = f"X={value}"
    return all(_reads(reader, line, "X", value) for reader in LINE_READERS)


def _reason(value: str, reader: Reader) -> str:
    try:
        whole(value)
    except UnreadableError:
        return _NUL
    if reader is Reader.DOCKER:
        return _LINE if "\n" in value or value.endswith("\r") else _LONG
    if reader is Reader.SYSTEMD and re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", value):
        return _CONTROL
    if value != value.strip() or value.endswith("\\"):
        return _EDGE
    return _QUOTES
