"""Comments of env files in the language of the documents; those of an existing file are translated line by line.

Lines that the program finds again begin with ``# nbcluster:WORD``, which is the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nbcluster.env import RAW_MARK, Block, Reader, assignments, docker_assignments, is_raw, without_raw_mark
from nbcluster.facts import RETIRED
from nbcluster.files.variables import REASONS, THIS_NODE
from nbcluster.text import LANGUAGES, N_, _, using

HEAD = N_("The same on every node. Written by nbcluster: run it again rather than edit the variables that it sets.")
NODE_HEAD = N_("Complete file of node {name}: it stands there as .env. Written by nbcluster like the common one.")
RAW = N_("as docker run --env-file reads it: quotes, # and $ are a part of the values")
LEFT_OUT = N_("left out, the key file on the share decides")

_REASON = "# nbcluster: "
_LEFT_OUT_LINE = r"^# nbcluster:(?:left-out {name}:| {name}: left out)[^\r\n]*(\r?\n)"


def head() -> str:
    """Return the first line of the common file in the active language."""
    return f"# {_in_one_line(HEAD)}\n"


def node_head(name: str) -> str:
    """Return the first line of a node's own file in the active language."""
    return f"# {_in_one_line(NODE_HEAD).format(name=name)}\n"


def raw_mark() -> str:
    """Return the line that tells lint and users how docker reads a file."""
    return f"{RAW_MARK} {_in_one_line(RAW)}\n"


def left_out(name: str) -> str:
    """Return the line that tells lint and users that a key is left out on purpose."""
    return f"# nbcluster:left-out {name}: {_in_one_line(LEFT_OUT)}"


def with_left_out(text: str, keys: Mapping[str, object]) -> str:
    """Return a file with such a line for each key without a value, and without one for each other; twice changes nothing."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    for name, value in keys.items():
        found = re.compile(_LEFT_OUT_LINE.format(name=re.escape(name)), re.MULTILINE)
        line = left_out(name)
        if value is not None:
            text = found.sub("", text)
        elif found.search(text):
            text = found.sub(lambda each, line=line: f"{line}{each[1]}", text)  # type: ignore[misc]
        else:
            text += line + line_end
    return text


def translated(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks with their titles and comments in the active language."""
    return tuple(
        Block(_in_one_line(block.title), tuple((name, value, _in_one_line(said)) for name, value, said in block.entries))
        for block in blocks
    )


def reasons(gone: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons why variables are removed, in the active language."""
    return {name: _in_one_line(reason) for name, reason in gone.items()}


def in_the_language(text: str, reader: Reader, blocks: Sequence[Block]) -> str:
    """Return a file that this program wrote with its own comments in the active language; all other lines stay as they are.

    A line of somebody else's that is one of these sentences is taken for it. Lines within a value are none.
    """
    sentences = _sentences(blocks)
    within = _lines_of_values(text, reader)
    out = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        bare = line.rstrip("\r\n")
        out.append(line if number in within or bare not in sentences else _again(*sentences[bare]) + line[len(bare) :])
    text = "".join(out)
    if not is_raw(text):
        return text
    return without_raw_mark(text, raw_mark())


def _again(prefix: str, message: str) -> str:
    return f"{prefix}{_in_one_line(message)}"


def _sentences(blocks: Sequence[Block]) -> dict[str, tuple[str, str]]:
    """Return every line that a comment of ours may be, in any language, with its sign and its message id."""
    comments = [said for block in blocks for said in (block.title, *(entry[2] for entry in block.entries)) if said]
    lines = [("# ", said) for said in (HEAD, THIS_NODE, *comments)] + [(_REASON, said) for said in (*REASONS, *RETIRED.values())]
    out: dict[str, tuple[str, str]] = {}
    for code in LANGUAGES:
        with using(code):
            for prefix, message in lines:
                out.setdefault(f"{prefix}{_in_one_line(message)}", (prefix, message))
    return out


def _lines_of_values(text: str, reader: Reader) -> set[int]:
    """Return the numbers of the lines that an assignment reaches into; docker's lines hold one each."""
    if reader is Reader.DOCKER or is_raw(text):
        return {found.line for found in docker_assignments(text)}
    unified = text.replace("\r\n", "\n")
    within: set[int] = set()
    for found in assignments(unified):
        within |= set(range(unified.count("\n", 0, found.start) + 1, unified.count("\n", 0, found.end) + 2))
    return within


def _in_one_line(message: str) -> str:
    return " ".join(_(message).split("\n"))
