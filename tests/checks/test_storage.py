"""The shared storage, as the bastion sees it."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from nbcluster.checks.run import run_checks
from nbcluster.probe.storage import folder, probe
from nbcluster.probe.storage.probe import StorageProbe, mount_of
from tests.checks.conftest import statuses, storage_at


def test_a_folder_that_is_not_there_is_skipped(tmp_path: Path) -> None:
    report = run_checks([storage_at(tmp_path / "absent")])
    assert statuses(report)["storage.path"] == "skip"
    assert "findmnt" in report.results[0].hint


def path_verdict(folder: Path, mountinfo: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setattr(probe, "_MOUNTS", mountinfo)
    monkeypatch.setattr(probe, "LEAST_FREE_BYTES", 0)
    found = StorageProbe({"path": str(folder)}, 5).path()
    return found.status, found.code


@pytest.mark.parametrize(("kind", "verdict"), [("nfs4", ("ok", "storage.path.ok")), ("ext4", ("warn", "storage.path.local"))])
def test_a_mounted_folder_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, verdict: tuple[str, str]) -> None:
    share = tmp_path / "share with blanks"
    share.mkdir()
    mounts = tmp_path / "mountinfo"
    escaped = str(share).replace(" ", "\\040")
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {escaped} rw shared:1 - {kind} server:/x rw\n")
    assert path_verdict(share, mounts, monkeypatch) == verdict
    assert list(share.iterdir()) == []


@pytest.mark.parametrize(("files", "left", "code"), [(10**6, 100, "inodes"), (10**6, 10**5, "ok"), (0, 0, "ok")])
def test_a_share_that_takes_no_more_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, left: int, code: str
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {tmp_path} rw - nfs4 server:/x rw\n")
    monkeypatch.setattr(os, "statvfs", lambda _folder: SimpleNamespace(f_files=files, f_favail=left, f_frsize=1, f_bavail=0))
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=10**12))
    assert path_verdict(tmp_path, mounts, monkeypatch)[1] == f"storage.path.{code}"


def test_a_share_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("2 1 0:9 / /proc rw - nfs4 server:/x rw\n")
    status, code = path_verdict(Path("/proc/self"), mounts, monkeypatch)
    assert (status, code) == ("warn", "storage.path.denied")


def test_the_innermost_mount_counts() -> None:
    text = "1 0 8:1 / / rw - ext4 a rw\n2 1 0:9 / /srv rw - xfs b rw\n3 2 0:9 / /srv/share rw - nfs4 c rw\n4 2 0:9 / /srv/share2 rw - cifs d rw\n"
    assert mount_of(Path("/srv/share/storage"), text) == ("/srv/share", "nfs4")
    assert mount_of(Path("/srv/share2"), text) == ("/srv/share2", "cifs")
    assert mount_of(Path("/home"), text) == ("/", "ext4")
    assert mount_of(Path("/home"), "garbage\n\n") == ("", "")


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("nfs4", "rw,hard", "ok"),
        ("nfs4", "rw,soft", "soft"),
        ("nfs", "rw,hard,nolock", "locks"),
        ("fuse.s3fs", "rw", "objects"),
        ("fuse.glusterfs", "rw", "ok"),
        ("cifs", "rw,soft", "ok"),
        ("cephfs", "rw,noexec", "noexec"),
    ],
)
def test_mount_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, options: str, code: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {tmp_path} rw,relatime - {kind} server:/x {options}\n")
    monkeypatch.setattr(probe, "_MOUNTS", mounts)
    found = StorageProbe({"path": str(tmp_path)}, 5).mount()
    assert found.code == f"storage.mount.{code}"
    assert found.params["options"] == f"rw,relatime,{options}" and found.params["source"] == "server:/x"


def test_files_are_renamed_linked_and_locked_and_nothing_stays(tmp_path: Path) -> None:
    found = folder.operations(tmp_path)
    assert (found.code, found.params["owner"]) == ("storage.files.ok", f"{os.geteuid()}:{tmp_path.stat().st_gid}")
    assert list(tmp_path.iterdir()) == []


def test_what_a_share_refuses_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    monkeypatch.setattr(fcntl, "flock", refused)
    found = folder.operations(tmp_path)
    assert found.code == "storage.files.refused"
    assert found.params["refused"] == "hard link (EIO), flock (EIO)"
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_maps_users_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert folder.operations(tmp_path).code == "storage.files.squashed"


def test_a_folder_that_takes_no_file_is_not_judged_further() -> None:
    assert folder.operations(Path("/proc/self")).code == "storage.files.closed"


def unpack(folder: Path, name: str, manifest: str) -> None:
    place = folder / "plugins/@nocobase" / name
    place.mkdir(parents=True)
    (place / "package.json").write_text(manifest)


def test_what_lies_in_the_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = {"version": "2.2.15", "own_key": True}
    unpack(tmp_path, "plugin-a", '{"version": "2.2.15"}')
    unpack(tmp_path, "plugin-broken", "{")
    found = folder.contents(tmp_path, params)
    assert (found.code, found.params["plugins"]) == ("storage.contents.ok", 1)
    unpack(tmp_path, "plugin-b", '{"version": "2.2.14"}')
    found = folder.contents(tmp_path, params)
    assert (found.code, found.params["others"]) == ("storage.contents.version", "@nocobase/plugin-b 2.2.14")
    key = tmp_path / "apps/main/jwt_secret.dat"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"x" * 32)
    assert folder.contents(tmp_path, params).code == "storage.contents.key"
    assert folder.contents(tmp_path, {**params, "own_key": False}).code == "storage.contents.version"
    leftover = tmp_path / "apps/main/event-queue.json"
    leftover.write_text("{}")
    assert folder.contents(tmp_path, {**params, "own_key": False}).code == "storage.contents.queue"
    (tmp_path / ".upgrading").touch()
    assert folder.contents(tmp_path, {**params, "own_key": False}).code == "storage.contents.upgrading"
    with socket.socket(socket.AF_UNIX) as listener:
        # The address of a socket is short; the path of a test's folder may not be.
        monkeypatch.chdir(tmp_path)
        listener.bind("s.sock")
    (tmp_path / "db").mkdir()
    found = folder.contents(tmp_path, params)
    assert (found.code, found.params["found"]) == ("storage.contents.local", "db, s.sock")


@pytest.mark.parametrize(
    ("code", "answered", "verdict"),
    [
        ("process.env.QUEUE_ADAPTER_AMQP_URL", "QUEUE_ADAPTER_AMQP_URL", "ok"),
        ("process.env.QUEUE_ADAPTER_AMQP_URL", "QUEUE_ADAPTER_RABBITMQ_URL", "other"),
        ("process.env.AMQP_URL + process.env.RABBITMQ_URL", "RABBITMQ_URL", "unclear"),
        (None, "RABBITMQ_URL", "absent"),
    ],
)
def test_the_name_of_the_brokers_variable_is_read_from_the_plugin(
    tmp_path: Path, code: str | None, answered: str, verdict: str
) -> None:
    if code is not None:
        unpack(
            tmp_path, "plugin-queue-adapter-rabbitmq", '{"name": "@nocobase/plugin-queue-adapter-rabbitmq", "version": "2.2.15"}'
        )
        server = tmp_path / "plugins/@nocobase/plugin-queue-adapter-rabbitmq/dist/server"
        server.mkdir(parents=True)
        (server / "index.js").write_text(f"connect({code})")
    found = StorageProbe({"path": str(tmp_path), "url_variable": answered}, 5).variable()
    assert found.code == f"storage.variable.{verdict}"


def test_all_stages_of_a_folder(tmp_path: Path) -> None:
    found = statuses(run_checks([storage_at(tmp_path)]))
    assert set(found) == {"storage.path", "storage.mount", "storage.files", "storage.contents"}
    absent = statuses(run_checks([storage_at(tmp_path / "absent")]))
    assert set(absent.values()) == {"skip"}
