"""The Markdown of the documents as HTML: CommonMark with tables, in which raw HTML stays text and nothing is a link or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from nbcluster.text.clean import made_visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

_OFF = ("autolink", "blockquote", "code", "hr", "html_block", "html_inline", "image", "lheading", "link", "reference")
"""Rules that the documents do not use and a value in them could trigger."""

_BOXES = {"[ ] ": "☐ ", "[x] ": "☑ "}


def converted(text: str, level: int = 0) -> str:
    """Return headings, paragraphs, lists, tables and fenced blocks as HTML; headings go down by ``level``, to 6 at most."""
    parser = _parser()
    tokens = parser.parse(made_visible(text, lines=True))
    for at, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + level)}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "list_item_open" and tokens[at + 1].type == "paragraph_open":
            _begin_item(*tokens[at + 1 : at + 4])
    return str(parser.renderer.render(tokens, parser.options, {})).strip()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(_OFF)
    parser.add_render_rule("fence", _code)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _begin_item(opening: Token, line: Token, closing: Token) -> None:
    """Let an item begin with its words, not with a paragraph, and show a tick box where the item has one."""
    opening.hidden = closing.hidden = True
    first = line.children[0] if line.children else None
    if first is not None and first.content[:4] in _BOXES:
        first.content = _BOXES[first.content[:4]] + first.content[4:]


def _code(_self: RendererProtocol, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[at].content.rstrip(chr(10)))}</code></pre>\n'


def _table_open(*_about: Any) -> str:
    return '<div class="wide"><table>\n'


def _table_close(*_about: Any) -> str:
    return "</table></div>\n"
