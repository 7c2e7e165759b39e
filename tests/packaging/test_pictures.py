"""The pictures of the READMEs: drawn by the scripts in assets/, the same everywhere, and complete in themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.segment import Segment
from rich.style import Style

from assets.svg import CELL, Screen, picture, row_of

REPOSITORY = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "style", "defs", "g", "rect", "circle", "path", "text", "use"}
LARGEST = 250_000
READMES = {"en": "README.md", "zh_CN": "README.zh-CN.md"}
SCRIPTS = {"assets/recording.py": "assets", "assets/screenshots.py": "assets/screenshots"}
SIMULATED = {"en": "SIMULATED", "zh_CN": "模拟"}
ELSEWHERE = {"LANG": "zh_CN.UTF-8", "LC_ALL": "C", "TZ": "Asia/Shanghai", "NO_COLOR": "1", "TERM": "dumb", "PYTHONHASHSEED": "7"}
"""Surroundings of another machine: no picture shows them."""


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own


def shown(language: str) -> list[Path]:
    """Return the pictures that a README shows."""
    text = (REPOSITORY / READMES[language]).read_text("utf-8")
    return [REPOSITORY / name for name in re.findall(r"!\[[^\]]+\]\(([^)]+\.svg)\)", text)]


PICTURES = [(language, path) for language in READMES for path in shown(language)]
KEPT = pytest.mark.parametrize(("language", "path"), PICTURES, ids=[path.name for _language, path in PICTURES])


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_script_draws_is_what_is_kept(script: str, tmp_path: Path) -> None:
    words = [sys.executable, str(REPOSITORY / script), str(tmp_path)]
    subprocess.run(words, check=True, env={**os.environ, **ELSEWHERE}, cwd=tmp_path, timeout=240)
    kept = sorted((REPOSITORY / SCRIPTS[script]).glob("*.svg"))
    assert [path.name for path in sorted(tmp_path.glob("*.svg"))] == [path.name for path in kept]
    stale = [path.name for path in kept if path.read_bytes() != (tmp_path / path.name).read_bytes()]
    assert stale == [], "run: make recording"


def test_each_readme_shows_the_recording_first_and_every_picture_of_its_language() -> None:
    for language in READMES:
        assert [path.name for path in shown(language)] == [
            f"{name}-{language}.svg" for name in ("recording", "connections", "review")
        ]


@KEPT
def test_a_picture_is_complete_in_itself(language: str, path: Path) -> None:
    text = path.read_text("utf-8")
    root = parsed(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    # one that fetched anything would tell a stranger who reads it
    assert re.findall(r"\w+://[^\s\"'<)]*", re.sub(r"<text.*?</text>", "", text)) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|url\(|\bon\w+=", text)
    ids = {element.get("id") for element in root.iter()}
    assert {element.get("href") for element in root.iter(f"{SVG}use")} <= {f"#{name}" for name in ids}
    assert len(text.encode()) <= LARGEST


@KEPT
def test_a_picture_is_described_and_says_that_it_is_the_demo(language: str, path: Path) -> None:
    root = parsed(path.read_text("utf-8"))
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == [element.get("id") for element in (root[0], root[1])]
    assert root[0].text and root[1].text
    assert any(SIMULATED[language] in (element.text or "") for element in root.iter(f"{SVG}text"))


@KEPT
def test_what_moves_stands_still_for_those_who_prefer_it(language: str, path: Path) -> None:
    text = path.read_text("utf-8")
    if "@keyframes" not in text:
        return
    assert "@media (prefers-reduced-motion:reduce){.strip{animation:none}}" in text
    width = re.findall(r'<svg [^>]*?width="(\d+)"', text)[0]
    (still,) = re.findall(r'class="strip" transform="translate\(-(\d+)\)"', text)
    # what is seen then is a whole screen, and not the first, on which nothing has happened
    assert int(still) > 0 and int(still) % int(width) == 0


def drawn(*rows: tuple[str, Style | None], seconds: float = 0.0) -> Screen:
    return Screen(tuple(row_of([Segment(text, style)]) for text, style in rows), seconds)


def texts(svg: str) -> list[ElementTree.Element]:
    return [each for each in parsed(svg).iter(f"{SVG}text") if each.get("class") != "bar"]


def test_every_column_has_its_place() -> None:
    plain, wide, after = texts(picture([drawn(("ab c  中文,d", None))], title="t", description="d"))
    assert (plain.text, plain.get("x"), plain.get("textLength")) == ("ab c", "0", str(4 * CELL))
    assert (wide.text, wide.get("x")) == ("中文", f"{6 * CELL} {8 * CELL}")
    assert (after.text, after.get("x"), after.get("textLength")) == (",d", str(10 * CELL), str(2 * CELL))


def test_lines_and_blocks_are_shapes_that_meet() -> None:
    svg = picture([drawn(("┌──┐", None), ("▌  │", None))], title="t", description="d")
    assert texts(svg) == []
    paths = [path.get("d") or "" for path in parsed(svg).iter(f"{SVG}path")]
    assert len(paths) == 5 and any(f"M{CELL} " in path and f"H{3 * CELL}" in path for path in paths)


def test_markup_stays_text() -> None:
    (only,) = texts(picture([drawn(("<b>&amp;", None))], title="<t>", description="&d"))
    assert only.text == "<b>&amp;"


def test_reversed_colours_are_exchanged() -> None:
    svg = picture([drawn(("x", Style(color="#102030", bgcolor="#405060", reverse=True)))], title="t", description="d")
    assert 'fill="#102030"' in svg and "{fill:#405060}" in svg


def test_a_row_that_comes_again_is_kept_once_and_times_add_up() -> None:
    first, second = drawn(("same", None), ("one", None), seconds=1.0), drawn(("same", None), ("two", None), seconds=3.0)
    svg = picture([first, second], title="t", description="d", still=1)
    assert len(texts(svg)) == 3
    assert "animation:play 4s step-end infinite" in svg
    width = re.findall(r'width="(\d+)"', svg)[0]
    assert f"0%{{transform:translateX(0px)}}25%{{transform:translateX(-{width}px)}}100%" in svg
