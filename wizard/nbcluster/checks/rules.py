"""The rules of the answers as results, alone or before the live checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nbcluster.answers.answers import Answers
from nbcluster.answers.flow import problems_for_file
from nbcluster.answers.targets import Target, may_be_skipped
from nbcluster.checks.board import not_skipped, skip_of
from nbcluster.checks.conversation import known_ids
from nbcluster.checks.results import CheckResult, Report, Status, selects
from nbcluster.checks.run import run_checks
from nbcluster.checks.words import no_match
from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity
from nbcluster.steps.model import Context
from nbcluster.text import _

VERSION = "rules.version"
"""The one rule that ``verify`` judges as well."""
_FORM_RULES = ("required", "form")


def rule_results(answers: Answers, context: Context) -> tuple[CheckResult, ...]:
    """Return one result per rule that holds, and one per problem of a rule that does not; needed plugins without a tick only warn here."""
    problems = problems_for_file(answers, context)
    broken = {problem.rule for problem in problems}
    results = [_result(problem) for problem in problems]
    holding = [
        rule.name
        for step in answers.steps
        for rule in step.rules
        if not any(True for _problem in rule.problems(answers, context))
    ]
    for name in (*_FORM_RULES, *holding):
        if name not in broken:
            results.append(_rule_result(f"rules.{name}", "answers", Status.OK, _("holds"), ""))
    return tuple(results)


def _result(problem: Problem) -> CheckResult:
    gentle = problem.severity is Severity.WARNING or problem.rule == "license"
    status = Status.WARN if gentle else Status.FAIL
    return _rule_result(f"rules.{problem.rule}", problem.path, status, f"{problem.path}: {problem.message}", problem.hint)


def _rule_result(check_id: str, target: str, status: Status, summary: str, hint: str) -> CheckResult:
    return CheckResult(
        id=check_id, target=target, origin="answers", status=status, summary=summary, detail="", hint=hint, elapsed_ms=0
    )


def check_everything(
    answers: Answers,
    context: Context,
    make_targets: Callable[[], Sequence[Target]],
    *,
    timeout: float = 5.0,
    only: Sequence[str] = (),
    skip: Mapping[str, str] | None = None,
) -> Report:
    """Judge the rules, then look at the targets that are made from the answers; raises ``NbclusterError`` for a selection that matches nothing.

    ``make_targets`` makes the targets, files that a program tests among them; it is not called where only rules are selected.
    """
    rules = rule_results(answers, context)
    rule_ids = {result.id for result in rules}
    only_rules = bool(only) and all(any(selects(s, known) for known in rule_ids) for s in (*only, *(skip or {})))
    targets = () if only_rules else make_targets()
    live_ids = set(known_ids(targets))
    for selection in (*only, *(skip or {})):
        if not any(selects(selection, known) for known in rule_ids | live_ids):
            raise NbclusterError(ExitCode.INVALID, no_match(selection, rule_ids | live_ids))
    chosen = [r for r in rules if not only or any(selects(s, r.id) for s in only)]
    live_only = tuple(s for s in only if any(selects(s, known) for known in live_ids))
    live_skip = {s: why for s, why in (skip or {}).items() if any(selects(s, known) for known in live_ids)}
    chosen = [_skipped(result, skip or {}) for result in chosen]
    for selection in live_skip:
        if not may_be_skipped(selection):
            raise NbclusterError(ExitCode.INVALID, not_skipped(selection))
    looked_at = targets if live_only or not only else ()
    report = run_checks(looked_at, timeout=timeout, only=live_only, skip=live_skip if looked_at else {})
    return Report(started=report.started, elapsed_ms=report.elapsed_ms, results=(*chosen, *report.results))


def check_running(
    answers: Answers,
    targets: Sequence[Target],
    *,
    timeout: float = 5.0,
    only: Sequence[str] = (),
    skip: Mapping[str, str] | None = None,
) -> Report:
    """Check a running cluster, after a result on whether this program knows its version; raises as ``run_checks`` does."""
    skips = skip or {}
    chosen = [r for r in _version_results(answers) if not only or any(selects(s, r.id) for s in only)]
    found = [_skipped(result, skips) for result in chosen]
    live = tuple(s for s in only if not selects(s, VERSION))
    live_skips = {selection: why for selection, why in skips.items() if not selects(selection, VERSION)}
    known = known_ids(targets)
    for selection in live_skips:
        if not any(selects(selection, one) for one in known):
            raise NbclusterError(ExitCode.INVALID, no_match(selection, (*known, VERSION)))
    looked_at = targets if live or not only else ()
    report = run_checks(looked_at, timeout=timeout, only=live, skip=live_skips if looked_at else {})
    return Report(started=report.started, elapsed_ms=report.elapsed_ms, results=(*found, *report.results))


def _version_results(answers: Answers) -> list[CheckResult]:
    rules = (rule for step in answers.steps for rule in step.rules if rule.name == "version")
    problems = [_result(problem) for rule in rules for problem in rule.problems(answers, Context())]
    return problems or [_rule_result(VERSION, "answers", Status.OK, _("holds"), "")]


def _skipped(result: CheckResult, skip: Mapping[str, str]) -> CheckResult:
    selection = skip_of(result.id, skip)
    # what render refuses cannot be skipped
    if selection is None or result.status is Status.FAIL:
        return result
    return _rule_result(result.id, result.target, Status.SKIP, _("skipped: {reason}").format(reason=skip[selection]), "")
