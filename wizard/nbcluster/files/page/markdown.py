"""The little of Markdown that the papers use, as HTML that is closed whatever the text says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from nbcluster.text.clean import clean

_SPAN = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_ITEM = re.compile(r"(?:- (\[[ x]\] )?|\d+\. )(.*)")


def inline(text: str) -> str:
    """Return one line with its code and its emphasis."""
    text = clean(text, len(text))
    out, at = [], 0
    for found in _SPAN.finditer(text):
        out.append(escape(text[at : found.start()]))
        out.append(f"<code>{escape(found[1])}</code>" if found[1] else f"<strong>{escape(found[2])}</strong>")
        at = found.end()
    return "".join(out) + escape(text[at:])


def converted(text: str, level: int = 0) -> str:
    """Return headings, paragraphs, lists, tables and fenced blocks as HTML; headings go down by ``level``."""
    return "\n".join(_blocks(text.split("\n"), level))


def _blocks(lines: list[str], level: int) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        begin = at
        at += 1
        if line.startswith("```"):
            while at < len(lines) and not lines[at].startswith("```"):
                at += 1
            yield _code(lines[begin + 1 : at])
            at += 1
        elif heading := re.match(r"(#{1,4}) (.*)", line):
            number = min(6, len(heading[1]) + level)
            yield f"<h{number}>{inline(heading[2])}</h{number}>"
        elif line.startswith("|"):
            at = _while(lines, at, lambda text: text.startswith("|"))
            yield _table(lines[begin:at])
        elif _ITEM.match(line):
            at = _while(lines, at, lambda text: bool(_ITEM.match(text)))
            yield _list(lines[begin:at])
        elif line.strip():
            at = _while(lines, at, lambda text: bool(text.strip()) and not re.match(r"```|#|\||- |\d+\. ", text))
            yield f"<p>{inline(' '.join(lines[begin:at]))}</p>"


def _while(lines: list[str], at: int, holds: Callable[[str], bool]) -> int:
    while at < len(lines) and holds(lines[at]):
        at += 1
    return at


def _code(lines: list[str]) -> str:
    text = "\n".join(lines)
    return f'<pre tabindex="0"><code>{escape(clean(text, len(text), lines=True))}</code></pre>'


def _list(lines: list[str]) -> str:
    kind = "ul" if lines[0].startswith("-") else "ol"
    items = [found for found in map(_ITEM.match, lines) if found]
    marks = {"[x] ": "☑ ", "[ ] ": "☐ "}
    inner = "".join(f"<li>{marks.get(found[1] or '', '')}{inline(found[2])}</li>" for found in items)
    return f"<{kind}>{inner}</{kind}>"


def _table(lines: list[str]) -> str:
    rows = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])] for line in lines]
    head = "".join(f'<th scope="col">{inline(cell)}</th>' for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[2:])
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
