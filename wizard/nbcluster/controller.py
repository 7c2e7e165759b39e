"""What every front end drives: answers that change, steps that are visited, a session that is saved, results that go stale."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answering import SIGNS, Answering, StepState
from nbcluster.answers import flow
from nbcluster.answers.answers import Answers, Source, missing_secret, missing_secrets
from nbcluster.answers.fields import Row, Value
from nbcluster.answers.file.secrets import asked_secrets, set_secret
from nbcluster.answers.rules import Context
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import may_be_skipped
from nbcluster.answers.url import Url, parse_url
from nbcluster.checks.board import Board, BoardRow, Tally, skip_of, tally
from nbcluster.errors import NbclusterError, Problem, Severity, errors
from nbcluster.files.exported import ExportResult, pack
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.preparation import Outlook, Preparation, Request
from nbcluster.sessions.session import Session
from nbcluster.steps import STEPS, Step, StepFace, new_answers, step_of
from nbcluster.system import programs
from nbcluster.system.inputfile import target_path
from nbcluster.text import _
from nbcluster.text.clean import clean

__all__ = ["LOST_SECRET", "SIGNS", "Controller", "ExportResult", "Outlook", "StepState", "fresh_session"]

if TYPE_CHECKING:
    from nbcluster.answers.importer import Imported
    from nbcluster.answers.targets import Target
    from nbcluster.checks.results import CheckResult
    from nbcluster.files.exporting import Prepared
    from nbcluster.sessions.store import SessionStore

_GUESSED = (Source.DEFAULT, Source.SESSION)
LOST_SECRET = "secret-missing"  # noqa: S105 - the name of a rule
"""The rule of a problem that is a secret which a saved session does not hold."""
Claims = Mapping[tuple[str, int, str], str]


_AROUND = ("app.base_env", "app.deployment", "app.installation", "app.key", "app.aes_key", "export.directory")
"""The answers that decide what is read from the disk for the rules."""


@dataclass(frozen=True)
class Surroundings:
    """What the rules know of the disk, and what could not be read of it; ``named`` are the answers that decided what is read."""

    named: tuple[Value, ...] = ()
    context: Context = field(default_factory=Context)
    problems: tuple[Problem, ...] = ()


def look_around(answers: Answers, exported_to: str) -> Surroundings:
    """Read what the rules know of the disk (the imported file, the keys of the target folder); whatever the answers name, that never raises."""
    from nbcluster.files.exporting import context_for

    named = _named(answers)
    try:
        directory = folder_of(answers)
    except NbclusterError:
        directory = None
    try:
        return Surroundings(named, context_for(answers, directory, exported_to=exported_to))
    except NbclusterError as fault:
        return Surroundings(named, problems=fault.problems or (Problem("app.base_env", fault.message),))
    except (OSError, RuntimeError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or _("this is no path")
        message = _("{file} cannot be read: {reason}.").format(file=clean(answers.text("app.base_env"), 200), reason=reason)
        hint = _("Check the path and its permissions.")
        return Surroundings(named, problems=(Problem("app.base_env", message, hint),))


def folder_of(answers: Answers) -> Path:
    """Return the target folder; raises ``NbclusterError`` for one that cannot be a path."""
    return target_path(answers.text("export.directory"), "export.directory")


def _named(answers: Answers) -> tuple[Value, ...]:
    return tuple(answers[path] for path in _AROUND)


Reader = Callable[[Callable[[], Surroundings], Callable[[Surroundings], None]], None]


def read_at_once(read: Callable[[], Surroundings], take: Callable[[Surroundings], None]) -> None:
    """Read the disk where one is, and wait for it."""
    take(read())


class Controller(Answering):
    """The state of one wizard run; every change settles what follows from it and saves the session."""

    def __init__(
        self,
        session: Session,
        store: SessionStore | None = None,
        *,
        steps: tuple[Step, ...] = STEPS,
        claims: Claims | None = None,
        simulated: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_hex: Callable[[int], str] = secrets.token_hex,
    ) -> None:
        self.steps = steps
        self.simulated = simulated
        self.session = session
        self.saved_at: datetime | None = None
        self.message = ""
        self.report: tuple[str, ...] = ()
        self._store = store
        self._claims: Claims = claims or {}
        self._now = now
        self.board = Board()
        self._typed_over: dict[str, Url | None] = {}
        self.reader: Reader = read_at_once
        self._preparation = Preparation(token_hex)
        self._written: Answers | None = None
        self._around = look_around(session.answers, session.exported_to)
        self.answers: Answers = flow.settle(session.answers, self.context, steps)

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
    def own_problems(self) -> tuple[Problem, ...]:
        """An imported file that cannot be read, and secrets that a session does not store."""
        lost = []
        for path in self.missing():
            step = step_of(path, self.steps)
            hint = _("Type it at the step {title}.").format(title=_(step.title)) if step is not None else ""
            lost.append(Problem(path, _("the session does not store this secret."), hint, rule=LOST_SECRET))
        return (*self._around.problems, *lost)

    @property
    def visited(self) -> tuple[str, ...]:
        """The ids of the steps that were seen."""
        return self.session.visited

    def visit(self, step_id: str) -> None:
        """Become the current step, and save."""
        visited = self.session.visited if step_id in self.session.visited else (*self.session.visited, step_id)
        self.session = replace(self.session, step=step_id, visited=visited)
        self.save()

    def stale_targets(self, step: Step | None = None) -> tuple[Target, ...]:
        """Return the targets that have no result for the present answers and are not being checked."""
        return self.board.unknown(self.targets(step))

    def board_rows(self) -> tuple[BoardRow, ...]:
        """Return every target with what is known of it."""
        return self.board.rows(self.targets(), self.skips())

    def tally(self, step: Step | None = None) -> Tally:
        """Return how the checks of one step stand, or of all."""
        return tally(self.board.rows(self.targets(step), self.skips()))

    def state(self, step: Step) -> StepState:
        """Return how a step stands: by what is wrong with its answers, by its checks, and never by having been seen alone."""
        if step.id not in self.visited:
            return StepState.TODO if self._is_wanting(step) else StepState.DEFAULT
        everything = step.face is not StepFace.FORM
        problems = self.all_problems() if step.face is StepFace.REVIEW else self.problems(step)
        if errors(problems):
            return StepState.PROBLEM
        if step.face is StepFace.EXPORT:
            return StepState.DONE if self.is_written else StepState.TODO
        checks = self.tally(None if everything else step)
        if checks.fail:
            return StepState.PROBLEM
        if not checks.judged and (everything or checks.targets):
            return StepState.UNJUDGED
        return StepState.WARNING if problems or checks.warn or checks.skipped else StepState.DONE

    def _is_wanting(self, step: Step) -> bool:
        """Whether somebody has to look at a step that nobody has seen: a form of defaults without an error is left alone."""
        return step.face is not StepFace.FORM or bool(errors(self.problems(step)))

    def needs_person(self, step: Step) -> bool:
        """Whether a step has an error, or checks that failed or have not judged: what F8 does not pass by."""
        if step.face in (StepFace.REVIEW, StepFace.EXPORT):
            return True
        state = self.state(step)
        if step.face is StepFace.BOARD:
            return (bool(self.targets()) and not self.tally().judged) or bool(self.tally().fail)
        return state is StepState.PROBLEM or self._is_wanting(step)

    def next_in_need(self, step_id: str) -> str | None:
        """Return the id of the next step, in their order, that needs the person, or None behind the last one."""
        following = self.next_of(step_id)
        while following is not None and not self.needs_person(self.step(following)):
            following = self.next_of(following)
        return following

    @property
    def is_written(self) -> bool:
        """Whether the files of exactly these answers were written in this run."""
        return self._written == self.answers

    def step_of_check(self, check_id: str) -> Step | None:
        """Return the step whose answers a check judges."""
        mine = (s for s in self.steps if any(check_id.startswith(f"{t.id}.") for t in self.targets(s)))
        return next(mine, None)

    def record(self, target: Target, fingerprint: str, results: Sequence[CheckResult]) -> None:
        """Keep the results of a target; a name that was a guess is replaced by the one that was found."""
        self.board.record(target, fingerprint, results)
        for result in results:
            if result.code == "storage.variable.other" and self.answers.source("queue.url_variable") in _GUESSED:
                self.change("queue.url_variable", str(result.params["found"]))

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

    def take_imported(self, changes: Iterable[tuple[str, Value]]) -> None:
        """Take answers that an imported file gave, all at once."""
        answers = self.answers
        for path, value in changes:
            answers = answers.with_(path, value, Source.IMPORTED)
        self._take(flow.infer(answers.without("redis.layout"), self.context, self.steps))

    def import_file(self, path: Path) -> tuple[str, ...]:
        """Import a file of an existing installation; returns the report, and keeps it in ``report`` until it was shown.

        Raises ``InvalidAnswersError``, changing nothing.
        """
        from nbcluster.opening import import_into

        import_into(self, path)
        return self.report

    def take_import(self, imported: Imported) -> None:
        """Take the answers of an import, and keep its report in ``report``."""
        from nbcluster.answers.importer.report import lines

        self.take_imported(imported.changes)
        self.report = tuple(lines(imported))

    def save(self) -> None:
        """Save the session; a failure is kept in ``message`` and loses nothing that is in memory."""
        self.session = replace(self.session, answers=self.answers)
        if self._store is None:
            return
        try:
            if self.name != self.session.name and not any(p.path == "name" for p in self.problems(self.steps[0])):
                self._store.rename(self.session, self.name)
                self.session = replace(self.session, name=self.name)
            self._store.save(self.session)
            self.saved_at, self.message = self._now(), ""
        except NbclusterError as fault:
            self.message = fault.message

    def _take(self, answers: Answers) -> None:
        self.answers = flow.settle(answers, self.context, self.steps)
        if _named(answers) != self._around.named:
            self._around = Surroundings(_named(answers))
            self._look_around()
        self.save()

    def _look_around(self) -> None:
        answers, exported_to = self.answers, self.session.exported_to
        self.reader(lambda: look_around(answers, exported_to), self._take_around)

    def _take_around(self, found: Surroundings) -> None:
        """Keep what was read, unless something else is named meanwhile."""
        if found.named == self._around.named:
            self._around = found
            self.answers = flow.settle(self.answers, self.context, self.steps)

    def lines(self, step: Step) -> tuple[str, ...]:
        """Return the variables that a step's answers produce, secrets masked."""
        from nbcluster.files.variables import step_variables

        return tuple(f"{v.name}={_shown(v.value)}" for v in step_variables(step, self.answers))

    def topology(self) -> tuple[str, ...]:
        """Return the picture of the cluster."""
        from nbcluster.files.topology import picture

        return tuple(picture(self.answers))

    def summary(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Return every choice by step, secrets masked."""
        from nbcluster.files.summary import choices

        return tuple((title, tuple(rows)) for title, rows in choices(self.answers, self.steps))

    @property
    def directory(self) -> Path:
        """The target folder; raises ``NbclusterError`` for one that cannot be a path."""
        return folder_of(self.answers)

    def request(self, *, new_keys: bool = False) -> Request:
        """Return what the files are made from, for another thread; raises ``InvalidAnswersError``."""
        own = errors(self.own_problems)
        return Request(self.answers, self.directory, self._claims, self.session.exported_to, new_keys, self.steps, own)

    def prepare(self, request: Request | None = None) -> Prepared:
        """Render what would be written; raises ``InvalidAnswersError``. In any thread, with a ``request``."""
        return self._preparation.prepared(request or self.request())

    def outlook(self, request: Request | None = None) -> Outlook:
        """Return what writing would do to the target folder; raises ``NbclusterError``. In any thread, with a ``request``."""
        return self._preparation.outlook(request or self.request())

    def _report(self) -> bytes | None:
        from nbcluster.checks.checking import report_bytes, rule_results

        live = [result for row in self.board_rows() if row.state == "fresh" for result in row.results]
        if not live:
            return None
        return report_bytes((*rule_results(self.answers, self.context, self.steps), *live), self._now())

    def preview(self, request: Request | None = None) -> tuple[tuple[str, str], ...]:
        """Return every file as it would be written, secrets masked; in any thread, with a ``request``."""
        from nbcluster.files.diff import masked_text

        prepared = self.prepare(request)
        return tuple((f.path, masked_text(f.path, f.text, prepared.secrets, prepared.names)) for f in prepared.files)

    def diff(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return what would change on disk, per file, secrets masked."""
        return self.outlook().changes

    def foreign_edits(self) -> tuple[Problem, ...]:
        """Return a warning for every file that somebody else changed since the last run."""
        return self.outlook().edited

    def writing(self, *, new_keys: bool = False, trust: bool = False) -> Callable[[], ExportResult]:
        """Return the act of writing, for another thread; ``written`` has to be told of its result. Raises ``InvalidAnswersError``.

        The act raises ``NbclusterError`` with nothing half written; ``UnsafeFolderError`` asks for a person's yes, which is ``trust``.
        """
        from nbcluster.files.exporting import write
        from nbcluster.files.summary import next_steps
        from nbcluster.files.write import held

        request, report = self.request(new_keys=new_keys), self._report()
        wish, todo = self.answers.text("export.bundle"), tuple(next_steps(self.answers))

        def act() -> ExportResult:
            with held(request.directory, trust=trust) as recovery:
                prepared = self._preparation.anew(request)
                if report is not None:
                    prepared = replace(prepared, files=(*prepared.files, OutputFile("report.json", report)))
                result = write(prepared, request.directory, self._now, trust=trust)
            packed = pack(prepared, wish, request.directory)
            recovered = (Problem(str(request.directory), recovery, "", Severity.WARNING),) if recovery else ()
            warnings = (*prepared.warnings, *recovered, *result.remarks, *packed.problems)
            return ExportResult(request.directory, result, warnings, todo, packed.path, packed.left_out, request.answers)

        return act

    def written(self, outcome: ExportResult) -> None:
        """Remember what was written, and save."""
        self._preparation.forget()
        self._written = outcome.answers
        self.session = replace(self.session, exported_to=str(outcome.directory))
        self._look_around()
        self.save()

    def export(self, *, new_keys: bool = False, trust: bool = False) -> ExportResult:
        """Write the files as one set; raises ``NbclusterError`` with nothing half written.

        ``UnsafeFolderError`` asks for a person's yes, which is ``trust``.
        """
        outcome = self.writing(new_keys=new_keys, trust=trust)()
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
