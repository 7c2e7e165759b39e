"""The full screen in a real terminal: keys before the first paint, a kill in the middle of typing, SIGSTOP."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from nbcluster.sessions.store import SessionStore
from tests.pty.terminal import KEYS, SECONDS, Terminal, terminal
from tests.pty.test_screen import begin, stand
from tests.pty.test_wizard import at


def test_keys_before_the_first_paint(tmp_path: Path) -> None:
    for burst in (("f8",), ("f9", "f9"), ("f6", "f9", "f9"), ("f8", "f9", "f8", "f9")):
        with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
            shown.press(*burst)
            shown.read(0.1)
            shown.press(*burst)
            at(shown, "start")
            shown.press("ctrl+q")
            assert shown.ended() == 0, burst


def type_until_saved(shown: Terminal, text: str) -> None:
    """Type without ever resting until the session holds the beginning of it."""
    end = time.monotonic() + SECONDS
    while text not in saved_text("prod"):
        for char in text:
            shown.send(char)
            shown.read(0.02)
        assert time.monotonic() < end, shown.text()


def saved_text(name: str) -> str:
    """Return the session's file as it stands on disk."""
    return (SessionStore().root / f"{name}.json").read_text("utf-8")


def test_a_kill_loses_the_last_moment_of_typing_alone(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("f6")
        shown.settle()
        shown.press("down", "enter")
        at(shown, "license")
        shown.press("tab", "tab")
        shown.settle()
        type_until_saved(shown, "abcdefgh")
        shown.kill(signal.SIGKILL)
    assert "abcdefgh" in SessionStore().load("prod").answers.text("license.confirmed_by")


@pytest.mark.parametrize(
    ("step", "keys", "text", "path"),
    [
        # a user name that Redis does not bring along is not saved before its password is there: it may be one
        ("middleware", (), "redis://default@redis.example.net:6380", "redis.address"),
        ("nodes", (), "node-a.example.net", "nodes"),
    ],
)
def test_addresses_and_cells_are_saved_while_they_are_typed(
    step: str, keys: tuple[str, ...], text: str, path: str, tmp_path: Path
) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("f6")
        shown.settle()
        shown.press(*["down"] * ({"middleware": 2, "nodes": 7}[step]), "enter")
        at(shown, step)
        shown.press(*keys)
        shown.settle()
        shown.send(text)
        shown.wait(lambda: text in saved_text("prod"), "the text in the session")
        assert text in str(json.loads(saved_text("prod"))["answers"][path]["value"])
        shown.kill(signal.SIGKILL)


def test_a_password_in_an_address_is_not_saved_while_it_is_typed(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("f6")
        shown.settle()
        shown.press("down", "down", "enter")
        at(shown, "middleware")
        shown.settle()
        shown.send("redis://app:never-shown-4711@redis.example.net:6380/0")
        shown.wait(lambda: "redis.example.net" in saved_text("prod"), "the address in the session")
        assert "never-shown" not in saved_text("prod")
        shown.kill(signal.SIGKILL)


def test_a_stop_without_warning_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        for _time in range(2):
            shown.kill(signal.SIGSTOP)
            shown.kill(signal.SIGCONT)
            shown.settle()
        threads = len(list(Path(f"/proc/{shown.pid}/task").iterdir()))
        shown.press("ctrl+u", "2.2.7")
        shown.wait_for("2.2.7")
        shown.kill(signal.SIGSTOP)
        shown.kill(signal.SIGCONT)
        shown.settle()
        assert len(list(Path(f"/proc/{shown.pid}/task").iterdir())) <= threads
        assert "2.2.7" in shown.text() and "step 1 of 12" in shown.text()
        shown.press("ctrl+q")
        stand(shown)
        assert shown.ended() == 0
    assert SessionStore().load("prod").answers["app.version"] == "2.2.7"


def damage(change: dict[str, object], step: str = "start") -> None:
    """Save a session in which some answers are not what a person can have meant."""
    store = SessionStore()
    data = json.loads(saved_text("prod"))
    data["step"] = step
    data["answers"] |= {path: {"value": value, "source": "typed"} for path, value in change.items()}
    (store.root / "prod.json").write_text(json.dumps(data), "utf-8")


@pytest.mark.parametrize(
    ("change", "step", "shown_step"),
    [
        ({"app.base_env": "~nobody-at-all/x"}, "start", "start"),
        ({"app.base_env": "a\x00b"}, "start", "start"),
        ({"app.base_env": "x" * 300}, "review", "review"),
        ({"export.directory": "~nobody-at-all/x"}, "review", "review"),
        ({"export.directory": "a\x00b"}, "export", "export"),
        ({}, "of-another-version", "start"),
    ],
)
def test_a_session_opens_whatever_stands_in_it(change: dict[str, object], step: str, shown_step: str, tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("ctrl+q")
        assert shown.ended() == 0
    damage(change, step)
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        at(shown, shown_step)
        shown.press("f8", "f3")
        shown.settle()
        shown.send(KEYS["escape"])
        shown.settle()
        shown.press("ctrl+q")
        assert shown.ended() == 0


def test_a_path_that_cannot_be_one_is_said_and_the_wizard_goes_on(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path, size=(100, 40)) as shown:
        at(shown, "start")
        shown.press("down", "space")
        shown.wait_for("Settings")
        row = next(i for i, line in enumerate(shown.text().split("\n")) if "Settings" in line)
        for _turn in range(20):
            if shown.screen.cursor.y == row:
                break
            shown.press("tab")
            shown.settle()
        shown.press("~nobody-at-all/x", "tab")
        shown.settle()
        assert shown.alive(), shown.text()
        shown.press("ctrl+q")
        assert shown.ended() == 0


@pytest.mark.parametrize("sent", [b"\xff", b"\xe9abc", b"\x1b[200~a\xffb\x1b[201~"], ids=["byte", "latin", "paste"])
def test_what_is_not_utf_8_is_left_out_and_said(sent: bytes, tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.send(sent)
        shown.wait_for("UTF-8")
        shown.press("f1")
        shown.settle()
        shown.press("escape", "ctrl+q")
        assert shown.ended() == 0
    assert b"Traceback" not in shown.received and "\ufffd" not in saved_text("prod")
