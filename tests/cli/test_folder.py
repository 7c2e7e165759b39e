"""``render`` and the state of the folder: what an interrupted write left, symlinks, files that cannot be replaced, a dry run."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbcluster.answers.file import load
from nbcluster.env import read_dotenv
from nbcluster.files.fileset import prepare
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write import write_set, written_folder
from nbcluster.files.write.bundle import LEFT_OUT
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import JOURNAL, STAGE
from tests.cli.program import Ended, nbcluster, tree
from tests.unit.scenarios import official_text
from tests.unit.test_write_faults import Crash, clock, snapshot

GENERATED = {"app.key": "generate", "app.aes_key": "generate", "admin.password": "generate"}


def answers(path: Path, **changes: object) -> Path:
    path.write_text(official_text({**GENERATED, **{key.replace("__", "."): value for key, value in changes.items()}}), "utf-8")
    return path


def render(source: Path, folder: Path, *more: str) -> Ended:
    return nbcluster("render", "--answers", source, "--out", folder, *more)


class Stop(FileSystem):
    """The process is gone before the rename of a number."""

    def __init__(self, renames: int) -> None:
        self.left = renames

    def replace(self, source: Path, target: Path) -> None:
        if self.left == 0:
            raise Crash
        self.left -= 1
        super().replace(source, target)


def interrupt(source: Path, folder: Path, renames: int) -> None:
    """Leave what a run leaves that is killed after some renames, that of the journal included."""
    with pytest.raises(Crash):
        write_set(folder, prepare(load(source).answers, folder).files, tool="nbcluster test", now=clock, system=Stop(renames))


@pytest.mark.parametrize("dry", [(), ("--dry-run",), ("--trust-folder",)], ids=["run", "dry run", "trusted"])
@pytest.mark.parametrize("where", ["absolute", "upwards", "malformed"])
def test_a_journal_that_reaches_out_is_refused(tmp_path: Path, where: str, dry: tuple[str, ...]) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    out = tmp_path / "out"
    (out / STAGE).mkdir(mode=0o700, parents=True)
    out.chmod(0o700)
    (out / STAGE / "f0").write_text("evil")
    target = str(victim) if where == "absolute" else "../victim"
    journal = {"schema": 1, "moves": [["f0", target]], "removals": [target]}
    (out / JOURNAL).write_text(json.dumps(journal) if where != "malformed" else '{"removals": [""]}')
    (tmp_path / "answers").mkdir()
    source = answers(tmp_path / "answers" / "a.toml")
    before = snapshot(tmp_path, folder_times=bool(dry == ("--dry-run",)))
    ended = render(source, out, *dry)
    assert ended.code == 7 and str(out / JOURNAL) in ended.err
    assert snapshot(tmp_path, folder_times=bool(dry == ("--dry-run",))) == before
    (out / JOURNAL).unlink()
    assert render(source, out).code == 0


@pytest.mark.parametrize("fresh", [False, True], ids=["over a set", "into an empty folder"])
@pytest.mark.parametrize("renames", [0, 1, 3, 10**9])
def test_a_dry_run_changes_nothing_and_foretells_the_next_run(tmp_path: Path, renames: int, fresh: bool) -> None:
    out = tmp_path / "out"
    if not fresh:
        assert render(answers(tmp_path / "a.toml"), out).code == 0
    source = answers(tmp_path / "b.toml", app__port=13001, balancer__listen=8080)
    if renames < 10**9:
        interrupt(source, out, renames)
    later = answers(tmp_path / "c.toml", app__port=13002, balancer__listen=8080)
    before = snapshot(tmp_path)
    dry = render(later, out, "--dry-run", "--diff", "--json")
    assert dry.code == 0 and snapshot(tmp_path) == before
    assert any(not line.startswith("app.key: ") for line in dry.err.splitlines()) == (renames < 10**9)
    real = render(later, out, "--json")
    assert real.code == 0
    foretold, done = dry.json(), real.json()
    assert {name: sorted(foretold[name]) for name in ("written", "unchanged", "removed")} == {
        name: sorted(done[name]) for name in ("written", "unchanged", "removed")
    }
    assert not (out / JOURNAL).exists() and not (out / STAGE).exists()


def test_a_dry_run_makes_no_folder(tmp_path: Path) -> None:
    source = answers(tmp_path / "a.toml")
    before = snapshot(tmp_path)
    assert render(source, tmp_path / "a" / "out", "--dry-run").code == 0
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("shape", ["linked folder", "open folder", "linked file", "linked folder below", "open folder below"])
def test_a_folder_of_others_is_written_after_a_yes_alone(tmp_path: Path, shape: str) -> None:
    out, source = tmp_path / "out", answers(tmp_path / "a.toml")
    assert render(source, out).code == 0
    named = {"linked file": out / ".env", "linked folder below": out / "nginx", "open folder below": out / "nginx"}.get(
        shape, out
    )
    if shape.startswith("linked"):
        named.rename(tmp_path / "moved")
        named.symlink_to(tmp_path / "moved")
    else:
        named.chmod(0o1777)
    changed = answers(tmp_path / "b.toml", app__port=13001, balancer__listen=8080)
    before = snapshot(tmp_path, folder_times=False)
    refused = render(changed, out)
    assert refused.code == 7 and f"{named}: " in refused.err and "--trust-folder" in refused.err
    assert snapshot(tmp_path, folder_times=False) == before
    dry = render(changed, out, "--dry-run", "--json")
    assert dry.code == 0 and str(named) in {problem["path"] for problem in dry.json()["problems"]}
    assert snapshot(tmp_path, folder_times=False) == before
    done = render(changed, out, "--trust-folder", "--json")
    assert done.code == 0 and f"{named}: " in done.err
    assert {(p["path"], p["severity"]) for p in done.json()["problems"]} >= {(str(named), "warning")}
    assert b"APP_PORT=13001" in (out / ".env").read_bytes()


def test_a_folder_in_a_file_s_place_is_named_and_the_folder_goes_on_working(tmp_path: Path) -> None:
    out, source = tmp_path / "out", answers(tmp_path / "a.toml")
    assert render(source, out).code == 0
    (out / "SUMMARY.md").unlink()
    (out / "SUMMARY.md").mkdir()
    changed = answers(tmp_path / "b.toml", app__port=13001)
    before = tree(out)
    for _again in range(2):
        ended = render(changed, out)
        assert ended.code == 7 and str(out / "SUMMARY.md") in ended.err and STAGE not in ended.err
        assert tree(out) == before
    dry = render(changed, out, "--dry-run")
    assert dry.code == 0 and str(out / "SUMMARY.md") in dry.err
    (out / "SUMMARY.md").rmdir()
    assert render(changed, out).code == 0


def test_runs_at_the_same_time_wait_for_each_other_and_keep_the_keys_of_the_first(tmp_path: Path) -> None:
    out = tmp_path / "out"
    sources = [answers(tmp_path / f"{number}.toml", app__port=13000 + number) for number in range(4)]
    command = [sys.executable, "-m", "nbcluster", "render", "--out", str(out), "--answers"]
    runs = [subprocess.Popen([*command, str(source)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for source in sources]
    ended = [(run.communicate(timeout=120)[1], run.returncode) for run in runs]
    assert [code for _err, code in ended] == [0] * 4, ended
    env_files = [out / ".env", *(out / "backups").glob(".env.*")]
    keys = {read_dotenv(path.read_text("utf-8"))["APP_KEY"] for path in env_files}
    assert len(env_files) == 4 and len(keys) == 1
    manifest = json.loads((out / "manifest.json").read_text())["files"]
    assert all(hashlib.sha256((out / path).read_bytes()).hexdigest() == entry["sha256"] for path, entry in manifest.items())
    assert [path.name for path in out.iterdir() if path.name.startswith(".nbcluster")] == [".nbcluster-baseline.json"]


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    source = answers(tmp_path / "a.toml", redis__lock="redis://10.0.0.5:6379/0")
    before = snapshot(tmp_path, folder_times=False)
    assert render(source, tmp_path / "a" / "out").code == 2
    assert snapshot(tmp_path, folder_times=False) == before


@pytest.mark.parametrize("path", [".env", "nodes/node1.env", "kubernetes/secret.yaml", "helm/values.yaml"])
def test_a_pipe_in_the_place_of_a_file_with_keys_is_refused_and_not_waited_for(path: str, tmp_path: Path) -> None:
    source, out = answers(tmp_path / "a.toml"), tmp_path / "out"
    (out / path).parent.mkdir(parents=True)
    os.mkfifo(out / path)
    for more in ((), ("--dry-run",)):
        ended = render(source, out, *more)
        assert ended.code == 2 and str(out / path) in ended.err


def test_a_pipe_named_like_the_note_of_an_archive_is_not_waited_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    os.mkfifo(out / LEFT_OUT)
    assert render(answers(tmp_path / "a.toml"), out).code == 0


def test_a_home_folder_that_is_not_written_out_is_the_folder_of_the_answers_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write_set(tmp_path / "out", [OutputFile("answers.toml", b"")], tool="nbcluster test", now=clock)
    assert written_folder(Path("~/out/answers.toml")) == str(tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (".env", 2),
        ("SUMMARY.md", 7),
        ("manifest.json", 7),
        ("nodes/other.env", 2),
        ("kubernetes/secret.yaml", 2),
        ("README", 0),
    ],
)
def test_a_pipe_in_the_folder_is_not_waited_for(name: str, code: int, tmp_path: Path) -> None:
    source, folder = answers(tmp_path / "a.toml"), tmp_path / "out"
    (folder / name).parent.mkdir(parents=True)
    os.mkfifo(folder / name)
    assert render(source, folder).code == code
    assert (folder / name).is_fifo()
    assert (folder / "RUNBOOK.md").exists() == (code == 0)


@pytest.mark.parametrize("name", ["nginx/nocobase.conf", "manifest.json", "SUMMARY.md", "nodes/former.env"])
def test_a_file_of_any_size_in_the_folder_is_not_read_as_a_whole(name: str, tmp_path: Path) -> None:
    source, folder = answers(tmp_path / "a.toml"), tmp_path / "out"
    assert render(source, folder).code == 0
    (folder / name).parent.mkdir(exist_ok=True)
    if name == "nodes/former.env":
        known = json.loads((folder / "manifest.json").read_text("utf-8"))
        known["files"][name] = {"sha256": "0"}
        (folder / "manifest.json").write_text(json.dumps(known), "utf-8")
    with (folder / name).open("wb") as stream:
        stream.truncate(1 << 40)
    env = (folder / ".env").read_bytes()
    for more in ((), ("--dry-run", "--diff")):
        ended = render(source, folder, *more)
        assert (ended.code, name.rpartition("/")[2] in ended.err) == (2 if name.endswith(".env") else 7, True)
    assert (folder / ".env").read_bytes() == env
