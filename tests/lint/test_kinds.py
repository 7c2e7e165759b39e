"""Every kind of fault has one configuration that triggers it; the sound one triggers none."""

from __future__ import annotations

import pytest

from nbcluster.answers.url_problems import _SAYS
from nbcluster.lint.faults import FAULTS, STATUS, fault_of
from tests.lint.sound import SOUND, compose, env, found_in, helm, ids, manifest, with_

R = "redis://redis.example:6379/"
RABBIT = {"QUEUE_ADAPTER": "rabbitmq", "QUEUE_ADAPTER_REDIS_URL": None}

ADDRESSES = ("CACHE_REDIS_URL", "PUBSUB_ADAPTER_REDIS_URL", "LOCK_ADAPTER_REDIS_URL", "QUEUE_ADAPTER_REDIS_URL", "REDIS_URL")


def with_user(name: str) -> dict[str, str | None]:
    """Return an address in which a password stands where the user name belongs."""
    return {name: "redis://hunter2secret@redis.example:6379/9"}


VARIABLES: list[tuple[str, dict[str, str | None], str]] = [
    ("cache-memory", {"CACHE_DEFAULT_STORE": None}, "CACHE_DEFAULT_STORE"),
    ("cache-memory", {"CACHE_DEFAULT_STORE": "memory"}, "CACHE_DEFAULT_STORE"),
    ("cache-store", {"CACHE_DEFAULT_STORE": "Redis"}, "CACHE_DEFAULT_STORE"),
    ("cache-url-absent", {"CACHE_REDIS_URL": None, "REDIS_URL": None}, "CACHE_REDIS_URL"),
    ("pubsub-absent", {"PUBSUB_ADAPTER_REDIS_URL": ""}, "PUBSUB_ADAPTER_REDIS_URL"),
    ("lock-adapter", {"LOCK_ADAPTER_DEFAULT": None}, "LOCK_ADAPTER_DEFAULT"),
    ("lock-adapter", {"LOCK_ADAPTER_DEFAULT": "local"}, "LOCK_ADAPTER_DEFAULT"),
    ("lock-url-absent", {"LOCK_ADAPTER_REDIS_URL": None}, "LOCK_ADAPTER_REDIS_URL"),
    ("queue-adapter", {"QUEUE_ADAPTER": None}, "QUEUE_ADAPTER"),
    ("queue-adapter", {"QUEUE_ADAPTER": "Redis"}, "QUEUE_ADAPTER"),
    ("queue-url-absent", {"QUEUE_ADAPTER_REDIS_URL": None}, "QUEUE_ADAPTER_REDIS_URL"),
    ("queue-broker-absent", RABBIT, "QUEUE_ADAPTER_RABBITMQ_URL"),
    ("worker-id-absent", {"REDIS_URL": None}, "REDIS_URL"),
    ("app-key-absent", {"APP_KEY": None}, "APP_KEY"),
    ("app-key-absent", {"APP_KEY": ""}, "APP_KEY"),
    ("aes-key-absent", {"APP_AES_SECRET_KEY": None}, "APP_AES_SECRET_KEY"),
    ("app-key", {"APP_KEY": "your-secret-key"}, "APP_KEY"),
    ("app-key", {"APP_KEY": "too-short-for-a-key"}, "APP_KEY"),
    ("aes-key", {"APP_AES_SECRET_KEY": "a1" * 31}, "APP_AES_SECRET_KEY"),
    ("admin-password", {"INIT_ROOT_PASSWORD": "admin123"}, "INIT_ROOT_PASSWORD"),
    ("redis-url.slashes", {"LOCK_ADAPTER_REDIS_URL": "redis:/redis.example:6379/2"}, "LOCK_ADAPTER_REDIS_URL"),
    ("redis-url.scheme", {"REDIS_URL": "redis.example:6379"}, "REDIS_URL"),
    ("redis-url.scheme", {"REDIS_URL": "valkey://redis.example:6379/4"}, "REDIS_URL"),
    ("redis-url.host", {"REDIS_URL": "redis://:6379/4"}, "REDIS_URL"),
    ("redis-url.hosts", {"REDIS_URL": "redis://one.example:1,two.example:2/4"}, "REDIS_URL"),
    ("redis-url.ipv6", {"REDIS_URL": "redis://[fd00::1]:6379/4"}, "REDIS_URL"),
    ("redis-url.port", {"REDIS_URL": "redis://redis.example:70000/4"}, "REDIS_URL"),
    ("redis-url.query", {"REDIS_URL": "redis://redis.example:6379/4?family=6"}, "REDIS_URL"),
    ("redis-url.fragment", {"REDIS_URL": "'redis://redis.example:6379/4#x'"}, "REDIS_URL"),
    ("redis-url.percent", {"REDIS_URL": "redis://:p%w@redis.example:6379/4"}, "REDIS_URL"),
    ("redis-url.blank", {"REDIS_URL": "redis://redis .example:6379/4"}, "REDIS_URL"),
    ("redis-url.raw", {"REDIS_URL": "redis://:p?w@redis.example:6379/4"}, "REDIS_URL"),
    ("redis-url.sign", {"REDIS_URL": "redis://redis.example;4"}, "REDIS_URL"),
    ("redis-url.control", {"REDIS_URL": "redis://redis\u200b.example:6379/4"}, "REDIS_URL"),
    *(("redis-url.user", with_user(name), name) for name in ADDRESSES),
    ("redis-url.path", {"REDIS_URL": "redis://redis.example:6379/four"}, "REDIS_URL"),
    *(
        (f"queue-url.{fault}", RABBIT | {"MY_BROKER": url}, "MY_BROKER")
        for fault, url in (
            ("slashes", "amqp:/user:pw@mq.example"),
            ("host", "amqp://user:pw@:5672"),
            ("hosts", "amqp://user:pw@one.example:1,two.example:2"),
            ("ipv6", "amqp://user:pw@[fd00::1]"),
            ("port", "amqp://user:pw@mq.example:0"),
            ("query", "amqp://user:pw@mq.example?heartbeat=5"),
            ("fragment", "'amqp://user:pw@mq.example#x'"),
            ("percent", "amqp://user:p%w@mq.example"),
            ("blank", "amqp://user:pw@mq .example"),
            ("raw", "amqp://user:p?w@mq.example"),
            ("sign", "amqp://user:pw@mq.example;x"),
            ("control", "amqp://user:pw@mq\u202e.example"),
            ("user", "amqp://hunter2secret@mq.example"),
            ("path", "amqp://user:pw@mq.example/a/b"),
            ("slash", "amqp://user:pw@mq.example/"),
        )
    ),
    ("queue-url.scheme", RABBIT | {"RABBITMQ_URL": "http://user:pw@mq.example"}, "RABBITMQ_URL"),
    ("queue-localhost", RABBIT | {"RABBITMQ_URL": "amqp://user:pw@localhost"}, "RABBITMQ_URL"),
    ("queue-guest", RABBIT | {"RABBITMQ_URL": "amqp://mq.example"}, "RABBITMQ_URL"),
    ("cache-apart", {"REDIS_URL": R + "0"}, "REDIS_URL"),
    ("cache-apart", {"CACHE_REDIS_URL": None}, "REDIS_URL"),
    ("roles-apart", {"REDIS_URL": R + "3"}, "REDIS_URL"),
    ("redis-localhost", {"REDIS_URL": "redis://127.0.0.1:6379/4"}, "REDIS_URL"),
    ("database-localhost", {"DB_HOST": "localhost"}, "DB_HOST"),
    ("database-dialect", {"DB_DIALECT": None}, "DB_DIALECT"),
    ("database-dialect", {"DB_DIALECT": "sqlite"}, "DB_DIALECT"),
    ("database-underscored", {"DB_UNDERSCORED": "TRUE"}, "DB_UNDERSCORED"),
    ("database-password", {"DB_PASSWORD": "'database-word '"}, "DB_PASSWORD"),
    ("cluster-mode", {"CLUSTER_MODE": "auto"}, "CLUSTER_MODE"),
    ("worker-mode", {"WORKER_MODE": "!, workflow:process"}, "WORKER_MODE"),
    ("worker-mode", {"WORKER_MODE": "!,*"}, "WORKER_MODE"),
    ("time-zone", {"TZ": "Shanghai time"}, "TZ"),
    ("time-zone-database", {"DB_TIMEZONE": "+05:30"}, "TZ"),
    ("time-zone-absent", {"TZ": None}, "TZ"),
    ("app-env", {"APP_ENV": None}, "APP_ENV"),
    ("app-env", {"APP_ENV": "development"}, "APP_ENV"),
    (
        "plugin-list",
        {"APPEND_PRESET_BUILT_IN_PLUGINS": "lock-adapter-redis, queue-adapter-redis"},
        "APPEND_PRESET_BUILT_IN_PLUGINS",
    ),
    ("plugin-list", {"APPEND_PRESET_BUILT_IN_PLUGINS": "sync-adapter-redis"}, "APPEND_PRESET_BUILT_IN_PLUGINS"),
    ("deprecated", {"NOCOBASE_PKG_USERNAME": "licensee"}, "NOCOBASE_PKG_USERNAME"),
    ("unread-name", {"WORKER_ID_REDIS_URL": R + "5"}, "WORKER_ID_REDIS_URL"),
    ("unread-name", {"LOGGER_BASE_PATH": "logs"}, "LOGGER_BASE_PATH"),
    ("launch-mode", {"APP_LAUNCH_MODE": "node"}, "APP_LAUNCH_MODE"),
    ("local-files", {"STORAGE_PATH": "/srv/share", "PM2_HOME": "/srv/share/.pm2"}, "PM2_HOME"),
    ("local-files", {"SOCKET_PATH": "storage/gateway.sock"}, "SOCKET_PATH"),
    ("cut-at-hash", {"DB_PASSWORD": "pass#word"}, "DB_PASSWORD"),
    ("open-quote", {"DB_PASSWORD": '"password'}, "DB_PASSWORD"),
]

