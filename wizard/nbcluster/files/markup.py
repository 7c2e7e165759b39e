"""Text from outside in Markdown: escaped so that it forms no link, image, heading, table cell or HTML, and stays readable."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LIVE = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w)|(?i:(?<=http:)|(?<=https:)|(?<=ftp:))/(?=/)|(?<=www)\.")
"""Characters with a meaning in CommonMark, in GitHub's tables and strikethrough, or in bare addresses."""

_ADDRESS = re.compile(r"[`@]|//")


def code(text: str, *, in_table: bool = False) -> str:
    """Return a text as code, whatever backticks it holds; a bar would end a cell of a table also within code."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    blank = " " if text.startswith("`") or text.endswith("`") else ""
    shown = text.replace("|", "\\|") if in_table else text
    return f"{fence}{blank}{shown}{blank}{fence}"


def cell(text: str) -> str:
    """Return a value for a cell of a table: as it is where nothing in it is live, else as code."""
    text = " ".join(text.split())
    return text if prose(text) == text and not _ADDRESS.search(text) else code(text, in_table=True)


def prose(text: str) -> str:
    """Return a sentence in which a value may stand; what the sentence itself sets between backticks stays code."""
    text = " ".join(text.split())
    out, at = [], 0
    for found in _CODE.finditer(text):
        out += [_escaped(text[at : found.start()]), found[0]]
        at = found.end()
    return re.sub(r"^(\d+)([.)])|^([-+=#])", _first, "".join((*out, _escaped(text[at:]))))


def _escaped(text: str) -> str:
    return _LIVE.sub(lambda sign: f"\\{sign[0]}", text)


def _first(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"
