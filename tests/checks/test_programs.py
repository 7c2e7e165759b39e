"""Child processes import only code of this package, wherever they are started and however the wizard is installed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import venv
import zipapp
from collections.abc import Callable
from pathlib import Path

import pytest

from nbcluster.answers.file import load_text
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import ProbeProcess, run_checks
from nbcluster.demo import REHEARSAL
from nbcluster.system import programs
from tests.checks.conftest import Misbehave, redis_at, redis_of, statuses
from tests.checks.test_hostile import BEHAVIOURS
from tests.pty.terminal import terminal
from tests.pty.test_prompts import accept_everything
from tests.services.process import REPOSITORY
from tests.services.redis_server import RedisServer
from tests.unit.scenarios import official_text

PACKAGES = (REPOSITORY / "wizard/nbcluster", REPOSITORY / "screens/nbcluster_tui")
LAUNCHER = "import sys\nfrom nbcluster.__main__ import run\nsys.exit(run())\n"
SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
TRAPS = (
    "redis",
    "json",
    "selectors",
    "socket",
    "ssl",
    "resource",
    "importlib",
    "runpy",
    "sitecustomize",
    "usercustomize",
    "nbcluster",
)
Launch = tuple[list[str], dict[str, str]]
"""The words that start the wizard, and what its environment has beside that of every case."""


@pytest.fixture
def traps(tmp_path: Path) -> Path:
    """A folder whose files leave a mark when they run: ``caught`` beside it."""
    folder = tmp_path / "traps"
    folder.mkdir()
    trap = f"with open({str(tmp_path / 'caught')!r}, 'a') as caught:\n    caught.write(__name__ + '\\n')\n"
    for name in TRAPS:
        (folder / f"{name}.py").write_text(trap)
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(trap)
    (folder / "start.py").write_text(trap)
    return folder


def caught(traps: Path) -> str:
    mark = traps.parent / "caught"
    return mark.read_text() if mark.exists() else ""


def copy_packages(*targets: Path) -> None:
    for package, target in zip(PACKAGES, targets, strict=True):
        shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))


def link_others(site: Path, *more: Path) -> None:
    """Let a site folder lead to the packages that the tests themselves run with."""
    others = [path for path in sys.path if Path(path).name == "site-packages"]
    (site / "others.pth").write_text("".join(f"{path}\n" for path in (*more, *others)))


def environment_of(folder: Path) -> tuple[Path, Path]:
    venv.create(folder, with_pip=False)
    return folder / "bin/python", folder / SITE


def in_a_venv(folder: Path, _traps: Path) -> Launch:
    python, site = environment_of(folder)
    copy_packages(site, site)
    link_others(site)
    script = folder / "bin/nbcluster"
    script.write_text(LAUNCHER)
    return [str(python), "-E", str(script)], {}


def of_a_user(folder: Path, _traps: Path) -> Launch:
    site = folder / ".local" / SITE
    site.mkdir(parents=True)
    copy_packages(site, site)
    link_others(site)
    script = folder / ".local/bin/nbcluster"
    script.parent.mkdir()
    script.write_text(LAUNCHER)
    return [str(Path(sys.executable).resolve()), "-E", str(script)], {"HOME": str(folder)}


def editable(folder: Path, _traps: Path) -> Launch:
    python, site = environment_of(folder / "venv")
    copy_packages(folder / "wizard", folder / "screens")
    link_others(site, folder / "wizard", folder / "screens")
    script = folder / "venv/bin/nbcluster"
    script.write_text(LAUNCHER)
    return [str(python), "-E", str(script)], {}


def as_a_zip(folder: Path, traps: Path) -> Launch:
    python, site = environment_of(folder / "venv")
    link_others(site)
    copy_packages(folder / "files", folder / "files")
    zipapp.create_archive(folder / "files", traps / "nbcluster.pyz", main="nbcluster.__main__:run")
    return [str(python), "-E", "nbcluster.pyz"], {}


@pytest.mark.parametrize("install", [in_a_venv, of_a_user, editable, as_a_zip])
def test_a_check_imports_nothing_from_where_it_is_started(
    install: Callable[[Path, Path], Launch], traps: Path, tmp_path: Path, redis_plain: RedisServer
) -> None:
    url = f"redis://{redis_plain.username}@{redis_plain.host}:{redis_plain.port}/2"
    answers = tmp_path / "answers.toml"
    answers.write_text(official_text({"redis.lock": {"url": url, "password": redis_plain.password}}))
    words, more = install(tmp_path / "install", traps)
    # Of the environment's Python settings, -E keeps the wizard itself from obeying them; what it starts has to see to itself.
    settings = {"PYTHONPATH": str(traps), "PYTHONSTARTUP": str(traps / "start.py"), "PYTHONHOME": str(traps)}
    ended = subprocess.run(
        [*words, "check", "--answers", str(answers), "--only", "redis.lock", "--json"],
        cwd=traps,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(tmp_path), **settings, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b""), ended.stdout
    assert {result["status"] for result in json.loads(ended.stdout)["results"]} <= {"ok", "warn", "skip"}
    assert caught(traps) == ""


def test_the_tour_runs_from_a_zip(traps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, _more = as_a_zip(tmp_path / "install", traps)
    monkeypatch.setattr(sys, "executable", words[0])
    with terminal("demo", "--front", "plain", program=tuple(words[1:]), folder=traps, size=(120, 40)) as shown:
        # an Enter that was under way may have carried the line out of the window
        accept_everything(shown, "primary.demo:6379")
        # an interrupt just before Python reads a line waits for that line
        shown.settle()
        shown.press("ctrl+c")
        assert shown.ended() == 130
    assert caught(traps) == ""


def test_as_a_module_it_leaves_the_files_of_the_current_folder_alone(traps: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("tomllib", "tomlkit", "platformdirs"):
        shutil.copy(traps / "redis.py", folder / f"{name}.py")
    (folder / "answers.toml").write_text(official_text())
    ended = subprocess.run(
        [sys.executable, "-m", "nbcluster", "check", "--answers", "answers.toml", "--only", "rules.required"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b""), ended.stdout
    assert caught(traps) == ""


async def test_no_front_end_and_no_tour_imports_from_where_it_is_started(
    traps: Path, redis_plain: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(traps)
    for name in ("PYTHONPATH", "PYTHONHOME"):
        monkeypatch.setenv(name, str(traps))
    monkeypatch.setattr(sys, "path", ["", ".", str(traps), *sys.path])
    process = ProbeProcess()
    try:
        found = await process.run([redis_of(redis_plain)])
    finally:
        await process.close()
    assert "error" not in statuses(found).values()
    assert statuses(run_checks([redis_of(redis_plain)])) == statuses(found)
    rehearsed = run_checks([redis_of(redis_plain)], program=programs.command(REHEARSAL))
    assert set(statuses(rehearsed)) == set(statuses(found)) and not {"error", "fail"} & set(statuses(rehearsed).values())
    assert caught(traps) == ""


VARIABLES = {
    "CACHE_PASSWORD": "pw#of the/cache",
    "LOCK_ADDRESS": "redis://default:pw%23of%20the%2Flock@127.0.0.1:6379/2",
    "DATABASE_HOST": "database.internal",
    "NBCLUSTER_DATABASE_PASSWORD": "pw#of the/database",
    "NBCLUSTER_WHATEVER": "pw#of/anything",
}


async def test_no_program_sees_what_secrets_were_read_from(misbehave: Misbehave, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    references = {
        "redis.cache": {"url": "redis://127.0.0.1:6379/0", "password": {"env": "CACHE_PASSWORD"}},
        "redis.lock": {"url": {"env": "LOCK_ADDRESS"}},
        "database.host": {"env": "DATABASE_HOST"},
    }
    monkeypatch.setattr(programs, "_withheld", set())
    load_text(official_text(references), "test", Path())
    process = ProbeProcess()
    seen: list[dict[str, str]] = []
    cancel = asyncio.Event()

    def look(_reached: CheckResult) -> None:
        if cancel.is_set():
            return
        # the server is silent: the child that reached it is there
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        seen.extend(environment_of_process(pid) for pid in (process.pid, *children))
        cancel.set()

    try:
        await process.run([redis_at(misbehave(BEHAVIOURS["silent"]))], timeout=60, on_result=look, cancel=cancel)
    finally:
        await process.close()
    assert len(seen) >= 2
    for environment in seen:
        assert not VARIABLES.keys() & environment.keys()
        assert not any(secret in value for secret in VARIABLES.values() for value in environment.values())
        assert environment["PATH"] == os.environ["PATH"]


async def test_the_program_of_the_tour_does_not_see_them_either(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(programs, "_withheld", set(VARIABLES))
    process = ProbeProcess(programs.command(REHEARSAL))
    await process.start()
    try:
        await process.run([redis_at(1)])
        assert not VARIABLES.keys() & environment_of_process(process.pid).keys()
    finally:
        await process.close()


def environment_of_process(pid: int | str | None) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_only_absolute_folders_other_than_the_current_one_are_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        sys, "path", ["", ".", "other", str(tmp_path), str(tmp_path / "link"), str(tmp_path / "other"), *sys.path]
    )
    paths = programs.import_paths()
    assert paths[0] == str(tmp_path / "other")
    assert all(Path(path).is_absolute() and Path(path).resolve() != tmp_path for path in paths)


def test_what_was_installed_is_imported_from_even_in_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY / "screens")
    monkeypatch.setattr(sys, "path", ["", str(REPOSITORY / "screens"), *sys.path])
    programs.leave_current_folder()
    standard = sys.path.index(str(Path(os.__file__).parent))
    assert str(REPOSITORY / "screens") not in sys.path[:standard]
    assert "" not in sys.path
    assert str(REPOSITORY / "screens") in sys.path[standard:]
    (site, *_others) = (path for path in sys.path if Path(path).name == "site-packages" and path.startswith(sys.prefix))
    monkeypatch.chdir(site)
    assert site in programs.import_paths()


def test_our_own_folder_is_imported_from_even_where_it_is_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    home = REPOSITORY / "wizard"
    monkeypatch.chdir(home)
    for path in ([str(home), *sys.path], ["", *sys.path], [one for one in sys.path if one != str(home)]):
        monkeypatch.setattr(sys, "path", path)
        assert str(home) in programs.import_paths()


def test_a_current_folder_that_is_gone_keeps_nothing_from_being_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert str(REPOSITORY / "wizard") in programs.import_paths()
