"""``render --bundle``: the same bytes, secrets in it only after a yes, written whole or not at all."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import pytest

from tests.cli.program import nbcluster, tree
from tests.unit.scenarios import ANSWERS

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
            path: data for path, data in tree(tmp_path / "one").items() if path != "manifest.json" and (yes or path not in SECRET)
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
