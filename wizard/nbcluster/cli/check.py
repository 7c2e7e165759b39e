"""``check`` and ``verify``: check answers and live connections, check a running cluster."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.targets import may_be_skipped
from nbcluster.cli.output import print_json
from nbcluster.cli.source import given
from nbcluster.text import _, ngettext

if TYPE_CHECKING:
    from nbcluster.answers.answers import Answers
    from nbcluster.answers.targets import Target
    from nbcluster.checks.results import CheckResult, Report


def check(options: argparse.Namespace) -> int:
    """Run rules and live checks; the exit code is the report's."""
    from nbcluster.checks.rules import check_everything
    from nbcluster.files.surroundings import context_for

    def make_targets() -> tuple[Target, ...]:
        from nbcluster.files.targets import targets

        return targets(source.answers)

    source = given(options)
    folder = Path(source.exported_to) if source.exported_to else None
    context = context_for(source.answers, folder, source.claims)
    look = partial(check_everything, source.answers, context, make_targets)
    return _report(options, look, _skips(source.answers))


def verify(options: argparse.Namespace) -> int:
    """Look at the running cluster; the exit code is the report's."""
    from nbcluster.checks.cluster import UNUSED, running_targets
    from nbcluster.checks.conversation import known_ids
    from nbcluster.checks.results import selects
    from nbcluster.checks.rules import VERSION, check_running
    from nbcluster.cluster import Cluster
    from nbcluster.files.change import settled
    from nbcluster.files.targets import questions

    source = given(options, spared=UNUSED)
    answers = source.answers
    cluster = Cluster.of(answers)
    goals = running_targets(cluster, questions(cluster))
    # what the answers skip may belong to ``check`` alone
    known = (*known_ids(goals), VERSION)
    skips = {selection: why for selection, why in _skips(answers).items() if any(selects(selection, one) for one in known)}
    code = _report(options, partial(check_running, answers, goals), skips)
    complete = code == 0 and not options.only and not options.skip
    if complete and source.exported_to and settled(Path(source.exported_to), answers):
        said = _("The cluster runs what this folder holds: the next change starts from here, and CHANGE.md is done.")
        sys.stderr.write(said + "\n")
    return code


def _skips(answers: Answers) -> dict[str, str]:
    """Return the checks that the answers skip; a rule says which of them they may not."""
    rows = ((str(row.get("id")), str(row.get("reason") or "")) for row in answers.rows("checks.skip"))
    return {selection: why for selection, why in rows if may_be_skipped(selection)}


def _report(options: argparse.Namespace, run: Callable[..., Report], skips: dict[str, str]) -> int:
    from nbcluster.report import totals

    report = run(timeout=options.timeout, only=options.only, skip=skips | dict(options.skip))
    if options.json:
        print_json(report.as_json())
    else:
        _print_results(report)
        words, seconds = totals(report), report.elapsed_ms / 1000
        sys.stdout.write(_("{words} in {seconds:.1f} s, from this machine").format(words=words, seconds=seconds) + "\n")
    return int(report.exit_code())


def _print_results(report: Report) -> None:
    """Print the results, the most severe last, next to the totals; what several have in common is printed once."""
    from nbcluster.checks.board import grouped, ids_of
    from nbcluster.checks.results import Status
    from nbcluster.report import result_lines

    lasting = [Status.OK, Status.SKIP, Status.WARN, Status.ERROR, Status.FAIL]
    for group in grouped(sorted(_gathered(report.results), key=lambda result: lasting.index(result.status))):
        # an id that is in order, or was not tested, is looked for by its own line
        shown = group if group[0].status in (Status.OK, Status.SKIP) else (replace(group[0], id=ids_of(group)),)
        for result in shown:
            sys.stdout.writelines(f"{line}\n" for line in result_lines(result))


def _gathered(results: Sequence[CheckResult]) -> Iterator[CheckResult]:
    """Yield the results with one for all rules that hold, and one for all checks that wait for the same other one.

    Its id is what theirs begin with, which ``--only`` takes.
    """
    from nbcluster.checks.results import Status

    def kind(result: CheckResult) -> tuple[bool, str] | None:
        is_rule = result.id.startswith("rules.") and result.status is Status.OK
        waits = result.status is Status.SKIP and not result.hint
        return (is_rule, result.summary) if is_rule or waits else None

    for shared, group in groupby(results, key=kind):
        alike = tuple(group)
        if shared is None or len(alike) == 1:
            yield from alike
            continue
        if shared[0]:
            summary = ngettext("{count} rule holds", "{count} rules hold", len(alike)).format(count=len(alike))
        else:
            words = ngettext("{summary} ({count} check)", "{summary} ({count} checks)", len(alike))
            summary = words.format(count=len(alike), summary=shared[1])
        common = takewhile(lambda parts: len(set(parts)) == 1, zip(*(result.id.split(".") for result in alike), strict=False))
        prefix = ".".join(parts[0] for parts in common)
        if prefix:
            yield replace(alike[0], id=prefix, summary=summary)
        else:
            yield from alike
