"""The full screen's ways out, sizes, and keys that come in one burst, in a real terminal."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.sessions.store import SessionStore
from tests.pty.terminal import SIZE, Terminal, terminal
from tests.pty.test_wizard import at, jump, write_the_files

SECRET = "never-shown-4711"
LEFT = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l")
"""Alternate screen off, cursor on, mouse reporting off, bracketed paste off."""

CRASHES = f"""
import sys
from nbcluster_tui.screen import WizardScreen
def crash(self):
    password = {SECRET!r}
    raise ValueError("secret " + password)
WizardScreen.action_explain = crash
from nbcluster.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def begin(shown: Terminal) -> None:
    """Come to the first step of a fresh session and change its version without leaving the field."""
    at(shown, "start")
    shown.press("enter", "tab", "tab")
    shown.settle()


def stand(shown: Terminal) -> None:
    """Check that the terminal is as it was before the program came."""
    shown.wait(lambda: not shown.alive(), "end of the program")
    shown.settle()
    assert shown.modes_now() == shown.modes
    for sequence in LEFT:
        assert sequence in shown.received


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_what_was_typed_and_restores_the_terminal(number: signal.Signals, code: int, tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("ctrl+u", "2.2.7")
        shown.wait_for("2.2.7")
        shown.kill(number)
        stand(shown)
        assert shown.ended() == code
    assert SessionStore().load("prod").answers["app.version"] == "2.2.7"


def test_a_lost_terminal_saves_what_was_typed(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("ctrl+u", "2.2.7")
        shown.wait_for("2.2.7")
        assert shown.hang_up() == 129
    assert SessionStore().load("prod").answers["app.version"] == "2.2.7"


@pytest.mark.parametrize(("key", "code"), [("ctrl+q", 0), ("ctrl+c", 130)])
def test_keys_that_leave(key: str, code: int, tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press(key)
        stand(shown)
        assert shown.ended() == code
    assert SessionStore().load("prod").answers["app.installation"] == "new"


def test_a_fault_restores_the_terminal_and_shows_no_value(tmp_path: Path) -> None:
    reports = tmp_path / "tmp"
    reports.mkdir()
    environment = {"TMPDIR": str(reports)}
    with terminal("setup", "--session", "prod", folder=tmp_path, environment=environment, program=("-c", CRASHES)) as shown:
        begin(shown)
        shown.press("f1")
        stand(shown)
        assert shown.ended() == 1
        assert b"ValueError at <string>:" in shown.received and SECRET.encode() not in shown.received
    (report,) = reports.iterdir()
    assert SECRET not in report.read_text("utf-8") and report.stat().st_mode & 0o777 == 0o600
    assert SessionStore().load("prod").answers["app.installation"] == "new"


def test_keys_that_come_in_one_burst_go_where_they_were_meant(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("f6")
        shown.settle()
        shown.press("down", "down", "down", "enter")
        at(shown, "database")
        erase = "\x15"
        # the cursor stands in the first field that has no answer, the host
        shown.send(f"db.example.net\t{erase}6543\t\t{erase}orders\t{erase}clerk\t{SECRET}\t")
        shown.wait_for("clerk")
        shown.settle()
        shown.press("ctrl+q")
        assert shown.ended() == 0
        assert SECRET.encode() not in shown.received
    answers = SessionStore().load("prod").answers
    found = [answers[f"database.{key}"] for key in ("host", "port", "name", "user")]
    assert found == ["db.example.net", 6543, "orders", "clerk"]
    kept = answers["database.password"]
    assert isinstance(kept, MissingSecret) and kept.matches(Secret(SECRET))


def test_a_window_that_shrinks_and_grows_keeps_the_form(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("ctrl+u", "2.2.7")
        shown.wait_for("2.2.7")
        shown.settle()
        before = shown.text().splitlines()[1:]
        for size in ((30, 8), (10, 3), (200, 60), SIZE):
            shown.resize(*size)
            shown.settle()
        assert shown.text().splitlines()[1:] == before
        shown.press("ctrl+q")
        assert shown.ended() == 0


def test_a_window_too_small_for_a_form_gets_line_prompts(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path, size=(59, 14)) as shown:
        shown.wait_for("Installation")
        assert LEFT[0] not in shown.received and b"\x1b[?1049h" not in shown.received
        shown.press("ctrl+c")
        assert shown.ended() == 130


def test_nothing_is_written_while_nobody_types(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        mark = len(shown.received)
        shown.read(2.0)
        assert len(shown.received) == mark


def test_the_tour_ends_with_files(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    with terminal("demo", folder=tmp_path, environment=environment) as shown:
        at(shown, "start")
        assert "simulated" in shown.text().lower()
        # what is answered already is passed by
        shown.press("f8")
        at(shown, "connections")
        shown.wait_for("1 failed")
        jump(shown, "middleware")
        shown.press("tab", "ctrl+u", "redis://default:any@primary.demo:6379/0", "tab")
        shown.settle()
        shown.press("f8")
        at(shown, "connections")
        shown.wait_for("0 failed")
        shown.press("f8")
        at(shown, "review")
        shown.press("f8")
        at(shown, "export")
        write_the_files(shown)
        (written,) = tmp_path.rglob("RUNBOOK.md")
        assert (written.parent / ".env").stat().st_mode & 0o777 == 0o600
        shown.press("ctrl+q")
        assert shown.ended() == 0
        # what was on the page stands on the ordinary screen afterwards
        assert str(written.parent).encode() in shown.received.rpartition(LEFT[0])[2]
    assert SessionStore().list() == ()


def test_leaving_says_how_to_go_on(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        begin(shown)
        shown.press("ctrl+q")
        assert shown.ended() == 0
        assert b"nbcluster setup --session prod" in shown.received.rpartition(LEFT[0])[2]


def test_little_goes_over_the_line(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path, environment={"COLORTERM": ""}) as shown:
        at(shown, "start")
        shown.settle(0.5)
        # one paint at the start
        assert shown.received.count(b"step 1 of 12") == 1
        shown.press("enter")
        shown.settle()
        for _field in range(3):
            mark = len(shown.received)
            shown.press("tab")
            shown.settle()
            assert len(shown.received) - mark <= 1500


def test_a_terminal_that_is_closed_leaves_no_process_behind(tmp_path: Path) -> None:
    for session in ("one", "two", "three"):
        with terminal("setup", "--session", session, folder=tmp_path) as shown:
            at(shown, "start")
            # what a terminal sends whose window is closed
            shown.kill(signal.SIGHUP)
            shown.kill(signal.SIGCONT)
            assert shown.ended() == 129
