"""Line prompts and plain text in a real terminal: the same files as ``render``, and every way out saves."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbcluster.answers.secret import MissingSecret
from nbcluster.report import label_of
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from tests.cli.program import nbcluster, unsalted
from tests.pty.terminal import Terminal, terminal
from tests.unit.scenarios import official, official_text

FRONTS = pytest.mark.parametrize("front", ["plain", "line"])
AFTER_THE_KEYS = (("admin.password", "first-password-of-ops"), ("database.password", "s3cret-of-the-database"))
NODES = [{"name": f"node{n}", "host": f"127.0.0.{n}"} for n in (1, 2, 3)]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A loopback port that refuses and that nobody else gets meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def unreachable(port: int) -> dict[str, object]:
    """Return changes of the official example that lead to ports that refuse."""
    roles = ("cache", "pubsub", "lock", "queue", "worker_id")
    urls: dict[str, object] = {f"redis.{role}": f"redis://127.0.0.1:{port}/{db}" for db, role in enumerate(roles)}
    return {**urls, "database.host": "127.0.0.1", "database.port": port, "app.port": port, "nodes": NODES}


def answers_file(folder: Path, port: int) -> Path:
    """Write the official example with ports that refuse."""
    answers = folder / "answers.toml"
    answers.write_text(official_text(unreachable(port)), "utf-8")
    return answers


def accept_everything(shown: Terminal, until: str) -> None:
    """Press Enter at each question, until a text has come."""
    while until.encode() not in shown.received:
        shown.settle(0.1)
        if until.encode() not in shown.received:
            mark = len(shown.received)
            shown.press("enter")
            shown.wait(lambda start=mark: len(shown.received) > start, "an answer to Enter")  # type: ignore[misc]


def answers_of(name: str) -> Session:
    return SessionStore().load(name)


@FRONTS
def test_enter_all_the_way_gives_the_files_of_render(front: str, closed_port: int, tmp_path: Path) -> None:
    answers = answers_file(tmp_path, closed_port)
    with terminal("setup", "--front", front, "--answers", answers, folder=tmp_path, size=(100, 30)) as shown:
        accept_everything(shown, "One archive")
        # From here on an Enter too many would be an answer: checks have failed.
        while "Write to" not in shown.text():
            shown.settle(1.0)
            if "Write to" not in shown.text():
                shown.press("enter")
        shown.settle()
        shown.press("y", "enter")
        assert shown.ended() == 0
        received = shown.received
    assert nbcluster("render", "--answers", answers, "--out", tmp_path / "rendered").code == 0
    written = unsalted(tmp_path / "official-cluster")
    assert written.pop("report.json")
    assert written == unsalted(tmp_path / "rendered")
    assert b"s3cret" not in received
    if front == "plain":
        assert b"\x1b" not in received


def choose_first(shown: Terminal, front: str) -> None:
    """Take the first of several answers."""
    shown.press("enter") if front == "line" else shown.press("1", "enter")


@FRONTS
def test_help_back_steps_and_leave(front: str, tmp_path: Path) -> None:
    with terminal("setup", "--front", front, "--session", "staging", folder=tmp_path, size=(100, 60)) as shown:
        shown.wait_for("Installation")
        shown.settle()
        shown.press("?") if front == "line" else shown.press("?", "enter")
        shown.wait_for("sign its data")
        shown.settle()
        choose_first(shown, front)
        shown.wait_for("Deployment")
        shown.settle()
        shown.press("<") if front == "line" else shown.press("<", "enter")
        shown.settle()
        choose_first(shown, front)
        shown.settle()
        shown.press("enter")
        shown.wait_for("NocoBase version")
        shown.settle()
        shown.press(":s", "enter")
        shown.wait_for("Multi-core")
        shown.settle()
        shown.press("down", "enter") if front == "line" else shown.press("2", "enter")
        shown.wait_for("step 2 of 12")
        shown.settle()
        shown.press("q") if front == "line" else shown.press(":q", "enter")
        assert shown.ended() == 0
    assert answers_of("staging").step == "license"


@FRONTS
def test_what_cannot_be_read_is_asked_again(front: str, closed_port: int, tmp_path: Path) -> None:
    answers = answers_file(tmp_path, closed_port)
    with terminal("setup", "--front", front, "--answers", answers, folder=tmp_path, size=(100, 40)) as shown:
        accept_everything(shown, "Port [")
        shown.settle()
        shown.press("99999", "enter")
        shown.wait_for("!! ")
        shown.settle()
        shown.press("14000", "enter")
        shown.wait_for("Time zone")
        shown.settle()
        shown.press(":q", "enter")
        assert shown.ended() == 0
    assert answers_of("official").answers["app.port"] == 14000


@FRONTS
def test_resume_asks_for_the_secrets_alone(front: str, tmp_path: Path) -> None:
    store = SessionStore()
    with store.lock("prod"):
        store.save(Session(name="prod", answers=official({"name": "prod"}), step="storage"))
    with terminal("setup", "--front", front, "--session", "prod", folder=tmp_path, size=(100, 40)) as shown:
        for path, typed in (("app.key", "0123456789abcdef" * 4), ("app.aes_key", "ab" * 32), *AFTER_THE_KEYS):
            shown.wait_for(label_of(official(), path))
            shown.settle()
            shown.press(typed, "enter")
            if path in ("app.aes_key", "admin.password"):
                # not the same as before: Enter would ask for it again
                shown.wait_for("y/N")
                shown.settle()
                shown.press("y", "enter")
        shown.wait_for("step 7 of 12")
        # The one that was not the same as before is named.
        assert [shown.text().count(label_of(official(), path)) for path in ("app.aes_key", "app.key")] == [2, 1]
        shown.settle()
        shown.press("ctrl+d")
        assert shown.ended() == 0
        assert b"s3cret" not in shown.received and b"first-password" not in shown.received
    assert isinstance(answers_of("prod").answers["database.password"], MissingSecret)


@FRONTS
@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str)
def test_a_signal_saves_and_restores_the_terminal(front: str, number: signal.Signals, code: int, tmp_path: Path) -> None:
    with terminal("setup", "--front", front, "--session", "staging", folder=tmp_path) as shown:
        shown.wait_for("Installation")
        shown.settle()
        choose_first(shown, front)
        shown.wait_for("Deployment")
        shown.settle()
        shown.kill(number)
        shown.wait(lambda: not shown.alive(), "end of the program")
        assert shown.modes_now() == shown.modes
        assert shown.ended() == code
    assert answers_of("staging").answers["app.installation"] == "new"


@FRONTS
def test_a_lost_terminal_saves(front: str, tmp_path: Path) -> None:
    with terminal("setup", "--front", front, "--session", "staging", folder=tmp_path) as shown:
        shown.wait_for("Installation")
        shown.settle()
        choose_first(shown, front)
        shown.wait_for("Deployment")
        shown.settle()
        assert shown.hang_up() == 129
    assert answers_of("staging").answers["app.installation"] == "new"


@FRONTS
@pytest.mark.parametrize(("key", "code"), [("ctrl+c", 130), ("ctrl+d", 0)])
def test_keys_that_leave(front: str, key: str, code: int, tmp_path: Path) -> None:
    with terminal("setup", "--front", front, "--session", "prod", folder=tmp_path) as shown:
        shown.wait_for("Installation")
        shown.settle()
        shown.press(key)
        assert shown.ended() == code
    assert answers_of("prod").step == "start"


@FRONTS
def test_without_a_session_it_asks_which(front: str, tmp_path: Path) -> None:
    store = SessionStore()
    with store.lock("prod"):
        store.save(Session(name="prod", answers=official({"name": "prod"}), step="storage"))
    with terminal("setup", "--front", front, folder=tmp_path, size=(100, 40)) as shown:
        shown.wait_for("prod")
        shown.settle()
        shown.press("enter")
        shown.wait_for("such as prod")
        shown.settle()
        shown.press("prod", "enter")
        shown.wait_for("!! ")
        shown.settle()
        shown.press("down", "down", "enter") if front == "line" else shown.press("3", "enter")
        shown.wait_for(label_of(official(), "app.key"))
        shown.settle()
        shown.press("ctrl+c")
        assert shown.ended() == 130


def test_a_dumb_terminal_gets_plain_text(tmp_path: Path) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path, environment={"TERM": "dumb"}) as shown:
        shown.wait_for("Installation")
        shown.press("ctrl+d")
        assert shown.ended() == 0
        assert b"\x1b" not in shown.received


@pytest.mark.parametrize("wish", [(), ("--front", "line"), ("--front", "plain")])
def test_the_smallest_window_takes_answers_and_ends_when_it_is_told_to(wish: tuple[str, ...], tmp_path: Path) -> None:
    with terminal("setup", *wish, folder=tmp_path, size=(1, 1)) as shown:
        for keys in (("1", "enter"), ("x", "enter")):
            shown.settle()
            mark = len(shown.received)
            shown.press(*keys)
            shown.wait(lambda start=mark: len(shown.received) > start, "an answer")  # type: ignore[misc]
        shown.settle()
        # nothing has ended it so far
        assert shown.status is None
        shown.press("ctrl+d")
        shown.wait(lambda: shown.status is not None, "the end")
        assert shown.status == 0
