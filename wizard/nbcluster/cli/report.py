"""Results as a person reads them in a terminal or a log: one line each, the status word first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from nbcluster.text import _, ngettext
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.checks.results import CheckResult, Report


def print_result(result: CheckResult) -> None:
    """Print one result; what is in order takes one line, what is not also says what to do, as does what was not tested."""
    word = result.status.value if result.status.value in ("ok", "skip") else result.status.value.upper()
    sys.stdout.write(f"{word:<6}{result.id:<28} {clean(result.summary, 400)}\n")
    shown = {"ok": (), "skip": (result.hint,)}.get(result.status.value, (result.detail, result.hint))
    for text in shown:
        if text:
            for line in clean(text, 2000, lines=True).splitlines():
                sys.stdout.write(f"      {line}\n")
    sys.stdout.flush()


def print_totals(report: Report) -> None:
    """Print the counts of a report."""
    counts = report.as_json()["counts"]
    words = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    sys.stdout.write(
        _("{words} in {seconds:.1f} s, from this machine").format(words=words, seconds=report.elapsed_ms / 1000) + "\n"
    )


def print_written(document: dict[str, Any], directory: Path, stream: TextIO, *, dry_run: bool) -> None:
    """Print what was written, or would be, on a stream: stdout, unless that holds a diff."""
    stream.writelines(f"{path}\n" for path in document["written"])
    stream.writelines(_("removed: {path}").format(path=path) + "\n" for path in document["removed"])
    count = len(document["written"])
    template = (
        ngettext(
            "{count} file would be written to {folder}, {same} unchanged",
            "{count} files would be written to {folder}, {same} unchanged",
            count,
        )
        if dry_run
        else ngettext(
            "{count} file written to {folder}, {same} unchanged", "{count} files written to {folder}, {same} unchanged", count
        )
    )
    sys.stderr.write(template.format(count=count, folder=directory, same=len(document["unchanged"])) + "\n")
    if not dry_run and count:
        sys.stderr.write(_("Go on with {path}").format(path=directory / "RUNBOOK.md") + "\n")
