"""Correct configurations, of single nodes and of clusters: no findings, and nothing unjudged."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nbcluster.lint import Input, lint
from tests.lint.nginx import SOUND_SITE, changed, with_location
from tests.lint.sound import SOUND, compose, env, helm, manifest, two, with_, workload

ALONE = {
    "APP_ENV": "production",
    "APP_KEY": "7c" * 32,
    "DB_DIALECT": "postgres",
    "DB_HOST": "localhost",
    "DB_DATABASE": "nocobase",
    "DB_USER": "app",
    "DB_PASSWORD": "word-of-the-database",
}
PLUGINS = "@nocobase/plugin-pubsub-adapter-redis, lock-adapter-redis , queue-adapter-redis,workerid-allocator-redis, my-own"
TLS = {
    "DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED": "true",
    "DB_DIALECT_OPTIONS_SSL_CA": "/etc/ssl/own.pem",
    "DB_HOST": "prod.x.rds.amazonaws.com",
}
RABBIT = {
    "QUEUE_ADAPTER": "rabbitmq",
    "QUEUE_ADAPTER_REDIS_URL": None,
    "QUEUE_ADAPTER_RABBITMQ_URL": "amqps://app:pw@mq.example//crm",
}
SUB = with_location("location /files/ { proxy_pass http://nodes; }").replace("location / {", "location /crm/ {")


def plain(values: Mapping[str, str]) -> str:
    """Return an env file with nothing but the values."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def official(database: str, port: int) -> str:
    """Return a compose file as NocoBase's page on docker has them, with a database of its own image."""
    return (
        "networks: {nocobase: {driver: bridge}}\nservices:\n  app:\n    image: nocobase/nocobase:2.2.15-full\n    restart: always\n"
        f"    depends_on: [{database}]\n    environment:\n      - APP_KEY={'7c' * 32}\n      - DB_DIALECT={database}\n"
        f"      - DB_HOST={database}\n      - DB_PORT={port}\n      - DB_DATABASE=nocobase\n      - DB_USER=nocobase\n"
        "      - DB_PASSWORD=nocobase-word\n      - TZ=Asia/Shanghai\n      - NOCOBASE_PKG_USERNAME=\n      - NOCOBASE_PKG_PASSWORD=\n"
        "    volumes: ['./storage:/app/nocobase/storage']\n    ports: ['13000:80']\n"
        f"  {database}:\n    image: nocobase/{database}:16\n    command: --wal\n    environment: {{DB_USER: x}}\n"
    )


SINGLE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("compose.yaml", official("postgres", 5432), {}),
    ("compose.yaml", official("mysql", 3306), {}),
    ("compose.yaml", official("mariadb", 3306), {}),
    (".env", plain(ALONE), {}),
    (".env", plain({**ALONE, "DB_DIALECT": "sqlite", "DB_STORAGE": "storage/db/nocobase.sqlite"}), {}),
    (".env", plain({**ALONE, "CACHE_DEFAULT_STORE": "redis", "CACHE_REDIS_URL": "redis://localhost:6379/0"}), {}),
    (".env", plain({**ALONE, "CLUSTER_MODE": "", "WORKER_MODE": "", "LOGGER_LEVEL": "info", "DB_LOGGING": "on"}), {}),
    ("compose.yaml", "services: {app: {image: 'nocobase/nocobase:2.2.15', env_file: [app.env]}}\n", {"app.env": plain(ALONE)}),
    ("values.yaml", "image: {repository: nocobase/nocobase, tag: 2.2.15}\nsecret:\n" + helm(ALONE).partition("data:\n")[2], {}),
    ("all.yaml", workload(ALONE), {}),
)

