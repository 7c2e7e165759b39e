"""Whatever the value, each reader takes exactly it, or the value is refused with a reason."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nbcluster.env import (
    LINE_READERS,
    Reader,
    UnreadableError,
    UnrepresentableError,
    assign,
    read,
    read_dotenv,
    reassign,
)
from nbcluster.files.keyfiles import for_host
from nbcluster.files.plan import for_docker
from tests.env.generator import values
from tests.env.real import bash_reads
from tests.env.table import common
from tests.services.dotenv import NodeDotenv

COUNT = 100_000
BATCH = 10_000
CHOSEN = values(COUNT, 23)
# Parts of the values that no form carries; a larger part would mean that a form was lost.
REFUSED = {
    Reader.DOTENV: 0.06,
    Reader.NB: 0.06,
    Reader.DOCKER: 0.25,
    Reader.COMPOSE: 0.0,
    Reader.BASH: 0.0,
    Reader.SYSTEMD: 0.6,
    Reader.KUBERNETES: 0.0,
}


@cache
def written(reader: Reader) -> dict[str, str]:
    """Return the lines of all values that the reader can have, by name."""
    lines: dict[str, str] = {}
    for number, value in enumerate(CHOSEN):
        try:
            lines[f"K{number}"] = assign(f"K{number}", value, reader)
        except UnrepresentableError:
            continue
    return lines


def expected(reader: Reader) -> dict[str, str]:
    return {name: CHOSEN[int(name[1:])] for name in written(reader)}


def batches(reader: Reader) -> list[str]:
    lines = list(written(reader).values())
    return ["\n".join(lines[start : start + BATCH]) + "\n" for start in range(0, len(lines), BATCH)]


@pytest.mark.parametrize("reader", Reader)
def test_each_reader_takes_the_chosen_values(reader: Reader) -> None:
    taken: dict[str, str] = {}
    for text in batches(reader):
        taken |= read(reader, text)
    assert taken == expected(reader)
    assert 1 - len(taken) / COUNT <= REFUSED[reader]


def test_node_takes_the_chosen_values(node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    taken: dict[str, str] = {}
    for text in batches(Reader.DOTENV):
        taken |= node_dotenv.parse(text, tmp_path)
    assert taken == expected(Reader.DOTENV)


def test_bash_takes_the_chosen_values(tmp_path: Path) -> None:
    wanted = expected(Reader.BASH)
    assert bash_reads("".join(batches(Reader.BASH)), list(wanted), tmp_path) == wanted


def test_a_secret_means_the_chosen_values_to_a_yaml_parser() -> None:
    lines = list(written(Reader.KUBERNETES).values())[:3000]
    found = YAML(typ="safe", pure=True).load("\n".join(lines) + "\n")
    assert found == {f"K{number}": CHOSEN[number] for number in range(3000)}


def test_a_value_that_every_reader_takes_bare_is_written_alike_for_all() -> None:
    shared = 0
    for value in CHOSEN[:20_000]:
        line = common("NAME", value)
        if line is None:
            continue
        shared += 1
        assert {assign("NAME", value, reader) for reader in LINE_READERS} == {line}
    assert shared > 500


@pytest.mark.parametrize(
    ("value", "reader"),
    [
        ("two\nlines", Reader.DOCKER),
        ("end\r", Reader.DOCKER),
        ("x" * 65_600, Reader.DOCKER),
        ("'\"`#", Reader.DOTENV),
        ("bell\a", Reader.SYSTEMD),
        ("a\nb\\n", Reader.NB),
        *((value, reader) for value in ("nul\0", "\ud800") for reader in Reader),
    ],
)
def test_what_no_form_carries_is_refused(value: str, reader: Reader) -> None:
    with pytest.raises(UnrepresentableError):
        assign("NAME", value, reader)


@pytest.mark.parametrize("name", ["", "1A", "A B", "A-B", "A=", "Ä", "A\n"])
def test_no_other_name_is_written(name: str) -> None:
    for reader in Reader:
        with pytest.raises(UnrepresentableError) as fault:
            assign(name, "x", reader)
        assert (fault.value.name, fault.value.reader) == (name, reader)


@pytest.mark.parametrize(
    ("reader", "forms"),
    [
        (
            Reader.DOTENV,
            {
                "é": "é",
                "a b": "'a b'",
                "it's": "'it's'",
                "'": "'''",
                "a\nb": "'a\nb'",
                "'#\n": '"\'#\\n"',
                "a\r": '"a\\r"',
                "'\"#": "`'\"#`",
                "a\\": "a\\",
                "$'\\": "$'\\",
            },
        ),
        (
            Reader.NB,
            {
                "é": "é",
                "a b": "'a b'",
                "it's": "'it's'",
                "\\": "'\\'",
                '"\n': '"\\"\\n"',
                "$\nb": '"$\\nb"',
                "$\r\n": '"$\\r\\n"',
                '"$\n': '"\\"$\\n"',
                '\\"$\n': '"\\\\"$\\n"',
            },
        ),
        (Reader.DOCKER, {"é": "é", "a b": "a b", "it's": "it's", "'#\"\\": "'#\"\\", " ": " "}),
        (
            Reader.COMPOSE,
            {
                "é": "é",
                "a b": "'a b'",
                "it's": "'it\\'s'",
                "a\nb": "'a\nb'",
                "$'\\": '"\\$\'\\\\"',
                "`\\": '"`\\\\"',
                "\r\n": '"\\r\\n"',
                "a$\r\n'": '"a\\$\\r\\n\'"',
            },
        ),
        (Reader.BASH, {"é": "é", "a b": "'a b'", "it's": "'it'\\''s'", "$'\\": "'$'\\''\\'", "\r\n": "'\r\n'"}),
        (Reader.SYSTEMD, {"é": "é", "a b": "'a b'", "it's": '"it\'s"', "'\n": '"\'\n"', "`$'\\\"": '"\\`\\$\'\\\\\\""'}),
        (Reader.KUBERNETES, {"é": ' "é"', "": ' ""', "it's": ' "it\'s"', '"\n': ' "\\"\\n"'}),
    ],
)
def test_each_value_has_the_form_that_most_readers_share(reader: Reader, forms: dict[str, str]) -> None:
    sign = ":" if reader is Reader.KUBERNETES else "="
    assert {value: assign("N", value, reader) for value in forms} == {value: f"N{sign}{form}" for value, form in forms.items()}


def test_a_line_for_docker_has_at_most_64_kib() -> None:
    longest = "x" * (65_535 - len("N="))
    assert assign("N", longest, Reader.DOCKER) == f"N={longest}" == common("N", longest)
    with pytest.raises(UnrepresentableError):
        assign("N", f"{longest}x", Reader.DOCKER)
    assert assign("N", f"{longest}x", Reader.BASH) == f"N='{longest}x'"


def test_a_line_is_common_to_the_readers_that_are_asked() -> None:
    assert common("N", "it's") is None
    assert common("N", "it's", (Reader.DOTENV, Reader.NB, Reader.DOCKER)) == "N=it's"
    assert common("N", "a\n", (Reader.DOCKER,)) is None
    assert common("N", "a b", (Reader.DOCKER, Reader.BASH)) is None


@pytest.mark.parametrize(
    ("reader", "alike"),
    [
        (Reader.DOCKER, [["a\nb", "\n", "a\r", "a\rb\nc"], ["x" * 65_536, "x\r" + "x" * 65_536], ["nul\0", "\ud800"]]),
        (Reader.SYSTEMD, [["a\r", "\x01", "\x1f'", "a\x7f", "a\x0b", "\x9f", " \x0e"], ["nul\0", "\ud800"]]),
        (Reader.DOTENV, [["'\"`#", "a'\r\"#\x01`"], ["'\\", '"\\', "`\\", "a#\\", " '\"`#", "'\"`# "], ["nul\0", "\ud800"]]),
        (Reader.NB, [["a\nb\\n"], ["\\n\n", "\\n\\\n\\"]]),
    ],
)
def test_each_reason_for_a_refusal_is_told_apart(reader: Reader, alike: list[list[str]]) -> None:
    reasons: list[set[str]] = []
    for refused in alike:
        told = set()
        for value in refused:
            with pytest.raises(UnrepresentableError) as fault:
                assign("NAME", value, reader)
            assert (fault.value.name, fault.value.reader) == ("NAME", reader)
            told.add(str(fault.value))
        reasons.append(told)
    assert [len(told) for told in reasons] == [1] * len(alike)
    assert len(set.union(*reasons)) == len(alike)


@pytest.mark.parametrize("name", ["a.b", "A-B", "1A", "A"])
@pytest.mark.parametrize("reader", [Reader.DOTENV, Reader.DOCKER])
def test_a_variable_that_was_read_is_written_whatever_its_name(name: str, reader: Reader) -> None:
    assert read(reader, reassign(name, "two words", reader) + "\n") == {name: "two words"}
    assert read_dotenv(for_host(f"{name}=two words\n")) == {name: "two words"}
    assert read(Reader.DOCKER, for_docker(f"{name}='two words'\n")) == {name: "two words"}


def test_a_variable_that_was_read_is_not_written_where_its_reader_would_miss_it() -> None:
    for name in ("é", "A/B"):
        assert reassign(name, "1", Reader.DOCKER) == f"{name}=1"
        with pytest.raises(UnrepresentableError) as fault:
            reassign(name, "1")
        assert (fault.value.name, fault.value.reader) == (name, Reader.DOTENV)
        with pytest.raises(UnreadableError):
            for_host(f"{name}=1\n")


def test_a_line_for_docker_has_at_most_64_kib_with_its_own_name() -> None:
    longest = "x" * (65_535 - len("long.name="))
    assert reassign("long.name", longest, Reader.DOCKER) == f"long.name={longest}"
    with pytest.raises(UnrepresentableError):
        reassign("long.name", f"{longest}x", Reader.DOCKER)


def test_a_wrong_name_and_a_wrong_value_are_told_apart() -> None:
    told = set()
    for name, value in (("A B", "x"), ("A", "nul\0"), ("A", "'\"`#")):
        with pytest.raises(UnrepresentableError) as fault:
            assign(name, value)
        told.add(str(fault.value))
    assert len(told) == 3
    assert str(UnrepresentableError("A B", Reader.DOTENV, "")) in told


@pytest.mark.parametrize("value", ["nul\0", "\ud800"])
def test_what_no_variable_holds_is_refused_for_the_same_reason_by_every_reader(value: str) -> None:
    told = set()
    for reader in Reader:
        with pytest.raises(UnrepresentableError) as fault:
            assign("NAME", value, reader)
        assert (fault.value.name, fault.value.reader) == ("NAME", reader)
        told.add(str(fault.value).replace(reader.value, ""))
    assert len(told) == 1
