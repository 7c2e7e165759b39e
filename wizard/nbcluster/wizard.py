"""One run of the wizard, which every face drives: answers that change, steps that are visited, a session that is saved, results
that go stale, files that are previewed and written.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers import flow
from nbcluster.answers.answers import Answers, Source, missing_secret, missing_secrets
from nbcluster.answers.entry import cell_draft, cell_entry, field_draft, field_entry, with_answer
from nbcluster.answers.environment import assignments
from nbcluster.answers.fields import Field, FieldError, FieldKind, Row, Table, Value, display
from nbcluster.answers.file.secrets import asked_secrets, set_secret
from nbcluster.answers.node_list import read_rows
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.targets import Target, may_be_skipped
from nbcluster.answers.url import Url, parse_url
from nbcluster.checks.board import Board, BoardRow, Tally, skip_of, tally
from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity, alike, errors
from nbcluster.files.preparation import Outlook, Preparation, Request
from nbcluster.files.surroundings import Surroundings, folder_of, look_around, named_by
from nbcluster.files.write import written_folder
from nbcluster.report import StepState, Told, label_of, problem_text, progress_of, told_of, verdict
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from nbcluster.steps import STEPS, Step, StepFace, new_answers, step_of
from nbcluster.steps.model import Context
from nbcluster.system import programs
from nbcluster.text import _, language
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.answers.importer import Imported
    from nbcluster.checks.results import CheckResult
    from nbcluster.files.export import ExportResult
    from nbcluster.files.fileset import Prepared

LOST_SECRET = "secret-missing"  # noqa: S105 - the name of a rule
"""The rule of a problem that is a secret which a saved session does not hold."""
_GUESSED = (Source.DEFAULT, Source.SESSION)
Claims = Mapping[tuple[str, int, str], str]
SurroundingsReader = Callable[[Callable[[], Surroundings], Callable[[Surroundings], None]], None]


def read_at_once(read: Callable[[], Surroundings], take: Callable[[Surroundings], None]) -> None:
    """Read the disk where one is, and wait for it."""
    take(read())


class Wizard:
    """The state of one run; every change settles what follows from it and saves the session."""

    def __init__(
        self,
        session: Session,
        store: SessionStore | None = None,
        *,
        claims: Claims | None = None,
        simulated: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_hex: Callable[[int], str] = secrets.token_hex,
    ) -> None:
        self.simulated = simulated
        self.session = session
        self.saved_at: datetime | None = None
        self.message = ""
        """Why the session could not be saved last."""
        self.is_brief = False
        """Whether only what nobody has answered yet is asked."""
        self.notice = ""
        """How the last typed text was understood, where that is not obvious; to be shown once."""
        self.report: tuple[str, ...] = ()
        """What an import found, until it was shown."""
        self.import_report: tuple[str, ...] = ()
        """The same, for as long as this run takes."""
        self._noted: frozenset[str] = frozenset()
        """Key paths at which an import has something to look at."""
        self._unseen: frozenset[str] = frozenset()
        """Those of these steps that have not been visited since."""
        self._store = store
        self._claims: Claims = claims or {}
        self._now = now
        self.board = Board()
        self._typed_over: dict[str, Url | None] = {}
        """Addresses that a field had before a half-typed text was saved."""
        self.reader: SurroundingsReader = read_at_once
        self._preparation = Preparation(token_hex)
        self._written: Answers | None = None
        self._around = look_around(session.answers, session.exported_to)
        self.answers: Answers = flow.settle(session.answers, self.context)
        self._targets_for: tuple[Answers, str, dict[str, tuple[Target, ...]]] = (self.answers, "", {})
        """What there is to connect to, by step, for one state of the answers and a language."""
        self._judged: tuple[Answers, Surroundings, str, dict[str, tuple[Problem, ...]]] = (self.answers, self._around, "", {})
        """What is wrong, by step, for one state of the answers and of the disk, and a language."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in their order."""
        return self.answers.steps

    @property
    def name(self) -> str:
        """The name of the session."""
        return self.answers.text("name")

    @property
    def current(self) -> str:
        """The id of the step the user is on; a session of another version may name one that is not here."""
        known = any(step.id == self.session.step for step in self.steps)
        return self.session.step if known else self.steps[0].id

    @property
    def probe(self) -> tuple[str, ...]:
        """The command line of the program that takes the place of the probe; empty where the probe itself runs the checks."""
        if not self.simulated:
            return ()
        from nbcluster.demo import REHEARSAL

        return tuple(programs.command(REHEARSAL))

    @property
    def context(self) -> Context:
        """What the rules may know beside the answers."""
        return replace(self._around.context, claims=self._claims)

    @property
    def visited(self) -> tuple[str, ...]:
        """The ids of the steps that were seen."""
        return self.session.visited

    def visit(self, step_id: str) -> None:
        """Become the current step, and save."""
        visited = self.session.visited if step_id in self.session.visited else (*self.session.visited, step_id)
        self.session = replace(self.session, step=step_id, visited=visited)
        self._unseen -= {step_id}
        self.save()

    def step(self, step_id: str) -> Step:
        """Return a step by id."""
        return next(s for s in self.steps if s.id == step_id)

    def fields(self, step: Step) -> tuple[Field, ...]:
        """Return the fields that a form shows among the present answers."""
        return tuple(f for f in step.fields if f.in_form_for(self.answers))

    def tables(self, step: Step) -> tuple[Table, ...]:
        """Return the tables that a form shows."""
        return tuple(t for t in step.tables if t.in_form_for(self.answers))

    def next_of(self, step_id: str) -> str | None:
        """Return the id of the step after one, or None."""
        return self._neighbour(step_id, 1)

    def previous_of(self, step_id: str) -> str | None:
        """Return the id of the step before one, or None."""
        return self._neighbour(step_id, -1)

    def _neighbour(self, step_id: str, way: int) -> str | None:
        ids = [step.id for step in self.steps]
        index = ids.index(step_id) + way
        return ids[index] if 0 <= index < len(ids) else None

    def change(self, path: str, value: Value) -> None:
        """Take an answer; None or an empty text goes back to the default. ``notice`` names what other answers it takes back."""
        answers = with_answer(self.answers, path, value)
        self._take(answers)
        gone = ", ".join(label_of(self.answers, lost) for lost in flow.cells_lost(answers, self.answers))
        self.notice = _("Cleared: {labels}.").format(labels=clean(gone, 400)) if gone else ""

    def change_text(self, field: Field, text: str) -> str:
        """Take typed text; returns the sentence to show under the field, or nothing.

        ``notice`` says what became of a text that holds several answers, or lacks the scheme of its address.
        """
        self.notice = ""
        filled = self.paste(text)
        if filled:
            self.notice = " ".join(filled)
            return ""
        before = (self._typed_over.get(field.path) or self.answers.url(field.path)) if field.kind is FieldKind.URL else None
        try:
            entry = field_entry(field, text, self.answers, before)
        except FieldError as fault:
            return str(fault)
        self._typed_over.pop(field.path, None)
        self._take(entry.answers)
        self.notice = entry.notice
        return ""

    def keep_typed(self, field: Field, text: str) -> bool:
        """Take what is typed so far, if it has the form of an answer; returns whether it has. For a save in the middle of typing."""
        if self._is_environment(text):
            return False
        before = self._typed_over.get(field.path, self.answers.url(field.path)) if field.kind is FieldKind.URL else None
        try:
            answers = field_draft(field, text, self.answers, before)
        except FieldError:
            return False
        if isinstance(answers[field.path], Url):
            self._typed_over.setdefault(field.path, before)
        self._take(answers)
        return True

    def _is_environment(self, text: str) -> bool:
        if not assignments(text):
            return False
        from nbcluster.answers.importer.pasted import is_environment

        return is_environment(text, self.steps)

    def paste(self, text: str) -> tuple[str, ...]:
        """Take lines of an env file, pasted into any field: they answer all that they name. Returns what was filled, as sentences.

        Nothing is returned, and nothing changed, for a text that is something else. No secret stands in the sentences.
        """
        if not assignments(text):
            return ()
        from nbcluster.answers.importer.pasted import ROLE_PATHS, read_pasted

        found = read_pasted(text, self.answers)
        if found is None:
            return ()
        answers = self.answers
        for path, value in found.values:
            answers = answers.with_(path, value, Source.TYPED)
        if any(path.startswith("redis.") and path in ROLE_PATHS for path, _value in found.values):
            answers = answers.without("redis.layout")
        self._take(flow.infer(answers, self.context))
        said = []
        if found.values:
            labels = ", ".join(label_of(self.answers, path) for path, _value in found.values)
            said.append(_("Filled in from the pasted lines: {labels}.").format(labels=clean(labels, 600)))
        said += [problem_text(problem, self.answers) for problem in found.malformed]
        if found.left:
            said.append(_("Not used, as nothing here asks for them: {names}.").format(names=clean(", ".join(found.left), 400)))
        return tuple(said)

    def shown(self, field: Field) -> str:
        """Return the present value as text, secrets masked."""
        value = self.answers[field.path]
        return clean(value.address if isinstance(value, Url) else display(value))

    def cell(self, table: Table, index: int, column: str) -> Value:
        """Return one cell of a table."""
        rows = self.answers.rows(table.path)
        return rows[index].get(column) if index < len(rows) else None

    def change_cell(self, table: Table, index: int, column: Field, text: str) -> str:
        """Take typed text for one cell; returns the sentence to show, or nothing. ``notice`` is as in ``change_text``."""
        self.notice = ""
        filled = self.paste(text)
        if filled:
            self.notice = " ".join(filled)
            return ""
        try:
            entry = cell_entry(table, index, column, text, self.answers)
        except FieldError as fault:
            return str(fault)
        self._take(entry.answers)
        self.notice = entry.notice
        return ""

    def keep_cell(self, table: Table, index: int, column: Field, text: str) -> None:
        """Take what is typed so far into one cell, if it has the form of an answer."""
        if self._is_environment(text):
            return
        try:
            answers = cell_draft(table, index, column, text, self.answers)
        except FieldError:
            return
        self._take(answers)

    def new_row(self, table: Table) -> Row:
        """Return an empty row, named after its place where the table has names."""
        rows = self.answers.rows(table.path)
        taken = {row.get("name") for row in rows}
        number = next(n for n in range(1, len(rows) + 2) if f"node{n}" not in taken)
        has_names = any(c.path == "name" for c in table.columns)
        return Row({"name": f"node{number}"} if has_names else {})

    def add_row(self, table: Table) -> None:
        """Append a row that has nothing but its name."""
        self.change(table.path, (*self.answers.rows(table.path), self.new_row(table)))

    def remove_row(self, table: Table, index: int) -> None:
        """Remove one row; the last one that goes takes the answer with it."""
        rows = self.answers.rows(table.path)
        self.change(table.path, tuple(row for i, row in enumerate(rows) if i != index) or None)

    def paste_rows(self, table: Table, text: str) -> str:
        """Replace a table by pasted lines of ``[name] host[:port]``; returns what is wrong, or nothing."""
        try:
            rows = read_rows(table, text, self.answers)
        except FieldError as fault:
            return str(fault)
        self.change(table.path, rows)
        return ""

    def import_file(self, path: Path) -> tuple[str, ...]:
        """Fill the answers from a file of an existing installation, whose other variables are kept; returns its report.

        Raises ``InvalidAnswersError``, changing nothing.
        """
        from nbcluster.answers.importer.disk import import_path

        self.take_import(import_path(path, "app.base_env", self.answers.steps))
        return self.report

    def take_import(self, imported: Imported) -> None:
        """Take the answers of an import, all at once, and keep its report in ``report``."""
        from nbcluster.answers.importer.report import lines

        answers = self.answers
        for path, value in imported.changes:
            answers = answers.with_(path, value, Source.IMPORTED)
        self._take(flow.infer(answers.without("redis.layout"), self.context))
        self.report = self.import_report = tuple(
            lines(imported, lambda path: label_of(self.answers, path), lambda problem: problem_text(problem, self.answers))
        )
        self._noted = frozenset(note.path for note in imported.notes)
        named = {flow.step_for(note, self.answers) for note in imported.notes}
        self._unseen = frozenset(step.id for step in named if step is not None) - {self.current}

    def missing(self) -> tuple[str, ...]:
        """Return the secrets that a resumed session has to ask for."""
        return asked_secrets(self.answers)

    def recognises(self, path: str, secret: Secret) -> bool:
        """Tell whether a secret is the one that was there when the session was saved; takes tens of milliseconds, in any thread."""
        known = missing_secret(self.answers, path)
        return known is not None and known.matches(secret)

    def set_secret(self, path: str, secret: Secret) -> bool:
        """Put in a secret again; returns whether it is the one that was there when the session was saved."""
        same = self.recognises(path, secret)
        answers = set_secret(self.answers, path, secret)
        if same:
            answers = self._fill_twins(answers, secret)
        self._take(answers)
        return same

    def _fill_twins(self, answers: Answers, secret: Secret) -> Answers:
        for path in missing_secrets(answers):
            twin = missing_secret(answers, path)
            if twin is not None and twin.matches(secret):
                answers = set_secret(answers, path, secret)
        return answers

    def _take(self, answers: Answers) -> None:
        self.answers = flow.settle(answers, self.context)
        if named_by(answers) != self._around.named:
            self._around = Surroundings(named_by(answers))
            self._look_around()
        self.save()

    def _look_around(self) -> None:
        answers, exported_to = self.answers, self.session.exported_to
        self.reader(lambda: look_around(answers, exported_to), self._take_around)

    def _take_around(self, found: Surroundings) -> None:
        """Keep what was read, unless something else is named meanwhile."""
        if found.named == self._around.named:
            self._around = found
            self.answers = flow.settle(self.answers, self.context)

    def save(self) -> None:
        """Save the session; a failure is kept in ``message`` and loses nothing that is in memory."""
        self.session = replace(self.session, answers=self.answers)
        if self._store is None:
            return
        try:
            if self.name != self.session.name and not any(p.path == "name" for p in self.problems(self.steps[0])):
                self._store.rename(self.name)
                self.session = replace(self.session, name=self.name)
            self._store.save(self.session)
            self.saved_at, self.message = self._now(), ""
        except NbclusterError as fault:
            self.message = fault.message

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """Return what is wrong in one step."""
        # a screen asks many times for one state of the answers
        answers, around, tongue, judged = self._judged
        if answers is not self.answers or around is not self._around or tongue != language():
            judged = {}
            self._judged = (self.answers, self._around, language(), judged)
        if step.id not in judged:
            own = (problem for problem in self._own_problems if flow.step_for(problem, self.answers) is step)
            judged[step.id] = (*flow.gathered(flow.problems_of(step, self.answers, self.context), step, self.answers), *own)
        return judged[step.id]

    def all_problems(self) -> tuple[Problem, ...]:
        """Return what is wrong in all steps."""
        return tuple(problem for step in self.steps for problem in self.problems(step))

    @property
    def _own_problems(self) -> tuple[Problem, ...]:
        """An imported file that cannot be read, and secrets that a session does not store."""
        lost = []
        for path in self.missing():
            step = step_of(path, self.steps)
            hint = _("Type it at the step {title}.").format(title=_(step.title)) if step is not None else ""
            lost.append(Problem(path, _("the session does not store this secret."), hint, rule=LOST_SECRET))
        return (*self._around.problems, *lost)

    def state(self, step: Step) -> StepState:
        """Return how a step stands: by what is wrong with its answers, by its checks, never just by having been visited."""
        if step.id not in self.visited:
            if step.face is StepFace.FORM and self.tally(step).fail:
                return StepState.PROBLEM
            return StepState.TODO if self._is_wanting(step) else StepState.DEFAULT
        everything = step.face is not StepFace.FORM
        problems = self.all_problems() if step.face is StepFace.REVIEW else self.problems(step)
        if errors(problems):
            return StepState.TODO if self.only_waits(errors(problems)) else StepState.PROBLEM
        if step.face is StepFace.EXPORT:
            return StepState.DONE if self.is_written else StepState.TODO
        checks = self.tally(None if everything else step)
        if checks.fail:
            return StepState.PROBLEM
        if not checks.judged and (everything or checks.targets):
            return StepState.UNJUDGED
        return StepState.WARNING if problems or checks.warn or checks.skipped else StepState.DONE

    def only_waits(self, problems: Collection[Problem]) -> bool:
        """Whether some problems are nothing but answers that are to come, at steps where nobody has given any: that is no mistake."""
        steps = {step.id: step for problem in problems for step in [flow.step_for(problem, self.answers)] if step is not None}
        own = {field.path for step in steps.values() for field in step.fields}
        # each session has a name before anybody has answered anything
        own -= {"name"}
        own |= {table.path for step in steps.values() for table in step.tables}
        return all(self._is_empty(problem.path) for problem in problems) and not any(path in self.answers for path in own)

    def _is_empty(self, path: str) -> bool:
        table = path.partition("[")[0]
        if table in self.answers.tables:
            return not self.answers.rows(table)
        return path in self.answers.fields and self.answers[path] in (None, "", ())

    def _is_wanting(self, step: Step) -> bool:
        """Whether somebody has to look at a step that nobody has seen: a form is skipped where nothing is wrong, noted or missing."""
        if step.face is not StepFace.FORM or step.id in self._unseen or errors(self.problems(step)):
            return True
        return any(field.personal and self.answers[field.path] in (None, "") for field in self.fields(step))

    def needs_person(self, step: Step) -> bool:
        """Whether a step has an error, or checks that failed or have not judged, or waits to be seen once: F8 does not skip such a step."""
        if step.face in (StepFace.REVIEW, StepFace.EXPORT):
            return True
        state = self.state(step)
        if step.face is StepFace.BOARD:
            return (bool(self.targets()) and not self.tally().judged) or bool(self.tally().fail)
        return state in (StepState.PROBLEM, StepState.TODO) or step.id in self._unseen or bool(errors(self.problems(step)))

    def next_in_need(self, step_id: str, *, wraps: bool = False) -> str | None:
        """Return the id of the next step, in their order, that needs the person, or None behind the last one.

        With ``wraps``, a form with an error comes before Review and Export: a later answer may have made it incomplete.
        """
        following = self.next_of(step_id)
        while following is not None and not self.needs_person(self.step(following)):
            following = self.next_of(following)
        if wraps and following is not None and self.step(following).face in (StepFace.REVIEW, StepFace.EXPORT):
            forms = (s for s in self.steps if s.face is StepFace.FORM and s.id != step_id)
            return next((step.id for step in forms if errors(self.problems(step))), following)
        return following

    def be_brief(self) -> None:
        """Ask only what is missing: forms without an error count as visited, and the first step that needs the person becomes the current one."""
        self.is_brief = True
        seen = [s.id for s in self.steps if not self._is_wanting(s)]
        self.session = replace(self.session, visited=tuple(dict.fromkeys((*self.session.visited, *seen))))
        first = self.steps[0]
        self.visit(first.id if self.needs_person(first) else self.next_in_need(first.id) or first.id)

    def following(self, step_id: str) -> str | None:
        """Return the id of the step to go on at: the next one, or the next that needs the person where only that is asked."""
        return self.next_in_need(step_id) if self.is_brief else self.next_of(step_id)

    def is_answered(self, path: str) -> bool:
        """Whether nobody has to be asked about a key path: it has an answer of its own, and nothing is wrong with it or noted."""
        return path in self.answers and not any(
            each == path or each.startswith((f"{path}[", f"{path}.")) for each in self.doubtful()
        )

    def doubtful(self) -> frozenset[str]:
        """Return the key paths that something is wrong with or noted."""
        return self._noted.union(problem.path for problem in errors(self.all_problems()))

    @property
    def is_written(self) -> bool:
        """Whether the files of exactly these answers were written in this run."""
        return self._written == self.answers

    def targets(self, step: Step | None = None) -> tuple[Target, ...]:
        """Return what there is to connect to, of one step or of all."""
        from nbcluster.files.targets import targets

        # a screen asks many times for one state of the answers
        if self._targets_for[0] is not self.answers or self._targets_for[1] != language():
            self._targets_for = (self.answers, language(), {})
        known = self._targets_for[2]
        place = step.id if step is not None else ""
        if place not in known:
            known[place] = targets(self.answers, step)
        return known[place]

    def stale_targets(self, step: Step | None = None) -> tuple[Target, ...]:
        """Return the targets that have no result for the present answers and are not being checked."""
        return self.board.unknown(self.targets(step))

    def board_rows(self) -> tuple[BoardRow, ...]:
        """Return every target with what is known of it."""
        return self.board.rows(self.targets(), self.skips())

    def tally(self, step: Step | None = None) -> Tally:
        """Return how the checks of one step stand; without a step how the whole cluster stands, with the warnings about its answers."""
        rows = self.board.rows(self.targets(step), self.skips())
        return tally(rows, len(alike(self._warnings())) if step is None else 0)

    def _warnings(self) -> Iterator[Problem]:
        return (problem for problem in self.all_problems() if problem.severity is Severity.WARNING)

    def step_of_check(self, check_id: str) -> Step | None:
        """Return the step whose answers a check judges."""
        mine = (s for s in self.steps if any(check_id.startswith(f"{t.id}.") for t in self.targets(s)))
        return next(mine, None)

    def record(self, target: Target, fingerprint: str, results: Sequence[CheckResult]) -> None:
        """Keep the results of a target; a name that was a guess is replaced by the one that was found, and ``notice`` says so."""
        self.board.record(target, fingerprint, results)
        for result in results:
            if result.code == "storage.variable.other" and self.answers.source("queue.url_variable") in _GUESSED:
                before, name = self.answers.text("queue.url_variable"), str(result.params["found"])
                self.change("queue.url_variable", name)
                said = _(
                    "The plugin in the storage reads {name}: that is now the name of RabbitMQ's variable, instead of {before}."
                )
                self.notice = said.format(name=clean(name, 100), before=clean(before, 100))

    def skips(self) -> dict[str, str]:
        """Return the checks that are skipped, with the reason given."""
        return {str(row.get("id")): str(row.get("reason") or "") for row in self.answers.rows("checks.skip")}

    def skip(self, check_id: str, reason: str) -> bool:
        """Skip a check by name, for a reason that stands in report and summary; returns whether it may be skipped."""
        if not may_be_skipped(check_id):
            return False
        rows = [row for row in self.answers.rows("checks.skip") if row.get("id") != check_id]
        self.change("checks.skip", (*rows, Row({"id": check_id, "reason": reason})))
        return True

    def unskip(self, check_id: str) -> None:
        """Take back the skip that means a check."""
        skip = skip_of(check_id, self.skips())
        self.change("checks.skip", tuple(row for row in self.answers.rows("checks.skip") if row.get("id") != skip) or None)

    def _results(self) -> bytes | None:
        """Return what the live checks found, with the rules, as the file that goes with the others; None where nothing was checked."""
        from nbcluster.checks.conversation import known_ids
        from nbcluster.checks.results import CheckResult, Status, report_bytes
        from nbcluster.checks.rules import rule_results

        rows = self.board_rows()
        live = [result for row in rows if row.state == "fresh" for result in row.results]
        if not live:
            return None
        said = _("not tested: there was no result when the files were written")
        waiting = (row.target for row in rows if row.state != "fresh")
        unjudged = [
            CheckResult(check_id, target.shown, "bastion", Status.SKIP, said, "", "", 0, "not-judged")
            for target in waiting
            for check_id in known_ids([target])
        ]
        return report_bytes((*rule_results(self.answers, self.context), *live, *unjudged), self._now())

    def lines(self, step: Step) -> tuple[str, ...]:
        """Return the variables that a step's answers produce, secrets masked."""
        from nbcluster.steps.variables import step_variables

        return tuple(f"{v.name}={_shown(v.value)}" for v in step_variables(step, self.answers))

    def topology(self) -> tuple[str, ...]:
        """Return the picture of the cluster."""
        from nbcluster.cluster import Cluster
        from nbcluster.files.topology import picture

        return tuple(picture(Cluster.of(self.answers)))

    @property
    def directory(self) -> Path:
        """The target folder; raises ``NbclusterError`` for one that cannot be a path."""
        return folder_of(self.answers)

    def request(self) -> Request:
        """Return what the files are made from, for another thread; raises ``InvalidAnswersError``."""
        own = errors(self._own_problems)
        session = self.session
        return Request(self.answers, self.directory, self._claims, session.exported_to, own, session.exported_state)

    def prepare(self, request: Request | None = None) -> Prepared:
        """Render what would be written; raises ``InvalidAnswersError``. In any thread, with a ``request``."""
        return self._preparation.prepared(request or self.request())

    def outlook(self, request: Request | None = None) -> Outlook:
        """Return what writing would do to the target folder; raises ``NbclusterError``. In any thread, with a ``request``."""
        return self._preparation.outlook(request or self.request())

    def preview(self, request: Request | None = None) -> tuple[tuple[str, str], ...]:
        """Return every file as it would be written, secrets masked; in any thread, with a ``request``."""
        from nbcluster.files.diff import masked_text

        prepared = self.prepare(request)
        return tuple((f.path, masked_text(f.path, f.text, prepared.secrets, prepared.names)) for f in prepared.files)

    def writing(self, *, trust: bool = False) -> Callable[[], ExportResult]:
        """Return the act of writing, for another thread; ``written`` has to be told of its result. Raises ``InvalidAnswersError``.

        The act raises ``NbclusterError`` with nothing half written; ``UnsafeFolderError`` asks for a person's yes, which is ``trust``.
        """
        from nbcluster.cluster import Cluster
        from nbcluster.files.change import with_change
        from nbcluster.files.export import ExportResult, folder_state, pack, write
        from nbcluster.files.outputfile import OutputFile
        from nbcluster.files.summary import next_steps
        from nbcluster.files.write import held

        request, report, checks = self.request(), self._results(), self.tally()
        unjudged = tuple(verdict(0, checks, progress_of(checks)))
        wish, cluster = self.answers.text("export.bundle"), Cluster.of(self.answers)

        def act() -> ExportResult:
            with held(request.directory, trust=trust) as recovery:
                prepared, change = with_change(self._preparation.anew(request), request.directory)
                if report is not None:
                    prepared = replace(prepared, files=(*prepared.files, OutputFile("report.json", report)))
                result = write(prepared, request.directory, self._now, trust=trust)
                state = folder_state(request.directory)
            packed = pack(prepared, wish, request.directory)
            recovered = (Problem(str(request.directory), recovery, "", Severity.WARNING),) if recovery else ()
            warnings = (*prepared.warnings, *recovered, *result.remarks, *packed.problems)
            todo = tuple(next_steps(cluster, [file.path for file in prepared.files]))
            steps = (_("Go on with {path}").format(path=request.directory / change),) if change else todo
            done = ExportResult(request.directory, result, warnings, steps, packed.path, packed.left_out, request.answers)
            return replace(done, unjudged=unjudged, checks=checks, state=state)

        return act

    def written(self, outcome: ExportResult) -> None:
        """Remember what was written, and save."""
        self._preparation.forget()
        self._written = outcome.answers
        self.session = replace(self.session, exported_to=str(outcome.directory), exported_state=outcome.state)
        self._look_around()
        self.save()

    def told(self, outcome: ExportResult) -> Told:
        """Return what every face tells of what was written: with the answers and the checks of that moment, whatever changed since."""
        session = "" if self._store is None or self.simulated else self.name
        return told_of(outcome, outcome.answers or self.answers, outcome.checks, session)

    def export(self, *, trust: bool = False) -> ExportResult:
        """Write the files as one set; raises ``NbclusterError`` with nothing half written.

        ``UnsafeFolderError`` asks for a person's yes, which is ``trust``.
        """
        outcome = self.writing(trust=trust)()
        self.written(outcome)
        return outcome

    def close(self) -> None:
        """Save, and let others open the session."""
        self.save()
        if self._store is not None:
            self._store.release()


