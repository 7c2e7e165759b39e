"""Text from files, answers and arguments is printed clean by every command, and no hostile text causes an internal error."""

from __future__ import annotations

import ast
import io
import json
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import nbcluster.cli
from nbcluster.cli.arguments import build_parser
from nbcluster.cli.main import main
from nbcluster.cli.output import face_streams, standard_streams
from nbcluster.errors import Problem
from nbcluster.text.clean import acts_on_terminal
from tests.unit.scenarios import official_text

HOSTILE = {
    "osc": "a\x1b]52;c;QQ==\x07b",
    "csi": "a\x9b31mb",
    "rtl": "a\u202eb",
    "isolate": "a\u2066b",
    "separator": "a\u2028b",
    "delete": "a\x7fb",
    "next-line": "a\u0085b",
}
EACH = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
SURROGATE = "a\udc9bb"
"""What Python makes of a byte in an argument or a file name that is no UTF-8."""


class Run:
    """Commands in this process, what they print judged."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path, codes: tuple[int, ...] = (0, 2, 3)) -> str:
        code = main([str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        hostile = [char for char in printed.out + printed.err if acts_on_terminal(char)]
        assert not hostile, ascii(printed.out + printed.err)
        assert code in codes, printed.err
        return printed.out


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands whose output must be clean."""
    return Run(capsys)


def test_argparse_adds_no_colours_whatever_the_version_of_python() -> None:
    parser = build_parser()
    commands = next(action.choices for action in parser._actions if isinstance(action.choices, dict))
    assert {each.color for each in (parser, *commands.values())} == {False}


def toml(text: str) -> str:
    """Return a TOML string that means a text."""
    return '"' + "".join(f"\\U{ord(char):08X}" if acts_on_terminal(char) else char for char in text) + '"'


PLACES: dict[str, Callable[[str], str]] = {
    "env reference": lambda text: official_text({"redis.cache": {"env": text}}),
    "file reference": lambda text: official_text({"app.timezone": {"file": text}}),
    "time zone": lambda text: official_text({"app.timezone": text}),
    "base env": lambda text: official_text({"app.base_env": text}),
    "plugin": lambda text: official_text({"license.confirmed": [text]}),
    "who confirms": lambda text: official_text({"license.confirmed_by": text}),
    "address": lambda text: official_text({"redis.cache": f"redis://{text}:6379/0"}),
    "database number": lambda text: official_text({"redis.cache": f"redis://h:6379/{text}"}),
    "user of an address": lambda text: official_text({"redis.cache": f"redis://{text}:p@h:6379/0"}),
    "database host": lambda text: official_text({"database.host": text}),
    "dialect": lambda text: official_text({"database.dialect": text}),
    "server name": lambda text: official_text({"balancer.server_name": text}),
    "storage path": lambda text: official_text({"storage.path": f"/srv/{text}"}),
    "node name": lambda text: official_text({"nodes": [{"name": text, "host": "10.0.0.1"}]}),
    "node host": lambda text: official_text({"nodes": [{"name": "node1", "host": text}]}),
    "worker mode": lambda text: official_text({"nodes": [{"name": "node1", "host": "10.0.0.1", "worker_mode": text}]}),
    "cluster mode": lambda text: official_text({"nodes": [{"name": "node1", "host": "10.0.0.1", "cluster_mode": text}]}),
    "skipped check": lambda text: official_text({"checks.skip": [{"id": text, "reason": text}]}),
    "unknown key": lambda text: official_text() + f"\n[{toml(text)}]\n",
    "no TOML": lambda text: f"{text} = ",
}


@EACH
@pytest.mark.parametrize("place", PLACES)
def test_answers(place: str, text: str, tmp_path: Path, run: Run) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(PLACES[place](text), "utf-8")
    run("check", "--answers", answers, "--only", "rules")
    document = run("check", "--answers", answers, "--only", "rules", "--json")
    assert json.loads(document)
    # design: no answer holds such a character, so nothing is written
    run("render", "--answers", answers, "--out", tmp_path / "out", codes=(2,))
    assert not (tmp_path / "out").exists()
    assert json.loads(run("render", "--answers", answers, "--out", tmp_path / "out", "--json", codes=(2,)))["problems"]


@EACH
def test_secrets_may_hold_it(text: str, tmp_path: Path, run: Run) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(official_text({"redis.cache": {"url": "redis://u@10.0.0.5:6379/0", "password": text}}), "utf-8")
    run("render", "--answers", answers, "--out", tmp_path / "out", "--diff", codes=(0,))
    assert "@10.0.0.5:6379/0" in (tmp_path / "out/.env").read_text("utf-8")


ENV = "APP_PORT=13000\nTZ={0}\nDB_HOST={0}\nDB_DATABASE={0}\nCACHE_REDIS_URL=redis://{0}:6379/0\nOTHER_{1}='{0}'\n# {0}\nAPP_KEY={0}\n"
COMPOSE = "services:\n  app:\n    image: {0}\n    environment:\n      APP_KEY: {0}\n      DB_HOST: {0}\n      {0}: x\n    env_file: {0}\n"


