"""The comparison with NocoBase's page: every step, key, variable and fact that it names exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nbcluster.answers.file.schema import json_schema
from nbcluster.steps import STEPS
from tests.cli.program import nbcluster
from tests.packaging.test_citations import rows as facts_of
from tests.packaging.test_citations import sections

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs/official-page.md"
VERDICTS = {"same", "stricter", "different"}


def tables() -> list[dict[str, str]]:
    """Return the rows of all tables, by the names in their heads."""
    found: list[dict[str, str]] = []
    head: list[str] = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if not cells:
            head = []
        elif not head:
            head = cells
        elif set(cells[0]) != {"-"}:
            found.append(dict(zip(head, cells, strict=True)))
    return found


def keys_of(schema: dict[str, Any], path: str = "") -> set[str]:
    """Return the key paths of a schema; those of a list end in ``[]``."""
    found = {path} if path else set()
    for name, inner in schema.get("properties", {}).items():
        found |= keys_of(inner, f"{path}.{name}" if path else name)
    if isinstance(schema.get("items"), dict):
        found |= keys_of(schema["items"], f"{path}[]")
    return found


def test_the_page_is_compared_line_by_line() -> None:
    compared = [row for row in tables() if "#" in row]
    assert [int(row["#"]) for row in compared] == list(range(1, 30))
    assert {row["here"] for row in compared} <= VERDICTS
    assert all(row["why"] for row in compared if row["here"] != "same")


def test_every_step_and_key_exists() -> None:
    titles = {step.title for step in STEPS}
    known = keys_of(json_schema()) | {field.path for step in STEPS for field in step.fields}
    for row in tables():
        assert row["step"] in titles | {"–"}, row
        assert set(re.findall(r"`([^`]+)`", row["key"])) <= known, row


def test_every_variable_is_written(tmp_path: Path) -> None:
    values = {"REDIS_PASSWORD": "x", "DB_PASSWORD": "y"}
    answers = REPOSITORY / "examples/haproxy-tls.toml"
    assert nbcluster("render", "--answers", answers, "--out", tmp_path / "out", environment=values).code == 0
    written = set(re.findall(r"^(\w+)=", (tmp_path / "out/nodes/web1.env").read_text("utf-8"), re.MULTILINE))
    named = {name for row in tables() for name in re.findall(r"`(\w+)`", row.get("variable", ""))}
    assert len(named) > 10 and named <= written


def test_every_fact_exists() -> None:
    there = {number: facts_of(lines) for number, lines in sections().items()}
    cited = re.findall(r"§(\d+(?:\.\d+)?)((?:,? #\d+)*)", PAGE.read_text("utf-8"))
    assert len(cited) > 20
    for section, numbers in cited:
        assert section in there, section
        assert {int(number) for number in re.findall(r"\d+", numbers)} <= set(there[section]), (section, numbers)
