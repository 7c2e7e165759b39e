"""The documents: links lead somewhere, what they name exists, their example works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from nbcluster.answers.file.pages import document
from nbcluster.catalogue import CHECKS, OUTCOMES, outcomes_of
from nbcluster.cli.arguments import build_parser, split_language
from nbcluster.errors import NbclusterError
from tests.cli.program import nbcluster

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    *(REPOSITORY / f"{n}.md" for n in ("README", "README.zh-CN", "SECURITY", "CONTRIBUTING", "CHANGELOG")),
]
IDS = [path.relative_to(REPOSITORY).as_posix() for path in DOCUMENTS]
CHINESE = [(REPOSITORY / "README.md", REPOSITORY / "README.zh-CN.md")] + [
    (REPOSITORY / "docs" / path.relative_to(REPOSITORY / "docs/zh-CN"), path)
    for path in sorted((REPOSITORY / "docs/zh-CN").rglob("*.md"))
]
"""Each document that exists in both languages: the English one, then the Chinese one."""
PROGRAMS = (["nbcluster"], ["python3", "nbcluster.pyz"])


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
    named = re.findall(r"`((?:tests|wizard|screens|docs|benchmarks|assets|examples)/[\w./-]+\.\w+)`", path.read_text("utf-8"))
    assert [name for name in named if not (REPOSITORY / name).is_file()] == []


def shell_lines(path: Path) -> list[str]:
    """Return the lines of a document's shell blocks: fenced as sh, or indented."""
    text = path.read_text("utf-8")
    fenced = [line for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE) for line in block.splitlines()]
    return fenced + re.findall(r"^    (\S.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)


def arguments_of(line: str) -> list[str] | None:
    """Return what a line of a shell block gives to the program; None where it is another program's."""
    if not line.startswith(tuple(" ".join(program) for program in PROGRAMS)):
        return None
    words = shlex.split(line, comments=True)
    ends = [words.index(sign) for sign in (">", "|", "&&") if sign in words]
    words = words[: min(ends)] if ends else words
    return next((words[len(program) :] for program in PROGRAMS if words[: len(program)] == program), None)


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_commands_are_real(path: Path) -> None:
    for line in shell_lines(path):
        words = arguments_of(line)
        if words is not None:
            build_parser().read(split_language(words)[0])


def test_the_documents_show_every_command() -> None:
    shown = {words[0] for path in DOCUMENTS for line in shell_lines(path) if (words := arguments_of(line))}
    commands = set(re.findall(r"^    (\w[\w-]*)(?:\s|$)", build_parser().format_help(), re.MULTILINE))
    assert {"setup", "render"} <= commands <= shown


def test_a_wrong_command_is_seen() -> None:
    words = arguments_of("nbcluster render --answer prod.toml --outdir x > y")
    assert words == ["render", "--answer", "prod.toml", "--outdir", "x"]
    with pytest.raises(NbclusterError):
        build_parser().read(words)
    assert arguments_of("make bundle") is None


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in DOCUMENTS:
        for named in re.findall(r"(?:^    |^|`)make ([a-z-]+)(?:$|`| )", path.read_text("utf-8"), re.MULTILINE):
            assert named in targets, (path.name, named)


def test_the_page_of_answers_is_what_the_steps_declare() -> None:
    written = (REPOSITORY / "docs/answers.md").read_text("utf-8")
    assert written == document(), "run: python -m nbcluster.answers.file.pages"


def test_the_example_of_the_reference_renders(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/reference/answers-file.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    answers = tmp_path / "prod.toml"
    answers.write_text(example, "utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/aes_key").write_text("ab" * 32, "utf-8")
    secrets = {"APP_KEY": "cd" * 32, "REDIS_PASSWORD": "r#s", "DB_PASSWORD": "d b", "ADMIN_PASSWORD": "a-long-one-9"}
    ended = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", environment=secrets)
    assert ended.code == 0, ended.err
    assert (tmp_path / "out/RUNBOOK.md").is_file()


@pytest.mark.parametrize(("english", "chinese"), CHINESE, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_both_languages_keep_step(english: Path, chinese: Path) -> None:
    """The same headings in the same order, the same commands and words of code, tables and steps of equal length."""
    shapes = []
    for path in (english, chinese):
        text = path.read_text("utf-8")
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        shapes.append(
            {
                "headings": [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)],
                "commands": [re.sub(r'="[^"]*"', "=REASON", line) for line in shell_lines(path)],
                "rows": len(re.findall(r"^\|", prose, re.MULTILINE)),
                "numbered": re.findall(r"^(\d+)\. ", prose, re.MULTILINE),
                "points": len(re.findall(r"^- ", prose, re.MULTILINE)),
                "words": sorted(set(re.findall(r"`([^`\n]+)`", prose)) - {"in use by ...", "SIMULATED"}),
            }
        )
    assert shapes[0] == shapes[1]


def test_every_promise_names_the_tests_that_hold_it() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    promises = re.findall(r"^\d+\. (.*?)(?=^\d+\. |^#)", readme, re.DOTALL | re.MULTILINE)
    assert len(promises) == 7
    for promise in promises:
        assert re.findall(r"`(tests/[\w./]+\.py)`", promise), promise


def test_the_page_of_checks_says_once_what_many_checks_share() -> None:
    text = (REPOSITORY / "docs/checks.md").read_text("utf-8")
    pages: dict[str, str] = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", text, re.MULTILINE))
    for section, codes in (("Connection", "net."), ("TLS", "tls.")):
        shared = {code: outcome for code, outcome in OUTCOMES.items() if code.startswith(codes) and code != "net.reached"}
        link = f"[{section}](#{section.lower()})"
        for outcome in shared.values():
            row = f"| {outcome.status} | {outcome.summary.replace('|', chr(92) + '|').replace('<', '&lt;')} |"
            assert row in pages[section]
            assert [title for title, body in pages.items() if row in body and link in body] == [], row
        for check in CHECKS:
            assert (link in pages[check.pattern]) is (shared.keys() <= outcomes_of(check).keys())