def _shown(value: str | Secret) -> str:
    if isinstance(value, Secret) and "://" in value.reveal():
        return parse_url(value.reveal()).masked
    return str(value)


def fresh_session(name: str = "nocobase", steps: tuple[Step, ...] = STEPS) -> Session:
    """Return a session in which nothing is answered but its name."""
    answers = new_answers(steps).with_("name", name, Source.TYPED)
    return Session(name=name, answers=answers, step=steps[0].id)


def from_nothing(name: str = "", store: SessionStore | None = None) -> Wizard:
    """Return a wizard on an empty session; without a name it gets the first free one."""
    store = store or SessionStore()
    taken = {info.name for info in store.list()}
    name = name or next(n for n in ("nocobase", *(f"nocobase-{i}" for i in range(2, 1000))) if n not in taken)
    if name in taken:
        raise NbclusterError(
            ExitCode.INVALID, _("there is a session {name} already: open it, or choose another name.").format(name=name)
        )
    session = fresh_session(name)
    return _open(replace(session, answers=session.answers.with_("output.language", language(), Source.DERIVED)), store)


def from_session(name: str, store: SessionStore | None = None) -> Wizard:
    """Return a wizard on a saved session, or on a fresh one of that name."""
    store = store or SessionStore()
    if name not in {info.name for info in store.list()}:
        return from_nothing(name, store)
    return _open(store.load(name), store)


