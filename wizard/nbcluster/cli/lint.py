"""``lint``: existing files judged as those of a cluster's node, or of a node alone."""

from __future__ import annotations

import argparse
import glob
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.errors import ExitCode, InvalidAnswersError, Problem, Severity
from nbcluster.text import _, ngettext
from nbcluster.text.clean import clean, made_visible

if TYPE_CHECKING:
    from nbcluster.checks.results import CheckResult, Report
    from nbcluster.lint import Input, Linted

STDIN = "<stdin>"
"""What the standard input is called in findings."""

_MOST_FILES = 300


def lint(options: argparse.Namespace) -> int:
    """Judge files; the exit code is the report's. Files that cannot be read are named together, and nothing is judged then."""
    from nbcluster.checks.results import Report, Status
    from nbcluster.cli.output import print_json
    from nbcluster.lint import lint as findings_of

    started, clock = datetime.now(UTC), time.monotonic()
    linted = findings_of(_read(options.files), single=options.single)
    if linted.problems:
        raise InvalidAnswersError(linted.problems)
    report = Report(started, round((time.monotonic() - clock) * 1000), tuple(_results(linted)))
    if options.json:
        print_json(report.as_json())
    elif options.sarif:
        from nbcluster.lint.sarif import document

        print_json(document(linted))
    elif options.github:
        sys.stdout.writelines(f"{line}\n" for line in _annotations(linted))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(linted, report))
    code = report.exit_code()
    if options.strict and report.counts[Status.WARN]:
        code = ExitCode.FAILED
    return int(code)


def _read(paths: list[Path]) -> list[Input]:
    from nbcluster.answers.importer.disk import beside
    from nbcluster.lint import Input
    from nbcluster.system.inputfile import expanded, read_stream, read_text

    files: list[Input] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        try:
            if str(path) == "-":
                files.append(Input(STDIN, read_stream(sys.stdin.buffer, STDIN, mark=True)))
            else:
                # a byte order mark is a fault of its own
                text = read_text(expanded(path, str(path)), str(path), mark=True)
                files.append(Input(str(path), text, beside(path), _matching(path)))
        except InvalidAnswersError as fault:
            problems += fault.problems
    if problems:
        raise InvalidAnswersError(tuple(problems))
    return files


def _matching(path: Path) -> Callable[[str], Sequence[str] | None]:
    """Return what finds the files that a pattern of a file fits; it gives None where the folder of the pattern is not there."""

    def match(pattern: str) -> Sequence[str] | None:
        whole = path.parent / pattern
        folder = next((parent for parent in whole.parents if not glob.has_magic(str(parent))), None)
        try:
            if folder is None or not folder.is_dir():
                return None
            found = sorted(each for each in folder.glob(str(whole.relative_to(folder))) if each.is_file())
        except (OSError, ValueError, NotImplementedError):
            return None
        return [str(each.absolute()) for each in found[:_MOST_FILES]]

    return match


def _unread(linted: Linted) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and sentence of everything that is not judged."""
    for missing in linted.unread:
        if not missing.why:
            message = _("not judged: variables also come from {name}, which was not read.").format(name=missing.name)
        elif missing.name:
            message = _("not judged: {name}: {why}").format(name=missing.name, why=missing.why)
        else:
            message = _("not judged: {why}").format(why=missing.why)
        yield missing.file, missing.line, message


def _results(linted: Linted) -> list[CheckResult]:
    from nbcluster.checks.results import CheckResult, Status
    from nbcluster.lint.faults import STATUS, UNREAD

    found = [CheckResult(f.id, f.target, "file", Status(STATUS[f.severity]), f.summary, "", f.hint, 0) for f in linted.findings]
    unread = [
        CheckResult(UNREAD.id, f"{file}:{line}" if line else file, "file", Status.ERROR, message, "", _(UNREAD.remedy), 0)
        for file, line, message in _unread(linted)
    ]
    fails = sum(result.status is Status.FAIL for result in found)
    return [*found[:fails], *unread, *found[fails:]]


def _lines(linted: Linted, report: Report) -> Iterator[str]:
    """Yield the text for a person: what each file was judged as, the findings as editors jump to them, and the counts."""
    for subject in linted.subjects:
        yield f"{', '.join(subject.files)}: {subject.words}"
    # one kind of fault after the other, each with its remedy once
    order = {key: index for index, key in enumerate(dict.fromkeys((r.status, r.id) for r in report.results))}
    results = sorted(report.results, key=lambda r: order[r.status, r.id])
    for _key, of_kind in groupby(results, key=lambda r: (r.status, r.id)):
        told: dict[str, None] = {}
        for result in of_kind:
            place, _blank, _name = _parted(result.target)
            # what is not judged says so itself
            word = "" if result.status.value == "error" else f"{result.status.value.upper()} "
            yield f"{place}: {word}{clean(result.summary, 2000)} [{result.id}]"
            told |= {result.hint: None} if result.hint else {}
        yield from (f"      {clean(hint, 2000)}" for hint in told)
    yield _totals(linted, report)


def _parted(target: str) -> tuple[str, str, str]:
    """Return the place of a target, which is ``FILE:LINE KEY`` or ``FILE KEY``, and its variable."""
    place, blank, name = target.rpartition(" ")
    return (place, blank, name) if place and name.replace("_", "").isalnum() and name.upper() == name else (target, "", "")


def _totals(linted: Linted, report: Report) -> str:
    counts = {name: number for name, number in report.counts.items() if number and name != "error"}
    words = [f"{number} {name}" for name, number in reversed(counts.items())]
    if linted.unread:
        words.append(ngettext("{count} not judged", "{count} not judged", len(linted.unread)).format(count=len(linted.unread)))
    files = sum(len(subject.files) for subject in linted.subjects)
    template = ngettext("{words} in {count} file", "{words} in {count} files", files)
    held = ngettext("{count} kind of fault was not found", "{count} kinds of fault were not found", linted.held)
    found = template.format(words=", ".join(words) or _("nothing found"), count=files)
    return f"{found}; {held.format(count=linted.held)}"


def _annotations(linted: Linted) -> Iterator[str]:
    """Yield workflow commands of GitHub Actions (docs.github.com, "Workflow commands": error, warning, notice)."""
    for finding in linted.findings:
        command = "error" if finding.severity is Severity.ERROR else "warning"
        yield _annotation(command, finding.file, finding.line, finding.id, f"{finding.summary} {finding.hint}")
    for file, line, message in _unread(linted):
        yield _annotation("error", file, line, "lint.unread", message)


def _annotation(command: str, file: str, line: int, title: str, message: str) -> str:
    def data(text: str) -> str:
        return made_visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def value(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    place = f"file={value(file)},line={max(line, 1)},title={value(title)}"
    return f"::{command} {place}::{data(clean(message, 2000))}"
