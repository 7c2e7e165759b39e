"""The lines that every face shows: problems, the state of steps and checks, reasons against writing, and the result of an export.

A face folds, indents and colours them; the words are the same everywhere.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from nbcluster.checks.board import counted
from nbcluster.checks.results import CheckResult, Status
from nbcluster.errors import NbclusterError, Problem, Severity
from nbcluster.steps.start import is_existing
from nbcluster.text import N_, _, ngettext
from nbcluster.text.clean import clean, made_visible
from nbcluster.text.layout import pad, sentences, width_of, wrap

if TYPE_CHECKING:
    from nbcluster.answers.answers import Answers
    from nbcluster.checks.board import Tally
    from nbcluster.checks.results import Report
    from nbcluster.cluster import Cluster
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

WORDS = {Status.OK: N_("ok"), Status.WARN: N_("warn"), Status.FAIL: N_("FAIL"), Status.ERROR: "????", Status.SKIP: "-"}
"""The word of a verdict where checks stand in a table, as a message."""

GRAVEST_FIRST = (Status.FAIL, Status.ERROR, Status.WARN, Status.OK, Status.SKIP)


def word_of(status: Status) -> str:
    """Return the word of a verdict where checks stand in a table, in the language of the user."""
    return _(WORDS[status])


def worst(results: Iterable[CheckResult]) -> Status:
    """Return the most severe status of some results; ``skip`` where there is none."""
    found = {result.status for result in results}
    return next((status for status in GRAVEST_FIRST if status in found), Status.SKIP)


_PATH = re.compile(r"(?<![\w./@-])[a-z_]+(?:\[[0-9]+\])?(?:\.[a-z_]+)+(?![\w/@-]|\.\w)")
_CELL = re.compile(r"(?P<table>[a-z.]+)\[(?P<index>[0-9]+)\](?:\.(?P<column>\w+))?\Z")


def label_of(answers: Answers, path: str) -> str:
    """Return the label of the answer at a key path: ``Database: Host``, ``node2: Host``; what nothing declares stays as it is."""
    cell = _CELL.match(path)
    if cell is not None and cell["table"] in answers.tables:
        return _label_of_cell(answers, cell["table"], int(cell["index"]), cell["column"] or "")
    if path in answers.tables:
        return _(next((t.label for step in answers.steps for t in step.tables if t.path == path), path))
    parent = path.removesuffix(".password")
    field = answers.fields.get(path) or answers.fields.get(parent)
    if field is None:
        return clean(path)
    label = _(field.label)
    if field.path != path:
        label = _("{label}: password").format(label=label)
    return _joined(_(field.section), label) if field.section and field.section != field.label else label


def _joined(subject: str, found: str) -> str:
    return _("{subject}: {found}").format(subject=subject, found=found)


def _label_of_cell(answers: Answers, path: str, index: int, column: str) -> str:
    rows = answers.rows(path)
    name = rows[index].title if index < len(rows) else None
    label = next((_(each.label) for each in answers.tables[path].columns if each.path == column), clean(column))
    place = clean(str(name or f"{label_of(answers, path)} {index + 1}"))
    return _joined(place, label) if label else place


def problem_text(problem: Problem, answers: Answers, others: Iterable[Problem] = ()) -> str:
    """Return a problem as one line for a person: the label of the answer, what is wrong with it and what to do.

    ``others`` say the same of other answers, whose labels stand beside the first.
    """
    said = made_visible(said_of(problem, answers))
    labels = dict.fromkeys(made_visible(label_of(answers, each.path)) for each in (problem, *others))
    return _joined(_(", ").join(labels), said)


def said_of(problem: Problem, answers: Answers) -> str:
    """Return what is wrong and what to do, for a place that already says of which answer; key paths in it are labels."""
    return with_labels(sentences(problem.message, problem.hint), answers)


def with_labels(text: str, answers: Answers) -> str:
    """Return a sentence with labels in place of the key paths that stand in it."""

    def label(found: re.Match[str]) -> str:
        path = found[0]
        return _('"{label}"').format(label=label_of(answers, path)) if path in answers.fields or _CELL.match(path) else path

    return _PATH.sub(label, text)


def fault_lines(fault: NbclusterError, answers: Answers) -> list[str]:
    """Return what went wrong as lines for a person: the sentence, if there is one, and each problem with its label."""
    said = (made_visible(fault.message, lines=True), *(problem_text(problem, answers) for problem in fault.problems))
    return [line for line in said if line]


def problem_line(problem: Problem, answers: Answers | None = None) -> str:
    """Return a problem as one line that begins with its sign: ``!!`` stops writing, ``!`` does not.

    With answers it names them as a person does, without by key path.
    """
    sign = "!!" if problem.severity is Severity.ERROR else "! "
    return f"{sign} {problem_text(problem, answers) if answers is not None else problem.line()}"


def verdict(errors: int, checks: Tally, progress: str) -> list[str]:
    """Return what is not in order, in a few lines: errors prevent writing, failed or unjudged checks never do."""
    lines = []
    if errors:
        text = ngettext(
            "{count} error to fix before anything is written", "{count} errors to fix before anything is written", errors
        )
        lines.append(text.format(count=errors))
    failed = ngettext(
        "{count} failure: the files can be written, but the cluster will not work before it is fixed.",
        "{count} failures: the files can be written, but the cluster will not work before they are fixed.",
        checks.fail,
    )
    return [*lines, *_doubts(checks, failed, progress)]


def misgivings(checks: Tally) -> list[str]:
    """Return the warnings to repeat before files are written although checks failed."""
    failed = ngettext(
        "{count} failure: the cluster will not work as it is.",
        "{count} failures: the cluster will not work as it is.",
        checks.fail,
    )
    return _doubts(checks, failed, progress_of(checks))


def _doubts(checks: Tally, failed: str, progress: str) -> list[str]:
    unjudged = ngettext("{count} check could not be judged.", "{count} checks could not be judged.", checks.error)
    lines = [text.format(count=count) for text, count in ((failed, checks.fail), (unjudged, checks.error)) if count]
    return [*lines, progress] if checks.waiting else lines


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
    """Return how many lines of a report there are of each status, those that there are none of left out.

    What warns or fails for several roles is one line; the counts of ``--json`` are those of the results.
    """
    of = counted(report.results)
    return ", ".join(f"{of[name]} {name}" for name in Status if of[name])


def written_lines(outcome: ExportResult) -> list[str]:
    """Return what an export wrote, with the mode of each file; what became of the rest is in ``Told``."""
    lines = [_("Written to {folder}").format(folder=outcome.directory)]
    for path in outcome.result.written:
        mode = (outcome.directory / path).stat().st_mode & 0o777
        lines.append(f"  {mode:04o}  {path}")
    return lines


def _remarks(outcome: ExportResult) -> list[str]:
    """Return what an export left alone, removed and kept, the result of the archive, and remarks of the writing itself."""
    done, count = outcome.result, len(outcome.result.unchanged)
    lines = [ngettext("{count} file unchanged", "{count} files unchanged", count).format(count=count)] if count else []
    lines += [_("removed: {path}").format(path=path) for path in done.removed]
    lines += [_("kept, because it was edited: {path}").format(path=path) for path in done.kept]
    if done.backups:
        lines.append(_("the previous files are in {folder}").format(folder=outcome.directory / "backups"))
    if outcome.bundle is not None:
        lines.append(_("packed into {path}").format(path=outcome.bundle))
    if outcome.left_out:
        lines.append(_("left out of it, because they contain secrets: {paths}").format(paths=_(", ").join(outcome.left_out)))
    return lines


_OF_WRITING = ("new-keys", "keys-replaced", "unwritten")
"""Rules of what this one run did with the keys, and did not write."""


def _is_of_writing(problem: Problem, outcome: ExportResult) -> bool:
    """Whether a warning is about the folder, the archive or the keys of this run, and stands in no file that was written."""
    return problem.rule in _OF_WRITING or problem.path.startswith(("export.", str(outcome.directory)))


def warning_lines(outcome: ExportResult) -> list[str]:
    """Return the warnings that an export leaves, below a heading, without those that ``Told`` has; nothing where there are none."""
    left = [problem for problem in outcome.warnings if not _is_of_writing(problem, outcome)]
    lines = [f"  {problem_line(problem, outcome.answers)}" for problem in left]
    lines += [f"  {line}" for line in outcome.unjudged]
    return [_("Warnings left:"), *lines] if lines else []


@dataclass(frozen=True)
class Told:
    """What is told of an export, in this order: what there is now, what comes next, the files, and how to go on.

    ``facts`` are labels and values; ``command`` does all the steps at once, empty where no such kind of file was written;
    ``remarks`` are what was left alone, removed, kept and packed, and ``warnings`` what speaks against the result;
    ``password_command`` prints the first password, empty where there is none of its own.
    """

    facts: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    command: str
    files: tuple[str, ...]
    remarks: tuple[str, ...]
    warnings: tuple[str, ...]
    resume: str
    password_command: str


_PLAYBOOK = "ansible/playbook.yaml"
_ROLL_OUT = f"ansible-playbook -i ansible/inventory.yaml {_PLAYBOOK}"
"""Rolls the files out, run in their folder."""


_NEXT = 3
"""How many of the next steps are told; the runbook has all."""


def told_of(outcome: ExportResult, answers: Answers, checks: Tally, session: str = "") -> Told:
    """Return what is told of an export by every face; ``session`` is the name of one that can be opened again."""
    from nbcluster.cluster import Cluster
    from nbcluster.files.topology import front

    cluster = Cluster.of(answers)
    count = len(_paths(outcome))
    facts = [
        (
            _("Done"),
            ngettext("{count} file in {folder}", "{count} files in {folder}", count).format(
                count=count, folder=outcome.directory
            ),
        ),
        (_("Cluster"), _chosen(cluster, answers)),
        (_("Address"), front(cluster).partition("  ")[0]),
    ]
    sign_in, command = _account(outcome, answers)
    facts += [*sign_in, (_("Licences"), _licences(cluster)), (_("Checks"), _judged(checks))]
    steps = outcome.next_steps
    if len(steps) > _NEXT and "RUNBOOK.md" in _paths(outcome):
        steps = (*steps[:_NEXT], _("RUNBOOK.md has the rest, in order."))
    return Told(
        facts=tuple((label, clean(value, 400)) for label, value in facts),
        steps=steps,
        command=_ROLL_OUT if _PLAYBOOK in (*outcome.result.written, *outcome.result.unchanged) else "",
        files=folders_of(_paths(outcome)),
        remarks=tuple(clean(line, 2000) for line in _remarks(outcome)),
        warnings=_warnings(outcome, answers, checks),
        resume=f"nbcluster setup --session {session}" if session else "",
        password_command=command,
    )


def _warnings(outcome: ExportResult, answers: Answers, checks: Tally) -> tuple[str, ...]:
    """Return the warnings of the writing itself, and how many there are about the answers: those stand in the summary."""
    own = [problem_text(problem, answers) for problem in outcome.warnings if _is_of_writing(problem, outcome)]
    count = checks.answers
    text = ngettext(
        "{count} warning about the answers: see SUMMARY.md", "{count} warnings about the answers: see SUMMARY.md", count
    )
    return (*own, *([text.format(count=count)] if count else []))


def told_lines(told: Told, columns: int | None = None) -> list[str]:
    """Return what is told of an export as lines of plain text, folded below their labels where a width in columns is given."""
    following, files, resume = _("Next"), _("Files"), _("Go on")
    rows = [*told.facts]
    rows += [("" if number > 1 else following, f"{number}. {step}") for number, step in enumerate(told.steps, 1)]
    rows += [("", _("Or all of it at once: {command}").format(command=told.command))] if told.command else []
    rows.append((files, _(", ").join(told.files)))
    rows += [("", remark) for remark in told.remarks]
    rows += [("", f"! {warning}") for warning in told.warnings]
    rows += [(resume, told.resume)] if told.resume else []
    width = max(width_of(label) for label, _value in rows) + 2
    lines = []
    for label, value in rows:
        # a command is copied as one line
        is_command = value == told.resume or (told.command and told.command in value)
        first, *more = [value] if columns is None or is_command else wrap(value, columns - width).split("\n")
        lines += [f"{pad(label, width)}{first}", *(" " * width + line for line in more)]
    return lines


def _chosen(cluster: Cluster, answers: Answers) -> str:
    """Return what was chosen, in one line: nodes, what stands in front of them, and what they share."""
    nodes, broker = len(cluster.nodes), cluster.broker.url if cluster.broker is not None else None
    parts = [
        ngettext("{count} node", "{count} nodes", nodes).format(count=nodes),
        ngettext("{count} process", "{count} processes", cluster.processes).format(count=cluster.processes),
        cluster.balancer.proper_name or _("your load balancer"),
        *(f"Redis {server.host}:{server.port}" for server in cluster.redis.servers),
        *([f"RabbitMQ {broker.host}:{broker.effective_port}"] if broker is not None else []),
        f"{_product(answers)} {cluster.database.host}/{cluster.database.name}",
    ]
    return _(", ").join(parts)


def _product(answers: Answers) -> str:
    """Return the database's name as its maker writes it."""
    dialect = answers.text("database.dialect")
    return next(
        (_(choice.label) for choice in answers.fields["database.dialect"].choices_for(answers) if choice.value == dialect),
        dialect,
    )