def from_answers(path: Path, store: SessionStore | None = None) -> Wizard:
    """Return a wizard that begins with the answers of a file; a session of that name must not be in use.

    A saved session of that name with other answers is left alone: the new one gets a free name, and ``notice`` says so. The
    cluster of a written folder keeps its name: then this raises ``NbclusterError`` (exit 2). The files go into that folder again.
    """
    from nbcluster.files.answersfile import load_answers
    from nbcluster.files.export import folder_state

    store = store or SessionStore()
    loaded = load_answers(path)
    name = loaded.answers.text("name")
    claims = store.claims(name)
    answers = flow.infer(loaded.answers, Context(claims))
    folder, state = written_folder(path), ""
    if folder:
        answers, state = answers.with_("export.directory", folder, Source.FILE), folder_state(Path(folder))
    session = Session(name=name, answers=answers, step="start", exported_to=folder, exported_state=state)
    notices = []
    taken = {info.name: info.fault for info in store.list()}
    if name in taken:
        saved = None if taken[name] else store.load(name)
        if saved is not None and _holds_same(saved, session, claims):
            if not folder:
                session = replace(session, exported_to=saved.exported_to, exported_state=saved.exported_state)
        elif folder:
            raise _other_session(name, folder, is_damaged=saved is None)
        else:
            free = _free_name(name, taken)
            session = replace(session, name=free, answers=answers.with_("name", free, answers.source("name")))
            notices.append(
                _(
                    "A saved session {name} has other answers and is left as it is: this session, and with it the cluster, is called {free}."
                ).format(name=name, free=free)
            )
    store.acquire(session.name)
    # the session that was left alone describes the same cluster, and does not take its databases away
    wizard = Wizard(session, store, claims=claims)
    wizard.notice = "\n".join([*notices, *(problem_text(note, wizard.answers) for note in loaded.notes)])
    return wizard


