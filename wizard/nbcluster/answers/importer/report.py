"""The report of an import as lines, the same in every face; no secret stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nbcluster.answers.importer.model import Imported
from nbcluster.errors import Problem, Severity
from nbcluster.text import _
from nbcluster.text.clean import clean
from nbcluster.text.layout import width_of


def lines(imported: Imported, name: Callable[[str], str] = str, said: Callable[[Problem], str] = Problem.line) -> Iterator[str]:
    """Yield what has to be looked at, what was read, what is kept and what is not known.

    ``name`` says what a key path is called, ``said`` what a problem is.
    """
    for problem in imported.notes:
        yield f"{'!!' if problem.severity is Severity.ERROR else ' !'} {said(problem)}"
    if imported.read:
        yield _("Read:")
        width = max(width_of(name(taken.path)) for taken in imported.read)
        for taken in imported.read:
            line = _("line {line}").format(line=taken.line) if taken.line else ""
            called = name(taken.path)
            yield f"   {called}{' ' * (width - width_of(called))}  {taken.variable}  {line}".rstrip()
    if imported.kept:
        yield _("Kept as they are, in the files that are written:")
        yield f"   {', '.join(_kept(imported))}"
    if imported.unknown:
        yield _("Not known:")
        for unknown in imported.unknown:
            yield f"   {unknown.what}: {unknown.why}"


def _kept(imported: Imported) -> list[str]:
    return [clean(name, 80) for name in sorted(imported.kept)]


def as_json(imported: Imported, answers: str) -> dict[str, object]:
    """Return the document of ``import --json``; ``answers`` is the text of the answers file."""
    return {
        "schema": 1,
        "answers": answers,
        "read": [{"path": taken.path, "variable": taken.variable, "line": taken.line} for taken in imported.read],
        "kept": _kept(imported),
        "unknown": [{"what": unknown.what, "why": unknown.why} for unknown in imported.unknown],
        "problems": [problem.as_json() for problem in imported.notes],
    }