def _account(outcome: ExportResult, answers: Answers) -> tuple[list[tuple[str, str]], str]:
    """Return who signs in and where the password is, and the command that prints it; it is never shown."""
    if is_existing(answers):
        return [(_("Sign in"), _("with the accounts of the existing installation"))], ""
    place = next((path for path in (".env", "kubernetes/secret.yaml", "helm/values.yaml") if path in _paths(outcome)), "")
    if not place:
        nowhere = _("the password is in none of these files")
        return [(_("Sign in"), _("{email}, {where}").format(email=answers.text("admin.email"), where=nowhere))], ""
    command = f"grep INIT_ROOT_PASSWORD {shlex.quote(str(outcome.directory / place))}"
    where = _("password: INIT_ROOT_PASSWORD in {file}").format(file=place)
    return [(_("Sign in"), _("{email}, {where}").format(email=answers.text("admin.email"), where=where))], command


def _licences(cluster: Cluster) -> str:
    if not cluster.license.official:
        return _("another maker's plugins, not judged")
    names = _(", ").join(cluster.license.unconfirmed_names)
    return _("still open: {names}").format(names=names) if names else _("all confirmed")


def warned(count: int) -> str:
    """Return a number of warnings in words."""
    return ngettext("{count} warning", "{count} warnings", count).format(count=count)


