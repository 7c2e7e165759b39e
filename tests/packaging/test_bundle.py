"""The single-file bundle: built from the lock, reproducible, and a bare Python runs the whole program from it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from tests.cli.program import Ended, tree
from tests.packaging import bundle
from tests.packaging.bundle import NotAsLocked, build, contents, locked
from tests.packaging.wheel import wanted_files
from tests.pty.terminal import terminal
from tests.services.redis_server import RedisServer
from tests.unit.scenarios import ANSWERS, official_text

VERSION = "import sys; sys.exit(sys.version_info < (3, 11))"


def bare() -> Path:
    """Return the system's own interpreter where it fits, else the one behind this environment."""
    system = Path("/usr/bin/python3")
    fits = system.exists() and subprocess.run([system, "-c", VERSION], check=False, timeout=30).returncode == 0
    return system if fits else Path(sys.base_prefix) / "bin/python3"


@pytest.fixture(scope="module")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("bundle") / "dist")


@pytest.fixture(scope="module")
def python() -> Path:
    return bare()


def run(python: Path, pyz: Path, *arguments: str | Path, folder: Path) -> Ended:
    """Run a command from the bundle; fails if it leaves anything in the folder for temporary files."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    ended = subprocess.run(
        [python, "-I", pyz, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "TMPDIR": str(scratch)},
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert list(scratch.iterdir()) == []
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def test_the_same_bytes_each_time(pyz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    previous = os.umask(0o077)
    try:
        again = build(tmp_path)
    finally:
        os.umask(previous)
    assert again.read_bytes() == pyz.read_bytes()
    digest, name = (pyz.parent / "nbcluster.pyz.sha256").read_text("ascii").split()
    assert (digest, name) == (hashlib.sha256(pyz.read_bytes()).hexdigest(), pyz.name)
    assert pyz.stat().st_mode & stat.S_IXUSR and pyz.read_bytes().startswith(b"#!/usr/bin/env python3\n")


def test_it_holds_the_program_every_part_and_their_licences(pyz: Path) -> None:
    with zipfile.ZipFile(pyz) as archive:
        names = set(archive.namelist())
        assert {item.date_time for item in archive.infolist()} == {bundle.EPOCH}
        assert {name for name in wanted_files() if name not in names} == set()
        parts = {}
        for name in names:
            if name.endswith(".dist-info/METADATA"):
                lines = archive.read(name).decode().split("\n\n")[0].splitlines()
                fields = dict(line.split(": ", 1) for line in lines if line.startswith(("Name: ", "Version: ")))
                parts[fields["Name"].lower().replace("_", "-").replace(".", "-")] = fields["Version"]
    assert parts == locked()
    assert "async-timeout" in parts
    assert not {PurePosixPath(name).suffix for name in names} & bundle.OF_ONE_MACHINE
    licences = {name.split("/")[0] for name in names if ".dist-info/" in name and "LICEN" in name.upper()}
    assert len(licences) > len(parts) - 8 and "LICENSE" in names


@pytest.mark.parametrize(
    "changed",
    [{"redis": "0.1"}, {"no-such-part": "1"}],
    ids=["another version", "not installed"],
)
def test_what_is_not_as_locked_goes_into_no_bundle(
    changed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both = {**locked(), **changed}
    monkeypatch.setattr(bundle, "locked", lambda: both)
    with pytest.raises(NotAsLocked, match="make setup"):
        contents()
    assert bundle.main(tmp_path) == 1 and next(iter(changed)) in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_after_its_installation_goes_into_no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_digest", lambda _content: "another")
    with pytest.raises(NotAsLocked, match=r"remove \.venv"):
        contents()


def test_an_old_python_is_told_what_is_needed() -> None:
    code = f"import sys; sys.version_info = (3, 9, 2); exec({bundle.START!r})"
    ended = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1 and "3.11" in ended.stderr and "Traceback" not in ended.stderr


def test_commands_run_from_it(python: Path, pyz: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(official_text(), "utf-8")
    assert run(python, pyz, "--version", folder=tmp_path).out.startswith("nbcluster ")
    assert "render" in run(python, pyz, "--help", folder=tmp_path).out
    assert json.loads(run(python, pyz, "schema", folder=tmp_path).out)["type"] == "object"
    assert "redis.lock.commands" in run(python, pyz, "explain", "redis.lock.commands", folder=tmp_path).out
    ended = run(python, pyz, "import", ANSWERS / "existing.env", folder=tmp_path)
    assert ended.code == 0 and 'installation = "existing"' in ended.out
    for name in ("one", "two"):
        ended = run(python, pyz, "--lang", "zh_CN", "render", "--answers", answers, "--out", tmp_path / name, folder=tmp_path)
        assert ended.code == 0, ended.err
    assert (tmp_path / "one/nginx/nocobase.conf").is_file() and set(tree(tmp_path / "one")) == set(tree(tmp_path / "two"))
    ended = run(python, pyz, "lint", tmp_path / "one/.env", folder=tmp_path)
    assert ended.code == 0, ended.out
    (tmp_path / "wrong.env").write_text("APP_KEY=your-secret-key\n", "utf-8")
    assert run(python, pyz, "lint", tmp_path / "wrong.env", folder=tmp_path).code == 3


def test_checks_run_from_it(python: Path, pyz: Path, redis_bloom: RedisServer, tmp_path: Path) -> None:
    roles = ("cache", "pubsub", "lock", "queue", "worker_id")
    address = f"redis://{redis_bloom.username}@{redis_bloom.host}:{redis_bloom.port}"
    changes = {f"redis.{role}": {"url": f"{address}/{n}", "password": redis_bloom.password} for n, role in enumerate(roles)}
    answers = tmp_path / "answers.toml"
    answers.write_text(official_text(changes), "utf-8")
    ended = run(python, pyz, "check", "--answers", answers, "--only", "redis", "--json", folder=tmp_path)
    results = {result["id"]: result["status"] for result in ended.json()["results"]}
    assert ended.code == 0, ended.out
    assert {results[f"redis.{role}.login"] for role in roles} == {"ok"} and results["redis.cache.bloom"] == "ok"


def test_the_full_screen_runs_from_it(python: Path, pyz: Path, tmp_path: Path) -> None:
    bare_start = f"import os, sys; os.execv({str(python)!r}, [{str(python)!r}, '-I', {str(pyz)!r}, *sys.argv[1:]])"
    with terminal("demo", folder=tmp_path, program=("-I", "-c", bare_start)) as shown:
        shown.wait_for("step 1 of 12")
        shown.settle()
        # the next step that needs somebody is the one with the check that fails
        shown.press("f8")
        shown.wait_for("step 5 of 12")
        # the checks of the demo run in the probe program, which comes out of the file as well
        shown.wait_for("1 failed")
        shown.press("ctrl+q")
        assert shown.ended() == 0
    assert b"Traceback" not in shown.received


def test_everything_it_imports_lies_in_it(python: Path, pyz: Path, tmp_path: Path) -> None:
    names = ("nbcluster", "nbcluster_tui.app", "redis", "pika", "pg8000", "pymysql", "ruamel.yaml", "jinja2", "crossplane")
    code = (
        f"import sys; sys.path.insert(0, {str(pyz)!r}); import importlib; "
        f"print(*(importlib.import_module(name).__file__ for name in {names!r}), sep='\\n')"
    )
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True)
    assert [line for line in done.stdout.splitlines() if not line.startswith(str(pyz))] == []
