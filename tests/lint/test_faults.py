"""Every fault has a configuration that triggers it; the sound one triggers none."""

from __future__ import annotations

import pytest

from nbcluster.answers.url_problems import _SAYS
from nbcluster.lint.faults import FAULTS, STATUS, fault_of
from tests.lint.nginx import SITES
from tests.lint.sound import SOUND, compose, env, found_in, helm, ids, manifest, two, with_, workload

R = "redis://redis.example:6379/"
RABBIT = {"QUEUE_ADAPTER": "rabbitmq", "QUEUE_ADAPTER_REDIS_URL": None}

TLS = "DB_DIALECT_OPTIONS_SSL_"
ALL = "pubsub-adapter-redis, lock-adapter-redis, queue-adapter-redis, workerid-allocator-redis"

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
    ("redis-url.number", {"REDIS_URL": "redis://6379/4"}, "REDIS_URL"),
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
            ("number", "amqp://user:pw@5672"),
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
    ("plugin-list", {"APPEND_PRESET_BUILT_IN_PLUGINS": "sync-adapter-redis"}, "APPEND_PRESET_BUILT_IN_PLUGINS"),
    ("deprecated", {"NOCOBASE_PKG_USERNAME": "licensee"}, "NOCOBASE_PKG_USERNAME"),
    ("unread-name", {"WORKER_ID_REDIS_URL": R + "5"}, "WORKER_ID_REDIS_URL"),
    ("unread-name", {"LOGGER_BASE_PATH": "logs"}, "LOGGER_BASE_PATH"),
    ("launch-mode", {"APP_LAUNCH_MODE": "node"}, "APP_LAUNCH_MODE"),
    ("local-files", {"STORAGE_PATH": "/srv/share", "PM2_HOME": "/srv/share/.pm2"}, "PM2_HOME"),
    ("local-files", {"SOCKET_PATH": "storage/gateway.sock"}, "SOCKET_PATH"),
    ("local-files", {"PM2_HOME": ""}, "PM2_HOME"),
    ("pm2-home", {"PM2_HOME": "/" + "home/nocobase/.pm2"}, "PM2_HOME"),
    ("pm2-home", {"PM2_HOME": "~"}, "PM2_HOME"),
    ("storage-path", {"STORAGE_PATH": "./storage"}, "STORAGE_PATH"),
    ("storage-path", {"STORAGE_PATH": ""}, "STORAGE_PATH"),
    ("outside-storage", {"LOCAL_STORAGE_DEST": "/data/uploads"}, "LOCAL_STORAGE_DEST"),
    ("outside-storage", {"PLUGIN_STORAGE_PATH": "storage2/plugins"}, "PLUGIN_STORAGE_PATH"),
    (
        "outside-storage",
        {"APP_AES_SECRET_KEY": None, "APP_AES_SECRET_KEY_PATH": "/etc/noco/aes.bin"},
        "APP_AES_SECRET_KEY_PATH",
    ),
    ("plugin-missing", {"APPEND_PRESET_BUILT_IN_PLUGINS": ALL.replace("lock-adapter-redis, ", "")}, "LOCK_ADAPTER_DEFAULT"),
    ("plugin-missing", {"APPEND_PRESET_BUILT_IN_PLUGINS": ALL.replace("pubsub", "x")}, "PUBSUB_ADAPTER_REDIS_URL"),
    ("plugin-missing", {"APPEND_PRESET_BUILT_IN_PLUGINS": ALL.replace(", workerid-allocator-redis", "")}, "REDIS_URL"),
    (
        "plugin-missing",
        RABBIT | {"RABBITMQ_URL": "amqp://u:p@mq.example", "APPEND_PRESET_BUILT_IN_PLUGINS": ALL},
        "QUEUE_ADAPTER",
    ),
    ("too-late", {"NODE_EXTRA_CA_CERTS": "/etc/ssl/own.pem"}, "NODE_EXTRA_CA_CERTS"),
    ("app-host", {"APP_HOST": "127.0.0.1"}, "APP_HOST"),
    ("api-origin", {"API_BASE_URL": "https://api.example.com/api/"}, "API_BASE_URL"),
    ("origin", {"CORS_ORIGIN_WHITELIST": "https://a.example.com/"}, "CORS_ORIGIN_WHITELIST"),
    ("public-files", {"LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS": "true"}, "LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS"),
    ("database-absent", {"DB_HOST": None}, "DB_HOST"),
    ("database-absent", {"DB_DATABASE": None}, "DB_DATABASE"),
    ("database-absent", {"DB_USER": None}, "DB_USER"),
    ("database-absent", {"DB_PASSWORD": None}, "DB_PASSWORD"),
    ("database-host", {"DB_HOST": "database.example:5432"}, "DB_HOST"),
    ("database-host", {"DB_HOST": "postgres://database.example"}, "DB_HOST"),
    ("database-host", {"DB_HOST": "15432"}, "DB_HOST"),
    ("database-port-dialect", {"DB_PORT": "3306"}, "DB_PORT"),
    ("database-password-signs", {"DB_PASSWORD": "a b"}, "DB_PASSWORD"),
    ("database-password-signs", {"DB_PASSWORD": "a\\b"}, "DB_PASSWORD"),
    ("database-tls-unverified", {f"{TLS}REJECT_UNAUTHORIZED": "false"}, f"{TLS}REJECT_UNAUTHORIZED"),
    ("database-tls-unverified", {f"{TLS}REJECT_UNAUTHORIZED": "1"}, f"{TLS}REJECT_UNAUTHORIZED"),
    ("database-tls-absent", {"DB_HOST": "x.eu-west-1.rds.amazonaws.com"}, "DB_HOST"),
    ("database-pooler", {"DB_PORT": "6432"}, "DB_PORT"),
    ("database-pooler", {"DB_HOST": "pgbouncer.example"}, "DB_HOST"),
    ("database-pool", {"DB_POOL_MIN": "6"}, "DB_POOL_MIN"),
    ("placeholder", {"DB_PASSWORD": "change-me"}, "DB_PASSWORD"),
    ("placeholder", {"APP_KEY": "your-very-long-secret-key-with-40-signs-or-so"}, "APP_KEY"),
    ("placeholder", {"DB_HOST": "<database-host>"}, "DB_HOST"),
    ("placeholder", {"ENCRYPTION_FIELD_KEY": "{{ vault.key }}"}, "ENCRYPTION_FIELD_KEY"),
    ("key-constant", {"APP_AES_SECRET_KEY": "0" * 64}, "APP_AES_SECRET_KEY"),
    ("key-constant", {"APP_KEY": "a" * 40}, "APP_KEY"),
    ("jwt-unsafe", {"UNSAFE_USE_DEFAULT_JWT_SECRET": "true"}, "UNSAFE_USE_DEFAULT_JWT_SECRET"),
    ("unread-name", {"APP_KEYS": "x"}, "APP_KEYS"),
    ("unread-name", {"REDIS_ULR": R + "9"}, "REDIS_ULR"),
    ("unread-name", {"CACHE_DEFAULT_STOR": "redis"}, "CACHE_DEFAULT_STOR"),
    ("unread-name", {"DB_SSL": "true"}, "DB_SSL"),
    ("port", {"APP_PORT": "99999"}, "APP_PORT"),
    ("port", {"DB_PORT": "tcp://10.0.0.9:5432"}, "DB_PORT"),
    ("number", {"DB_POOL_MAX": "fifty"}, "DB_POOL_MAX"),
    ("number", {"ASYNC_TASK_MAX_CONCURRENCY": "0"}, "ASYNC_TASK_MAX_CONCURRENCY"),
    ("switch", {"DB_LOGGING": "true"}, "DB_LOGGING"),
    ("switch", {"DISABLE_PKG_DOWNLOAD": "1"}, "DISABLE_PKG_DOWNLOAD"),
    ("choice", {"LOGGER_LEVEL": "verbose"}, "LOGGER_LEVEL"),
    ("public-path", {"APP_PUBLIC_PATH": "nocobase"}, "APP_PUBLIC_PATH"),
    ("api-path", {"API_BASE_PATH": "/api"}, "API_BASE_PATH"),
    ("cache-database", {"OTHER_REDIS_URL": R + "0"}, "OTHER_REDIS_URL"),
    ("plain-to-tls", {"REDIS_URL": "redis://redis.example:6380/4"}, "REDIS_URL"),
    ("plain-to-tls", {"REDIS_URL": "redis://x.redis.cache.windows.net:6379/4"}, "REDIS_URL"),
    ("cut-at-hash", {"DB_PASSWORD": "pass#word"}, "DB_PASSWORD"),
    ("open-quote", {"DB_PASSWORD": '"password'}, "DB_PASSWORD"),
]

