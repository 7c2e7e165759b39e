"""A written folder is complete: ``check``, ``verify`` and ``render`` find its secrets again, for the same servers alone."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from nbcluster.answers.file import dump, load_text
from nbcluster.answers.flow import infer
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import parse_url
from nbcluster.env import read_dotenv
from tests.cli.program import Ended, nbcluster, tree
from tests.unit.scenarios import ANSWERS, official_text

ENVIRONMENT = {
    "DB_PASSWORD": "canary#db",
    "CACHE_URL": "redis://app:canary%2Fcache@10.0.0.5:6379/0",
    "LOCK_PASSWORD": "canary lock",
}
REFERENCES: dict[str, object] = {
    "database.password": {"env": "DB_PASSWORD"},
    "redis.cache": {"env": "CACHE_URL"},
    "redis.lock": {"url": "redis://app@10.0.0.5:6379/2", "password": {"env": "LOCK_PASSWORD"}},
    "redis.pubsub": "redis://app:canary-pubsub@10.0.0.5:6379/1",
    "app.key": "generate",
}


def render(source: Path, out: Path, environment: dict[str, str] | None = None) -> Ended:
    ended = nbcluster("render", "--answers", source, "--out", out, "--json", environment=environment)
    assert "canary" not in ended.out + ended.err
    return ended


@pytest.fixture
def out(tmp_path: Path) -> Path:
    source = tmp_path / "prod.toml"
    (tmp_path / "admin").write_text("canary-of-admin\n", "utf-8")
    source.write_text(official_text({**REFERENCES, "admin.password": {"file": "admin"}}), "utf-8")
    ended = render(source, tmp_path / "out", ENVIRONMENT)
    assert ended.code == 0, ended.err
    return tmp_path / "out"


def paths(ended: Ended) -> dict[str, str]:
    assert ended.code == 2, ended.err
    return {problem["path"]: problem["message"] for problem in ended.json()["problems"]}


def test_references_of_the_source_stay_as_they_were(out: Path) -> None:
    kept = tomllib.loads((out / "answers.toml").read_text("utf-8"))
    assert kept["database"]["password"] == {"env": "DB_PASSWORD"}
    assert kept["redis"]["cache"] == {"env": "CACHE_URL"}
    assert kept["redis"]["lock"] == {"url": "redis://app@10.0.0.5:6379/2", "password": {"env": "LOCK_PASSWORD"}}
    assert kept["redis"]["pubsub"]["password"] == {"env": "NBCLUSTER_REDIS_PUBSUB_PASSWORD"}
    assert kept["admin"]["password"] == {"env": "NBCLUSTER_ADMIN_PASSWORD"}
    assert kept["app"]["key"] == "generate"


def test_an_absolute_file_stays_and_one_of_this_process_does_not(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("canary-db\n", "utf-8")
    source = tmp_path / "prod.toml"
    lasting = {"file": str(tmp_path / "db")}
    for reference, wanted in ((lasting, lasting), ({"file": "/proc/version"}, {"env": "NBCLUSTER_DATABASE_PASSWORD"})):
        source.write_text(official_text({"database.password": reference}), "utf-8")
        assert render(source, tmp_path / "out").code == 0
        kept = tomllib.loads((tmp_path / "out/answers.toml").read_text("utf-8"))
        assert kept["database"]["password"] == wanted


def test_roles_that_share_a_server_keep_their_own_references() -> None:
    roles = ("cache", "pubsub", "lock", "queue", "worker_id")
    environment = {role.upper(): "canary-shared" for role in roles}
    references = {
        f"redis.{role}": {"url": f"redis://app@10.0.0.5:6379/{number}", "password": {"env": role.upper()}}
        for number, role in enumerate(roles)
    }
    answers = infer(load_text(official_text(references), "test", ANSWERS, environment).answers)
    kept = tomllib.loads(dump(answers))["redis"]
    assert {role: kept[role]["password"] for role in roles} == {role: {"env": role.upper()} for role in roles}


def test_a_secret_that_was_typed_anew_is_no_longer_what_was_referred_to() -> None:
    text = official_text({"database.password": {"env": "DB_PASSWORD"}, "redis.cache": {"env": "CACHE_URL"}})
    answers = infer(load_text(text, "test", ANSWERS, ENVIRONMENT).answers)
    same = answers.with_("database.password", Secret("canary#db"))
    assert tomllib.loads(dump(same))["database"]["password"] == {"env": "DB_PASSWORD"}
    moved = answers.with_("database.password", Secret("typed"))
    moved = moved.with_("redis.cache", parse_url("redis://app:canary%2Fcache@10.0.0.9:6379/0"))
    kept = tomllib.loads(dump(moved))
    assert kept["database"]["password"] == {"env": "NBCLUSTER_DATABASE_PASSWORD"}
    assert kept["redis"]["cache"]["password"] == {"env": "NBCLUSTER_REDIS_CACHE_PASSWORD"}


def test_the_folder_needs_nothing_from_outside(out: Path) -> None:
    before = tree(out)
    ended = nbcluster("render", "--answers", "answers.toml", "--out", ".", "--json", folder=out)
    assert ended.code == 0 and ended.json()["written"] == [], ended.err
    assert tree(out) == before
    ended = nbcluster("check", "--answers", "answers.toml", "--only", "rules", "--json", folder=out)
    assert ended.code == 0 and "canary" not in ended.out + ended.err, ended.err
    ended = nbcluster("verify", "--answers", "answers.toml", "--only", "nothing", folder=out)
    assert ended.code == 2 and "PASSWORD" not in ended.err and "CACHE_URL" not in ended.err


@pytest.mark.parametrize("scenario", ["kubernetes", "workers", "rabbitmq"])
def test_every_deployment_finds_its_own(scenario: str, tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", ANSWERS / f"{scenario}.toml", "--out", tmp_path).code == 0
    before = tree(tmp_path)
    ended = nbcluster("render", "--answers", tmp_path / "answers.toml", "--out", tmp_path, "--json")
    assert ended.code == 0 and ended.json()["written"] == [], ended.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('host = "10.0.0.6"', 'host = "10.0.0.66"', "database.password"),
        ("port = 5432", "port = 6432", "database.password"),
        ("", "", "database.password"),
        ("app@10.0.0.5:6379/2", "app@10.0.0.55:6379/2", "redis.lock.password"),
        ("app@10.0.0.5:6379/1", "other@10.0.0.5:6379/1", "redis.pubsub.password"),
    ],
)
def test_a_server_that_moved_gets_no_old_password(out: Path, old: str, new: str, path: str) -> None:
    file = out / "answers.toml"
    text = file.read_text("utf-8")
    if new:
        assert old in text
        text = text.replace(old, new)
    else:
        head, section = text.split("[database]")
        text = head + "[database]" + section.replace('user = "nocobase"', 'user = "other"', 1)
    file.write_text(text, "utf-8")
    found = paths(nbcluster("check", "--answers", file, "--json"))
    assert found.keys() == {path} and str(out / ".env") in found[path]


@pytest.mark.parametrize("unlisted", [".env", "answers.toml"])
def test_what_the_manifest_does_not_list_is_not_believed(out: Path, unlisted: str) -> None:
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    del manifest["files"][unlisted]
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    found = paths(nbcluster("check", "--answers", out / "answers.toml", "--json"))
    assert found.keys() == {
        "database.password",
        "redis.cache",
        "redis.lock.password",
        "redis.pubsub.password",
        "admin.password",
        "app.aes_key",
    }


def test_another_answers_file_in_the_folder_is_not_the_one_that_was_written(out: Path) -> None:
    (out / "other.toml").write_text((out / "answers.toml").read_text("utf-8"), "utf-8")
    assert "database.password" in paths(nbcluster("check", "--answers", out / "other.toml", "--json"))


def test_two_files_that_differ_are_named(tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", ANSWERS / "workers.toml", "--out", tmp_path).code == 0
    path = tmp_path / "nodes/web1.env"
    password = read_dotenv(path.read_text("utf-8"))["DB_PASSWORD"]
    lines = ["DB_PASSWORD=another" if line.startswith("DB_PASSWORD=") else line for line in path.read_text("utf-8").split("\n")]
    path.write_text("\n".join(lines), "utf-8")
    found = paths(nbcluster("check", "--answers", tmp_path / "answers.toml", "--json"))
    assert found.keys() == {"database.password"} and password not in found["database.password"]
    assert str(path) in found["database.password"] and str(tmp_path / ".env") in found["database.password"]


def test_the_environment_comes_before_the_folder_and_a_secrets_file_before_both(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "rotated"
    file.write_text("DB_PASSWORD=rotated-in-the-file\n", "utf-8")
    file.chmod(0o600)
    command = ("render", "--answers", out / "answers.toml", "--out", out)
    other = {"DB_PASSWORD": "rotated-outside"}
    for arguments, wanted in ((command, "rotated-outside"), ((*command, "--secrets", file), "rotated-in-the-file")):
        ended = nbcluster(*arguments, environment=other)
        assert ended.code == 0 and wanted not in ended.out + ended.err, ended.err
        assert read_dotenv((out / ".env").read_text("utf-8"))["DB_PASSWORD"] == wanted


def test_verify_asks_for_no_secret_that_it_does_not_use(out: Path) -> None:
    (out / ".env").unlink()
    found = paths(nbcluster("verify", "--answers", out / "answers.toml", "--json"))
    assert found.keys() == {"database.password", "redis.cache", "redis.lock.password", "redis.pubsub.password"}
    ended = nbcluster(
        "verify",
        *("--answers", out / "answers.toml", "--only", "nothing"),
        environment={**ENVIRONMENT, "NBCLUSTER_REDIS_PUBSUB_PASSWORD": "canary-pubsub"},
    )
    assert ended.code == 2 and "NBCLUSTER_" not in ended.err and "canary" not in ended.err
