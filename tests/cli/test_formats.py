"""``render --format``: only what was asked for is written; and foreign edits are reported before they are overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbcluster.files.systemd import PLACES
from tests.cli.program import nbcluster, tree
from tests.unit.scenarios import ANSWERS

WORKERS, OFFICIAL = ANSWERS / "workers.toml", ANSWERS / "official.toml"


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("env", {".env", "nodes/web2.env", "nodes/worker1.env"}),
        ("balancer", {"nginx/nocobase.conf"}),
        ("systemd", set(PLACES)),
        ("summary", {"SUMMARY.md", "summary.html"}),
        ("runbook", {"RUNBOOK.md", "OPERATE.md"}),
        ("answers", {"answers.toml"}),
    ],
)
def test_a_format_writes_its_files_and_lists_them(name: str, paths: set[str], tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", WORKERS, "--out", tmp_path / "out", "--format", name, "--json")
    assert ended.code == 0, ended.err
    assert set(tree(tmp_path / "out")) >= paths and set(ended.json()["written"]) >= paths
    listed = set(json.loads((tmp_path / "out" / "manifest.json").read_text())["files"])
    assert listed == set(tree(tmp_path / "out")) - {"manifest.json"} and (name == "env" or listed == paths)


def test_other_files_stay_on_disk_and_in_the_manifest(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert nbcluster("render", "--answers", WORKERS, "--out", out).code == 0
    before = tree(out)
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", out, "--format", "runbook", "--format", "summary", "--json")
    assert ended.code == 0 and set(ended.json()["written"]) == {"RUNBOOK.md", "OPERATE.md", "SUMMARY.md", "summary.html"}
    assert ended.json()["removed"] == []
    after = tree(out)
    same = set(before) - {".nbcluster-baseline.json", "RUNBOOK.md", "OPERATE.md", "SUMMARY.md", "summary.html", "manifest.json"}
    assert {path: after[path] for path in same} == {path: before[path] for path in same}
    old, later = (json.loads(text)["files"] for text in (before["manifest.json"], after["manifest.json"]))
    assert set(old) == set(later) and all(old[path] == later[path] for path in same)


def test_what_a_chosen_format_no_longer_has_goes(tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", WORKERS, "--out", tmp_path).code == 0
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path, "--format", "env", "--json", "--new-keys")
    assert "nodes/worker1.env" in ended.json()["removed"] and not (tmp_path / "nodes" / "worker1.env").exists()
    assert (tmp_path / "nginx" / "nocobase.conf").exists()


def test_an_unknown_format_and_one_that_is_not_made_are_exit_2(tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "out", "--format", "nonsense")
    assert ended.code == 2 and "nonsense" in ended.err and "balancer" in ended.err
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "out", "--format", "docker")
    assert ended.code == 2 and "docker" in ended.err and "systemd" in ended.err and not (tmp_path / "out").exists()


@pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["write", "dry-run"])
def test_edits_of_others_are_told(dry: tuple[str, ...], tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", WORKERS, "--out", tmp_path).code == 0
    for path in (".env", "RUNBOOK.md", "nodes/worker1.env"):
        (tmp_path / path).write_text("EDITED_BY_HAND=1\n" + (tmp_path / path).read_text("utf-8"), "utf-8")
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path, "--json", "--new-keys", *dry)
    assert ended.code == 0, ended.err
    told = {p["path"]: p for p in ended.json()["problems"] if "edited" in p["message"]}
    assert set(told) == {".env", "RUNBOOK.md", "nodes/worker1.env"}
    assert {p["severity"] for p in told.values()} == {"warning"} and "merged" in told[".env"]["hint"]
    assert "RUNBOOK.md" in ended.err and "backup" in told["RUNBOOK.md"]["hint"] and "stays" in told["nodes/worker1.env"]["hint"]
    assert "EDITED_BY_HAND=1" in (tmp_path / ".env").read_text() and (tmp_path / "nodes" / "worker1.env").exists()
    assert ("EDITED_BY_HAND" in (tmp_path / "RUNBOOK.md").read_text()) is bool(dry)


def test_secrets_whose_keys_would_stand_nowhere_are_refused(tmp_path: Path) -> None:
    """Keys are made once and kept in one file: values for Helm alone would get keys that the next run makes anew."""
    answers = ANSWERS / "kubernetes.toml"
    refused = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--format", "helm")
    assert refused.code == 2 and "kubernetes/secret.yaml" in refused.err
    assert not (tmp_path / "out" / "helm").exists()
    assert nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--format", "kubernetes").code == 0
    assert nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--format", "helm").code == 0
    rest = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--json").json()
    assert not {"helm/values.yaml", "kubernetes/secret.yaml"} & set(rest["written"])
