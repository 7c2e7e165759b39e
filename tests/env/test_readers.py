"""The models of readers against the cases of their documentation, and against bash itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.env import Reader, UnreadableError, read
from tests.env.generator import values
from tests.env.real import bash_reads

# Docker's page "Set, use, and manage variables in a Compose file with variable interpolation", .env file syntax.
COMPOSE = {
    "VAR=VAL": "VAL",
    'VAR="VAL"': "VAL",
    "VAR='VAL'": "VAL",
    "VAR=VAL # comment": "VAL",
    "VAR=VAL# not a comment": "VAL# not a comment",
    'VAR="VAL # not a comment"': "VAL # not a comment",
    'VAR="VAL" # comment': "VAL",
    "VAR='$OTHER'": "$OTHER",
    "VAR='${OTHER}'": "${OTHER}",
    "VAR='Let\\'s go!'": "Let's go!",
    'VAR="{\\"hello\\": \\"json\\"}"': '{"hello": "json"}',
    'VAR="some\\tvalue"': "some\tvalue",
    "VAR='some\\tvalue'": "some\\tvalue",
    "VAR=some\\tvalue": "some\\tvalue",
    "VAR='two\nlines'": "two\nlines",
    "VAR: VAL": "VAL",
    "export VAR=VAL": "VAL",
    'VAR="\\$HOME"': "$HOME",
    "VAR=a$$b": "a$b",
    "VAR=": "",
}

# docker run --env-file: the reference page says that a line is VAR=VAL, # begins a comment only at the start of a line, quotes stay.
DOCKER = {
    "VAR=VAL": "VAL",
    'VAR="VAL"': '"VAL"',
    "VAR=VAL # kept": "VAL # kept",
    "VAR=$HOME": "$HOME",
    "  VAR= x ": " x ",
    "VAR=a=b": "a=b",
    "VAR=x\r": "x",
    "# c\nVAR=a\\b": "a\\b",
    "VAR=": "",
}

# systemd.exec(5), EnvironmentFile=
SYSTEMD = {
    "VAR=VAL": "VAL",
    "VAR=two words": "two words",
    "VAR=  trimmed  ": "trimmed",
    "VAR=pa#ss": "pa#ss",
    "VAR=pa #ss": "pa #ss",
    "VAR=pa$ss": "pa$ss",
    "VAR='pa$ss \\n'": "pa$ss \\n",
    'VAR="say \\"hi\\" \\$x \\\\ \\n"': 'say "hi" $x \\ \\n',
    "VAR=a\\b": "ab",
    "VAR=a\\\nb": "ab",
    "VAR='two\nlines'": "two\nlines",
    "; c\n# c\nVAR='a' \"b\"": "ab",
    "VAR=it's": "it's",
    "VAR =x": "x",
    "VAR=": "",
}

NB = {
    "VAR=VAL": "VAL",
    "export VAR=VAL": "VAL",
    "VAR=pa#ss": "pa#ss",
    "VAR=VAL # kept": "VAL # kept",
    "VAR='it's'": "it's",
    'VAR="a\\nb\\t\\"q\\""': 'a\nb\t"q"',
    'VAR="a\\\\b"': "a\\b",
    "VAR='a\\nb'": "a\\nb",
    "VAR=`x`": "`x`",
    "VAR=\r": "",
}

BASH = {
    "VAR=VAL": "VAL",
    "VAR=pa#ss": "pa#ss",
    "VAR=VAL # comment": "VAL",
    "VAR='pa$ss'": "pa$ss",
    "VAR=it\\'s": "it's",
    "VAR='it'\\''s'": "it's",
    'VAR="say\\"hi"': 'say"hi',
    "VAR=a\\b": "ab",
    'VAR="a\\nb"': "a\\nb",
    'VAR="a\\\\b"': "a\\b",
    "export VAR='two\nlines'": "two\nlines",
    "VAR=*": "*",
    "VAR={a,b}": "{a,b}",
    "VAR=x$": "x$",
    "VAR=x\r": "x\r",
    "VAR=": "",
}

DOTENV = {"VAR=pa#ss": "pa", "VAR=`a'b\"c`": "a'b\"c", 'VAR="a\\nb"': "a\nb", "VAR='it\\'s'": "it\\'s"}
KUBERNETES = {'VAR: "a\\nb\\u0001\\""': 'a\nb\x01"', '  VAR: "x"': "x"}

DOCUMENTED = {
    Reader.COMPOSE: COMPOSE,
    Reader.DOCKER: DOCKER,
    Reader.SYSTEMD: SYSTEMD,
    Reader.NB: NB,
    Reader.BASH: BASH,
    Reader.DOTENV: DOTENV,
    Reader.KUBERNETES: KUBERNETES,
}
CASES = [(reader, line, value) for reader, lines in DOCUMENTED.items() for line, value in lines.items()]


@pytest.mark.parametrize(("reader", "line", "value"), CASES)
def test_a_documented_line_means_what_the_documentation_says(reader: Reader, line: str, value: str) -> None:
    assert read(reader, f"{line}\n") == {"VAR": value}


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (Reader.BASH, "A=$HOME"),
        (Reader.BASH, 'A="${HOME}"'),
        (Reader.BASH, "A=`id`"),
        (Reader.BASH, "A=two words"),
        (Reader.BASH, "A=a;b"),
        (Reader.BASH, "A=a&b"),
        (Reader.BASH, "A=~/x"),
        (Reader.BASH, "A=a:~"),
        (Reader.BASH, "A=it's"),
        (Reader.BASH, "A: x"),
        (Reader.BASH, 'A="open'),
        (Reader.COMPOSE, "A=$HOME"),
        (Reader.COMPOSE, 'A="open'),
        (Reader.COMPOSE, "A='it's'"),
        (Reader.DOCKER, "A B=1"),
        (Reader.DOCKER, "=1"),
        (Reader.DOCKER, f"A={'x' * 65536}"),
        (Reader.SYSTEMD, 'A="\x07"'),
        (Reader.KUBERNETES, "A: bare"),
        (Reader.KUBERNETES, 'A: "open'),
        *((reader, "A=\0") for reader in Reader),
    ],
)
def test_what_a_reader_refuses_or_acts_upon_is_no_value(reader: Reader, text: str) -> None:
    with pytest.raises(UnreadableError):
        read(reader, f"{text}\n")


def test_bash_has_the_values_that_its_model_reads(tmp_path: Path) -> None:
    # Lines that are not made by the emitter, as far as the model says that they only assign.
    chosen: dict[str, str] = {}
    lines: list[str] = []
    for number, value in enumerate(values(40_000, 29)):
        line = f"V{number}={value}"
        try:
            found = read(Reader.BASH, f"{line}\n")
        except UnreadableError:
            continue
        if list(found) == [f"V{number}"] and not line.endswith("\\"):  # that would take the next line in
            chosen |= found
            lines.append(line)
    assert len(lines) > 2000
    assert bash_reads("\n".join(lines) + "\n", list(chosen), tmp_path) == chosen
