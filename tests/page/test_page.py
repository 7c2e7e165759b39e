"""summary.html: well formed, runs and loads nothing, escapes all data, is complete and reproducible."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer
from nbcluster.cluster import Cluster
from nbcluster.errors import Problem, Severity
from nbcluster.files.keys import resolve
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.page import POLICY
from nbcluster.files.page.boxes import wrapped
from nbcluster.files.page.markdown import converted
from nbcluster.files.page.svg import drawing
from nbcluster.files.plan import plan
from tests.unit.scenarios import ANSWERS, official

VOID = {"meta", "!DOCTYPE"}
HOSTILE = "</text></svg><script>alert(1)</script>\" onload='x' \u202etxt`**"


class Strict(HTMLParser):
    """Keeps a stack: each end tag closes what was opened last; collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _value in attrs}) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"rect", "path"}
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def example(name: str) -> Answers:
    environment = {"NBCLUSTER_APP_KEY": "x"}
    return infer(load_text((ANSWERS / f"{name}.toml").read_text("utf-8"), "test", ANSWERS, environment).answers)


def files_of(answers: Answers, *warnings: Problem) -> dict[str, OutputFile]:
    made = plan(Cluster.of(answers), resolve(answers, {}, {}, False, lambda count: "ab" * count), warnings=iter(warnings))
    return {file.path: file for file in made}


def page_of(answers: Answers, *warnings: Problem) -> str:
    return files_of(answers, *warnings)["summary.html"].text