TEXTS: list[tuple[str, str, str]] = [
    ("duplicate", env(SOUND) + "APP_KEY=" + "6f" * 32 + "\n", ".env"),
    ("no-assignment", env(SOUND) + "APP_KEY\n", ".env"),
    ("line-ends", env(SOUND).replace("\n", "\r\n"), ".env"),
    ("open-quote", env(SOUND).replace("database-word-1", "'database-word") + "LAST_ONE='x'\n", ".env"),
    ("quotes-kept", compose(with_(DB_PASSWORD="'quoted'")), "compose.yaml"),
    ("not-text", manifest(SOUND) + "  DB_PORT: 5432\n", "settings.yaml"),
    ("not-text", compose(SOUND) + "      DB_UNDERSCORED: true\n", "compose.yaml"),
    ("secret-in-configmap", manifest(SOUND), "settings.yaml"),
    ("cluster-mode-kubernetes", manifest(with_(CLUSTER_MODE="2")), "settings.yaml"),
    ("cluster-mode-kubernetes", helm(with_(CLUSTER_MODE="2")), "values.yaml"),
    ("health-query", helm(SOUND) + "readinessProbe: {httpGet: {path: /api/__health_check?a=1}}\n", "values.yaml"),
    ("api-version", manifest(SOUND) + "---\napiVersion: extensions/v1beta1\nkind: Ingress\n", "all.yaml"),
    ("image-version", compose(SOUND).replace(":2.2.15", ":latest"), "compose.yaml"),
    ("image-version", compose(SOUND).replace(":2.2.15", ":2.0.3-full"), "compose.yaml"),
]


