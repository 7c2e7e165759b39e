"""The export of the faces without a full screen: one more question where others could change what is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from nbcluster.answers.answers import Source
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.export import Export
from nbcluster.prompts.prompter import Option, Tone
from nbcluster.sessions.session import Session
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official


class Answering:
    """A face that answers yes-or-no questions from a list and keeps which answer Enter would have given."""

    width = 80

    def __init__(self, *answers: bool) -> None:
        self.answers, self.defaults, self.lines = list(answers), list[bool](), list[str]()
        self.asked_at = 0

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
        self.asked_at = len(self.lines)
        return self.answers.pop(0)


def export(folder: Path, face: Answering) -> Export:
    answers = official().with_("export.directory", str(folder), Source.TYPED)
    return Export(Wizard(Session(name="official", answers=answers)), Asker(face))


@pytest.mark.parametrize("yes", [False, True])
def test_a_folder_that_everybody_may_write_takes_a_second_yes(tmp_path: Path, yes: bool) -> None:
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    face = Answering(True, yes)
    assert export(out, face).ask() is yes
    assert face.defaults == [True, False] and any(str(out) in line.replace("\n", "").replace(" ", "") for line in face.lines)
    assert (out / ".env").exists() is yes and not any("--trust-folder" in line for line in face.lines)


def test_a_folder_of_one_s_own_takes_no_second_yes(tmp_path: Path) -> None:
    face = Answering(True)
    assert export(tmp_path / "out", face).ask() and face.defaults == [True]


def test_a_write_that_stops_half_way_is_not_called_unwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The face shows the error's own message, and nothing that may be untrue."""
    told = "some files are of the later set"

    def stop(*_arguments: object, **_named: object) -> None:
        raise NbclusterError(ExitCode.UNWRITABLE, told)

    monkeypatch.setattr("nbcluster.files.export.write", stop)
    face = Answering(True)
    assert not export(tmp_path / "out", face).ask()
    said = [line for line in face.lines[face.asked_at :] if line.strip()]
    assert len(said) == 1 and told in said[0]


def test_a_changed_env_beside_a_compose_file_makes_the_files_anew(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    text = "services: {a: {image: 'nocobase/nocobase:2.2.15', environment: {TZ: UTC, SMTP_HOST: '${SMTP}'}}}\n"
    (old / "compose.yaml").write_text(text, "utf-8")
    (old / ".env").write_text("SMTP=first.example.com\n", "utf-8")
    answers = official().with_("export.directory", str(tmp_path / "out"), Source.TYPED)
    answers = answers.with_("app.base_env", str(old / "compose.yaml"), Source.TYPED)
    controller = Wizard(Session(name="official", answers=answers))
    assert "first.example.com" in {file.path: file.text for file in controller.prepare().files}[".env"]
    (old / ".env").write_text("SMTP=second.example.com\n", "utf-8")
    assert "second.example.com" in {file.path: file.text for file in controller.prepare().files}[".env"]