@EACH
def test_files_of_an_old_installation(text: str, tmp_path: Path, run: Run) -> None:
    old = tmp_path / "old.env"
    old.write_text(ENV.format(text, "NAME"), "utf-8")
    answers = run("import", old, codes=(0, 2))
    tomllib.loads(answers)
    run("lint", old)
    json.loads(run("lint", "--json", old))
    base = tmp_path / "answers.toml"
    changes: dict[str, object] = {
        "app.base_env": str(old),
        "app.installation": "existing",
        "app.key": "generate",
        "app.aes_key": "generate",
    }
    base.write_text(official_text(changes, without=("admin",)), "utf-8")
    run("check", "--answers", base, "--only", "rules")
    run("render", "--answers", base, "--out", tmp_path / "out", "--diff")
    run("render", "--answers", base, "--out", tmp_path / "out", "--diff", "--dry-run")


@EACH
def test_compose_files(text: str, tmp_path: Path, run: Run) -> None:
    for value in (text, toml(text)):
        old = tmp_path / "compose.yaml"
        old.write_text(COMPOSE.format(value), "utf-8")
        run("import", old)
        run("lint", old)
        run("lint", "--json", old)


@pytest.mark.parametrize("text", [*HOSTILE.values(), SURROGATE])
def test_arguments(text: str, tmp_path: Path, run: Run) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(official_text(), "utf-8")
    run("check", "--answers", answers, "--only", text, codes=(2,))
    run("check", "--answers", answers, "--only", text, "--json", codes=(2,))
    run("check", "--answers", answers, "--skip", f"{text}=reason", "--only", "rules", codes=(2,))
    run("check", "--answers", tmp_path / text, codes=(2,))
    run("check", "--session", text, codes=(2,))
    run("sessions", "show", text, codes=(2,))
    run("explain", text, codes=(2,))
    run("import", tmp_path / text, codes=(2,))
    run("lint", tmp_path / text, codes=(2,))
    run("inspect-plugin", tmp_path / text, codes=(2,))
    run("render", "--answers", answers, "--out", tmp_path / "out", "--format", text, codes=(2,))
    run(text, codes=(2,))
    run("check", f"--{text}", codes=(2,))


@pytest.mark.parametrize("text", [*(text for text in HOSTILE.values() if "/" not in text), SURROGATE])
def test_names_of_files_that_are_there(text: str, tmp_path: Path, run: Run) -> None:
    old = tmp_path / text
    os.fsencode(old)
    old.write_text("APP_PORT=13000\nDB_HOST=db.example\nAPP_KEY=x\n", "utf-8")
    tomllib.loads(run("import", old, codes=(0, 2)))
    run("lint", old)
    json.loads(run("lint", "--json", old))


@EACH
def test_sessions(text: str, isolated_environment: Path, run: Run) -> None:
    from nbcluster.sessions.session import Session
    from nbcluster.sessions.store import SessionStore
    from nbcluster.wizard import fresh_session

    store = SessionStore()
    answers = fresh_session("prod").answers.with_("database.host", text).with_("checks.skip", ())
    with store.lock("prod"):
        store.save(Session("prod", answers, text, (), f"/srv/{text}"))
    run("sessions", codes=(0,))
    run("sessions", "show", "prod", codes=(0,))
    assert tomllib.loads(run("sessions", "export", "prod", codes=(0,)))["database"]["host"] == text


def test_a_problem_is_clean_in_both_forms() -> None:
    for text in HOSTILE.values():
        problem = Problem(f"key.{text}", f"message {text}", f"hint {text}")
        assert not any(acts_on_terminal(char) for char in problem.line() + "".join(problem.as_json().values()))
    assert Problem("a.b", "is wrong.", "Fix it.").line() == "a.b: is wrong. Fix it."
    assert Problem("a.b", "is wrong.").line() == "a.b: is wrong."


def test_a_stream_cleans_what_it_is_given(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        holder = io.StringIO()
        monkeypatch.setattr(sys, name, holder)
        with standard_streams():
            stream = getattr(sys, name)
            assert stream.write("a\x1bb\n") == 4
            stream.writelines(iter(["c\u202e", "d"]))
            assert holder.getvalue() == "a␛b\nc<U+202E>d"
            assert stream.isatty() is False
        monkeypatch.undo()
    before = sys.stdout, sys.stderr
    with standard_streams():
        sys.stdout.write("\x1b")
        sys.stderr.write("\x9b")
        with face_streams():
            sys.stdout.write("\x1b")
            assert (sys.stdout, sys.stderr) == before
        sys.stdout.write("\x1b")
    assert (sys.stdout, sys.stderr) == before
    assert tuple(capsys.readouterr()) == ("␛\x1b␛", "<U+009B>")


def test_every_json_document_goes_through_one_function() -> None:
    folder = Path(nbcluster.cli.__file__).parent
    for file in folder.glob("*.py"):
        calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
        names = {ast.unparse(call.func) for call in calls}
        assert file.name == "output.py" or not names & {"json.dumps", "json.dump"}, file.name
