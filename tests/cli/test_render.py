"""``render``: the whole set, reproducible, never half written, keys kept."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from nbcluster.env import read_dotenv
from tests.cli.program import nbcluster, tree, unsalted
from tests.services.dotenv import NodeDotenv
from tests.services.nginx import Nginx
from tests.unit.scenarios import ANSWERS, official_text

SCENARIOS = sorted(ANSWERS.glob("*.toml"))
ON_HOSTS = [path for path in SCENARIOS if path.stem != "kubernetes"]
OFFICIAL = ANSWERS / "official.toml"
PAGE = {
    "CACHE_DEFAULT_STORE": "redis",
    "CACHE_REDIS_URL": "redis://10.0.0.5:6379/0",
    "PUBSUB_ADAPTER_REDIS_URL": "redis://10.0.0.5:6379/1",
    "LOCK_ADAPTER_DEFAULT": "redis",
    "LOCK_ADAPTER_REDIS_URL": "redis://10.0.0.5:6379/2",
    "QUEUE_ADAPTER": "redis",
    "QUEUE_ADAPTER_REDIS_URL": "redis://10.0.0.5:6379/3",
    "REDIS_URL": "redis://10.0.0.5:6379/4",
    "APP_ENV": "production",
    "APP_KEY": "0123456789abcdef" * 4,
    "APP_AES_SECRET_KEY": "fedcba9876543210" * 4,
    "TZ": "UTC",
    "STORAGE_PATH": "/srv/nocobase/storage",
    "DB_DIALECT": "postgres",
    "DB_HOST": "10.0.0.6",
    "DB_PASSWORD": "s3cret-of-the-database",
    "APPEND_PRESET_BUILT_IN_PLUGINS": "pubsub-adapter-redis,lock-adapter-redis,queue-adapter-redis,workerid-allocator-redis",
}
"""The variables of the official example, and the keys that its page leaves out."""


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_the_official_example_has_every_variable_as_node_reads_it(tmp_path: Path, node_dotenv: NodeDotenv) -> None:
    assert nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "out").code == 0
    variables = node_dotenv.read(tmp_path / "out" / ".env")
    assert {name: variables.get(name) for name in PAGE} == PAGE
    assert "CLUSTER_MODE" not in variables and "WORKER_MODE" not in variables


@pytest.mark.parametrize("answers", SCENARIOS, ids=lambda p: p.stem)
def test_a_second_run_changes_nothing(answers: Path, tmp_path: Path) -> None:
    first = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--json")
    assert first.code == 0, first.err
    before = tree(tmp_path / "out")
    assert set(first.json()["written"]) | {"manifest.json"} >= set(before) - {"manifest.json", ".nbcluster-baseline.json"}
    again = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--json").json()
    assert again["written"] == [] and again["removed"] == []
    assert tree(tmp_path / "out") == before
    assert nbcluster("render", "--answers", answers, "--out", tmp_path / "other").code == 0
    assert unsalted(tmp_path / "other") == {path: data for path, data in before.items() if path != ".nbcluster-baseline.json"}


@pytest.mark.parametrize("answers", ON_HOSTS, ids=lambda p: p.stem)
def test_node_reads_each_env_file_as_it_was_meant(answers: Path, tmp_path: Path, node_dotenv: NodeDotenv) -> None:
    assert nbcluster("render", "--answers", answers, "--out", tmp_path).code == 0
    for path in (tmp_path / ".env", *tmp_path.glob("nodes/*.env")):
        assert node_dotenv.read(path) == read_dotenv(path.read_text("utf-8"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("answers", ON_HOSTS, ids=lambda p: p.stem)
def test_nginx_accepts_the_snippet_and_it_names_the_serving_nodes(answers: Path, tmp_path: Path, nginx_binary: Nginx) -> None:
    assert nbcluster("render", "--answers", answers, "--out", tmp_path).code == 0
    snippet = tmp_path / "nginx" / "nocobase.conf"
    if 'kind = "none"' in answers.read_text("utf-8"):
        assert not snippet.exists()
        return
    text = snippet.read_text("utf-8")
    assert "10.0.1.3" not in text
    if "ssl_certificate" not in text:
        verdict = nginx_binary.test(text)
        assert verdict.ok, verdict.output


def test_generated_keys_are_made_once(tmp_path: Path) -> None:
    answers = write(
        tmp_path / "a.toml", official_text({"app.key": "generate", "app.aes_key": "generate", "admin.password": "generate"})
    )
    assert nbcluster("render", "--answers", answers, "--out", tmp_path / "out").code == 0
    first = read_dotenv((tmp_path / "out" / ".env").read_text())
    assert (
        len(first["APP_KEY"]) >= 32
        and len(bytes.fromhex(first["APP_AES_SECRET_KEY"])) == 32
        and len(first["INIT_ROOT_PASSWORD"]) >= 16
    )
    changed = write(
        tmp_path / "b.toml",
        official_text({"app.key": "generate", "app.aes_key": "generate", "admin.password": "generate", "app.port": 13001}),
    )
    assert nbcluster("render", "--answers", changed, "--out", tmp_path / "out").code == 0
    second = read_dotenv((tmp_path / "out" / ".env").read_text())
    assert second["APP_PORT"] == "13001"
    assert {n: second[n] for n in ("APP_KEY", "APP_AES_SECRET_KEY", "INIT_ROOT_PASSWORD")} == {
        n: first[n] for n in ("APP_KEY", "APP_AES_SECRET_KEY", "INIT_ROOT_PASSWORD")
    }


def test_an_existing_file_keeps_its_comments_order_and_unknown_variables(tmp_path: Path, node_dotenv: NodeDotenv) -> None:
    assert nbcluster("render", "--answers", ANSWERS / "existing.toml", "--out", tmp_path).code == 0
    text = (tmp_path / ".env").read_text("utf-8")
    assert (
        text.startswith("# our first server, 2023\n") and "# mail relay of the house\nSMTP_RELAY_HOST=mail.example.com\n" in text
    )
    variables = node_dotenv.read(tmp_path / ".env")
    assert variables["WORKFLOW_LOOP_LIMIT"] == "500" and variables["TZ"] == "Asia/Shanghai"
    assert "APP_KEY" not in variables and "APP_AES_SECRET_KEY" not in variables and "INIT_ROOT_PASSWORD" not in variables


def test_rule_errors_stop_it_with_every_key_path_and_nothing_written(tmp_path: Path) -> None:
    answers = write(
        tmp_path / "a.toml",
        official_text({"redis.lock": "redis://10.0.0.5:6379/0", "app.aes_key": "ab", "license.confirmed": []}),
    )
    ended = nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--json")
    assert ended.code == 2 and not (tmp_path / "out").exists()
    paths = {problem["path"] for problem in ended.json()["problems"]}
    assert paths == {"redis.lock", "app.aes_key", "license.confirmed"}
    assert all(path in ended.err for path in paths)


def test_a_dry_run_and_a_diff_write_nothing_and_show_no_secret(tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "out", "--dry-run", "--diff")
    assert ended.code == 0 and not (tmp_path / "out").exists()
    assert "+APP_PORT=13000" in ended.out
    assert "s3cret-of-the-database" not in ended.out + ended.err and "0123456789abcdef" not in ended.out + ended.err


def test_a_strict_dry_run_tells_a_set_that_would_change_from_one_that_stands(tmp_path: Path) -> None:
    command = ("render", "--answers", OFFICIAL, "--out", tmp_path / "out")
    assert nbcluster(*command, "--dry-run", "--strict").code == 3 and not (tmp_path / "out").exists()
    assert nbcluster(*command).code == 0
    assert nbcluster(*command, "--dry-run", "--strict").code == 0
    before = tree(tmp_path / "out")
    other = write(tmp_path / "other.toml", official_text({"database.host": "10.0.0.7"}))
    ended = nbcluster("render", "--answers", other, "--out", tmp_path / "out", "--dry-run", "--strict", "--json")
    assert ended.code == 3 and ".env" in ended.json()["written"] and tree(tmp_path / "out") == before


def test_strict_goes_with_a_dry_run(tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "out", "--strict")
    assert ended.code == 2 and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("formats", "paper"), [(("env",), ""), (("env", "summary"), "SUMMARY.md"), (("runbook",), "RUNBOOK.md")])
def test_it_goes_on_with_a_file_that_was_written_or_none(formats: tuple[str, ...], paper: str, tmp_path: Path) -> None:
    wanted = [word for name in formats for word in ("--format", name)]
    done = nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "out", *wanted)
    named = [name for name in ("RUNBOOK.md", "SUMMARY.md", "CHANGE.md") if name in done.err]
    assert done.code == 0 and named == ([paper] if paper else []), done.err


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocker = write(tmp_path / "file", "")
    ended = nbcluster("render", "--answers", OFFICIAL, "--out", blocker / "out")
    assert ended.code == 7 and "file" in ended.err


def test_the_manifest_lists_every_file_but_itself(tmp_path: Path) -> None:
    import hashlib

    assert nbcluster("render", "--answers", ANSWERS / "workers.toml", "--out", tmp_path).code == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    files = tree(tmp_path)
    assert set(manifest["files"]) == set(files) - {"manifest.json", ".nbcluster-baseline.json"}
    assert all(hashlib.sha256(files[path]).hexdigest() == entry["sha256"] for path, entry in manifest["files"].items())


def test_nodes_that_differ_get_a_complete_file_of_their_own(tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", ANSWERS / "workers.toml", "--out", tmp_path).code == 0
    common = read_dotenv((tmp_path / ".env").read_text())
    own = {path.stem: read_dotenv(path.read_text()) for path in tmp_path.glob("nodes/*.env")}
    assert own["web2"] == {**common, "APP_PORT": "13200", "CLUSTER_MODE": "max", "WORKER_MODE": "!,workflow:process"}
    assert own["worker1"] == {**common, "WORKER_MODE": "*"}


def test_written_answers_render_to_the_same_files(tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", OFFICIAL, "--out", tmp_path / "one").code == 0
    environment = {
        "NBCLUSTER_DATABASE_PASSWORD": "s3cret-of-the-database",
        "NBCLUSTER_ADMIN_PASSWORD": "correct-horse-battery",
        "NBCLUSTER_APP_KEY": PAGE["APP_KEY"],
        "NBCLUSTER_APP_AES_KEY": PAGE["APP_AES_SECRET_KEY"],
    }
    ended = nbcluster(
        "render", "--answers", tmp_path / "one" / "answers.toml", "--out", tmp_path / "two", environment=environment
    )
    assert ended.code == 0, ended.err
    assert unsalted(tmp_path / "one") == unsalted(tmp_path / "two")


def test_owner_alone_may_read_secrets(tmp_path: Path) -> None:
    os.umask(0o022)
    assert nbcluster("render", "--answers", ANSWERS / "workers.toml", "--out", tmp_path).code == 0
    readable = {path for path in tree(tmp_path) if stat.S_IMODE((tmp_path / path).stat().st_mode) & 0o077}
    assert not {path for path in readable if path.endswith(".env")}
