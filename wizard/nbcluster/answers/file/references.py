"""``{ env = "NAME" }`` and ``{ file = "PATH" }``: a string of an answers file that is kept elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbcluster.answers.answers import Answers, Reference
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.system.inputfile import VALUE_LIMIT, expanded, read_text
from nbcluster.system.programs import withhold
from nbcluster.text import _
from nbcluster.text.clean import clean


class ReferenceFault(Exception):
    """A reference that cannot be resolved; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class UnsetVariable(ReferenceFault):
    """A reference to an environment variable that is not set."""


def reference_of(raw: Any, *, whole: bool) -> Reference | None:
    """Return what a reference refers to if it means the same wherever the answers file lies and whenever it is read, or None."""
    if not isinstance(raw, dict) or len(raw) != 1:
        return None
    (kind, target), *_rest = raw.items()
    if not isinstance(target, str):
        return None
    lasting = kind == "env" or (kind == "file" and target.startswith(("/", "~")) and not target.startswith(("/dev/", "/proc/")))
    return Reference(kind, target, whole) if lasting else None


def place_of(raw: Any) -> str | None:
    """Return the variable or the file that a reference names; None for what is no reference."""
    if not isinstance(raw, dict) or len(raw) != 1:
        return None
    (kind, target), *_rest = raw.items()
    return target if kind in ("env", "file") and isinstance(target, str) else None


@dataclass
class Resolver:
    """Resolves references against an environment and the folder of the answers file."""

    environment: Mapping[str, str]
    folder: Path

    def text(self, path: str, raw: Any) -> str | None:
        """Return the text of a string or a reference; None where ``raw`` is neither; raises ``ReferenceFault``."""
        if isinstance(raw, str):
            return raw
        if not isinstance(raw, dict) or len(raw) != 1:
            return None
        (kind, target), *_rest = raw.items()
        if kind == "env" and isinstance(target, str):
            return self._variable(path, target)
        if kind == "file" and isinstance(target, str):
            return self._file(path, target)
        return None

    def _variable(self, path: str, name: str) -> str:
        withhold(name)
        value = self.environment.get(name)
        if value is None:
            message = _("the environment variable {name} is not set.").format(name=clean(name, 120))
            raise UnsetVariable(Problem(path, message, _("Export it, or name a file that sets it with --secrets.")))
        return value

    def _file(self, path: str, name: str) -> str:
        try:
            text = read_text(self.folder / expanded(name, path), path, VALUE_LIMIT, mark=True)
        except InvalidAnswersError as fault:
            raise ReferenceFault(fault.problems[0]) from None
        return text.removesuffix("\n").removesuffix("\r") if text.endswith("\r\n") else text.removesuffix("\n")


class StandIns(Resolver):
    """Resolves every reference to a stand-in without reading its target, which may be readable only once.

    A reference to a whole address needs the ``answers`` that it was written from.
    """

    def __init__(self, answers: Answers | None = None) -> None:
        super().__init__({}, Path("/"))
        self._answers = answers

    def text(self, path: str, raw: Any) -> str | None:
        """Return the text itself, or a stand-in of the right form."""
        if isinstance(raw, str):
            return raw
        # the password of an address has a path of its own, and no field
        url = self._answers.url(path) if self._answers is not None and path in self._answers.fields else None
        return url.reveal() if url is not None else "0" * 64