@pytest.mark.parametrize(("fault", "changes", "name"), VARIABLES, ids=lambda value: value if isinstance(value, str) else "")
def test_each_fault_of_a_variable_is_found_at_the_variable(fault: str, changes: dict[str, str | None], name: str) -> None:
    text = env(with_(**changes))
    found = [finding for finding in found_in(text) if finding.id == f"lint.{fault}"]
    assert [finding.name for finding in found] == [name]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith(f"{name}=")]
    assert found[0].line == (lines[0] if lines else 0)
    assert found[0].target == (f".env:{lines[0]} {name}" if lines else f".env {name}")


@pytest.mark.parametrize(("fault", "text", "name"), TEXTS, ids=lambda value: value if "\n" not in value else "")
def test_each_fault_of_a_text_is_found(fault: str, text: str, name: str) -> None:
    assert f"lint.{fault}" in ids(text, name)


def test_every_kind_is_triggered_with_the_severity_that_the_page_names() -> None:
    found = [f for _fault, changes, _name in VARIABLES for f in found_in(env(with_(**changes)))]
    found += [f for _fault, text, name in TEXTS for f in found_in(text, name)]
    assert {finding.id for finding in found} == {fault.id for fault in FAULTS}
    for finding in found:
        fault = fault_of(finding.id)
        assert fault is not None and finding.severity in fault.severities and STATUS[finding.severity] and finding.hint


def test_a_fault_is_declared_once_and_found_by_one_condition() -> None:
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        conditions = (fault.variables, fault.env, fault.yaml, fault.rule or None)
        assert sum(condition is not None for condition in conditions) == 1, fault.id
        assert fault.title and fault.why and fault.remedy, fault.id


def test_every_way_of_writing_an_address_wrongly_is_a_fault() -> None:
    for rule, scheme in (("redis-url", "redis-"), ("queue-url", "amqp-")):
        forms = {
            form.removeprefix(scheme) for form in _SAYS if not form.startswith(("redis-", "amqp-")) or form.startswith(scheme)
        }
        assert {f"lint.{rule}.{form}" for form in forms} <= {fault.id for fault in FAULTS}


def test_what_a_rule_finds_is_told_without_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbcluster.lint.FAULTS", tuple(fault for fault in FAULTS if fault.name != "time-zone-database"))
    assert ids(env(with_(DB_TIMEZONE="+05:30"))) == {"lint.time-zone-database"}


def test_sound_variables_are_clean_in_every_form_of_file() -> None:
    assert ids(env(SOUND)) == ids(compose(SOUND), "compose.yaml") == set()
    assert ids(helm(SOUND), "values.yaml") == ids(manifest(SOUND), "settings.yaml") == {"lint.secret-in-configmap"}
    assert ids(manifest(SOUND, "Secret"), "secret.yaml") == set()


def test_a_fault_comes_alone() -> None:
    assert ids(env(with_(DB_UNDERSCORED="1"))) == {"lint.database-underscored"}
    assert ids(env(with_(LOCK_ADAPTER_DEFAULT=None))) == {"lint.lock-adapter"}
    assert ids(env(with_(REDIS_URL="redis:/redis.example:6379/4"))) == {"lint.redis-url.slashes"}
