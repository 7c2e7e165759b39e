"""The export of the faces without a full screen: one more question where others could change what is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from nbcluster.answers import Source
from nbcluster.controller import Controller
from nbcluster.dialogue.asking import Asker
from nbcluster.dialogue.closing import Closing
from nbcluster.dialogue.prompter import Option, Tone
from nbcluster.session import Session
from tests.unit.scenarios import official


class Answering:
    """A face that answers yes-or-no questions from a list and keeps which answer Enter would have given."""

    width = 80

    def __init__(self, *answers: bool) -> None:
        self.answers, self.defaults, self.lines = list(answers), list[bool](), list[str]()

    def show(self, text: str = "", tone: Tone = Tone.NORMAL) -> None:
        self.lines.append(text)

    def ask_text(self, prompt: str, default: str = "") -> str:
        raise AssertionError(prompt)

    def ask_address(self, prompt: str, default: str = "") -> str:
        raise AssertionError(prompt)

    def ask_secret(self, prompt: str) -> str:
        raise AssertionError(prompt)

    def ask_choice(self, prompt: str, options: Sequence[Option], default: str | None = None) -> str:
        raise AssertionError(prompt)

    def ask_multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str]) -> tuple[str, ...]:
        raise AssertionError(prompt)

    def ask_bool(self, prompt: str, default: bool) -> bool:
        self.defaults.append(default)
        return self.answers.pop(0)


def closing(folder: Path, face: Answering) -> Closing:
    answers = official().with_("export.directory", str(folder), Source.TYPED)
    return Closing(Controller(Session(name="official", answers=answers)), Asker(face))


@pytest.mark.parametrize("yes", [False, True])
def test_a_folder_that_everybody_may_write_takes_a_second_yes(tmp_path: Path, yes: bool) -> None:
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    face = Answering(True, yes)
    assert closing(out, face).export() is yes
    assert face.defaults == [True, False] and any(str(out) in line.replace("\n", "").replace(" ", "") for line in face.lines)
    assert (out / ".env").exists() is yes


def test_a_folder_of_one_s_own_takes_no_second_yes(tmp_path: Path) -> None:
    face = Answering(True)
    assert closing(tmp_path / "out", face).export() and face.defaults == [True]