def _judged(checks: Tally) -> str:
    """Return what the checks did not judge, or found to be wrong; never claims that all is well where something was not judged."""
    if not checks.targets or checks.waiting == checks.targets:
        return _("no connection was tested")
    said = [line.rstrip(".。") for line in misgivings(checks)]
    for number, text in (
        (checks.skip, ngettext("{count} cannot be tested from here", "{count} cannot be tested from here", checks.skip)),
        (checks.skipped, ngettext("{count} was skipped on request", "{count} were skipped on request", checks.skipped)),
        (checks.warn, warned(checks.warn)),
    ):
        said += [text.format(count=number)] if number else []
    return _("; ").join(said) or ngettext("{count} check, all in order", "{count} checks, all in order", checks.ok).format(
        count=checks.ok
    )


def _paths(outcome: ExportResult) -> tuple[str, ...]:
    """Return the paths of the set that were written or are there unchanged, without the files that only later runs need."""
    from nbcluster.files.write.plan import OWN_FILES

    return tuple(path for path in (*outcome.result.written, *outcome.result.unchanged) if path not in OWN_FILES)


def folders_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths with those of one folder as one, and how many they are."""
    found: dict[str, int] = {}
    for path in paths:
        top, slash, _rest = path.partition("/")
        found[f"{top}{slash}"] = found.get(f"{top}{slash}", 0) + 1
    return tuple(f"{name} ({count})" if count > 1 else name for name, count in found.items())
