"""What every front end drives: answers that change, steps that are visited, a session that is saved, results that go stale."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster import flow
from nbcluster.answering import Answering, StepState
from nbcluster.answers import Answers, Source, missing_secrets
from nbcluster.answersfile.secrets import asked_secrets, set_secret
from nbcluster.board import Board, BoardRow
from nbcluster.errors import NbclusterError
from nbcluster.exported import ExportResult, pack
from nbcluster.fields import Row, Value
from nbcluster.inputfile import target_path
from nbcluster.problems import Problem
from nbcluster.rules import Context
from nbcluster.secret import MissingSecret, Secret
from nbcluster.session import Session
from nbcluster.steps import STEPS, Step, fields_by_path
from nbcluster.targets import may_be_skipped
from nbcluster.url import parse_url

__all__ = ["Controller", "ExportResult", "StepState", "fresh_session"]

if TYPE_CHECKING:
    from nbcluster.checks.results import CheckResult
    from nbcluster.exporting import Prepared
    from nbcluster.store import SessionStore
    from nbcluster.targets import Target

_GUESSED = (Source.DEFAULT, Source.SESSION)
Claims = Mapping[tuple[str, int, str], str]


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
        self._store = store
        self._claims: Claims = claims or {}
        self._now = now
        self._token_hex = token_hex
        self.board = Board()
        self._base_env: Mapping[str, str] = {}
        self._load_base_env()
        self.answers: Answers = flow.settle(session.answers, self.context, steps)

    @property
    def name(self) -> str:
        """The name of the session."""
        return self.answers.text("name")

    @property
    def current(self) -> str:
        """The id of the step the user is on."""
        return self.session.step or self.steps[0].id

    @property
    def context(self) -> Context:
        """What the rules may know beside the answers."""
        return Context(self._claims, self._base_env, {})

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
        """Take a skipped check back."""
        self.change("checks.skip", tuple(row for row in self.answers.rows("checks.skip") if row.get("id") != check_id) or None)

    def missing(self) -> tuple[str, ...]:
        """Return the secrets that a resumed session has to ask for."""
        return asked_secrets(self.answers)

    def set_secret(self, path: str, secret: Secret) -> bool:
        """Put in a secret again; returns whether it is the one that was there when the session was saved."""
        before = self.answers[path]
        url = self.answers.url(path.removesuffix(".password"))
        known = before if isinstance(before, MissingSecret) else url.password if url is not None else None
        same = isinstance(known, MissingSecret) and known.matches(secret)
        answers = set_secret(self.answers, path, secret)
        if same:
            answers = self._fill_twins(answers, secret)
        self._take(answers)
        return same

    def _fill_twins(self, answers: Answers, secret: Secret) -> Answers:
        for path in missing_secrets(answers):
            url = answers.url(path.removesuffix(".password"))
            twin = answers[path] if isinstance(answers[path], MissingSecret) else url.password if url is not None else None
            if isinstance(twin, MissingSecret) and twin.matches(secret):
                answers = set_secret(answers, path, secret)
        return answers

    def take_imported(self, changes: Iterable[tuple[str, Value]]) -> None:
        """Take answers that an imported file gave, all at once."""
        answers = self.answers
        for path, value in changes:
            answers = answers.with_(path, value, Source.IMPORTED)
        self._take(flow.infer(answers.without("redis.layout"), self.context, self.steps))

    def import_file(self, path: Path) -> tuple[Problem, ...]:
        """Import an env file; raises ``InvalidAnswersError``, changing nothing."""
        from nbcluster.opening import import_into

        return import_into(self, path)

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
        before = self.answers.text("app.base_env")
        self.answers = answers
        if answers.text("app.base_env") != before:
            self._load_base_env()
        self.answers = flow.settle(answers, self.context, self.steps)
        self.save()

    def _load_base_env(self) -> None:
        from nbcluster.exporting import context_for

        answers = getattr(self, "answers", self.session.answers)
        try:
            self._base_env = context_for(answers, None).base_env
        except NbclusterError:
            self._base_env = {}

    def lines(self, step: Step) -> tuple[str, ...]:
        """Return the variables that a step's answers produce, secrets masked."""
        from nbcluster.artifacts.variables import step_variables

        return tuple(f"{v.name}={_shown(v.value)}" for v in step_variables(step, self.answers))

    def topology(self) -> tuple[str, ...]:
        """Return the picture of the cluster."""
        from nbcluster.artifacts.topology import picture

        return tuple(picture(self.answers))

    def summary(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Return every choice by step, secrets masked."""
        from nbcluster.artifacts.summary import choices

        return tuple((title, tuple(rows)) for title, rows in choices(self.answers, self.steps))

    @property
    def directory(self) -> Path:
        """The target folder; raises ``NbclusterError`` for one that cannot be a path."""
        return target_path(self.answers.text("export.directory"), "export.directory")

    def prepare(self, *, new_keys: bool = False) -> Prepared:
        """Render what would be written; raises ``InvalidAnswersError``."""
        from nbcluster.exporting import prepare

        return prepare(
            self.answers,
            self.directory,
            claims=self._claims,
            exported_to=self.session.exported_to,
            new_keys=new_keys,
            report=self._report(),
            token_hex=self._token_hex,
            steps=self.steps,
        )

    def _report(self) -> bytes | None:
        from nbcluster.checking import report_bytes, rule_results

        live = [result for row in self.board_rows() if row.state == "fresh" for result in row.results]
        if not live:
            return None
        return report_bytes((*rule_results(self.answers, self.context, self.steps), *live), self._now())

    def preview(self) -> tuple[tuple[str, str], ...]:
        """Return every file as it would be written, secrets masked."""
        from nbcluster.diff import masked_text

        prepared = self.prepare()
        return tuple((f.path, masked_text(f.path, f.text, prepared.secrets)) for f in prepared.files if f.path != "report.json")

    def diff(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return what would change on disk, per file, secrets masked."""
        from nbcluster.exporting import diffs

        return diffs(self.prepare(), self.directory)

    def foreign_edits(self) -> tuple[Problem, ...]:
        """Return a warning for every file that somebody else changed since the last run."""
        from nbcluster.exporting import foreign_edits

        return foreign_edits(self.prepare(), self.directory)

    def export(self, *, new_keys: bool = False) -> ExportResult:
        """Write the files as one set; raises ``NbclusterError`` with nothing half written."""
        from nbcluster.artifacts.summary import next_steps
        from nbcluster.exporting import write

        prepared = self.prepare(new_keys=new_keys)
        result = write(prepared, self.directory, self._now)
        self.session = replace(self.session, exported_to=str(self.directory))
        self.save()
        packed = pack(prepared, self.answers.text("export.bundle"), self.directory)
        warnings = (*prepared.warnings, *packed.problems)
        return ExportResult(self.directory, result, warnings, tuple(next_steps(self.answers)), packed.path, packed.left_out)

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
    answers = Answers(fields_by_path(steps)).with_("name", name, Source.TYPED)
    return Session(name=name, answers=answers, step=steps[0].id)
