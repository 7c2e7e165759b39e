"""``inspect-plugin`` on folders as they are unpacked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.program import nbcluster

RABBITMQ = "@nocobase/plugin-queue-adapter-rabbitmq"
ADAPTER = """
"use strict";var a=process.env.QUEUE_ADAPTER_RABBITMQ_URL||"amqp://localhost";
const {APP_KEY:k, LOGGER_LEVEL = "info", notOne} = process.env; module.exports={a,k};
"""


def unpack(folder: Path, files: dict[str, str], manifest: object = None) -> Path:
    given = {"name": RABBITMQ, "version": "2.2.15"} if manifest is None else manifest
    for name, text in {"package.json": given if isinstance(given, str) else json.dumps(given), **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_names_that_the_server_code_reads(tmp_path: Path) -> None:
    folder = unpack(
        tmp_path,
        {
            "dist/server/adapter.js": ADAPTER,
            "dist/server/sub/other.js": "process.env['QUEUE_PREFIX'];process.env?.APP_NAME;process.env[`TZ`]",
            "dist/server/readme.md": "process.env.IN_PROSE",
            "dist/client/index.js": "process.env.IN_THE_BROWSER",
        },
    )
    found = nbcluster("inspect-plugin", folder, "--json")
    assert found.code == 0, found.err
    document = found.json()
    assert set(document["variables"]) == {
        "QUEUE_ADAPTER_RABBITMQ_URL",
        "APP_KEY",
        "LOGGER_LEVEL",
        "QUEUE_PREFIX",
        "APP_NAME",
        "TZ",
    }
    assert document["variables"]["QUEUE_PREFIX"] == ["dist/server/sub/other.js"]
    assert (document["name"], document["version"], document["files"]) == (RABBITMQ, "2.2.15", 2)
    assert document["queue_url_variable"] == "QUEUE_ADAPTER_RABBITMQ_URL"
    assert 'url_variable = "QUEUE_ADAPTER_RABBITMQ_URL"' in nbcluster("inspect-plugin", folder).out


def test_two_possible_names_are_no_answer(tmp_path: Path) -> None:
    folder = unpack(tmp_path, {"dist/server/index.js": "process.env.RABBITMQ_URL||process.env.AMQP_URL"})
    assert nbcluster("inspect-plugin", folder, "--json").json()["queue_url_variable"] is None


def test_a_folder_without_dist_is_read_itself(tmp_path: Path) -> None:
    folder = unpack(tmp_path, {"lib/index.cjs": "process.env.ONE"}, {"name": "x", "version": "1.0.0"})
    assert list(nbcluster("inspect-plugin", folder, "--json").json()["variables"]) == ["ONE"]


@pytest.mark.parametrize(
    ("manifest", "files", "code"),
    [
        ("{", {"dist/server/index.js": ""}, 5),
        ("[]", {"dist/server/index.js": ""}, 2),
        ({"name": "x"}, {"dist/server/index.js": ""}, 2),
        ({"name": "x", "version": "1"}, {"dist/client/index.js": "process.env.A"}, 5),
        ("[" * 100_000, {"dist/server/index.js": ""}, 5),
    ],
)
def test_what_is_no_plugin_is_refused(tmp_path: Path, manifest: object, files: dict[str, str], code: int) -> None:
    ended = nbcluster("inspect-plugin", unpack(tmp_path, files, manifest), "--json")
    assert ended.code == code
    assert str(tmp_path) in ended.out + ended.err
    assert "Traceback" not in ended.err


def test_a_folder_that_is_not_there_names_the_place_to_look(tmp_path: Path) -> None:
    ended = nbcluster("inspect-plugin", tmp_path / "none")
    assert ended.code == 2
    assert f"storage/plugins/{RABBITMQ}" in ended.err


def test_what_a_plugin_says_of_itself_cannot_draw_on_the_terminal(tmp_path: Path) -> None:
    folder = unpack(tmp_path, {"dist/server/i.js": "process.env.A"}, {"name": "x\x1b[2J", "version": "1\u202e"})
    out = nbcluster("inspect-plugin", folder).out
    assert "\x1b" not in out and "\u202e" not in out
