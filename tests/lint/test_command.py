"""``nbcluster lint``: exit codes, the document, the official samples, and files of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from nbcluster.catalogue import CHECKS
from nbcluster.lint.faults import FAULTS
from nbcluster.lint.pages import SAYS, catalogue, document
from tests.cli.program import nbcluster, tree
from tests.lint.sound import SOUND, compose, env, with_

FILES = Path(__file__).parent / "files"
REPOSITORY = Path(__file__).parents[2]
SAMPLE = {
    ("lint.redis-url.slashes", "LOCK_ADAPTER_REDIS_URL"),
    ("lint.lock-adapter", "LOCK_ADAPTER_DEFAULT"),
    ("lint.image-version", ""),
    ("lint.queue-adapter", "QUEUE_ADAPTER"),
    ("lint.worker-id-absent", "REDIS_URL"),
    ("lint.app-key-absent", "APP_KEY"),
    ("lint.aes-key-absent", "APP_AES_SECRET_KEY"),
    ("lint.secret-in-configmap", "DB_PASSWORD"),
    ("lint.secret-in-configmap", "NOCOBASE_PKG_PASSWORD"),
    ("lint.deprecated", "NOCOBASE_PKG_USERNAME"),
    ("lint.deprecated", "NOCOBASE_PKG_PASSWORD"),
}


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("chart-values.yaml", set()),
        (
            "kubernetes-page.yaml",
            {(f"lint.{name}", "") for name in ("api-version", "liveness", "nodes-storage", "rolling-update")},
        ),
    ],
)
def test_the_official_samples_come_out_with_their_faults(name: str, more: set[tuple[str, str]]) -> None:
    ended = nbcluster("lint", "--json", FILES / name)
    assert ended.code == 3 and ended.err == ""
    report = ended.json()
    targets = [(result["id"], result["target"].removeprefix(str(FILES / name)).partition(" ")) for result in report["results"]]
    assert {(fault, variable) for fault, (_line, _blank, variable) in targets} == SAMPLE | more
    text = (FILES / name).read_text().splitlines()
    for fault, (line, _blank, variable) in targets:
        absent = variable and not any(row.strip().startswith(f"{variable}:") for row in text)
        assert (line == "") is bool(absent), fault
        if line and variable:
            assert text[int(line[1:]) - 1].strip().startswith(f"{variable}:")
    assert "chart-password-1" not in ended.out and "licensee-word" not in ended.out and "page-password-1" not in ended.out


def test_the_document_has_the_shape_of_a_report(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(env(with_(REDIS_URL=None, LOGGER_BASE_PATH="logs")))
    report = nbcluster("lint", ".env", "--json", folder=tmp_path).json()
    assert list(report) == ["schema", "tool", "started", "elapsed_ms", "results", "counts"]
    assert report["counts"] == {"ok": 0, "warn": 1, "fail": 1, "error": 0, "skip": 0}
    assert [(r["id"], r["target"], r["from"], r["status"]) for r in report["results"]] == [
        ("lint.worker-id-absent", ".env REDIS_URL", "file", "fail"),
        ("lint.unread-name", ".env:20 LOGGER_BASE_PATH", "file", "warn"),
    ]
    assert all(set(r) == {"id", "target", "from", "status", "summary", "detail", "hint", "elapsed_ms"} for r in report["results"])


def test_exit_codes(tmp_path: Path) -> None:
    (tmp_path / "clean.env").write_text(env(SOUND))
    (tmp_path / "warned.env").write_text(env(with_(LOGGER_BASE_PATH="logs")))
    (tmp_path / "words.txt").write_text("nothing of the kind\n")
    assert nbcluster("lint", tmp_path / "clean.env").code == 0
    assert nbcluster("lint", tmp_path / "warned.env").code == 0
    assert nbcluster("lint").code == 2
    ended = nbcluster("lint", tmp_path / "words.txt", tmp_path / "absent.env", tmp_path / "clean.env", "--json")
    assert ended.code == 2
    assert [problem["path"] for problem in ended.json()["problems"]] == [str(tmp_path / "absent.env")]
    ended = nbcluster("lint", tmp_path / "words.txt", tmp_path / "clean.env", "--json")
    assert ended.code == 2 and ended.json()["problems"][0]["path"] == str(tmp_path / "words.txt")


def test_the_text_names_place_id_and_remedy(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(env(with_(LOCK_ADAPTER_REDIS_URL="redis:/redis.example:6379/2")))
    lines = nbcluster("lint", ".env", folder=tmp_path).out.splitlines()
    assert lines[0].startswith(".env: ") and lines[1].startswith(".env:17: FAIL LOCK_ADAPTER_REDIS_URL: ")
    assert lines[1].endswith("[lint.redis-url.slashes]") and "redis://" in lines[2] and len(lines) == 4


@pytest.mark.parametrize("name", ["official", "existing", "rabbitmq", "workers"])
def test_what_render_writes_is_clean(name: str, tmp_path: Path) -> None:
    for _time in (1, 2):
        assert nbcluster("render", "--answers", REPOSITORY / f"tests/answers/{name}.toml", "--out", tmp_path).code == 0
    files = [tmp_path / path for path in tree(tmp_path) if path.endswith(".env")]
    ended = nbcluster("lint", "--json", *files)
    assert files and ended.code == 0 and ended.json()["results"] == []


def test_the_pages_are_fresh_and_explained() -> None:
    for name, text in (("lint.md", document()), ("misconfigurations.md", catalogue())):
        assert (REPOSITORY / "docs" / name).read_text() == text, "run: python -m nbcluster.lint.pages"
    assert "lint.cut-at-hash" in nbcluster("explain", "lint").out
    assert "npm dotenv" in nbcluster("explain", "lint.cut-at-hash").out
    wrong = nbcluster("explain", "lint.cut-at-hsh")
    assert wrong.code == 2 and "lint.cut-at-hash" in wrong.err


def test_the_catalogue_names_what_finds_each_mistake() -> None:
    rows = [line.split(" | ") for line in catalogue().splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == len(FAULTS) + len(CHECKS) > 150 and all(len(row) == 3 for row in rows)
    assert set(SAYS) <= {check.pattern for check in CHECKS}


def test_what_is_not_judged_has_an_exit_code_and_words_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(compose(with_(REDIS_URL="${NOWHERE}")))
    ended = nbcluster("lint", "compose.yaml", folder=tmp_path)
    assert ended.code == 5 and "not judged" in ended.out and "nothing found" not in ended.out
    (result,) = nbcluster("lint", "compose.yaml", "--json", folder=tmp_path).json()["results"]
    assert (result["id"], result["status"], result["target"]) == ("lint.unread", "error", "compose.yaml:21")
    # what fails beats it
    (tmp_path / "compose.yaml").write_text(compose(with_(REDIS_URL="${NOWHERE}", TZ="nowhere")))
    assert nbcluster("lint", "compose.yaml", folder=tmp_path).code == 3


def test_strict_takes_warnings_for_failures(tmp_path: Path) -> None:
    (tmp_path / "warned.env").write_text(env(with_(LOGGER_BASE_PATH="logs")))
    (tmp_path / "clean.env").write_text(env(SOUND))
    assert [nbcluster("lint", "--strict", tmp_path / name).code for name in ("warned.env", "clean.env")] == [3, 0]


def test_a_node_alone_is_judged_as_one(tmp_path: Path) -> None:
    values = with_(DB_HOST="localhost", **dict.fromkeys(("REDIS_URL", "CACHE_DEFAULT_STORE", "QUEUE_ADAPTER", "TZ")))
    (tmp_path / ".env").write_text(env(values))
    assert nbcluster("lint", ".env", folder=tmp_path).code == 3
    alone = nbcluster("lint", ".env", "--single", folder=tmp_path)
    assert alone.code == 0 and nbcluster("lint", ".env", "--single", "--json", folder=tmp_path).json()["results"] == []


def test_the_standard_input_is_read(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "nbcluster", "lint", "-", "--json"],
        input=env(with_(TZ="nowhere")).encode(),
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 3 and b'"<stdin>:' in ended.stdout


@pytest.mark.parametrize("data", [b"\xff\xfe", b"A=" + b"x" * (4 << 20)])
def test_a_standard_input_that_is_no_text_is_refused(data: bytes, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nbcluster", "lint", "-"]
    ended = subprocess.run(command, input=data, capture_output=True, cwd=tmp_path, timeout=60, check=False)
    assert ended.returncode == 2 and b"<stdin>" in ended.stderr


def test_a_byte_order_mark_is_named_in_a_file_as_it_lies_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\ufeff" + env(SOUND))
    results = nbcluster("lint", ".env", "--json", folder=tmp_path).json()["results"]
    assert [(result["id"], result["target"]) for result in results] == [("lint.line-ends", ".env:1")]
    (tmp_path / "compose.yaml").write_text("\ufeff" + compose(SOUND))
    assert nbcluster("lint", "compose.yaml", "--json", folder=tmp_path).json()["results"] == []


def test_each_remedy_stands_once_and_the_worst_comes_first(tmp_path: Path) -> None:
    broken = {name: f"redis:/redis.example:6379/{n}" for n, name in ((2, "LOCK_ADAPTER_REDIS_URL"), (4, "REDIS_URL"))}
    (tmp_path / ".env").write_text(env(with_(LOGGER_BASE_PATH="x", **broken)))
    lines = nbcluster("lint", ".env", folder=tmp_path).out.splitlines()
    assert [line.split()[1] for line in lines[1:-1] if not line.startswith(" ")] == ["FAIL", "FAIL", "WARN"]
    assert sum(line.startswith(" ") for line in lines) == 2 and len(lines) == 7


SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "pattern": "^https://.*sarif-schema-2.1.0.json$"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results", "invocations"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "version", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription", "help"],
                                            "properties": {
                                                "shortDescription": {"$ref": "#/$defs/message"},
                                                "help": {"$ref": "#/$defs/message"},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["ruleId", "level", "message", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"$ref": "#/$defs/message"},
                                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
                            },
                        },
                    },
                    "invocations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {"type": "object", "required": ["message", "level"]},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
    "$defs": {
        "message": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string", "minLength": 1}},
        },
        "location": {
            "type": "object",
            "required": ["physicalLocation"],
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation"],
                    "properties": {
                        "artifactLocation": {
                            "type": "object",
                            "required": ["uri"],
                            "properties": {"uri": {"pattern": "^[^ ]+$"}},
                        },
                        "region": {"type": "object", "properties": {"startLine": {"type": "integer", "minimum": 1}}},
                    },
                }
            },
        },
    },
}
"""What SARIF 2.1.0 (OASIS) requires of the parts that are written."""


def test_the_document_of_code_scanning_is_sarif(tmp_path: Path) -> None:
    (tmp_path / "my compose.yaml").write_text(
        compose(with_(TZ="nowhere", REDIS_URL="${NOWHERE}", LOGGER_BASE_PATH="x", APP_KEY=None))
    )
    ended = nbcluster("lint", "my compose.yaml", "--sarif", folder=tmp_path)
    document = ended.json()
    Draft202012Validator(SARIF).validate(document)
    (run,) = document["runs"]
    assert ended.code == 3 and {result["ruleId"] for result in run["results"]} == {
        "lint.time-zone",
        "lint.unread-name",
        "lint.app-key-absent",
    }
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"lint.unread", *(fault.id for fault in FAULTS)}
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20compose.yaml"
    assert run["invocations"][0]["executionSuccessful"] is False and run["invocations"][0]["toolExecutionNotifications"]


def _uris(folder: Path, *names: str | bytes, environment: dict[str, str] | None = None) -> set[str]:
    words = [sys.executable, "-m", "nbcluster", "lint", "--sarif", *names]
    ended = subprocess.run(
        words, capture_output=True, cwd=folder, env={**os.environ, **(environment or {})}, timeout=60, check=False
    )
    assert ended.returncode == 3, ended.stderr
    document = json.loads(ended.stdout.decode("utf-8"))
    Draft202012Validator(SARIF).validate(document)
    (run,) = document["runs"]
    places = (each["locations"][0] for each in (*run["results"], *run["invocations"][0].get("toolExecutionNotifications", ())))
    return {place["physicalLocation"]["artifactLocation"]["uri"] for place in places}


_BAD = "APP_KEY=short\nDB_DIALECT=postgres\n"


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        (b"caf\xe9 \xff.env", "caf%E9%20%FF.env"),
        ("中 文.env".encode(), "%E4%B8%AD%20%E6%96%87.env"),
        (b"two\nlines\x1b.env", "two%0Alines%1B.env"),
        (b"a%41:b#c?.env", "a%2541%3Ab%23c%3F.env"),
    ],
)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_the_address_of_a_file_has_the_bytes_of_its_name(tmp_path: Path, name: bytes, uri: str, locale: str) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(_BAD)
    assert _uris(tmp_path, name, environment={"LC_ALL": locale}) == {uri}
    assert _uris(tmp_path, os.fsencode(tmp_path) + b"/" + name) == {f"file://{quote(str(tmp_path))}/{uri}"}


def test_the_address_of_a_file_that_another_one_names_has_its_bytes_too(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    (folder / "compose.yaml").write_text("services: {app: {image: nocobase/nocobase, env_file: 'of\u200bapp.env'}}\n", "utf-8")
    (folder / "of\u200bapp.env").write_text(_BAD)
    assert _uris(tmp_path, b"\xff/compose.yaml") == {"%FF/compose.yaml", "of%E2%80%8Bapp.env"}


def test_annotations_of_github_are_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "a,b.env").write_text(env(with_(TZ="nowhere", LOGGER_BASE_PATH="x", APP_KEY=None)))
    lines = nbcluster("lint", "a,b.env", "--github", folder=tmp_path).out.splitlines()
    assert [line.split(",title=")[0] for line in lines] == [
        "::error file=a%2Cb.env,line=1",
        "::error file=a%2Cb.env,line=6",
        "::warning file=a%2Cb.env,line=20",
    ]
    (tmp_path / "c.yaml").write_text(compose(with_(REDIS_URL="${NOWHERE}")))
    (line,) = nbcluster("lint", "c.yaml", "--github", folder=tmp_path).out.splitlines()
    assert line.startswith("::error file=c.yaml,line=21,title=lint.unread::")


def test_one_form_of_output_at_a_time(tmp_path: Path) -> None:
    assert nbcluster("lint", "x.env", "--json", "--sarif", folder=tmp_path).code == 2


def test_a_configuration_is_read_with_the_files_that_it_includes(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "nginx.conf").write_text("events {}\nhttp {\n  include sites/*.conf;\n}\n")
    (tmp_path / "sites/a.conf").write_text("server { location / { proxy_pass http://10.0.0.1:13000; } }\n")
    report = nbcluster("lint", "nginx.conf", "--json", folder=tmp_path).json()
    assert report["counts"]["error"] == 0
    assert {result["target"] for result in report["results"] if result["status"] == "fail"} == {f"{tmp_path}/sites/a.conf:1"}
    # what else may be set is not known where a folder is not there
    (tmp_path / "nginx.conf").write_text("events {}\nhttp {\n  include sites/*.conf;\n  include elsewhere/*.conf;\n}\n")
    ended = nbcluster("lint", "nginx.conf", folder=tmp_path)
    assert ended.code == 5 and "elsewhere/*.conf" in ended.out
