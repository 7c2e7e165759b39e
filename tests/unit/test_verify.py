"""Verification: a file that does not mean what was chosen is detected before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.verify import VerificationError, verify
from tests.unit.scenarios import official
from tests.unit.test_env_files import KEYS, NODES, rendered, resolved_for


def broken(files: dict[str, OutputFile], path: str, old: str, new: str) -> tuple[OutputFile, ...]:
    assert old in files[path].text
    changed = replace(files[path], data=files[path].text.replace(old, new).encode())
    return tuple(changed if file.path == path else file for file in files.values())


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (".env", "DB_HOST=10.0.0.6", "DB_HOST=10.0.0.7"),
        (".env", "APP_PORT=13000\n", ""),
        (".env", "# Storage", "CLUSTER_MODE=max\n# Storage"),
        ("nodes/worker.env", "WORKER_MODE=*", "WORKER_MODE=!"),
        ("nginx/nocobase.conf", "server 10.0.0.1:13000", "server 10.0.0.2:13001"),
        ("nginx/nocobase.conf", "fail_timeout=10s;", "fail_timeout=10s; server 10.0.0.2:13001;"),
        ("nginx/nocobase.conf", "proxy_buffering off;", "proxy_bufering off;"),
        ("nginx/nocobase.conf", "proxy_pass http://nocobase_official;", "proxy_pass http://10.0.0.2:13001;"),
        ("nginx/nocobase.conf", "http_503;", "http_503 non_idempotent;"),
        ("nginx/nocobase.conf", "    }\n}\n", "    }\n"),
        ("systemd/nocobase.service", "Restart=always", "Restart always"),
        ("answers.toml", 'host = "10.0.0.6"', 'host = "10.0.0.7"'),
        ("answers.toml", 'worker_mode = "*"', 'worker_mode = "!"'),
        ("SUMMARY.md", "# ", "s3cret-of-the-database # "),
    ],
)
def test_a_file_that_means_something_else_is_found(path: str, old: str, new: str) -> None:
    answers = official({**KEYS, "nodes": NODES, "database.password": "s3cret-of-the-database"})
    files = rendered(answers)
    with pytest.raises(VerificationError, match=path):
        verify(broken(files, path, old, new), Cluster.of(answers), resolved_for(answers))


def test_a_file_for_a_node_that_is_none_is_found() -> None:
    answers = official(KEYS)
    files = (*rendered(answers).values(), OutputFile("nodes/gone.env", b"", True))
    with pytest.raises(VerificationError, match=r"nodes/gone\.env"):
        verify(files, Cluster.of(answers), resolved_for(answers))


@pytest.mark.parametrize("password", ["nocobase", "nocobase.example.com", "postgres", "13000", "a"])
def test_a_password_that_is_also_an_ordinary_word_is_no_fault(password: str) -> None:
    rendered(official({**KEYS, "database.password": password}))


def test_open_files_are_the_same_whatever_the_secrets_are() -> None:
    secrets = {
        "database.password": "first-secret",
        "admin.password": "first-password",
        "app.key": "1" * 40,
        "app.aes_key": "1" * 64,
    }
    others = {"database.password": "other#'one", "admin.password": "other-password", "app.key": "2" * 50, "app.aes_key": "2" * 64}
    redis = {"redis.cache": "redis://u:{}@10.0.0.5:6379/0"}
    first = rendered(official({**secrets, "redis.cache": redis["redis.cache"].format("one")}))
    other = rendered(official({**others, "redis.cache": redis["redis.cache"].format("t%23wo")}))
    for path, file in first.items():
        assert file.secret or file.data == other[path].data, path
    assert first[".env"].data != other[".env"].data
