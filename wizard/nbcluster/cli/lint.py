"""``lint``: existing files judged as those of a cluster's node."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.errors import InvalidAnswersError
from nbcluster.text import _, ngettext
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.checks.results import CheckResult, Report
    from nbcluster.errors import Problem
    from nbcluster.lint import Input, Linted


def lint(options: argparse.Namespace) -> int:
    """Judge files; the exit code is the report's. Files that cannot be read are named together, and nothing is judged then."""
    from nbcluster.checks.results import Report
    from nbcluster.cli.output import print_json
    from nbcluster.lint import lint as judge

    started, clock = datetime.now(UTC), time.monotonic()
    linted = judge(_read(options.files))
    if linted.problems:
        raise InvalidAnswersError(linted.problems)
    report = Report(started, round((time.monotonic() - clock) * 1000), tuple(_results(linted)))
    if options.json:
        print_json(report.as_json())
    else:
        _print_findings(report, len(options.files))
    return int(report.exit_code())


def _read(paths: list[Path]) -> list[Input]:
    from nbcluster.answers.importer.disk import beside, read_env_text
    from nbcluster.lint import Input

    files: list[Input] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        try:
            files.append(Input(str(path), read_env_text(path, str(path)), beside(path)))
        except InvalidAnswersError as fault:
            problems += fault.problems
    if problems:
        raise InvalidAnswersError(tuple(problems))
    return files


def _results(linted: Linted) -> list[CheckResult]:
    from nbcluster.checks.results import CheckResult, Status
    from nbcluster.lint.faults import STATUS, UNREAD

    results = [
        CheckResult(f.id, f.target, "file", Status(STATUS[f.severity]), f"{f.name} {f.message}".strip(), "", f.hint, 0)
        for f in linted.findings
    ]
    for missing in linted.unread:
        place = f"{missing.file}:{missing.line}" if missing.line else missing.file
        if missing.why:
            message = _("{name} is not judged: {why}").format(name=missing.name or _("the file"), why=missing.why)
        else:
            message = _("variables also come from {name}, which was not read: what is absent is not judged").format(
                name=missing.name
            )
        results.append(CheckResult(UNREAD.id, place, "file", Status.SKIP, message, "", _(UNREAD.remedy), 0))
    return results


def _print_findings(report: Report, files: int) -> None:
    """Print what lint found: the place, as editors jump to it, the id, the sentence and the remedy."""
    from nbcluster.report import totals

    for result in report.results:
        word = result.status.value.upper() if result.status.value != "skip" else result.status.value
        sys.stdout.write(f"{word:<6}{result.target}  [{result.id}]\n")
        for text in (result.summary, result.hint):
            sys.stdout.write(f"      {clean(text, 2000)}\n")
    words = totals(report) or _("nothing found")
    template = ngettext("{words} in {count} file", "{words} in {count} files", files)
    sys.stdout.write(template.format(words=words, count=files) + "\n")
