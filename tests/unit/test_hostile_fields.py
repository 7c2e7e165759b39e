"""No text breaks a field: it is accepted or refused with a message, and the wizard goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.errors import NbclusterError
from nbcluster.steps import STEPS, fields_by_path, tables_by_path
from nbcluster.wizard import Wizard, fresh_session

TEXTS = {
    "unknown user": "~no-such-user/x",
    "nul": "a\0b",
    "long": "n" * 300,
    "digits": "9" * 5000,
    "surrogate": "\udcff",
    "device": "/dev/zero",
    "brackets": "[" * 3000,
    "at signs": "postgres://" + "@" * 3000,
    "colons": ":" * 3000,
    "open url": "postgres://u:hunter2",
    "queries": "postgres://h/n?" + "a=b&" * 3000,
    "slashes": "redis:/" + "/" * 3000,
    "address": "[::1]:99999",
    "marks": "{}%s{0}{path}",
    "escape": "\x1b]52;c;YQ==\x07",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_field_and_cell_takes_or_refuses_it(text: str) -> None:
    for path, field in fields_by_path().items():
        run = Wizard(fresh_session("test"), None)
        if not run.change_text(field, text):
            for step in STEPS:
                run.problems(step)
            run.lines(run.step("start"))
            run.targets()
            run.topology()
        assert run.shown(field) is not None, path
    for table in tables_by_path().values():
        run = Wizard(fresh_session("test"), None)
        run.change("app.deployment", "host")
        run.add_row(table)
        for column in table.columns:
            run.change_cell(table, 0, column, text)
        run.paste_rows(table, text)
        run.paste_rows(table, f"{text}\n{text},{text}\n")
        run.all_problems()


def test_an_import_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    run = Wizard(fresh_session("test"), None)
    for name in ("~no-such-user/.env", "n" * 300, "a\0b", "/dev/zero", str(tmp_path)):
        before = run.answers
        with pytest.raises(NbclusterError) as caught:
            run.import_file(Path(name))
        assert [problem.path for problem in caught.value.problems] == ["app.base_env"] and run.answers == before


@pytest.mark.parametrize("path", ["app.base_env", "export.directory", "tls.ca_file"])
@pytest.mark.parametrize("text", ["~no-such-user/x", "n" * 300])
def test_what_cannot_be_a_path_is_refused_where_it_is_typed(path: str, text: str) -> None:
    run = Wizard(fresh_session("test"), None)
    before = run.answers
    assert run.change_text(run.answers.fields[path], text) and run.answers == before
