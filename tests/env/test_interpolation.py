"""Values of a compose file as compose puts its variables in; what it cannot know is not guessed."""

from __future__ import annotations

import pytest

from nbcluster.importer.sources.interpolation import expanded

KNOWN = {"SET": "s", "EMPTY": "", "HOST": "h"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("a$$b", "a$b"),
        ("$SET-${SET}", "s-s"),
        ("${SET:-d}${SET-d}", "ss"),
        ("${EMPTY:-d}|${EMPTY-d}", "d|"),
        ("${NONE:-d}|${NONE-d}|${NONE:-}", "d|d|"),
        ("${SET:+a}|${EMPTY:+a}|${EMPTY+a}", "a||a"),
        ("${SET:?why}${SET?why}${EMPTY?why}", "ss"),
        ("${NONE:-redis://${NONE2:-${HOST}}:6379/0}", "redis://h:6379/0"),
        ("${NONE:-$$x}", "$x"),
        ("${SET:-${UNKNOWN}}", "s"),
        ("}{", "}{"),
        ('${NONE:-{"a":1}}', '{"a":1}'),
    ],
)
def test_what_compose_puts_in(text: str, value: str) -> None:
    assert expanded(text, KNOWN).value == value


@pytest.mark.parametrize(
    "text",
    ["${NONE}", "$NONE", "Blue$Whale", "${NONE:?why}", "${EMPTY:?why}", "${NONE:+x}", "${NONE:-${NONE2}}", "a${NONE}b${SET}"],
)
def test_what_the_file_does_not_tell(text: str) -> None:
    found = expanded(text, KNOWN)
    assert found.value is None and found.why


@pytest.mark.parametrize("text", ["$", "a$ b", "$1", "${}", "${1}", "${SET", "${SET:-x", "${SET!}", "${A:-" * 60 + "}" * 60])
def test_what_compose_refuses(text: str) -> None:
    found = expanded(text, KNOWN)
    assert found.value is None and found.why
