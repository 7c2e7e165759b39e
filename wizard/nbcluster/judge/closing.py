"""Skipped checks and the target folder."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers import Answers
from nbcluster.judge.common import error
from nbcluster.problems import Problem
from nbcluster.rules import Context, Rule
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


RULES = (Rule("skip-reason", _reasons),)