EVICTING = "  r:\n    image: redis:8\n    command: redis-server --maxmemory-policy allkeys-lru\n"

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
    ("yaml-number", compose(with_(DB_PASSWORD=None)) + "      DB_PASSWORD: 0123\n", "compose.yaml"),
    ("yaml-number", compose(with_(DB_PASSWORD=None)) + "      DB_PASSWORD: 1.10\n", "compose.yaml"),
    ("dollar", compose(with_(DB_PASSWORD="Blue$Whale")), "compose.yaml"),
    ("dollar", compose(with_(DB_PASSWORD="pa$#ss")), "compose.yaml"),
    ("line-feed", manifest(with_(DB_USER="app\\n"), "Secret"), "secret.yaml"),
    ("edge-blank", compose(with_(DB_HOST=" database.example")), "compose.yaml"),
    ("secret-base64", manifest(SOUND, "Secret").replace("stringData", "data"), "secret.yaml"),
    ("rolling-update", workload(replicas=2), "all.yaml"),
    ("liveness", workload(container="livenessProbe: {httpGet: {path: /api/__health_check}}"), "all.yaml"),
    ("service-links", workload() + "---\napiVersion: v1\nkind: Service\nmetadata: {name: app}\n", "all.yaml"),
    ("redis-eviction", compose(with_(REDIS_URL="redis://r:6379/4")) + EVICTING, "compose.yaml"),
    ("worker-ids", workload(replicas=33, strategy="Recreate"), "all.yaml"),
    ("worker-ids", workload(replicas=24, strategy="Recreate"), "all.yaml"),
    ("worker-ids", compose(with_(CLUSTER_MODE="8")) + "    deploy: {replicas: 5}\n", "compose.yaml"),
    ("queue-unserved", two("WORKER_MODE: '!'", "WORKER_MODE: '!'"), "compose.yaml"),
    ("requests-unserved", two("WORKER_MODE: '*'", "WORKER_MODE: '*'"), "compose.yaml"),
    ("nodes-differ", two("TZ: UTC", "TZ: Asia/Tokyo"), "compose.yaml"),
    ("nodes-image", two("TZ: UTC", "TZ: UTC").replace(":2.2.15", ":2.2.3", 1), "compose.yaml"),
    ("nodes-storage", two("TZ: UTC", "TZ: UTC").replace("/srv/share", "/srv/other", 1), "compose.yaml"),
    ("nodes-storage", workload(replicas=2, strategy="Recreate"), "all.yaml"),
    ("storage-access", workload(replicas=2, modes="ReadWriteOnce"), "all.yaml"),
    *((f"nginx.{fault}", text, "site.conf") for fault, text in SITES),
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
        conditions = (fault.variables, fault.env, fault.yaml, fault.cluster, fault.nginx, fault.rule or None)
        assert sum(condition is not None for condition in conditions) == 1, fault.id
        assert fault.title and fault.why and fault.advice, fault.id


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
    assert ids(env(SOUND)) == ids(compose(SOUND), "compose.yaml") == ids(workload(modes="ReadWriteMany"), "all.yaml") == set()
    assert ids(helm(SOUND), "values.yaml") == ids(manifest(SOUND), "settings.yaml") == {"lint.secret-in-configmap"}
    assert ids(manifest(SOUND, "Secret"), "secret.yaml") == set()


def test_a_fault_comes_alone() -> None:
    assert ids(env(with_(DB_UNDERSCORED="1"))) == {"lint.database-underscored"}
    assert ids(env(with_(LOCK_ADAPTER_DEFAULT=None))) == {"lint.lock-adapter"}
    assert ids(env(with_(REDIS_URL="redis:/redis.example:6379/4"))) == {"lint.redis-url.slashes"}
