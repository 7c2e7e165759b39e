"""``demo``: the wizard on an example cluster whose checks are rehearsed."""

from __future__ import annotations

import argparse
from dataclasses import replace

from nbcluster.cli import face


def demo(options: argparse.Namespace) -> int:
    """Open the wizard on an example cluster whose checks are rehearsed."""
    from nbcluster.answers.file import load_text
    from nbcluster.answers.flow import infer
    from nbcluster.demo.scenario import start_demo
    from nbcluster.system.terminal import choose_front
    from nbcluster.wizard import Wizard, fresh_session

    front = choose_front(options.front)
    with start_demo() as tour:
        answers = infer(load_text(tour.answers_toml, "demo", tour.out_dir).answers)
        answers = answers.with_("export.directory", str(tour.out_dir))
        wizard = Wizard(replace(fresh_session("demo"), answers=answers), simulated=True)
        return face.show(front, wizard)