@pytest.mark.parametrize("name", ["official", "workers", "rabbitmq", "existing"])
def test_it_is_well_formed_and_neither_runs_nor_loads_anything(name: str) -> None:
    text = page_of(example(name))
    page = Strict(text)
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}
        assert not {key for key in attributes if key.startswith("on") or key in {"src", "style", "srcset", "xlink:href"}}
        assert (attributes.get("href") or "#").startswith("#") and (attributes.get("href") or "#").lstrip("#") in (*ids, "")
    assert "url(" not in text and "@import" not in text
    policy = next(a for tag, a in page.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == POLICY == "default-src 'none'; style-src 'unsafe-inline'"
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(svg)  # noqa: S314 - our own text


def test_headings_go_down_one_by_one_and_the_drawing_is_described() -> None:
    page = Strict(page_of(example("workers")))
    levels = [int(tag[1]) for tag, _attributes in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    ids = {attributes.get("id") for _tag, attributes in page.tags}
    assert len(drawings) == 2 and all(set((a["aria-labelledby"] or "").split()) <= ids for a in drawings)


@pytest.mark.parametrize("columns", [1, 3])
def test_the_drawing_names_every_server_and_counts(columns: int) -> None:
    svg = drawing(Cluster.of(example("workers")), columns, "x")
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    for word in ("web1", "web2", "worker1", "10.0.1.1:13100", "10.0.1.2:13200", "10.0.1.3:13100", "WORKER_MODE=*"):
        assert word in words
    for word in (
        "cache.example.com:6380",
        "10.0.0.9:6379",
        "database 3: worker id",
        "db.example.com:3306",
        "up to 88 connections",
    ):
        assert word in words
    assert "11 of 32 worker ids" in words and "4 processes" in words and "10.0.0.7:/nocobase" in words
    assert "RabbitMQ" not in words and "mq.example.cn:5671" in drawing(Cluster.of(example("rabbitmq")), columns, "x")


def test_boxes_lie_inside_the_drawing_and_apart_from_each_other() -> None:
    for columns in (1, 3):
        tree = ElementTree.fromstring(drawing(Cluster.of(example("rabbitmq")), columns, "x"))  # noqa: S314 - our own text
        _x, _y, width, height = map(float, tree.attrib["viewBox"].split())
        boxes = [tuple(float(group[0].attrib[key]) for key in ("x", "y", "width", "height")) for group in tree.iter("g")]
        assert len(boxes) == 10
        for number, (left, top, wide, high) in enumerate(boxes):
            assert left >= 0 and top >= 0 and left + wide <= width and top + high <= height
            for other in boxes[:number]:
                assert left >= other[0] + other[2] or left + wide <= other[0] or top >= other[1] + other[3]


def test_hostile_text_stays_text() -> None:
    answers = official({"license.confirmed_by": HOSTILE, "storage.path": "/x'\"<b>&`*", "name": "a"})
    text = page_of(answers, Problem(HOSTILE, HOSTILE, HOSTILE, Severity.WARNING))
    page = Strict(text)
    assert not {"script", "b"} & {tag for tag, _attributes in page.tags} and "\u202e" not in text
    assert not [attributes for _tag, attributes in page.tags if "onload" in attributes]
    shown = "".join(page.words)
    assert shown.count("<script>alert(1)</script>") >= 3 and "/x'\"<b>&`*" in shown


@pytest.mark.parametrize("text", ["`a", "**a", "`**`a**", "- `x", "```sh\n<b>", "| a | b\n|", "# ", "| a |", "1. <i>"])
def test_broken_markdown_makes_closed_html(text: str) -> None:
    Strict(converted(text))


def test_markdown_of_the_papers() -> None:
    text = "# One\n\ntext\nmore `a<b` **c**\n\n- [x] p\n- [ ] q\n\n1. r\n\n| s \\| t | u |\n|---|---|\n| v | w |\n\n```sh\nx  && y\n\nz\n```\n"
    assert re.sub(r">\n+<", "><", converted(text, 1)) == (
        "<h2>One</h2><p>text\nmore <code>a&lt;b</code> <strong>c</strong></p>"
        "<ul><li>☑ p</li><li>☐ q</li></ul><ol><li>r</li></ol>"
        '<div class="wide"><table><thead><tr><th scope="col">s | t</th><th scope="col">u</th></tr></thead>'
        "<tbody><tr><td>v</td><td>w</td></tr></tbody></table></div>"
        '<pre tabindex="0"><code>x  &amp;&amp; y\n\nz</code></pre>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "[a](javascript:alert(1))",
        "[a](https://example.com)",
        "![a](https://example.com/a.png)",
        "<javascript:alert(1)>",
        "[a]\n\n[a]: data:text/html,x",
        "| <b> |\n|---|\n| [a](vbscript:x) |",
    ],
)
def test_nothing_in_the_markdown_is_a_tag_of_its_own(text: str) -> None:
    page = Strict(converted(text))
    assert {tag for tag, _attributes in page.tags} <= {"p", "div", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("name", ["official", "workers", "existing"])
def test_every_block_of_the_runbook_stands_in_it_as_it_is(name: str) -> None:
    files = files_of(example(name))
    blocks = re.findall(r"^```sh\n(.*?)\n```$", files["RUNBOOK.md"].text, re.MULTILINE | re.DOTALL)
    shown = "".join(Strict(files["summary.html"].text).words)
    assert len(blocks) > 5 and all(block in shown for block in blocks)


def test_warnings_are_in_both_papers_and_no_secret_is() -> None:
    answers = official({"database.password": "s3cret-of-the-database"})
    files = files_of(answers, Problem("nodes", "something odd.", "fix it", Severity.WARNING))
    assert "s3cret-of-the-database" in files[".env"].text
    for path in ("SUMMARY.md", "summary.html"):
        assert "something odd. fix it" in files[path].text
        assert "s3cret-of-the-database" not in files[path].text and "abababab" not in files[path].text
    assert not files["summary.html"].secret


def test_the_same_bytes_twice_and_in_chinese() -> None:
    answers = official({"output.language": "zh_CN"})
    text = page_of(answers)
    assert text == page_of(answers) and '<html lang="zh-CN">' in text and "集群" in text
    assert '<html lang="en">' in page_of(official())


def test_long_words_are_broken_to_the_width() -> None:
    lines = wrapped("集群" * 20 + " https://a.example.com/" + "b" * 50, 30)
    assert "".join(lines).replace(" ", "") == "集群" * 20 + "https://a.example.com/" + "b" * 50
    assert all(sum(2 if char in "集群" else 1 for char in line) <= 30 for line in lines)
