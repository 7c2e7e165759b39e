"""``lint``: existing files judged as those of a cluster's node."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.errors import ExitCode, InvalidAnswersError
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.checks.results import CheckResult
    from nbcluster.errors import Problem
    from nbcluster.lint import Input, Linted


def lint(options: argparse.Namespace) -> int:
    """Judge files; the exit code is the report's. Files that cannot be read are named together, and nothing is judged then."""
    from nbcluster.checks.results import Report
    from nbcluster.cli.output import print_json
    from nbcluster.cli.report import print_findings
    from nbcluster.lint import lint as judge

    started, clock = datetime.now(UTC), time.monotonic()
    linted = judge(_read(options.files))
    if linted.problems:
        raise InvalidAnswersError(linted.problems)
    report = Report(started, round((time.monotonic() - clock) * 1000), tuple(_results(linted)))
    if options.json:
        print_json(report.as_json())
    else:
        print_findings(report, len(options.files))
    return int(report.exit_code())


def _read(paths: list[Path]) -> list[Input]:
    from nbcluster.files.exporting import beside, read_env_text
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


def explain(fault_id: str) -> str | None:
    """Return the page of a lint id as text; None for an id that is not lint's. Raises ``NbclusterError`` for an unknown one of lint."""
    from nbcluster.lint.faults import FAULTS, UNREAD, fault_of, page

    if fault_id != "lint" and not fault_id.startswith("lint."):
        return None
    fault = fault_of(fault_id)
    if fault is not None:
        return page(fault)
    if fault_id == "lint":
        width = max(len(fault.id) for fault in FAULTS)
        return "\n".join(f"{fault.id:<{width}}  {_(fault.title)}" for fault in (*FAULTS, UNREAD))
    import difflib

    from nbcluster.errors import NbclusterError
    from nbcluster.text.clean import clean

    near = difflib.get_close_matches(fault_id, [fault.id for fault in FAULTS], 1, 0.5)
    hint = _("Did you mean {id}?").format(id=near[0]) if near else _("`nbcluster explain lint` lists the ids.")
    message = _("{id} matches no fault that lint knows.").format(id=clean(fault_id, 100)) + " " + hint
    raise NbclusterError(ExitCode.INVALID, message)
