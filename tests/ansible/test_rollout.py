"""The playbook rolls a cluster out over real ssh: the life cycle of three nodes, each step checked by what the nodes did."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ansible.cluster import NODES, Cluster

FIRST_BOOT = {
    "LOCK_ADAPTER_DEFAULT": "local",
    "CLUSTER_MODE": "",
    "WORKER_MODE": "",
    "DISABLE_PKG_DOWNLOAD": "",
    "SKIP_SAME_VERSION_UPGRADE": "",
}
ALONE = {"CLUSTER_MODE": "", "WORKER_MODE": ""}
# The one that boots first is the first that serves requests.
FIRST, *OTHERS = ("web1", "worker", "web2")
ONE_BY_ONE: list[tuple[str, str, dict[str, str]]] = [("start", name, {}) for name in (FIRST, *OTHERS)]
GATE = ("-e", "nocobase_gate_passed=true")
SECRETS = ("s3cret-of-the-database", "0123456789abcdef0123456789abcdef", "correct-horse-battery")


@pytest.fixture
def configured(cluster: Cluster) -> Cluster:
    """The cluster with nothing running and its files on the nodes."""
    cluster.stop()
    for name in NODES:
        (cluster.home(name) / "sick").unlink(missing_ok=True)
        (cluster.home(name) / ".nbcluster-alone").unlink(missing_ok=True)
    if not (cluster.home(FIRST) / ".env").exists():
        done = cluster.play("configure")
        assert done.code == 0, done.text
    cluster.journal()
    return cluster


def test_the_files_arrive_once_and_no_secret_is_shown(cluster: Cluster) -> None:
    first = cluster.play("prepare,configure", "--diff", "-vvv")
    assert first.code == 0, first.text
    assert not any(secret in first.text for secret in SECRETS)
    for name in NODES:
        env = cluster.home(name) / ".env"
        assert env.read_bytes() == (cluster.out / f"nodes/{name}.env").read_bytes()
        assert env.stat().st_mode & 0o777 == 0o600
        assert (cluster.home(name) / ".env.e2e").read_bytes() == b"" and (cluster.home(name) / "run").is_dir()
        for unit in ("nocobase.service", "nocobase-health.service", "nocobase-health.timer"):
            assert (cluster.units(name) / unit).read_bytes() == (cluster.out / "systemd" / unit).read_bytes()
        program = cluster.home(name) / "nocobase-health"
        assert program.read_bytes() == (cluster.out / "systemd/nocobase-health.sh").read_bytes()
        assert (cluster.nodes / f"{name}.reloaded").exists() and first.changed(name) > 0
        (cluster.nodes / f"{name}.reloaded").unlink()
    second = cluster.play("configure")
    assert second.code == 0 and [second.changed(name) for name in NODES] == [0, 0, 0], second.text
    assert not any((cluster.nodes / f"{name}.reloaded").exists() for name in NODES)
    assert cluster.running() == set() and cluster.journal() == []


def test_a_path_that_is_not_mounted_is_refused(cluster: Cluster) -> None:
    done = cluster.play("prepare", nocobase_mount_required=True)
    assert done.code != 0 and "share is not mounted on web1: mount the shared storage there" in done.text


def test_a_share_is_mounted_once(cluster: Cluster, tmp_path: Path) -> None:
    fstab, share = tmp_path / "fstab", tmp_path / "srv/storage"
    fstab.write_text("# ours\n10.9.9.9:/old /srv/other nfs4 defaults 0 0\n")
    line = f"10.0.0.7:/exports {share} nfs4 hard 0 0"
    changes = {"nocobase_share": str(share), "nocobase_mount_line": line, "nocobase_fstab": str(fstab)}
    failed = cluster.play("prepare", "--limit", FIRST, nocobase_mount_command="/bin/false", **changes)
    assert failed.code != 0 and share.is_dir(), failed.text
    done = cluster.play("prepare", "--limit", FIRST, nocobase_mount_command="/bin/ls", **changes)
    assert done.code == 0, done.text
    assert fstab.read_text() == f"# ours\n10.9.9.9:/old /srv/other nfs4 defaults 0 0\n{line}\n"


def test_one_boots_alone_then_all_start_in_order_as_far_as_they_are_healthy(configured: Cluster) -> None:
    boot = configured.play("first-boot")
    assert boot.code == 0 and "Pass the gate of the first boot in RUNBOOK.md" in boot.text, boot.text
    assert configured.journal() == [("alone", FIRST, FIRST_BOOT)] and configured.running() == {FIRST}
    early = configured.play("start", "--limit", "web2")
    assert early.code != 0 and "web1 runs its first boot." in early.text
    assert configured.journal() == [] and configured.running() == {FIRST}
    (configured.home("worker") / "sick").touch()
    start = configured.play("start", *GATE)
    assert start.code != 0 and "worker does not become healthy at http://127.0.0.1:" in start.text
    assert "Invalid pathname" in start.text and "The nodes behind it were not touched" in start.text
    assert configured.journal()[-2:] == ONE_BY_ONE[:2] and configured.running() == {FIRST, "worker"}
    (configured.home("worker") / "sick").unlink()
    again = configured.play("start")
    assert again.code == 0 and [again.changed(name) for name in NODES] == [0, 0, 1], again.text
    assert configured.journal() == ONE_BY_ONE[2:] and configured.running() == set(NODES)
    busy = configured.play("first-boot")
    assert busy.code != 0 and "Something still listens on port" in busy.text and configured.journal() == []


def test_an_upgrade_stops_all_and_upgrades_one_alone(configured: Cluster) -> None:
    configured.start()
    refused = configured.play("upgrade")
    assert refused.code != 0 and "nocobase_backup_done=true" in refused.text
    assert configured.journal() == [] and configured.running() == set(NODES)
    done = configured.play("upgrade", "-e", "nocobase_backup_done=true", nocobase_fetch="echo fetched")
    assert done.code == 0, done.text
    journal = configured.journal()
    assert sorted(journal[:3]) == sorted(("stop", name, {}) for name in NODES)
    assert journal[3:] == [("alone", FIRST, FIRST_BOOT)] and configured.running() == {FIRST}


def test_a_sick_first_boot_says_so_and_a_stop_ends_it(configured: Cluster) -> None:
    (configured.home(FIRST) / "sick").touch()
    boot = configured.play("first-boot")
    assert boot.code != 0 and "web1 does not become healthy" in boot.text and "Name the gate" not in boot.text
    assert configured.play("stop").code == 0 and configured.running() == set()


def test_maintenance_leaves_one_node_with_one_process_and_returns(configured: Cluster) -> None:
    configured.start()
    done = configured.play("maintenance")
    assert done.code == 0, done.text
    assert configured.journal()[3:] == [("alone", FIRST, ALONE)] and configured.running() == {FIRST}
    back = configured.play("return")
    assert back.code == 0, back.text
    assert [each for each in configured.journal() if each[0] == "start"] == ONE_BY_ONE
    assert configured.running() == set(NODES)
