"""``check``, ``render``, ``import``, ``schema`` and ``explain``."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbcluster.answers.targets import may_be_skipped
from nbcluster.cli.output import print_json, talk
from nbcluster.cli.source import Given, given
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.system.inputfile import target_file, target_folder
from nbcluster.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbcluster.answers.answers import Answers
    from nbcluster.checks.results import Report
    from nbcluster.files.exporting import Outcome, Prepared
    from nbcluster.files.write import WriteResult


def check(options: argparse.Namespace) -> int:
    """Run rules and live checks; the exit code is the report's."""
    from nbcluster.checks.rules import check_everything
    from nbcluster.files.exporting import context_for
    from nbcluster.files.tested import targets

    source = given(options)
    folder = Path(source.exported_to) if source.exported_to else None
    context = context_for(source.answers, folder, source.claims)
    look = partial(check_everything, source.answers, context, targets(source.answers))
    return _report(options, look, _skips(source.answers))


def verify(options: argparse.Namespace) -> int:
    """Look at the running cluster; the exit code is the report's."""
    from nbcluster.checks.cluster import UNUSED, running_targets
    from nbcluster.checks.conversation import known_ids
    from nbcluster.checks.results import selects
    from nbcluster.checks.run import run_checks
    from nbcluster.files.tested import questions

    answers = given(options, spared=UNUSED).answers
    goals = running_targets(answers, questions(answers))
    # what the answers skip may belong to ``check`` alone
    known = known_ids(goals)
    skips = {selection: why for selection, why in _skips(answers).items() if any(selects(selection, one) for one in known)}
    return _report(options, partial(run_checks, goals), skips)


def _skips(answers: Answers) -> dict[str, str]:
    """Return the checks that the answers skip; a rule says which of them they may not."""
    rows = ((str(row.get("id")), str(row.get("reason") or "")) for row in answers.rows("checks.skip"))
    return {selection: why for selection, why in rows if may_be_skipped(selection)}


def _report(options: argparse.Namespace, run: Callable[..., Report], skips: dict[str, str]) -> int:
    from nbcluster.cli.report import print_result, print_totals

    show = None if options.json else print_result
    report = run(timeout=options.timeout, only=options.only, skip=skips | dict(options.skip), on_result=show)
    if options.json:
        print_json(report.as_json())
    else:
        print_totals(report)
    return int(report.exit_code())


def render(options: argparse.Namespace) -> int:
    """Write the files, or say what would be written."""
    from nbcluster.files.write import announced, held
    from nbcluster.files.write.bundle import check_place

    if options.with_secrets and options.bundle is None:
        raise NbclusterError(ExitCode.INVALID, _("--with-secrets goes with --bundle FILE."))
    source = given(options)
    directory = target_folder(options.out, "--out")
    archive = target_file(options.bundle, "--bundle") if options.bundle is not None else None
    if archive is not None:
        check_place(archive)
    if options.dry_run:
        talk(announced(directory))
        return _render(options, source, directory, archive)
    with (
        nullcontext() if source.store is None else source.store.lock(source.session),
        held(directory, trust=options.trust_folder) as recovered,
    ):
        talk(recovered)
        return _render(options, source, directory, archive)


def _render(options: argparse.Namespace, source: Given, directory: Path, archive: Path | None) -> int:
    from nbcluster.cli.report import print_written
    from nbcluster.files.exporting import diffs, foreign_edits, plan_writing, prepare, write

    prepared = prepare(
        source.answers,
        directory,
        claims=source.claims,
        exported_to=source.exported_to,
        new_keys=options.new_keys,
        formats=options.format,
    )
    warnings = (*source.notes, *prepared.warnings, *foreign_edits(prepared, directory, options.format))
    for problem in warnings[len(source.notes) :]:
        talk(problem.line())
    changes = (
        "".join(line.rstrip("\n") + "\n" for _path, diff in diffs(prepared, directory) for line in diff) if options.diff else None
    )
    outcome: WriteResult | Outcome
    if options.dry_run:
        outcome = plan_writing(prepared, directory, options.format)
    else:
        outcome = write(prepared, directory, lambda: datetime.now(UTC), options.format, trust=options.trust_folder)
        _remember(source, directory)
        if archive is not None:
            _bundle(options, prepared, archive)
    for problem in outcome.remarks:
        talk(problem.line())
    document: dict[str, Any] = {
        "schema": 1,
        "written": list(outcome.written),
        "unchanged": list(outcome.unchanged),
        "removed": list(outcome.removed),
        "problems": [problem.as_json() for problem in (*warnings, *outcome.remarks)],
    }
    if options.json:
        print_json(document if changes is None else {**document, "diff": changes})
    else:
        if changes is not None:
            sys.stdout.write(changes)
        print_written(document, directory, sys.stdout if changes is None else sys.stderr, dry_run=options.dry_run)
    return ExitCode.OK


def _bundle(options: argparse.Namespace, prepared: Prepared, path: Path) -> None:
    from nbcluster.files.exported import bundle

    missing = bundle(prepared, path, with_secrets=options.with_secrets)
    if missing:
        talk(_("The bundle lacks what holds secrets: {paths}. --with-secrets puts it in.").format(paths=", ".join(missing)))


def _remember(source: Given, directory: Path) -> None:
    if source.store is None:
        return
    from dataclasses import replace

    source.store.save(replace(source.store.load(source.session), exported_to=str(directory)))


def import_(options: argparse.Namespace) -> int:
    """Print the answers that a file of an existing installation gives, secrets as references; the report goes to stderr."""
    from nbcluster.answers.answers import Source
    from nbcluster.answers.file import dump
    from nbcluster.answers.flow import infer
    from nbcluster.answers.importer.report import as_json, lines
    from nbcluster.files.exporting import import_path, import_stream
    from nbcluster.steps import new_answers
    from nbcluster.text import language

    name = str(options.file)
    imported = import_stream(sys.stdin.buffer, "<stdin>") if name == "-" else import_path(options.file, name)
    answers = new_answers().with_("output.language", language(), Source.IMPORTED)
    for path, value in imported.changes:
        answers = answers.with_(path, value, Source.IMPORTED)
    text = dump(infer(answers))
    if options.json:
        print_json(as_json(imported, text))
        return ExitCode.OK
    for line in lines(imported):
        talk(line)
    sys.stdout.write(text)
    return ExitCode.OK


def schema(_options: argparse.Namespace) -> int:
    """Print the JSON Schema of the answers file."""
    from nbcluster.answers.file import json_schema

    print_json(json_schema())
    return ExitCode.OK


def explain(options: argparse.Namespace) -> int:
    """Print what one check looks at, or the list of all."""
    from nbcluster.checks.words import explain as page
    from nbcluster.cli.lint import explain as lint_page

    text = lint_page(options.check_id or "") or page(options.check_id)
    sys.stdout.write(text.rstrip("\n") + "\n")
    return ExitCode.OK
