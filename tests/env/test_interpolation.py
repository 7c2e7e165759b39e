"""Values of a compose file, interpolated as compose does; unknown values are not guessed."""

from __future__ import annotations

import pytest

from nbcluster.answers.importer.sources import read_sources
from nbcluster.answers.importer.sources.interpolation import LONGEST, expanded

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


def test_variables_do_not_multiply_without_end() -> None:
    rows = ["A0=0123456789", *(f"A{n}=${{A{n - 1}}}${{A{n - 1}}}" for n in range(1, 60))]
    service = "services: {a: {image: nocobase, env_file: [many.env], environment: {B: $A9$A9, C: $A9}}}"
    found = read_sources(service, "compose.yaml", {".env": "\n".join(rows), "many.env": "\n".join(rows)}.get)[0]
    assert len(found.values["C"]) == 10 * 2**9 and found.last["B"].value is None
    assert found.last["A59"].value is None and max(len(value) for value in found.values.values()) <= LONGEST


@pytest.mark.parametrize("text", ["$", "a$ b", "$1", "${}", "${1}", "${SET", "${SET:-x", "${SET!}", "${A:-" * 60 + "}" * 60])
def test_what_compose_refuses(text: str) -> None:
    found = expanded(text, KNOWN)
    assert found.value is None and found.why
