"""docs/nocobase.md: whatever cites a fact finds it there, and every fact says how far it can be trusted."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FACTS = (REPOSITORY / "docs/nocobase.md").read_text("utf-8")
SOURCES = [
    path
    for folder in ("wizard", "screens", "tests", "docs", "assets", "benchmarks")
    for path in sorted((REPOSITORY / folder).rglob("*"))
    if path.suffix in {".css", ".j2", ".md", ".py", ".sh", ".tcss", ".toml"} and path.is_file()
]
OF_OTHERS = re.compile(r"YAML [\d.]+ §[\d., §]+")
CITATION = re.compile(r"§(\d+(?:\.\d+)?)((?:,? #\d+)*)")
MARK = re.compile(r"\[[STDI]\]|§\d")


def sections() -> dict[str, list[str]]:
    """Return the lines of each section and sub-section by number."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in FACTS.splitlines():
        heading = re.match(r"#{2,3} §(\d+(?:\.\d+)?) \S", line)
        if heading:
            assert heading[1] not in found, heading[1]
            current = found.setdefault(heading[1], [])
        current.append(line)
    return found


def rows(lines: list[str]) -> list[int]:
    """Return the numbers of a section's rows, in order."""
    return [int(row[1]) for line in lines if (row := re.match(r"\| (\d+) \|", line))]


def citations(text: str) -> list[tuple[str, int | None]]:
    """Return section and row of each citation; None where a whole section is cited."""
    found: list[tuple[str, int | None]] = []
    for section, numbers in CITATION.findall(OF_OTHERS.sub("", text)):
        found += [(section, int(number)) for number in re.findall(r"\d+", numbers)] or [(section, None)]
    return found


def test_every_citation_finds_its_fact() -> None:
    there = {number: rows(lines) for number, lines in sections().items()}
    missing = [
        (path.relative_to(REPOSITORY).as_posix(), section, number)
        for path in SOURCES
        for section, number in citations(path.read_text("utf-8"))
        if section not in there or (number is not None and number not in there[section])
    ]
    assert missing == []


def test_a_citation_names_a_section() -> None:
    for path in SOURCES:
        if path.suffix == ".py" and path != Path(__file__):
            text = path.read_text("utf-8").replace("[nocobase.md](nocobase.md)", "")
            assert re.findall(r"(?<!docs/)nocobase\.md(?! (?:§\d|\{))[^\n]*", text) == [], path


def test_the_code_rests_on_the_facts() -> None:
    cited = [found for path in SOURCES if path.parts[-2] != "docs" for found in citations(path.read_text("utf-8"))]
    assert len(cited) > 80
    assert {"1", "2.1", "7.4", "18"} <= {section for section, _number in cited}


def test_rows_are_numbered_from_one_and_once() -> None:
    for number, lines in sections().items():
        assert rows(lines) == list(range(1, len(rows(lines)) + 1)), number


def test_facts_carry_a_mark() -> None:
    bare = []
    for number, lines in sections().items():
        marked = False
        for line in lines:
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not cells:
                marked = False
            elif cells[-1].startswith("Mark"):
                marked = True
            elif marked and not set(line) <= set("|-") and not MARK.search(cells[-1]):
                bare.append((number, cells[0]))
    assert bare == []


def test_the_marks_are_explained() -> None:
    used = Counter(re.findall(r"\[([A-Z])\]", FACTS))
    explained = set(re.findall(r"^\| \[([A-Z])\] \|", FACTS, re.MULTILINE))
    assert set(used) == explained == set("STDI")
