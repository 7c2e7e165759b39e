"""Questions one by one: compound text pasted into one of them is split, with a notice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nbcluster.answers.secret import Secret
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.prompter import Option, Tone
from nbcluster.prompts.questions import Questions
from nbcluster.wizard import Wizard, fresh_session


class Typist:
    """A face whose answers are typed beforehand; keeps what it was shown."""

    width = 200

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.shown: list[tuple[str, Tone]] = []

    def show(self, text: str = "", tone: Tone = Tone.NORMAL) -> None:
        self.shown.append((text, tone))

    def ask_text(self, prompt: str, default: str = "") -> str:
        return self.lines.pop(0)

    def ask_address(self, prompt: str, default: str = "") -> str:
        return self.lines.pop(0)

    def ask_secret(self, prompt: str) -> str:
        return self.lines.pop(0)

    def ask_choice(self, prompt: str, options: Sequence[Option], default: str | None = None) -> str:
        raise NotImplementedError

    def ask_multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str]) -> tuple[str, ...]:
        raise NotImplementedError

    def ask_bool(self, prompt: str, default: bool) -> bool:
        raise NotImplementedError


def asked(path: str, *lines: str) -> tuple[Wizard, Typist]:
    run, face = Wizard(fresh_session("test"), None), Typist(*lines)
    Questions(run, Asker(face)).ask(run.answers.fields[path])
    assert not face.lines and not [text for text, tone in face.shown if tone is Tone.PROBLEM]
    return run, face


def test_a_database_url_is_said_without_its_password_which_was_seen() -> None:
    run, face = asked("database.host", "postgres://app:p#ss@10.0.0.6:5432/nc")
    assert run.answers["database.name"] == "nc" and run.answers.secret("database.password") == Secret("p#ss")
    said = [text for text, _tone in face.shown]
    assert len(said) == 2 and "10.0.0.6" in said[0] and not [text for text in said if "p#ss" in text]


@pytest.mark.parametrize(
    ("lines", "password", "sentences"),
    [
        (("10.0.0.5:6379", ""), None, 1),
        (("10.0.0.5:6379", "pw"), "pw", 1),
        (("default:p#ss@10.0.0.5:6379",), "p#ss", 2),
        (("redis://default:p#ss@10.0.0.5:6379",), "p#ss", 1),
        (("redis://10.0.0.5:6379", ""), None, 0),
    ],
)
def test_an_address_is_completed_and_a_password_in_it_is_taken(
    lines: tuple[str, ...], password: str | None, sentences: int
) -> None:
    run, face = asked("redis.address", *lines)
    url = run.answers.url("redis.address")
    assert url is not None and (url.scheme, url.host, url.faults) == ("redis", "10.0.0.5", ())
    assert url.password == (None if password is None else Secret(password)) and len(face.shown) == sentences
