"""``render --bundle``: the same bytes, secrets in it only after a yes, written whole or not at all."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import pytest

from tests.cli.program import nbcluster, tree
from tests.unit.scenarios import ANSWERS, official_text

WORKERS = ANSWERS / "workers.toml"
SECRET = {".env", "nodes/web1.env", "nodes/web2.env", "nodes/worker1.env"}


@pytest.mark.parametrize("yes", [(), ("--with-secrets",)], ids=["without", "with"])
def test_it_holds_the_set_and_secrets_after_a_yes_alone(yes: tuple[str, ...], tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", WORKERS, "--out", tmp_path / "one", "--dry-run")
    for name in ("one", "two"):
        ended = nbcluster("render", "--answers", WORKERS, "--out", tmp_path / name, "--bundle", tmp_path / f"{name}.tgz", *yes)
        assert ended.code == 0, ended.err
    assert (tmp_path / "one.tgz").read_bytes() == (tmp_path / "two.tgz").read_bytes()
    assert stat.S_IMODE((tmp_path / "one.tgz").stat().st_mode) == (0o600 if yes else 0o644)
    assert all((path in ended.err) is not bool(yes) for path in SECRET)
    with tarfile.open(tmp_path / "one.tgz") as tar:
        entries = {entry.name: entry for entry in tar}
        assert list(entries) == sorted(entries)
        assert {(e.mtime, e.uid, e.gid, e.uname) for e in entries.values()} == {(0, 0, 0, "")}
        wanted = {
            path: data
            for path, data in tree(tmp_path / "one").items()
            if path not in ("manifest.json", ".nbcluster-baseline.json") and (yes or path not in SECRET)
        }
        for path, data in wanted.items():
            stream = tar.extractfile(path)
            assert stream is not None and stream.read() == data
            assert entries[path].mode == (0o600 if path in SECRET else 0o644)
        assert set(entries) - set(wanted) == (set() if yes else {"README"})
        if not yes:
            readme = tar.extractfile("README")
            assert readme is not None
            text = readme.read().decode()
            assert all(path in text for path in SECRET)


def test_a_dry_run_writes_none_and_a_lone_yes_is_exit_2(tmp_path: Path) -> None:
    bundle = tmp_path / "b.tgz"
    assert nbcluster("render", "--answers", WORKERS, "--out", tmp_path / "o", "--bundle", bundle, "--dry-run").code == 0
    assert not bundle.exists()
    ended = nbcluster("render", "--answers", WORKERS, "--out", tmp_path / "o", "--with-secrets")
    assert ended.code == 2 and "--bundle" in ended.err and not (tmp_path / "o").exists()


def test_a_bundle_that_cannot_be_written_is_exit_7(tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", WORKERS, "--out", tmp_path / "o", "--bundle", tmp_path / "none" / "b.tgz")
    assert ended.code == 7 and "b.tgz" in ended.err
    (tmp_path / "folder").mkdir()
    ended = nbcluster("render", "--answers", WORKERS, "--out", tmp_path / "o", "--bundle", tmp_path / "folder")
    assert ended.code == 7 and not list(tmp_path.glob(".nbcluster-*"))


@pytest.mark.parametrize(
    "name",
    [
        "out/.env",
        "out/manifest.json",
        "out/nginx/nocobase.conf",
        "answers.toml",
        "old.tar.gz",
        "note",
        "out/.nbcluster-journal.json",
    ],
)
def test_it_takes_the_place_of_nothing_but_a_bundle(name: str, tmp_path: Path) -> None:
    source, folder = tmp_path / "answers.toml", tmp_path / "out"
    source.write_text(official_text({"app.key": "generate", "app.aes_key": "generate"}), "utf-8")
    assert nbcluster("render", "--answers", source, "--out", folder).code == 0
    (tmp_path / "note").write_text("mine", "utf-8")
    with tarfile.open(tmp_path / "old.tar.gz", "w:gz") as tar:
        tar.add(folder, "nocobase")
    before = tree(tmp_path)
    ended = nbcluster("render", "--answers", source, "--out", folder, "--bundle", tmp_path / name)
    assert ended.code == 7 and tree(tmp_path) == before


def test_it_takes_the_place_of_an_earlier_bundle_and_of_an_empty_file(tmp_path: Path) -> None:
    source, archive = tmp_path / "answers.toml", tmp_path / "set.tar.gz"
    source.write_text(official_text(), "utf-8")
    archive.touch()
    for more in ((), ("--with-secrets",), ("--format", "balancer")):
        assert nbcluster("render", "--answers", source, "--out", tmp_path / "out", "--bundle", archive, *more).code == 0
        with tarfile.open(archive) as tar:
            assert "nginx/nocobase.conf" in tar.getnames()