CLUSTER: tuple[tuple[str, str, dict[str, str]], ...] = (
    (".env", env(SOUND), {}),
    (".env", env(with_(**RABBIT)), {}),
    (".env", env(with_(APP_PUBLIC_PATH="/crm/", API_BASE_PATH="/api/", APP_PORT="13001")), {}),
    (".env", env(with_(CLUSTER_MODE="2", WORKER_MODE="!,workflow:process")), {}),
    (".env", env(with_(**TLS)), {}),
    (".env", env(with_(DB_DIALECT="mysql", DB_PORT="3306", DB_PASSWORD="pa ss$w")), {}),
    (".env", env(with_(DB_DIALECT="kingbase", DB_PORT="54321")), {}),
    (".env", env(with_(APPEND_PRESET_BUILT_IN_PLUGINS=PLUGINS)), {}),
    (".env", env(with_(SMTP_HOST="mail.example", ALI_OSS_REGION="x", TX_COS_BUCKET="y", AWS_S3_REGION="z", HTTP_PROXY="p")), {}),
    (".env", env(with_(CACHE_REDIS_URL="rediss://app:p%40w@redis.example:6380/0", NOCOBASE_PKG_PASSWORD="")), {}),
    (".env", env(with_(INIT_ROOT_EMAIL="ops@example.com", INIT_ROOT_PASSWORD="Correct-Horse-99", INIT_APP_LANG="zh-CN")), {}),
    (".env", plain(with_(DB_HOST="postgres", REDIS_URL="redis://redis:6379/4", NOCOBASE_RUNNING_IN_DOCKER="true")), {}),
    ("compose.yaml", compose(SOUND), {}),
    ("compose.yaml", two("TZ: UTC", "TZ: UTC, WORKER_MODE: '*'"), {}),
    ("compose.yaml", two("WORKER_MODE: '!'", "WORKER_MODE: 'workflow:process,async-task:process'"), {}),
    ("compose.yaml", compose(with_(DB_HOST="${H:-db.${D:-example}}", DB_PASSWORD="${P}")), {".env": "P='pa$$ss'\n"}),
    ("compose.yaml", compose(with_(DB_PASSWORD="pa$$ss")) + "    deploy: {replicas: 3}\n", {}),
    ("all.yaml", workload(replicas=3, strategy="Recreate", modes="ReadWriteMany"), {}),
    (
        "all.yaml",
        workload(replicas=2, strategy="Recreate", modes="ReadWriteMany")
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: redis}\n",
        {},
    ),
    (
        "kustomization.yaml",
        "resources: [web.yaml]\nsecretGenerator:\n  - {name: settings, envs: [app.env]}\n",
        {"web.yaml": workload().partition("---\n")[2], "app.env": plain(SOUND)},
    ),
    ("secret.yaml", manifest({**SOUND, "TZ": "UTC"}, "Secret") + "---\n" + workload().partition("---\n")[2], {}),
    ("nocobase.conf", SOUND_SITE, {}),
    ("nocobase.conf", SUB, {}),
    ("nocobase.conf", changed("    proxy_buffering off;\n", "    include more.conf;\n"), {"more.conf": "proxy_buffering off;\n"}),
    (
        "nginx.conf",
        f"user www;\nevents {{}}\nhttp {{\ninclude mime.types;\nserver {{ listen 80; location / {{ proxy_pass http://other:8080; }} }}\n{SOUND_SITE}}}\n",
        {},
    ),
    (
        "nocobase.conf",
        with_location("location /ws { proxy_pass http://nodes/ws; proxy_read_timeout 1h; }"),
        {},
    ),
)


@pytest.mark.parametrize(("name", "text", "files"), SINGLE, ids=range(len(SINGLE)))
def test_nothing_is_found_at_a_right_node_alone(name: str, text: str, files: dict[str, str]) -> None:
    linted = lint([Input(name, text, files.get)], single=True)
    assert [finding.target + finding.id for finding in linted.findings] == []
    assert (linted.unread, linted.problems) == ((), ()) and linted.held > 60 and linted.subjects


@pytest.mark.parametrize(("name", "text", "files"), CLUSTER, ids=range(len(CLUSTER)))
def test_nothing_is_found_at_a_right_cluster(name: str, text: str, files: dict[str, str]) -> None:
    linted = lint([Input(name, text, files.get)])
    assert [finding.target + finding.id for finding in linted.findings] == []
    assert (linted.unread, linted.problems) == ((), ()) and linted.held and linted.subjects


def test_nothing_is_found_between_the_nodes_of_a_right_cluster() -> None:
    files = [
        Input("x/.env", env(SOUND)),
        Input("x/nodes/worker1.env", env(with_(WORKER_MODE="*", CLUSTER_MODE="2", APP_PORT="13001"))),
        Input("x/nginx/nocobase.conf", SOUND_SITE),
    ]
    assert lint(files).findings == ()
    other = with_(APP_KEY="8d" * 32, APP_AES_SECRET_KEY="b2" * 32, DB_HOST="other.example", TZ="Asia/Tokyo")
    other = {name: value.replace("redis.example", "other-redis.example") for name, value in other.items()}
    assert lint([Input("one.env", env(SOUND)), Input("two.env", env(other))]).findings == ()
