"""``check`` against real servers: statuses, exit codes, selection, skips."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tests.cli.program import nbcluster
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer
from tests.unit.scenarios import official_text

ROLES = ("cache", "pubsub", "lock", "queue", "worker_id")


def answers_for(redis: RedisServer, database: SqlServer, folder: Path, changes: dict[str, object] | None = None) -> Path:
    """Write answers whose Redis and database are the given servers; the nodes are closed loopback ports."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
    base: dict[str, object] = {
        f"redis.{role}": {"url": f"redis://{redis.username}@{redis.host}:{redis.port}/{number}", "password": redis.password}
        for number, role in enumerate(ROLES)
    }
    base |= {
        "database.host": database.host,
        "database.port": database.port,
        "database.name": database.database,
        "database.user": database.username,
        "database.password": database.password,
        "nodes": [{"name": "node1", "host": "127.0.0.1", "port": closed}, {"name": "node2", "host": "127.0.0.2", "port": closed}],
    }
    path = folder / "answers.toml"
    path.write_text(official_text({**base, **(changes or {})}), "utf-8")
    tomlkit.parse(path.read_text("utf-8"))
    return path


def by_id(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {result["id"]: result for result in document["results"]}


def test_everything_is_in_order(redis_bloom: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    ended = nbcluster("check", "--answers", answers_for(redis_bloom, postgres, tmp_path), "--json")
    assert ended.code == 0, ended.out
    document = ended.json()
    results = by_id(document)
    assert results["redis.cache.bloom"]["status"] == "ok" and results["database.login"]["status"] == "ok"
    assert results["node.node1.port"]["status"] == "ok" and results["storage.path"]["status"] == "skip"
    assert document["schema"] == 1 and document["tool"].startswith("nbcluster ") and document["started"].endswith("Z")
    assert sum(document["counts"].values()) == len(document["results"]) and document["counts"]["fail"] == 0
    assert {result["from"] for result in document["results"]} == {"answers", "bastion"}
    assert redis_bloom.password not in ended.out and postgres.password not in ended.out


def test_a_server_without_bloom_filter_is_a_warning(redis_plain: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    ended = nbcluster("check", "--answers", answers_for(redis_plain, postgres, tmp_path), "--only", "redis.cache.bloom", "--json")
    assert (ended.code, by_id(ended.json())["redis.cache.bloom"]["status"]) == (0, "warn")


def test_a_wrong_password_fails_and_what_depends_on_it_is_skipped(
    redis_bloom: RedisServer, postgres: SqlServer, tmp_path: Path
) -> None:
    path = answers_for(
        redis_bloom,
        postgres,
        tmp_path,
        {"database.password": "wrong", "redis.lock": f"redis://wiz:wrong@127.0.0.1:{redis_bloom.port}/2"},
    )
    ended = nbcluster("check", "--answers", path, "--json")
    results = by_id(ended.json())
    assert ended.code == 3
    assert results["database.login"]["status"] == results["redis.lock.login"]["status"] == "fail"
    assert results["database.login"]["hint"] and results["redis.lock.login"]["hint"]
    assert results["redis.lock.ping"]["status"] == "skip" and results["redis.cache.ping"]["status"] == "ok"


def test_a_refused_port_fails_and_a_silent_one_cannot_be_judged(
    redis_bloom: RedisServer, postgres: SqlServer, tmp_path: Path
) -> None:
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        changes: dict[str, object] = {
            "redis.lock": f"redis://127.0.0.1:{silent.getsockname()[1]}/2",
            "redis.queue": f"redis://127.0.0.1:{closed.getsockname()[1]}/3",
        }
        path = answers_for(redis_bloom, postgres, tmp_path, changes)
        assert nbcluster("check", "--answers", path, "--only", "redis.queue.reach", "--json").code == 3
        unjudged = nbcluster("check", "--answers", path, "--only", "redis.lock", "--timeout", "0.5", "--json")
        both = nbcluster("check", "--answers", path, "--only", "redis", "--timeout", "0.5", "--json")
    assert unjudged.code == 5 and unjudged.json()["counts"]["error"] >= 1
    assert both.code == 3


def test_rules_are_results_and_do_not_stop_it(redis_bloom: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    path = answers_for(redis_bloom, postgres, tmp_path, {"app.aes_key": "ab", "license.confirmed": []})
    ended = nbcluster("check", "--answers", path, "--json")
    results = by_id(ended.json())
    assert ended.code == 3 and results["rules.aes-key"]["status"] == "fail" and results["rules.aes-key"]["from"] == "answers"
    assert results["rules.license"]["status"] == "warn" and results["database.login"]["status"] == "ok"


@pytest.mark.parametrize("where", ["command", "file"])
def test_a_skip_has_a_reason_and_counts_as_skipped(
    redis_plain: RedisServer, postgres: SqlServer, tmp_path: Path, where: str
) -> None:
    changes: dict[str, object] = (
        {"checks.skip": [{"id": "redis.cache.bloom", "reason": "planned for June"}]} if where == "file" else {}
    )
    path = answers_for(redis_plain, postgres, tmp_path, changes)
    flags = ("--skip", "redis.cache.bloom=planned for June") if where == "command" else ()
    ended = nbcluster("check", "--answers", path, *flags, "--only", "redis.cache", "--json")
    result = by_id(ended.json())["redis.cache.bloom"]
    assert result["status"] == "skip" and "planned for June" in result["summary"]


def test_what_loses_data_is_not_skipped(redis_plain: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    path = answers_for(redis_plain, postgres, tmp_path)
    ended = nbcluster("check", "--answers", path, "--skip", "redis.cache.server=why not")
    assert ended.code == 2 and "redis.cache.server" in ended.err
    whole = nbcluster("check", "--answers", path, "--skip", "redis.cache=no route from here", "--only", "redis.cache", "--json")
    assert whole.code == 0 and {r["status"] for r in whole.json()["results"]} == {"skip"}
    skips = [{"id": "redis.cache.primary", "reason": "why not"}, {"id": "rules.aes-key", "reason": "why not"}]
    path = answers_for(redis_plain, postgres, tmp_path, {"checks.skip": skips, "app.aes_key": "ab"})
    found = by_id(nbcluster("check", "--answers", path, "--only", "redis.cache", "--only", "rules", "--json").json())
    assert found["rules.skip-allowed"]["status"] == "fail" and found["rules.skip-allowed"]["target"] == "checks.skip[0].id"
    assert found["redis.cache.primary"]["status"] == "ok" and found["rules.aes-key"]["status"] == "fail"


def test_a_skip_stands_in_the_summary(redis_plain: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    path = answers_for(
        redis_plain, postgres, tmp_path, {"checks.skip": [{"id": "redis.cache.bloom", "reason": "planned for June"}]}
    )
    assert nbcluster("render", "--answers", path, "--out", tmp_path / "out").code == 0
    text = (tmp_path / "out/SUMMARY.md").read_text()
    assert "redis.cache.bloom" in text and "planned for June" in text


def test_a_selection_that_matches_nothing_is_wrong_usage(redis_bloom: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    path = answers_for(redis_bloom, postgres, tmp_path)
    assert nbcluster("check", "--answers", path, "--only", "redis.cache.blo").code == 2
    assert nbcluster("check", "--answers", path, "--skip", "nonsense=x").code == 2
    only_rules = nbcluster("check", "--answers", path, "--only", "rules", "--json")
    assert only_rules.code == 0 and {r["from"] for r in only_rules.json()["results"]} == {"answers"}


def test_a_person_reads_one_line_per_result_and_the_remedy(redis_plain: RedisServer, postgres: SqlServer, tmp_path: Path) -> None:
    ended = nbcluster("check", "--answers", answers_for(redis_plain, postgres, tmp_path), "--only", "redis.cache")
    assert "WARN" in ended.out and "redis.cache.bloom" in ended.out


def test_what_five_roles_of_a_server_share_is_said_once_and_the_gravest_last(
    redis_plain: RedisServer, postgres: SqlServer, tmp_path: Path
) -> None:
    path = answers_for(redis_plain, postgres, tmp_path, {"database.password": "other"})
    selection = [word for part in ("redis", "database") for word in ("--only", part)]
    lines = nbcluster("check", "--answers", path, *selection).out.splitlines()
    old = [line for line in lines if line.startswith("WARN") and line.split()[1].endswith(".version")]
    assert [line.split()[1] for line in old] == [f"redis.{'+'.join(ROLES)}.version"]
    words = [line.split()[0] for line in lines[:-1] if not line.startswith(" ")]
    assert words == sorted(words, key=["ok", "skip", "WARN", "ERROR", "FAIL"].index) and words[-1] == "FAIL"


def test_what_holds_and_what_waits_for_the_same_check_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as unused:
        # bound, and nothing listens
        unused.bind(("127.0.0.1", 0))
        path = tmp_path / "answers.toml"
        path.write_text(official_text({"database.host": "127.0.0.1", "database.port": unused.getsockname()[1]}), "utf-8")
        selection = ["--only", "rules", "--only", "database"]
        ended = nbcluster("check", "--answers", path, *selection)
        results = nbcluster("check", "--answers", path, *selection, "--json").json()["results"]
    held = [result for result in results if result["status"] == "ok" and result["id"].startswith("rules.")]
    waiting = [result for result in results if result["status"] == "skip"]
    lines = [line.split() for line in ended.out.splitlines()]
    assert [line[2] for line in lines if line[:2] == ["ok", "rules"]] == [str(len(held))]
    assert [f"({len(waiting)}" in line for line in lines if line[:2] == ["skip", "database"]] == [True]
    assert len(held) > 1 and len(waiting) > 1 and not any(line[1].startswith("rules.") for line in lines if line[0] == "ok")


def test_a_language_that_is_none_is_a_failed_rule(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(official_text({"output.language": "fr"}), "utf-8")
    ended = nbcluster("check", "--answers", path, "--only", "rules", "--json")
    found = [(result["target"], result["status"]) for result in ended.json()["results"] if result["id"] == "rules.form"]
    assert (ended.code, found) == (3, [("output.language", "fail")])
