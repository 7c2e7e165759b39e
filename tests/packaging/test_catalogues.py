"""The catalogues hold every message, translated, with the same placeholders, compiled; and the check sees when they do not."""

from __future__ import annotations

import ast

import pytest
from babel.messages.catalog import Message

from tests.packaging.catalogues import KEYWORDS, REPOSITORY, SOURCES, check, collect, placeholders, translation_faults


def test_catalogues_are_complete_and_fresh() -> None:
    assert check() == []


def test_messages_of_both_packages_are_collected() -> None:
    sources = {location.split("/")[0] for message in collect() for location, _ in message.locations}
    assert sources == {"wizard", "screens"}


def test_comments_of_templates_are_collected() -> None:
    locations = {location for message in collect() for location, _ in message.locations}
    templates = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "wizard").rglob("*.j2")}
    silent = {name for name in templates if '_("' not in (REPOSITORY / name).read_text("utf-8")}
    assert templates - silent and templates - silent <= locations


@pytest.mark.parametrize(
    ("original", "translation", "right"),
    [
        ("port {port} refuses", "{port} 端口拒绝连接", True),
        ("port {port} refuses", "端口拒绝连接", False),
        ("port {port} refuses", "{prot} 端口拒绝连接", False),
        ("port {port} refuses", "", False),
        (("one node", "{count} nodes"), ("{count} 个节点",), True),
        (("one node", "{count} nodes"), ("{number} 个节点",), False),
    ],
)
def test_a_translation_keeps_its_placeholders(
    original: str | tuple[str, str], translation: str | tuple[str], right: bool
) -> None:
    message = Message(original, translation)
    assert (translation_faults(message) == []) is right


def test_an_uncertain_translation_is_refused() -> None:
    assert translation_faults(Message("Next", "下一步", flags=("fuzzy",)))


def test_doubled_braces_are_no_placeholders() -> None:
    assert placeholders("{{as it stands}} {name!r}") == {"name"}


def test_no_message_stands_inside_an_f_string() -> None:
    """Whether a tokenizer finds those depends on the version of Python."""
    found = []
    for source in SOURCES:
        for path in (REPOSITORY / source).rglob("*.py"):
            for joined in (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.JoinedStr)):
                calls = [node for node in ast.walk(joined) if isinstance(node, ast.Call) and node.args]
                found += [
                    f"{path}:{call.lineno}"
                    for call in calls
                    if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS and isinstance(call.args[0], ast.Constant)
                ]
    assert found == []
