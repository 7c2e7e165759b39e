"""Columns of a terminal: wide and combining characters, and where a line may end."""

from __future__ import annotations

import pytest

from nbcluster.text.layout import pad, sentences, width_of, wrap


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("集群", 4), ("e\u0301", 1), ("\u200b", 0), ("❤️", 2), ("🟢 ok", 5)]
)
def test_the_columns_that_a_text_takes(text: str, columns: int) -> None:
    assert width_of(text) == columns
    assert width_of(pad(text, 9)) == 9


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("The network said: No route to host", "Check routes."), "The network said: No route to host. Check routes."),
        (("解析器返回：Name or service not known", "请检查拼写。"), "解析器返回：Name or service not known。请检查拼写。"),
        (("Whole.", "", "Next."), "Whole. Next."),
        (("整句。", "下一句。"), "整句。下一句。"),
        (("alone",), "alone"),
    ],
)
def test_sentences_end_before_the_next_one(parts: tuple[str, ...], text: str) -> None:
    assert sentences(*parts) == text


@pytest.mark.parametrize("width", range(10, 30))
def test_no_line_begins_with_the_end_of_a_sentence(width: int) -> None:
    text = "正常运行的节点，既不安装，也不升级：那是 first-boot 的事。请检查拼写，然后（在该节点上）再运行 `nbcluster verify`。"
    lines = wrap(text, width).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line) <= width + 2 for line in lines)
    assert not [line for line in lines if line[0] in "，。：）"]
