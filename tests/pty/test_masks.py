"""A password inside an address never reaches the terminal or the saved session, in each face, also when the line drops half-way."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from nbcluster.prompts.plain import PlainPrompter
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from nbcluster.wizard import fresh_session
from tests.pty.terminal import Terminal, terminal

PASSWORD = "CnrySecretHunter2"
ADDRESS = f"redis://app:{PASSWORD}@10.0.0.9:6379/0"
PIECES = [PASSWORD[start : start + 5].encode() for start in range(len(PASSWORD) - 4)]


def session_at(step: str) -> None:
    """Save a session that opens at a step."""
    store = SessionStore()
    answers = fresh_session("prod").answers.with_("app.installation", "new")
    with store.lock("prod"):
        store.save(Session("prod", answers, step, ("start", "license")))


def saved() -> str:
    """Return the session's file."""
    return (SessionStore().root / "prod.json").read_text("utf-8")


def nothing_shown(shown: Terminal) -> None:
    """Fail where a piece of the password came back from the program or stands in the session."""
    received = shown.received
    assert not [piece for piece in PIECES if piece in received]
    assert not [piece for piece in PIECES if piece.decode() in saved()]


@pytest.mark.parametrize("end", ["hang-up", "tab", "f8"])
def test_full_screen(end: str, tmp_path: Path) -> None:
    session_at("middleware")
    with terminal("setup", "--session", "prod", folder=tmp_path, size=(100, 30)) as shown:
        shown.wait_for("step 3 of 12")
        shown.settle()
        half = ADDRESS[: ADDRESS.index("@")]
        for char in half:
            shown.press(char)
            shown.settle(0.02)
        shown.wait_for("redis://app:•")
        nothing_shown(shown)
        if end == "hang-up":
            assert shown.hang_up() == 129
        else:
            shown.press(end)
            shown.settle()
            shown.press("ctrl+q")
            assert shown.ended() == 0
        nothing_shown(shown)
    answers = json.loads(saved())["answers"]
    assert answers["redis.address"]["value"]["url"] == "redis://app:***"


@pytest.mark.parametrize(("typed", "told"), [(f"postgres://app:{PASSWORD}@10.0.0.9/noco\n", True), ("10.0.0.9:5432\n", False)])
def test_a_password_that_a_plain_terminal_has_echoed_is_told(
    typed: str, told: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert PlainPrompter().ask_text("Host") == typed.strip()
    shown = capsys.readouterr().out
    assert PASSWORD not in shown and (shown != "Host: ") is told


@pytest.mark.parametrize("front", ["line", "plain"])
def test_prompts(front: str, tmp_path: Path) -> None:
    session_at("middleware")
    with terminal("setup", "--front", front, "--session", "prod", folder=tmp_path, size=(100, 30)) as shown:
        shown.wait_for("one for all")
        shown.settle()
        shown.press("enter")
        shown.wait_for("Address")
        shown.settle()
        for char in ADDRESS:
            shown.press(char)
            shown.settle(0.02)
        shown.press("enter")
        shown.wait_for("is taken")
        shown.settle()
        nothing_shown(shown)
        if front == "plain":
            assert b"redis://app@10.0.0.9:6379/0" in shown.received and b"\x1b" not in shown.received
        assert shown.hang_up() == 129
        nothing_shown(shown)
    value = json.loads(saved())["answers"]["redis.address"]["value"]
    assert value["url"] == "redis://app@10.0.0.9:6379/0" and value["password"]["digest"]
