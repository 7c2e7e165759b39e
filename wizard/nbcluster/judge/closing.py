"""Skipped checks and the target folder."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.rules import Context, Rule
from nbcluster.answers.targets import may_be_skipped
from nbcluster.errors import Problem
from nbcluster.judge.common import error
from nbcluster.text import _


def default_directory(answers: Answers) -> str:
    """Return the folder that is proposed for the files."""
    return f"./{answers.text('name') or 'nocobase'}-cluster"


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
                _(
                    "Mend what it finds. Only a whole target that cannot be reached from here can be left out, by its first parts."
                ),
            )


RULES = (Rule("skip-reason", _reasons), Rule("skip-allowed", _allowed))
