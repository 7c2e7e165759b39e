"""No input breaks a command: every command with every hostile file or path ends with a message and a documented exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from nbcluster.cli.main import main
from nbcluster.errors import ExitCode
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from nbcluster.system import inputfile
from tests.unit.scenarios import ANSWERS, official, official_text

DOCUMENTED = {0, 2, 3, 5, 6, 7}
NINES = "9" * 5000
HEX = "0x" + "f" * 9000

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in this process; a pipe is given hardly any time."""
    monkeypatch.setattr(inputfile, "_NO_WRITER", 0.05)
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert code in DOCUMENTED, (arguments, code, err)
        assert "Traceback" not in err and "internal error" not in err and "\x1b" not in err, (arguments, err)
        assert code == 0 or out or err
        return code, out, err

    return running


def texts() -> Iterator[tuple[str, bytes]]:
    """Yield what may stand in a file, by the name of the file."""
    yield "empty", b""
    yield "nul.env", b"A=\0\nDB_HOST=\0"
    yield "latin.toml", b'name = "\xe9"\n'
    yield "bom.toml", b"\xef\xbb\xbf" + official_text().encode()
    yield "number.toml", f"[app]\nport = {NINES}\n".encode()
    yield "hex.toml", f"schema = {HEX}\n[app]\nport = {HEX}\n[[nodes]]\ncluster_mode = {HEX}\n".encode()
    yield "port.toml", f"[app]\nport = {HEX}\n[[nodes]]\nport = -{HEX[2:8].replace('f', '9')}9999999\n".encode()
    yield "deep.toml", b"a = " + b"[" * 100_000
    yield "tables.toml", b"a = " + b"{a = " * 50_000
    yield "key.toml", b".".join([b"a"] * 200_000) + b" = 1\n"
    yield "header.toml", b"[" + b".".join([b"app"] * 200_000) + b"]\n"
    yield "rows.toml", b"[[nodes]]\n" * 50_000
    yield "deep.json", b'{"envs": ' + b"[" * 200_000
    yield "number.json", f'{{"envs": {{"a": {{"appPort": {NINES}}}}}}}'.encode()
    yield "deep.yaml", b"services:\n  app: " + b"[" * 500
    yield "number.yaml", f"services:\n  app:\n    image: nocobase/nocobase\n    environment:\n      APP_PORT: {NINES}\n".encode()
    yield "large", b"#" * (inputfile.SETTINGS_LIMIT + 1)


NAMES = {
    "unknown-user": "~no-such-user/x",
    "long-name": "n" * 300,
    "long-path": "d/" * 2500,
    "missing": "no/such/file",
    "control": "a\x1b]52;c;YQ==\x07b",
    "surrogate": os.fsdecode(b"\xff\xfe"),
    "device": "/dev/zero",
    "empty-name": "",
}


