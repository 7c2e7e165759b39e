"""``render``: the files written, or what would be written."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from nbcluster.cli.output import print_json, talk
from nbcluster.cli.source import Given, given
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.system.inputfile import target_file, target_folder
from nbcluster.text import _, ngettext

if TYPE_CHECKING:
    from nbcluster.files.export import WritePreview
    from nbcluster.files.fileset import Prepared
    from nbcluster.files.write import WriteResult


def render(options: argparse.Namespace) -> int:
    """Write the files, or say what would be written."""
    from nbcluster.files.write import announced, held
    from nbcluster.files.write.bundle import check_place

    if options.with_secrets and options.bundle is None:
        raise NbclusterError(ExitCode.INVALID, _("--with-secrets goes with --bundle FILE."))
    if options.strict and not options.dry_run:
        raise NbclusterError(ExitCode.INVALID, _("--strict goes with --dry-run."))
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
    from nbcluster.files.change import with_change
    from nbcluster.files.export import diffs, foreign_edits, plan_writing, write
    from nbcluster.files.fileset import prepare

    prepared = prepare(
        source.answers,
        directory,
        claims=source.claims,
        exported_to=source.exported_to,
        new_keys=options.new_keys,
        formats=options.format,
    )
    prepared, change = with_change(prepared, directory)
    warnings = (*source.notes, *prepared.warnings, *foreign_edits(prepared, directory, options.format))
    for problem in warnings[len(source.notes) :]:
        talk(problem.line())
    changes = (
        "".join(line.rstrip("\n") + "\n" for _path, diff in diffs(prepared, directory) for line in diff) if options.diff else None
    )
    outcome: WriteResult | WritePreview
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
        "change": change,
        "problems": [problem.as_json() for problem in (*warnings, *outcome.remarks)],
    }
    if options.json:
        print_json(document if changes is None else {**document, "diff": changes})
    else:
        if changes is not None:
            sys.stdout.write(changes)
        _print_written(document, directory, sys.stdout if changes is None else sys.stderr, dry_run=options.dry_run)
    return ExitCode.FAILED if options.strict and (outcome.written or outcome.removed) else ExitCode.OK


def _print_written(document: dict[str, Any], directory: Path, stream: TextIO, *, dry_run: bool) -> None:
    """Print the paths on a stream, which is stdout unless that holds a diff, and the counts on stderr."""
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
    there = {*document["written"], *document["unchanged"]}
    paper = document["change"] or next((name for name in ("RUNBOOK.md", "SUMMARY.md") if name in there), "")
    if not dry_run and paper and (count or document["change"]):
        sys.stderr.write(_("Go on with {path}").format(path=directory / paper) + "\n")


def _bundle(options: argparse.Namespace, prepared: Prepared, path: Path) -> None:
    from nbcluster.files.export import bundle

    missing = bundle(prepared, path, with_secrets=options.with_secrets)
    if missing:
        talk(_("The bundle lacks what holds secrets: {paths}. --with-secrets puts it in.").format(paths=", ".join(missing)))


def _remember(source: Given, directory: Path) -> None:
    from nbcluster.files.export import folder_state

    if source.store is not None:
        session = source.store.load(source.session)
        source.store.save(replace(session, exported_to=str(directory), exported_state=folder_state(directory)))
