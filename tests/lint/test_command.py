"""``nbcluster lint``: exit codes, the document, the official samples, and files of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.lint.pages import document
from tests.cli.program import nbcluster, tree
from tests.lint.sound import SOUND, env, with_

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


def test_the_page_is_fresh_and_explained() -> None:
    assert (REPOSITORY / "docs/lint.md").read_text() == document(), "run: python -m nbcluster.lint.pages"
    assert "lint.cut-at-hash" in nbcluster("explain", "lint").out
    assert "npm dotenv" in nbcluster("explain", "lint.cut-at-hash").out
    wrong = nbcluster("explain", "lint.cut-at-hsh")
    assert wrong.code == 2 and "lint.cut-at-hash" in wrong.err
