"""The tutorial works: its demo is fixed by the text it says to type, and its commands succeed in order."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import tomlkit

from tests.cli.program import nbcluster
from tests.packaging.test_docs import REPOSITORY, arguments_of, shell_lines
from tests.pty.terminal import terminal

TUTORIALS = [REPOSITORY / "docs/tutorial.md", REPOSITORY / "docs/zh-CN/tutorial.md"]
HERE = {"render", "lint", "explain"}
"""Commands of the tutorial that contact nobody."""


def test_the_demo_is_repaired_by_the_address_that_it_gives(tmp_path: Path) -> None:
    addresses = {address for path in TUTORIALS for address in re.findall(r"`(redis://\S+)`", path.read_text("utf-8"))}
    (address,) = addresses
    with terminal("demo", folder=tmp_path) as shown:
        shown.wait_for("step 1 of 12")
        shown.settle()
        shown.press("f8")
        shown.wait_for("step 5 of 12")
        shown.wait_for("1 failed")
        shown.press("enter")
        shown.wait_for("step 3 of 12")
        shown.settle()
        shown.press(address)
        shown.settle()
        shown.press("f8")
        shown.wait_for("step 5 of 12")
        shown.wait_for("0 failed")
        shown.press("f8")
        shown.wait_for("step 11 of 12")
        shown.press("ctrl+q")
        assert shown.ended() == 0


@pytest.mark.parametrize("path", TUTORIALS, ids=["en", "zh"])
def test_its_commands_end_well(path: Path, tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "examples/new-cluster.toml", tmp_path / "prod.toml")
    lines = shell_lines(path)
    (exported,) = (line for line in lines if line.startswith("export "))
    values = dict(word.split("=", 1) for word in shlex.split(exported)[1:])
    renders = 0
    for words in filter(None, map(arguments_of, lines)):
        if words[0] not in HERE:
            continue
        if "--diff" in words:
            document = tomlkit.parse((tmp_path / "prod.toml").read_text("utf-8"))
            document["nodes"].append({"name": "node4", "host": "172.31.0.4"})
            (tmp_path / "prod.toml").write_text(tomlkit.dumps(document), "utf-8")
        ended = nbcluster(*words, environment=values, folder=tmp_path)
        assert ended.code == 0, (words, ended.err)
        renders += words[0] == "render"
    assert renders == 4
    assert "node4" in (tmp_path / "prod-cluster/SUMMARY.md").read_text("utf-8")
    assert list((tmp_path / "prod-cluster/backups").iterdir())
