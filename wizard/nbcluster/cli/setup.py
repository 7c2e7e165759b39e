"""``setup``: the wizard on a session, an answers file, an imported file, or nothing yet."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.cli import face
from nbcluster.cli.output import talk
from nbcluster.errors import NbclusterError

if TYPE_CHECKING:
    from nbcluster.wizard import Wizard


def setup(options: argparse.Namespace) -> int:
    """Open the wizard on a session, an answers file, an imported env file, or nothing yet."""
    from nbcluster.system.terminal import choose_front

    front = choose_front(getattr(options, "front", None))
    session_name = getattr(options, "session", None)
    answers_file = getattr(options, "answers", None)
    import_file = getattr(options, "import_file", None)
    opening = session_name is None and answers_file is None and import_file is None
    wizard = None if opening else open_wizard(session_name, answers_file, import_file)
    if wizard is not None and getattr(options, "brief", False):
        wizard.be_brief()
    if wizard is not None and front != "tui":
        # the full screen shows the report itself
        for line in wizard.report:
            talk(line)
    return face.show(front, wizard)


def open_wizard(session_name: str | None, answers_file: Path | None = None, import_file: Path | None = None) -> Wizard:
    """Return a wizard on a locked session; raises ``NbclusterError`` when another process has it."""
    from nbcluster.wizard import from_answers, from_import, from_nothing, from_session

    if import_file is not None and answers_file is None and session_name is None:
        return from_import(import_file)
    if answers_file is not None:
        wizard = from_answers(answers_file)
    elif session_name is not None:
        wizard = from_session(session_name)
    else:
        wizard = from_nothing()
    if wizard.notice:
        talk(wizard.notice)
    if import_file is not None:
        try:
            wizard.import_file(import_file)
        except NbclusterError:
            wizard.close()
            raise
    return wizard
