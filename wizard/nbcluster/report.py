"""The lines that every face shows: problems, how steps and checks stand, what speaks against writing, and what an export did.

A face folds, indents and colours them; the words are the same everywhere.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from nbcluster.checks.results import CheckResult, Status
from nbcluster.errors import Problem, Severity
from nbcluster.text import _, ngettext
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.checks.board import BoardRow, Tally
    from nbcluster.checks.results import Report
    from nbcluster.files.export import ExportResult


class StepState(StrEnum):
    """How a step stands: not done, all of it by default, in order, with warnings, with something to fix, or with checks that have not judged it."""

    TODO = "todo"
    DEFAULT = "default"
    DONE = "done"
    WARNING = "warning"
    PROBLEM = "problem"
    UNJUDGED = "unjudged"


SIGNS = {
    StepState.DONE: "ok",
    StepState.WARNING: " !",
    StepState.PROBLEM: "!!",
    StepState.UNJUDGED: " ?",
    StepState.TODO: " .",
    StepState.DEFAULT: " =",
}
"""The sign of a step's state, two columns wide."""

WORDS = {Status.OK: "ok", Status.WARN: "warn", Status.FAIL: "FAIL", Status.ERROR: "????", Status.SKIP: "-"}
"""The word of a verdict where checks stand in a table."""


_GRAVEST_FIRST = (Status.FAIL, Status.ERROR, Status.WARN, Status.OK, Status.SKIP)


def worst(row: BoardRow) -> Status:
    """Return the verdict of a target: that of its gravest result."""
    return next((status for status in _GRAVEST_FIRST if any(result.status is status for result in row.results)), Status.SKIP)


def problem_line(problem: Problem) -> str:
    """Return a problem as one line that begins with its sign: ``!!`` stops writing, ``!`` does not."""
    return f"{'!!' if problem.severity is Severity.ERROR else '! '} {problem.line()}"


def verdict(errors: int, checks: Tally, progress: str) -> list[str]:
    """Return what stands in the way, in a few lines: errors forbid writing, checks that failed or were not judged never do."""
    lines = []
    if errors:
        text = ngettext(
            "{count} error to mend before anything is written", "{count} errors to mend before anything is written", errors
        )
        lines.append(text.format(count=errors))
    if checks.fail:
        text = ngettext(
            "{count} check failed: the files can be written, but what it found keeps the cluster from working.",
            "{count} checks failed: the files can be written, but what they found keeps the cluster from working.",
            checks.fail,
        )
        lines.append(text.format(count=checks.fail))
    lines += _unjudged(checks)
    if checks.waiting:
        lines.append(progress)
    return lines


def misgivings(checks: Tally) -> list[str]:
    """Return what is to be said once more before files are written that checks speak against."""
    lines = []
    if checks.fail:
        text = ngettext("{count} check failed: write all the same?", "{count} checks failed: write all the same?", checks.fail)
        lines.append(text.format(count=checks.fail))
    lines += _unjudged(checks)
    if checks.waiting:
        lines.append(progress_of(checks))
    return lines


def _unjudged(checks: Tally) -> list[str]:
    text = ngettext("{count} check could not be judged.", "{count} checks could not be judged.", checks.error)
    return [text.format(count=checks.error)] if checks.error else []


def progress_of(checks: Tally) -> str:
    """Return how many targets have no result of the present answers."""
    text = ngettext(
        "{count} of {total} targets without a result yet", "{count} of {total} targets without a result yet", checks.waiting
    )
    return text.format(count=checks.waiting, total=checks.targets)


def result_lines(result: CheckResult) -> list[str]:
    """Return one result for a terminal or a log: a line with the status word first, then what to do where it is not in order."""
    word = result.status.value if result.status in (Status.OK, Status.SKIP) else result.status.value.upper()
    told = {Status.OK: (), Status.SKIP: (result.hint,)}.get(result.status, (result.detail, result.hint))
    more = [f"      {line}" for text in told if text for line in clean(text, 2000, lines=True).splitlines()]
    return [f"{word:<6}{result.id:<28} {clean(result.summary, 400)}", *more]


def totals(report: Report) -> str:
    """Return how many results of a report there are of each status, those that there are none of left out."""
    return ", ".join(f"{number} {name}" for name, number in report.counts.items() if number)


def written_lines(outcome: ExportResult) -> list[str]:
    """Return what an export wrote, with the mode of each file, what it left alone and what became of the archive."""
    done = outcome.result
    lines = [_("Written to {folder}").format(folder=outcome.directory)]
    for path in done.written:
        mode = (outcome.directory / path).stat().st_mode & 0o777
        lines.append(f"  {mode:04o}  {path}")
    if done.unchanged:
        count = len(done.unchanged)
        lines.append("  " + ngettext("{count} file unchanged", "{count} files unchanged", count).format(count=count))
    lines += ["  " + _("removed: {path}").format(path=path) for path in done.removed]
    lines += ["  " + _("kept, because it was edited: {path}").format(path=path) for path in done.kept]
    if done.backups:
        lines.append("  " + _("what was there before is in {folder}").format(folder=outcome.directory / "backups"))
    return [*lines, *packed(outcome)]


def packed(outcome: ExportResult) -> list[str]:
    """Return what became of the archive."""
    if outcome.bundle is None:
        return []
    lines = [_("packed into {path}").format(path=outcome.bundle)]
    if outcome.left_out:
        lines.append(_("left out of it, because they hold secrets: {paths}").format(paths=", ".join(outcome.left_out)))
    return [f"  {line}" for line in lines]


def warning_lines(outcome: ExportResult) -> list[str]:
    """Return the warnings that an export leaves, below a heading; nothing where there are none."""
    return [_("Warnings left:"), *(f"  {problem_line(problem)}" for problem in outcome.warnings)] if outcome.warnings else []


def todo_lines(outcome: ExportResult) -> list[str]:
    """Return what to do next, numbered below a heading."""
    return [_("What to do next:"), *(f"  {number}. {text}" for number, text in enumerate(outcome.next_steps, 1))]
