"""``setup`` and ``demo``: which face, which session, and the way there."""

from __future__ import annotations

import argparse
import gc
from typing import TYPE_CHECKING

from nbcluster.cli.output import face_streams, talk
from nbcluster.controller import Controller, fresh_session
from nbcluster.errors import NbclusterError

if TYPE_CHECKING:
    from nbcluster.system.terminal import Front


def setup(options: argparse.Namespace) -> int:
    """Open the wizard on a session, an answers file, an imported env file, or nothing yet."""
    from nbcluster.system.terminal import choose_front

    front = choose_front(getattr(options, "front", None))
    session_name = getattr(options, "session", None)
    answers_file = getattr(options, "answers", None)
    import_file = getattr(options, "import_file", None)
    opening = session_name is None and answers_file is None and import_file is None
    controller = None if opening else open_controller(session_name, answers_file, import_file)
    if controller is not None and front != "tui":
        # the full screen shows the report itself
        for line in controller.report:
            talk(line)
    return _run(front, controller)


def _run(front: Front, controller: Controller | None) -> int:
    """Run a face; without a controller it asks first which session."""
    with face_streams():
        return _face(front, controller)


def _face(front: Front, controller: Controller | None) -> int:
    if front == "tui":
        # What a start makes lives as long as the run: looking for garbage in it only delays the first paint, which turns this on.
        gc.disable()
        from nbcluster_tui.app import run_tui

        return int(run_tui(controller))
    if front == "line":
        from nbcluster.prompts.questionary import run_line

        return int(run_line(controller))
    from nbcluster.prompts.plain import run_plain

    return int(run_plain(controller))


def open_controller(session_name: str | None, answers_file: object = None, import_file: object = None) -> Controller:
    """Return a controller on a locked session; raises ``NbclusterError`` when another process has it."""
    from pathlib import Path

    from nbcluster.opening import from_answers, from_import, from_nothing, from_session

    if isinstance(import_file, Path) and answers_file is None and session_name is None:
        return from_import(import_file)
    if isinstance(answers_file, Path):
        controller = from_answers(answers_file)
    elif session_name is not None:
        controller = from_session(session_name)
    else:
        controller = from_nothing()
    if controller.notice:
        talk(controller.notice)
    if isinstance(import_file, Path):
        try:
            controller.import_file(import_file)
        except NbclusterError:
            controller.close()
            raise
    return controller


def demo(options: argparse.Namespace) -> int:
    """Open the wizard on an example cluster whose checks are rehearsed."""
    from nbcluster.answers.file import load_text
    from nbcluster.answers.flow import infer
    from nbcluster.demo.scenario import start_demo
    from nbcluster.system.terminal import choose_front

    front = choose_front(options.front)
    with start_demo() as tour:
        answers = infer(load_text(tour.answers_toml, "demo", tour.out_dir).answers)
        answers = answers.with_("export.directory", str(tour.out_dir))
        session = fresh_session("demo")
        controller = Controller(type(session)(name="demo", answers=answers, step=session.step), None, simulated=True)
        return _run(front, controller)
