"""The text of one file, before its values are interpreted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from nbcluster.env import Assignment, assignments
from nbcluster.lint.model import Hit
from nbcluster.text.clean import clean


@dataclass(frozen=True)
class File:
    """A file under the name that findings show; ``in_docker``: an env file that says it is for ``docker --env-file``, which reads plain lines."""

    name: str
    text: str
    in_docker: bool = False

    @cached_property
    def plain(self) -> str:
        """The text without a byte order mark, its lines ended by line feeds."""
        return re.sub(r"\r\n?", "\n", self.text.removeprefix("\ufeff"))

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """What npm dotenv reads from the plain text."""
        return tuple(assignments(self.plain))

    def at(self, line: int, name: str = "", message: str = "") -> Hit:
        """Return a place in it."""
        return Hit(self.name, line, clean(name, 80), message)

    def where(self, match: re.Match[str]) -> Hit:
        """Return the place of a match in its text."""
        return self.at(self.text.count("\n", 0, match.end()) + 1)