def _other_session(name: str, folder: str, *, is_damaged: bool) -> NbclusterError:
    """Return the error for a written folder whose cluster has a saved session with other answers.

    A session has the name of its cluster; under another one, what runs would be taken for a new installation.
    """
    delete = f"`nbcluster sessions delete {name}`"
    if is_damaged:
        message = _(
            "{folder} belongs to the cluster {name}, whose saved session cannot be read."
            " To go on with the files of the folder, remove the session first: {delete}."
        )
        return NbclusterError(ExitCode.INVALID, message.format(folder=clean(folder), name=name, delete=delete))
    message = _(
        "{folder} belongs to the cluster {name}, and the saved session {name} has other answers than its answers.toml."
        " To go on with the session: {setup}."
        " To go on with the files of the folder, remove the session first: {delete}; {export} prints its answers."
    )
    return NbclusterError(
        ExitCode.INVALID,
        message.format(
            folder=clean(folder),
            name=name,
            delete=delete,
            setup=f"`nbcluster setup --session {name}`",
            export=f"`nbcluster sessions export {name}`",
        ),
    )


def _free_name(name: str, taken: Collection[str]) -> str:
    """Return a name with the first number that makes it free: ``prod-2``; names have at most 40 characters."""
    numbered = (f"{name[: 39 - len(str(number))]}-{number}" for number in count(2))
    return next(each for each in numbered if each not in taken)