def places(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield hostile places in a folder, by what they are."""
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "folder").mkdir()
    for name in ("pipe", "loop", "dangling", "folder"):
        yield name, str(folder / name)
    yield "below-a-file", str(folder / "file" / "x")
    (folder / "file").write_text("")


READERS: Mapping[str, tuple[str, ...]] = {
    "check": ("check", "--only", "rules", "--answers"),
    "check --json": ("check", "--only", "rules", "--json", "--answers"),
    "verify": ("verify", "--only", "database", "--answers"),
    "render": ("render", "--dry-run", "--out", "written", "--answers"),
    "setup": ("setup", "--answers"),
    "setup --import": ("setup", "--import"),
    "lint": ("lint",),
    "lint --json": ("lint", "--json"),
    "import": ("import",),
    "secrets": ("check", "--only", "rules", "--session", "good", "--secrets"),
    "inspect-plugin": ("inspect-plugin",),
    "explain": ("explain",),
    "sessions": ("sessions", "show"),
    "timeout": ("check", "--answers", str(ANSWERS / "official.toml"), "--only", "rules", "--timeout"),
    "only": ("check", "--answers", str(ANSWERS / "official.toml"), "--only"),
    "command": (),
}


@pytest.fixture
def good() -> SessionStore:
    """A store with a session in it."""
    store = SessionStore()
    store.save(Session(name="good", answers=official({"name": "good"}), step="keys"))
    return store


@pytest.mark.usefixtures("good")
@pytest.mark.parametrize("command", READERS)
def test_no_file_breaks_a_command(command: str, run: Run, tmp_path: Path) -> None:
    for name, data in texts():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
        run(*READERS[command], tmp_path / name)


@pytest.mark.usefixtures("good")
@pytest.mark.parametrize("command", READERS)
def test_no_path_breaks_a_command(command: str, run: Run, tmp_path: Path) -> None:
    for _kind, name in (*NAMES.items(), *places(tmp_path)):
        code, _out, _err = run(*READERS[command], name)
        assert code != 0 or command == "explain"


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("unknown-user", 2), ("long-name", 7), ("long-path", 7), ("pipe", 7), ("loop", 7), ("dangling", 7), ("below-a-file", 7)],
)
def test_no_target_breaks_render(kind: str, wanted: int, run: Run, tmp_path: Path) -> None:
    name = {**NAMES, **dict(places(tmp_path))}[kind]
    answers = ("render", "--answers", ANSWERS / "official.toml")
    for rest in ((), ("--dry-run", "--diff"), ("--json",)):
        assert run(*answers, "--out", name, *rest)[0] == wanted
    if kind not in ("loop", "dangling"):
        # nothing is written where the archive cannot be
        assert run(*answers, "--out", tmp_path / "out", "--bundle", name)[0] == wanted
        assert not (tmp_path / "out").exists() or kind == "below-a-file"


@pytest.mark.parametrize("kind", [*NAMES, "pipe", "loop", "dangling", "folder", "below-a-file"])
def test_no_path_in_the_answers_breaks_a_command(kind: str, run: Run, tmp_path: Path) -> None:
    name = {**NAMES, **dict(places(tmp_path))}[kind]
    changes: tuple[dict[str, object], ...] = (
        {"app.base_env": name},
        {"database.password": {"file": name}},
        {"tls.ca_file": name, "database.tls": True},
        {"storage.path": name},
        {"database.host": name, "storage.server": name, "redis.cache": name},
        {"balancer.certificate": name, "balancer.certificate_key": name},
    )
    for change in changes:
        (tmp_path / "answers.toml").write_text(official_text(change), "utf-8", "surrogateescape")
        for command in ("check", "check --json", "render"):
            run(*READERS[command], tmp_path / "answers.toml")


def test_a_problem_of_a_path_stands_at_its_key(run: Run, tmp_path: Path) -> None:
    for change in ({"app.base_env": "~no-such-user/x"}, {"database.password": {"file": "~no-such-user/x"}}):
        (tmp_path / "answers.toml").write_text(official_text(change))
        code, _out, err = run("render", "--answers", tmp_path / "answers.toml", "--out", tmp_path / "out")
        assert code == ExitCode.INVALID and any(line.startswith(f"{next(iter(change))}:") for line in err.splitlines())


def test_what_is_read_otherwise_than_written_is_said_by_every_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(official_text({"database.host": "db:5432"}))
    for command in ("check", "check --json", "render"):
        assert "database.host" in run(*READERS[command], tmp_path / "answers.toml")[2]
    _code, out, _err = run("render", "--dry-run", "--json", "--out", tmp_path / "o", "--answers", tmp_path / "answers.toml")
    assert '"database.host"' in out


def test_the_nearest_name_is_offered(run: Run) -> None:
    official_file = str(ANSWERS / "official.toml")
    for words, near in (
        (("chek",), "check"),
        (("render", "--answers", official_file, "--out", "o", "--format", "envv"), "env"),
        (("render", "--answers", official_file, "--out", "o", "--dryrun"), "--dry-run"),
        (("sessions", "lst"), "list"),
    ):
        code, _out, err = run(*words)
        assert code == ExitCode.INVALID and f"{near}?" in err.splitlines()[0]
