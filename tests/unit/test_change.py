"""CHANGE.md: the way from what the nodes run to what the folder holds, for every kind of change, and two in a row."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import Variables, dump
from nbcluster.files.answersfile import load_answers
from nbcluster.files.change import CHANGE, settled, with_change
from nbcluster.files.change.baseline import read_baseline
from nbcluster.files.export import plan_writing, write
from nbcluster.files.fileset import prepare
from nbcluster.files.write import WriteResult
from nbcluster.files.write.plan import BASELINE
from tests.kubernetes.manifests import pods
from tests.services.process import tool
from tests.unit.runbooks import blocks, nodes_of
from tests.unit.scenarios import official

THREE = [{"name": f"node{number}", "host": f"172.31.0.{number}"} for number in (1, 2, 3)]
FOUR = [*THREE, {"name": "node4", "host": "172.31.0.4"}]
DOCKER = {"app.deployment": "docker"}


def rendered(answers: Answers, folder: Path, formats: tuple[str, ...] = ()) -> tuple[WriteResult, str | None]:
    prepared, change = with_change(prepare(answers, folder, formats=formats), folder)
    return write(prepared, folder, lambda: datetime.now(UTC), formats), change


def latest(folder: Path) -> Answers:
    """Return the answers that a folder was written from."""
    return load_answers(folder / "answers.toml", Variables({})).answers


def order(folder: Path) -> list[str]:
    """Return kind and node of every block of CHANGE.md; each of them is shell."""
    found = blocks((folder / CHANGE).read_text())
    for name, about, script in found:
        done = subprocess.run([tool("bash"), "-n", "-c", script], capture_output=True, timeout=10, check=False)
        assert (done.returncode, done.stderr) == (0, b""), f"{name} {about}: {script}"
    return [f"{name} {node}" for name, about, _script in found for node in nodes_of(name, about)]


def in_order(found: list[str], *wanted: str) -> bool:
    places = [found.index(entry) for entry in wanted]
    return places == sorted(places)


def test_the_first_set_has_no_change_and_the_same_again_neither(tmp_path: Path) -> None:
    result, change = rendered(official(), tmp_path)
    assert change is None and not (tmp_path / CHANGE).exists()
    assert (tmp_path / BASELINE).stat().st_mode & 0o777 == 0o600 and BASELINE not in result.written
    before = (tmp_path / BASELINE).read_bytes()
    result, change = rendered(official(), tmp_path)
    assert change is None and result.written == () and (tmp_path / BASELINE).read_bytes() == before
    assert not {BASELINE, CHANGE} & set(json.loads((tmp_path / "manifest.json").read_text())["files"])


def test_no_secret_stands_in_the_baseline(tmp_path: Path) -> None:
    rendered(
        official({"database.password": "s3cret-of-the-database", "redis.cache": "redis://:s3cret-of-redis@10.0.0.5/0"}), tmp_path
    )
    text = (tmp_path / BASELINE).read_text()
    assert "s3cret" not in text and "0123456789abcdef" not in text and "correct-horse" not in text
    assert "DB_PASSWORD" in text and "INIT_ROOT_PASSWORD" not in text


@pytest.mark.parametrize(
    ("changes", "wanted", "never"),
    [
        ({"nodes": FOUR}, ("share bastion", "copy node4", "start node4", "balancer balancer"), ("restart", "stop", "upgrade")),
        ({"nodes": THREE[:2]}, ("balancer balancer", "remove node3"), ("start", "stop", "upgrade")),
        (
            {"database.password": "another-password"},
            ("copy node1", "copy node3", "restart node1", "restart node3"),
            ("stop", "remove"),
        ),
        (
            {"nodes": [*THREE[:2], {**THREE[2], "worker_mode": "*"}]},
            ("copy node3", "restart node3", "balancer balancer"),
            ("stop", "upgrade", "start"),
        ),
        (
            {"redis.lock": "redis://10.0.0.55:6379/2"},
            ("stop node1", "stop node3", "copy node1", "start node1", "start node3"),
            ("restart", "remove"),
        ),
        (
            {"database.host": "10.0.0.66"},
            ("stop node3", "dump bastion", "restore-database bastion", "copy node1", "start node1"),
            ("restart",),
        ),
        (
            {"app.version": "2.2.16"},
            (
                "stop node3",
                "backup bastion",
                "backup-storage node1",
                "copy node1",
                "upgrade node1",
                "gate-upgrade bastion",
                "start node1",
            ),
            ("restart",),
        ),
        (DOCKER, ("stop node1", "backup bastion", "copy node1", "start node1"), ("restart", "upgrade")),
    ],
    ids=["node added", "node removed", "password", "worker mode", "Redis moved", "database moved", "version", "deployment"],
)
def test_each_change_has_its_way(
    changes: Mapping[str, object], wanted: tuple[str, ...], never: tuple[str, ...], tmp_path: Path
) -> None:
    rendered(official(), tmp_path)
    _result, change = rendered(official(changes), tmp_path)
    found = order(tmp_path)
    assert change == CHANGE and in_order(found, *wanted, "done bastion"), found
    assert not {entry.partition(" ")[0] for entry in found} & set(never), found
    text = (tmp_path / CHANGE).read_text()
    assert "another-password" not in text and "backups/" in text


def test_only_the_nodes_whose_files_changed_start_again(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": [*THREE[:2], {**THREE[2], "worker_mode": "*"}]}), tmp_path)
    found = order(tmp_path)
    assert "restart node3" in found and "restart node1" not in found


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"database.password": "another-password"}, ("variables bastion",)),
        ({"app.version": "2.2.16"}, ("stop bastion", "backup bastion", "upgrade bastion", "start bastion")),
        ({"redis.lock": "redis://10.0.0.55:6379/2"}, ("stop bastion", "variables bastion", "start bastion")),
        ({"nodes": [{"name": "a"}, {"name": "b", "worker_mode": "*"}]}, ("start bastion",)),
    ],
    ids=["password", "version", "Redis moved", "worker mode"],
)
def test_each_change_of_pods_has_its_way(changes: Mapping[str, object], wanted: tuple[str, ...], tmp_path: Path) -> None:
    rendered(pods(), tmp_path)
    rendered(pods(changes), tmp_path)
    assert in_order(order(tmp_path), *wanted, "done bastion")


@pytest.mark.parametrize("changed", [{"name": "web3"}, {"port": 13009}, {"name": "web3", "port": 13009}], ids=str)
@pytest.mark.parametrize("kind", ["host", "docker"])
def test_another_name_or_port_on_a_machine_restarts_it_and_stops_it_never_for_good(
    changed: Mapping[str, object], kind: str, tmp_path: Path
) -> None:
    rendered(official({"app.deployment": kind}), tmp_path)
    rendered(official({"app.deployment": kind, "nodes": [*THREE[:2], {**THREE[2], **changed}]}), tmp_path)
    name, found = changed.get("name", "node3"), order(tmp_path)
    assert in_order(found, f"copy {name}", f"restart {name}", "done bastion"), found
    assert not {entry.partition(" ")[0] for entry in found} & {"remove", "start", "stop"}, found
    assert "restart node1" not in found
    assert not settled(tmp_path, latest(tmp_path))


def test_names_that_two_machines_exchange_stop_neither(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(
        official({"nodes": [{**THREE[0], "host": THREE[1]["host"]}, {**THREE[1], "host": THREE[0]["host"]}, THREE[2]]}), tmp_path
    )
    found = order(tmp_path)
    assert {"restart node1", "restart node2"} <= set(found) and not any(entry.startswith("remove") for entry in found), found


@pytest.mark.parametrize("answers", [official, pods], ids=["nodes", "pods"])
def test_the_way_to_a_lower_version_is_the_dump(answers: Callable[[Mapping[str, object]], Answers], tmp_path: Path) -> None:
    rendered(answers({"app.version": "2.2.16"}), tmp_path)
    rendered(answers({"app.version": "2.2.15"}), tmp_path)
    found = order(tmp_path)
    names = [entry.partition(" ")[0] for entry in found]
    assert in_order(names, "stop", "backup", "restore-database", "restore-storage", "start", "done"), found
    assert not {"upgrade", "gate-upgrade"} & set(names) and "2.2.15" in (tmp_path / CHANGE).read_text().partition("```")[0]


def test_two_changes_in_a_row_lose_nothing(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": THREE[:2]}), tmp_path)
    rendered(official({"nodes": THREE[:2], "database.password": "another-password"}), tmp_path)
    assert {"remove node3", "restart node1"} <= set(order(tmp_path))


def test_a_run_that_changes_nothing_leaves_it_alone(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": FOUR}), tmp_path)
    (tmp_path / CHANGE).write_text("noted by hand\n")
    result, change = rendered(official({"nodes": FOUR}), tmp_path)
    assert (result.written, change) == ((), CHANGE) and (tmp_path / CHANGE).read_text() == "noted by hand\n"


def test_who_deletes_it_says_that_it_is_done(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": FOUR}), tmp_path)
    (tmp_path / CHANGE).unlink()
    rendered(official({"nodes": FOUR, "database.password": "another-password"}), tmp_path)
    found = order(tmp_path)
    assert "restart node4" in found and "start node4" not in found


def test_a_change_taken_back_leaves_nothing_to_do(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": FOUR}), tmp_path)
    rendered(official(), tmp_path)
    assert order(tmp_path) == []


@pytest.mark.parametrize("damage", ["", "{", '{"schema": 2}'])
def test_without_a_baseline_it_names_the_files_and_takes_the_careful_order(damage: str, tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    (tmp_path / BASELINE).write_text(damage) if damage else (tmp_path / BASELINE).unlink()
    _result, change = rendered(official({"database.password": "another-password"}), tmp_path)
    assert change == CHANGE and in_order(order(tmp_path), "stop node1", "backup bastion", "copy node1", "start node1")
    text = (tmp_path / CHANGE).read_text()
    assert "`.env`" in text and "nginx/nocobase.conf" not in text.partition("## ")[0]
    (tmp_path / CHANGE).unlink()
    rendered(official({"nodes": FOUR, "database.password": "another-password"}), tmp_path)
    assert "start node4" in order(tmp_path) and "stop node1" not in order(tmp_path)


def test_a_part_of_the_files_does_not_write_it_and_forgets_nothing(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    _result, change = rendered(official({"nodes": FOUR}), tmp_path, ("balancer",))
    assert change is None and not (tmp_path / CHANGE).exists()
    rendered(official({"nodes": FOUR, "database.password": "another-password"}), tmp_path)
    assert {"start node4", "restart node1"} <= set(order(tmp_path))


def test_a_look_that_can_see_the_change_settles_it_and_another_does_not(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    assert not settled(tmp_path, latest(tmp_path))
    rendered(official({"database.password": "another-password"}), tmp_path)
    assert not settled(tmp_path, latest(tmp_path))
    (tmp_path / CHANGE).unlink()
    rendered(official({"database.password": "another-password", "app.version": "2.2.16"}), tmp_path)
    assert settled(tmp_path, latest(tmp_path)) and not settled(tmp_path, latest(tmp_path))
    rendered(official({"database.password": "third-password", "app.version": "2.2.16"}), tmp_path)
    assert "restart node1" in order(tmp_path) and "upgrade node1" not in order(tmp_path)


def test_a_look_with_the_earlier_answers_settles_nothing(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    earlier = latest(tmp_path)
    rendered(official({"app.version": "2.2.16"}), tmp_path)
    before = (tmp_path / BASELINE).read_bytes()
    assert not settled(tmp_path, earlier) and (tmp_path / BASELINE).read_bytes() == before


def test_what_a_killed_look_left_behind_keeps_no_later_one_from_settling(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"app.version": "2.2.16"}), tmp_path)
    (tmp_path / f"{BASELINE}.new").write_bytes(b"{")
    assert settled(tmp_path, latest(tmp_path)) and not (tmp_path / f"{BASELINE}.new").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes": FOUR},
        {**DOCKER, "app.version": "2.2.16"},
        {"app.version": "2.2.16", "balancer.sticky": True},
        {"app.version": "2.2.16", "database.pool_max": 7},
    ],
    ids=["balancer of a new node", "compose file", "balancer", "env file"],
)
def test_a_look_settles_nothing_where_a_file_differs_that_it_cannot_see(changes: Mapping[str, object], tmp_path: Path) -> None:
    rendered(official({"app.deployment": changes.get("app.deployment", "host")}), tmp_path)
    before = (tmp_path / BASELINE).read_bytes()
    rendered(official(changes), tmp_path)
    assert (
        (tmp_path / CHANGE).exists() and (tmp_path / BASELINE).read_bytes() != before and not settled(tmp_path, latest(tmp_path))
    )


def test_a_dry_run_foresees_it_and_writes_nothing(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    prepared, change = with_change(prepare(official({"nodes": FOUR}), tmp_path), tmp_path)
    told = plan_writing(prepared, tmp_path)
    assert change == CHANGE and CHANGE in told.written and BASELINE not in told.written
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_without_the_kind_runbook_there_is_none_and_nothing_is_forgotten(tmp_path: Path) -> None:
    bare = {"output.formats": ["env", "balancer", "systemd"]}
    rendered(official(bare), tmp_path)
    _result, change = rendered(official({**bare, "nodes": FOUR}), tmp_path)
    assert change is None and not (tmp_path / CHANGE).exists()
    rendered(official({"nodes": FOUR, "database.password": "another-password"}), tmp_path)
    assert {"start node4", "restart node1"} <= set(order(tmp_path))


def former(folder: Path) -> Answers:
    """Return the answers that the way back of CHANGE.md names, put in place of answers.toml by its command."""
    (command,) = re.findall(r"`(python3 -c [^`]+)`", (folder / CHANGE).read_text())
    subprocess.run([tool("sh"), "-c", command], cwd=folder, check=True)
    return load_answers(folder / "answers.toml", Variables({})).answers


def test_the_way_back_names_the_former_answers_after_an_edit_by_hand(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    file = tmp_path / "answers.toml"
    file.write_text(file.read_text() + '\n[[nodes]]\nname = "node4"\nhost = "172.31.0.4"\n')
    rendered(latest(tmp_path), tmp_path)
    assert "start node4" in order(tmp_path)
    rendered(former(tmp_path), tmp_path)
    assert order(tmp_path) == [] and not (tmp_path / "nodes" / "node4.env").exists()


def test_the_way_back_names_the_former_answers_after_another_secret(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"database.password": "another-password"}), tmp_path)
    before = read_baseline(tmp_path)
    assert before is not None and dump(former(tmp_path)) == before.before.answers
    assert "another-password" not in (tmp_path / "answers.toml").read_text()
    # the value of before is in a backup, and the document says so
    assert list((tmp_path / "backups").glob(".env.*")) and "`.env`" in (tmp_path / CHANGE).read_text().split("\n## ")[2]


def test_the_way_back_leads_over_several_changes(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": FOUR}), tmp_path)
    rendered(official({"nodes": FOUR, "app.timezone": "Europe/Berlin"}), tmp_path)
    rendered(former(tmp_path), tmp_path)
    assert order(tmp_path) == []


def test_without_a_baseline_the_way_back_promises_no_answers(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    (tmp_path / BASELINE).unlink()
    rendered(official({"database.password": "another-password"}), tmp_path)
    assert "python3 -c" not in (tmp_path / CHANGE).read_text()


def test_a_restart_is_announced_only_where_its_block_follows(tmp_path: Path) -> None:
    rendered(official(), tmp_path)
    rendered(official({"nodes": FOUR}), tmp_path)
    assert "restart node1" not in order(tmp_path) and "copy node1" in order(tmp_path)
    way = (tmp_path / CHANGE).read_text().split("\n## ")[1]
    assert "restart of one after the other" not in way
    (tmp_path / CHANGE).unlink()
    rendered(official({"nodes": FOUR, "database.password": "another-password"}), tmp_path)
    assert "restart node1" in order(tmp_path)
    assert "restart of one after the other" in (tmp_path / CHANGE).read_text()
