"""Makes docs/env-files.md: what each reader takes from one line, and the line it needs, found by running the readers.

``python -m tests.env.table`` writes the page. npm dotenv and bash are the real programs, the others their models.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dotenv.parser import parse_stream

from nbcluster.env import LINE_READERS, Reader, UnreadableError, UnrepresentableError, assign, read
from tests.env.real import bash_reads
from tests.services.dotenv import NodeDotenv, node_dotenv_package

PAGE = Path(__file__).parents[2] / "docs" / "env-files.md"
LINES = (
    *(
        "A=pa#ss",
        "A=pa #ss",
        "A='pa#ss'",
        "A=pa$ss",
        "A=x${HOME}y",
        "A='pa$ss'",
        "A=it's",
        "A='it\\'s'",
        'A="say\\"hi"',
        "A=a\\b",
    ),
    *('A="a\\nb"', 'A="a\\\\b"', "A=a`b", "A=`a'b\"c`", "A=two words", "A= x ", "A=p;q", 'A="two\nlines"', "export A=1", "A: 1"),
)
VALUES = {
    "letters, digits and `. _ - / : @ % + , = ! *`": "aZ9._-/:@%+,=!*",
    "`#`": "pa#ss",
    "blank": "two words",
    "blank at the end": "end ",
    "`$`": "pa$ss",
    "`'`": "it's",
    '`"`': 'say "hi"',
    "backquote": "a`b",
    "`\\`": "a\\b",
    "`\\` at the end": "end\\",
    "`\\n`, two characters": "a\\nb",
    "`;` `&` `\\|`": "a;b&c|d",
    "`(` `)` `<` `>`": "(a)<b>",
    "`~` at the start": "~a",
    "line feed": "a\nb",
    "carriage return": "a\rb",
    "`'` `\"` backquote `#`": "'\"`#",
    "`'` and `\"`": "'a\"",
    "beyond ASCII": "密码é😀",
    "other control character": "a\x07b",
}
_HEAD = """# Env files and who reads them

The same text means different things to different programs. `nbcluster` writes the bare form `NAME=value` wherever every reader takes it
as it stands, another form for each reader where they differ, and refuses a value that a reader cannot have. Every file is parsed back
before it is called good.

What to do with a refused value: in an address, percent-encode it (`#` is `%23`); choose another password. Letters, digits and
`. _ - / : @ % + , = ! *` are safe everywhere.

npm dotenv, bash and python-dotenv were run for these tables; the other readers are models that are tested against their documentation.
`docker --env-file` stands for compose's `env_file` with `format: raw`, too. `make env-files` writes this page.
"""

_PYTHON = (
    "python-dotenv (without interpolation) stands here to compare: no node reads with it, and nothing is written for it, but the file "
    "of `--secrets` is read with it."
)


def page() -> str:
    """Return the page; starts node and bash."""
    node = node_dotenv_package()
    with tempfile.TemporaryDirectory() as folder:
        parts = [_HEAD, _values(), _lines(node, Path(folder))]
    return "\n".join(parts)


def common(name: str, value: str, readers: Iterable[Reader] = LINE_READERS) -> str | None:
    """Return the one line that all these readers take as this value, or None where each needs its own."""
    line = f"{name}={value}"
    try:
        return line if all(read(reader, f"{line}\n") == {name: value} for reader in readers) else None
    except UnreadableError:
        return None


def _values() -> str:
    rows = [["value with", *(reader.value for reader in Reader)]]
    for title, value in VALUES.items():
        shared = common("A", value)
        row = [title]
        for reader in Reader:
            try:
                line = assign("A", value, reader)
            except UnrepresentableError:
                row.append("**refused**")
            else:
                row.append(_code(line) if shared is None or reader is Reader.KUBERNETES else f"{_code(line)} for all")
        rows.append(row)
    return "## What is written\n\n" + _table(rows)


def _lines(node: NodeDotenv, folder: Path) -> str:
    readers = [reader for reader in Reader if reader is not Reader.KUBERNETES]
    rows = [["line in the file", *(reader.value for reader in readers), "python-dotenv"]]
    for line in LINES:
        rows.append([_code(line), *(_taken(reader, line, node, folder) for reader in readers), _python_takes(line)])
    return "## What a line means\n\nA Kubernetes Secret is YAML and has no lines of this kind. " + _PYTHON + "\n\n" + _table(rows)


def _taken(reader: Reader, line: str, node: NodeDotenv, folder: Path) -> str:
    try:
        value = read(reader, f"{line}\n").get("A")
    except UnreadableError as fault:
        return f"*{fault}*"
    if value is None:
        return "*nothing*"
    real = {
        Reader.DOTENV: lambda: node.parse(line, folder)["A"],
        Reader.BASH: lambda: bash_reads(f"{line}\n", ["A"], folder)["A"],
    }
    if reader in real:
        value = real[reader]()
    return _code(value)


def _python_takes(line: str) -> str:
    bindings = list(parse_stream(io.StringIO(f"{line}\n")))
    if any(binding.error for binding in bindings):
        return "*no line of its kind*"
    value = next((binding.value for binding in bindings if binding.key == "A"), None)
    return "*nothing*" if value is None else _code(value)


def _code(text: str) -> str:
    shown = text.replace("\n", "⏎").replace("\r", "␍").replace("\x07", "␇").replace("|", "\\|")
    if not shown:
        return "*empty*"
    if "`" in shown:
        return f"`` {shown} ``"
    return f"`{shown}`"


def _table(rows: list[list[str]]) -> str:
    head, *rest = rows
    lines = [head, ["---"] * len(head), *rest]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') if '`' not in cell else cell for cell in row)} |\n" for row in lines
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
