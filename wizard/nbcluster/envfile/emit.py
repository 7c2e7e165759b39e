"""Writing one assignment so that npm dotenv reads exactly the value, and other readers too wherever a common form exists."""

from __future__ import annotations

import re

from nbcluster.envfile.grammar import read_dotenv
from nbcluster.text import _

_PLAIN = re.compile(r"[A-Za-z0-9._\-/:@%+,=~!*]*\Z")
"""Characters that npm dotenv, bash, docker --env-file, compose and systemd read alike without quotes (nocobase.md §3)."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class UnrepresentableError(ValueError):
    """A value that no form of an env file carries; the message says what to choose instead."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "the value cannot be written to an env file: it mixes ', \" and ` with characters that need quotes. Choose another one."
            )
        )
        self.name = name


def assign(name: str, value: str) -> str:
    """Return ``NAME=value`` in the first form that npm dotenv reads back exactly; raises ``UnrepresentableError``."""
    if not _NAME.match(name):
        raise UnrepresentableError(name)
    for form in _forms(value):
        line = f"{name}={form}"
        if read_dotenv(f"{line}\n") == {name: value}:
            return line
    raise UnrepresentableError(name)


def _forms(value: str) -> list[str]:
    if _PLAIN.match(value):
        return [value]
    escaped = value.replace("\n", "\\n").replace("\r", "\\r")
    if value.endswith("\\"):
        return [value]  # before a closing quote it would reach for the quote of a later line
    # Single quotes mean the same to npm dotenv, bash, compose and systemd; double quotes come next, backquotes only npm dotenv reads.
    return [f"'{value}'", f'"{escaped}"', f"`{value}`", value]
