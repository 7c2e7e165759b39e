"""Step 5: the connection test, and the checks that are left out of it."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, FieldKind, Table
from nbcluster.answers.targets import may_be_skipped
from nbcluster.errors import Problem, error
from nbcluster.steps.model import Context, Rule, Step, StepFace
from nbcluster.text import N_, _


def _reasons(answers: Answers, _context: Context) -> Iterable[Problem]:
    for index, row in enumerate(answers.rows("checks.skip")):
        if not str(row.get("reason") or "").strip():
            yield error(
                f"checks.skip[{index}].reason",
                "skip-reason",
                _("a skipped check needs a reason."),
                _("Say why, for whoever reads the report."),
            )


def _allowed(answers: Answers, _context: Context) -> Iterable[Problem]:
    for index, row in enumerate(answers.rows("checks.skip")):
        name = str(row.get("id") or "")
        if not may_be_skipped(name):
            yield error(
                f"checks.skip[{index}].id",
                "skip-allowed",
                _("{id} cannot be skipped: what it finds loses data or cannot work.").format(id=name),
                _("Fix what it finds. Only a whole target that cannot be reached from here can be left out, by its first parts."),
            )


RULES = (Rule("skip-reason", _reasons), Rule("skip-allowed", _allowed))


STEP = Step(
    id="connections",
    title=N_("Connections"),
    why=N_("Every address is tried from this machine with the credentials you typed. Nothing on the servers is changed."),
    tables=(
        Table(
            "checks.skip",
            N_("Skipped checks"),
            (
                Field("id", FieldKind.TEXT, N_("Check"), required=True),
                Field("reason", FieldKind.TEXT, N_("Reason"), required=True),
            ),
            in_form=False,
        ),
    ),
    rules=RULES,
    face=StepFace.BOARD,
)
