"""Output formats that the answers choose, and the .gitignore beside them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import nbcluster, tree
from tests.services.process import tool
from tests.unit.scenarios import EVERY_KIND, official_text, problems

DEFAULTS = {
    "host": {".env", "nginx/nocobase.conf", "systemd/nocobase.service", "SUMMARY.md", "RUNBOOK.md"},
    "docker": {".env", "nginx/nocobase.conf", "systemd/nocobase.service", "docker/compose.yaml", "SUMMARY.md", "RUNBOOK.md"},
    "kubernetes": {"kubernetes/secret.yaml", "kubernetes/deployments.yaml", "SUMMARY.md", "RUNBOOK.md"},
}
ALWAYS = {"answers.toml", "manifest.json", ".gitignore"}


def render(folder: Path, changes: dict[str, object], *options: str) -> dict[str, object]:
    (folder / "a.toml").write_text(official_text(changes))
    ended = nbcluster("render", "--answers", folder / "a.toml", "--out", folder / "out", "--json", *options)
    assert ended.code == 0, ended.err
    document: dict[str, object] = ended.json()
    return document


@pytest.mark.parametrize("deployment", DEFAULTS)
def test_each_deployment_has_its_usual_kinds(deployment: str, tmp_path: Path) -> None:
    render(tmp_path, {"app.deployment": deployment, "kubernetes.ingress_class": "traefik"})
    written = set(tree(tmp_path / "out"))
    assert DEFAULTS[deployment] | ALWAYS <= written
    assert not [path for path in written if path.startswith(("ansible/", "helm/"))]
    assert deployment == "docker" or not [path for path in written if path.startswith("docker/")]


def test_a_kind_that_is_taken_out_goes_with_the_next_run_and_only_then(tmp_path: Path) -> None:
    kinds = EVERY_KIND["host"]
    render(tmp_path, {"output.formats": kinds})
    out = tmp_path / "out"
    assert (out / "ansible/playbook.yaml").exists()
    fewer: dict[str, object] = {"output.formats": [kind for kind in kinds if kind not in ("ansible", "systemd")]}
    foreseen = render(tmp_path, fewer, "--dry-run")
    assert "ansible/playbook.yaml" in foreseen["removed"] and (out / "ansible/playbook.yaml").exists()  # type: ignore[operator]
    assert foreseen["removed"] == render(tmp_path, fewer)["removed"]
    assert not [path for path in tree(out) if path.startswith(("ansible/", "systemd/"))]
    again = render(tmp_path, fewer)
    assert (again["written"], again["removed"]) == ([], [])
    listed = set(json.loads((out / "manifest.json").read_text())["files"])
    assert ".gitignore" in listed and not [path for path in listed if path.startswith(("ansible/", "systemd/"))]


def test_a_format_of_the_command_line_is_written_although_the_answers_do_not_choose_it(tmp_path: Path) -> None:
    render(tmp_path, {})
    document = render(tmp_path, {}, "--format", "ansible")
    assert "ansible/playbook.yaml" in document["written"] and document["removed"] == []  # type: ignore[operator]
    assert (tmp_path / "out/.env").exists()


@pytest.mark.parametrize(
    ("deployment", "kinds", "path"),
    [
        ("host", ["env", "docker"], "output.formats formats"),
        ("host", ["systemd"], "output.formats formats"),
        ("host", [], "output.formats formats"),
        ("kubernetes", ["env", "kubernetes"], "output.formats formats"),
        ("kubernetes", ["summary"], "output.formats formats"),
    ],
)
def test_a_kind_that_does_not_exist_and_a_set_without_keys_are_refused(deployment: str, kinds: list[str], path: str) -> None:
    changes = {"app.deployment": deployment, "kubernetes.ingress_class": "traefik"}
    assert path in problems({**changes, "output.formats": kinds})
    for right in (EVERY_KIND[deployment], ["helm"] if deployment == "kubernetes" else ["env"]):
        assert path not in problems({**changes, "output.formats": right})


def test_git_leaves_out_what_holds_secrets(tmp_path: Path) -> None:
    rows = [{"name": "a", "host": "10.0.0.1", "worker_mode": "!"}, {"name": "b", "host": "10.0.0.2"}]
    render(tmp_path, {"nodes": rows})
    render(tmp_path, {"nodes": rows, "app.port": 13001})
    out = tmp_path / "out"
    git = [tool("git"), "-C", str(out)]
    subprocess.run([*git, "init", "-q"], check=True, capture_output=True, timeout=30)
    seen = subprocess.run([*git, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True, timeout=30).stdout
    untracked = {line[3:] for line in seen.splitlines()}
    secret = {path for path in tree(out) if not path.startswith(".git/") and (out / path).stat().st_mode & 0o777 == 0o600}
    assert {".env", "nodes/a.env"} <= secret and not secret & untracked
    assert {"answers.toml", "manifest.json", "RUNBOOK.md", ".gitignore"} <= untracked


def test_a_gitignore_of_somebody_else_stays_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".gitignore").write_text("*.tmp\n")
    document = render(tmp_path, {})
    assert (out / ".gitignore").read_text() == "*.tmp\n" and ".gitignore" not in document["written"]  # type: ignore[operator]
    assert ".gitignore" not in json.loads((out / "manifest.json").read_text())["files"]
    (out / ".gitignore").unlink()
    assert ".gitignore" in render(tmp_path, {})["written"]  # type: ignore[operator]
    (out / ".gitignore").write_text("*.tmp\n")
    assert render(tmp_path, {})["removed"] == [] and (out / ".gitignore").read_text() == "*.tmp\n"
