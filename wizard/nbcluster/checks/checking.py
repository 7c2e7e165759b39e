"""One judgement of everything: the rules as results, then the live checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from nbcluster.answers.answers import Answers
from nbcluster.answers.flow import problems_for_file
from nbcluster.answers.rules import Context
from nbcluster.answers.targets import may_be_skipped
from nbcluster.checks.board import not_skipped
from nbcluster.checks.engine import known_ids, run_checks
from nbcluster.checks.results import CheckResult, Report, Status
from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity
from nbcluster.files.tested import targets
from nbcluster.text import _

_FORM_RULES = ("required", "form")


def rule_results(answers: Answers, context: Context) -> tuple[CheckResult, ...]:
    """Return one result per rule that holds, and one per problem of a rule that does not; needed plugins without a tick only warn here."""
    problems = problems_for_file(answers, context)
    broken = {problem.rule for problem in problems}
    results = [_result(problem) for problem in problems]
    holding = [
        rule.name for step in answers.steps for rule in step.rules if not any(True for _problem in rule.judge(answers, context))
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


def selects(selection: str, check_id: str) -> bool:
    """Tell whether a selection (an id or a prefix of whole dotted parts) means a check."""
    return check_id == selection or check_id.startswith(selection + ".")


def check_everything(
    answers: Answers,
    context: Context,
    *,
    timeout: float = 5.0,
    only: Sequence[str] = (),
    skip: Mapping[str, str] | None = None,
    on_result: Callable[[CheckResult], None] | None = None,
) -> Report:
    """Run rules and live checks; raises ``NbclusterError`` for a selection that matches nothing."""
    rules = rule_results(answers, context)
    goals = targets(answers)
    rule_ids = {result.id for result in rules}
    live_ids = set(known_ids(goals))
    for selection in (*only, *(skip or {})):
        if not any(selects(selection, known) for known in rule_ids | live_ids):
            raise NbclusterError(ExitCode.INVALID, _no_match(selection, rule_ids | live_ids))
    chosen = [r for r in rules if not only or any(selects(s, r.id) for s in only)]
    live_only = tuple(s for s in only if any(selects(s, known) for known in live_ids))
    live_skip = {s: why for s, why in (skip or {}).items() if any(selects(s, known) for known in live_ids)}
    chosen = [_skipped(result, skip or {}) for result in chosen]
    for selection in live_skip:
        if not may_be_skipped(selection):
            raise NbclusterError(ExitCode.INVALID, not_skipped(selection))
    if on_result is not None:
        for result in chosen:
            on_result(result)
    if only and not live_only:
        goals = ()
    report = run_checks(goals, timeout=timeout, only=live_only, skip=live_skip, on_result=on_result)
    return Report(started=report.started, elapsed_ms=report.elapsed_ms, results=(*chosen, *report.results))


def _skipped(result: CheckResult, skip: Mapping[str, str]) -> CheckResult:
    reason = next((why for selection, why in skip.items() if selects(selection, result.id)), None)
    # what render refuses cannot be talked away
    if reason is None or result.status is Status.FAIL:
        return result
    return _rule_result(result.id, result.target, Status.SKIP, _("skipped: {reason}").format(reason=reason), "")


def _no_match(selection: str, known: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(selection, list(known), 1)
    hint = _("Did you mean {id}?").format(id=near[0]) if near else _("`nbcluster explain` lists the ids.")
    return _("{id} matches no check.").format(id=selection) + " " + hint


def report_bytes(results: Sequence[CheckResult], now: datetime) -> bytes:
    """Return a report of results that were gathered one by one, as the JSON that is written."""
    report = Report(started=now, elapsed_ms=sum(r.elapsed_ms for r in results), results=tuple(results))
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n").encode()
