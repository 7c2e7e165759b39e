"""The documents: links lead somewhere, what they name exists, their example works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nbcluster.answers.file.pages import document
from nbcluster.cli.arguments import build_parser
from tests.cli.program import nbcluster

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *sorted((REPOSITORY / "docs").glob("*.md")),
    *(REPOSITORY / f"{n}.md" for n in ("README", "CONTRIBUTING", "CHANGELOG")),
]
IDS = [path.name for path in DOCUMENTS]


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_paths_in_backticks_exist(path: Path) -> None:
    named = re.findall(r"`((?:tests|wizard|screens|docs|benchmarks)/[\w./-]+\.\w+)`", path.read_text("utf-8"))
    assert [name for name in named if not (REPOSITORY / name).is_file()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_commands_are_real(path: Path) -> None:
    known = set(re.findall(r"^    (\w[\w-]*)(?:\s|$)", build_parser().format_help(), re.MULTILINE))
    assert {"setup", "render"} <= known
    used = set(re.findall(r"^    nbcluster ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE))
    assert used <= known


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in DOCUMENTS:
        for named in re.findall(r"(?:^    |`)make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE):
            assert named in targets, (path.name, named)


def test_the_page_of_answers_is_what_the_steps_declare() -> None:
    written = (REPOSITORY / "docs/answers.md").read_text("utf-8")
    assert written == document(), "run: python -m nbcluster.answers.file.pages"


def test_the_example_of_the_guide_renders(tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs/guide.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    answers = tmp_path / "prod.toml"
    answers.write_text(example, "utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/aes_key").write_text("ab" * 32, "utf-8")
    secrets = {"APP_KEY": "cd" * 32, "REDIS_PASSWORD": "r#s", "DB_PASSWORD": "d b", "ADMIN_PASSWORD": "a-long-one-9"}
    ended = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", environment=secrets)
    assert ended.code == 0, ended.err
    assert (tmp_path / "out/RUNBOOK.md").is_file()


def test_the_pictures_are_drawn_by_the_script(tmp_path: Path) -> None:
    script = [sys.executable, str(REPOSITORY / "assets/screenshots.py"), str(tmp_path)]
    subprocess.run(script, check=True, env={**os.environ, "CI": ""}, timeout=120)
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    for name in re.findall(r"\(assets/screenshots/([\w.-]+)\)", readme):
        drawn, kept = ((folder / name).read_text("utf-8") for folder in (tmp_path, REPOSITORY / "assets/screenshots"))
        assert "SIMULATED" in drawn and "SIMULATED" in kept
        # A picture that fetched a font would tell a stranger who reads it.
        for text in (drawn, kept):
            assert re.findall(r'(?:href|url|src|xmlns)\W+(http[^"\')]*)', text) == ["http://www.w3.org/2000/svg"]
