"""``render`` and CHANGE.md: the output for programs, and the next step for the user."""

from __future__ import annotations

from pathlib import Path

from tests.cli.program import nbcluster
from tests.unit.scenarios import official_text

FOUR = [{"name": f"node{number}", "host": f"172.31.0.{number}"} for number in (1, 2, 3, 4)]


def test_every_run_names_the_paper_to_go_on_with(tmp_path: Path) -> None:
    file, out = tmp_path / "a.toml", tmp_path / "out"
    file.write_text(official_text())
    first = nbcluster("render", "--answers", file, "--out", out, "--json")
    assert first.code == 0 and first.json()["change"] is None
    file.write_text(official_text({"nodes": FOUR}))
    dry = nbcluster("render", "--answers", file, "--out", out, "--json", "--dry-run")
    assert dry.json()["change"] == "CHANGE.md" and not (out / "CHANGE.md").exists()
    second = nbcluster("render", "--answers", file, "--out", out)
    assert second.code == 0 and f"{out}/CHANGE.md" in second.err and "RUNBOOK.md\n" not in second.err.splitlines()[-1]
    third = nbcluster("render", "--answers", file, "--out", out, "--json")
    assert (third.json()["change"], third.json()["written"]) == ("CHANGE.md", [])
    # nothing of this cluster runs
    looked = nbcluster("verify", "--answers", out / "answers.toml", "--timeout", "1", "--only", "node.node1.reach")
    assert (out / "CHANGE.md").exists() and looked.code in (0, 1, 5)
    (out / "CHANGE.md").unlink()
    assert nbcluster("render", "--answers", file, "--out", out, "--json").json()["change"] is None
