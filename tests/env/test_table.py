"""docs/env-files.md is what the readers do."""

from __future__ import annotations

from tests.env.table import PAGE, page


def test_the_page_is_what_the_readers_do() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: make env-files"