def _holds_same(saved: Session, session: Session, claims: Claims) -> bool:
    """Tell whether two sessions have the same answers, as far as an answers file holds them."""
    before, now = (Wizard(each, claims=claims).answers for each in (saved, session))
    is_same_folder = bool(saved.exported_to) and saved.exported_to == session.exported_to
    for path in (*(path for path, field in now.fields.items() if field.in_file), *now.tables):
        # what was to be generated was, into the folder from which the file takes it
        is_generated = is_same_folder and now.fields[path].kind is FieldKind.KEY if path in now.fields else False
        is_word = is_generated and not isinstance(before[path], Secret)
        if not is_word and not _is_same(before[path], now[path]):
            return False
    return True


def _is_same(before: Value, now: Value) -> bool:
    """Tell whether two values are the same, one of which may hold only the fingerprint of its secret."""
    if isinstance(before, MissingSecret) and isinstance(now, Secret):
        return before.matches(now)
    if isinstance(before, Url) and isinstance(now, Url):
        return before.address == now.address and _is_same(before.password, now.password)
    return before == now


def from_import(path: Path, store: SessionStore | None = None) -> Wizard:
    """Return a wizard that begins with what an existing installation's file gives, its report kept in it.

    Raises ``InvalidAnswersError`` before there is a session.
    """
    from nbcluster.answers.importer.disk import import_path

    imported = import_path(path, "app.base_env")
    wizard = from_nothing("", store)
    wizard.take_import(imported)
    return wizard


def _open(session: Session, store: SessionStore) -> Wizard:
    store.acquire(session.name)
    return Wizard(session, store, claims=store.claims(session.name))
