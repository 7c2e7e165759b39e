"""The rules that need no connection: each with a configuration that breaks it, beside one that holds."""

from __future__ import annotations

import pytest

from nbcluster.answers.flow import problems_of
from nbcluster.errors import Severity
from nbcluster.steps import balancer
from nbcluster.steps.model import Context
from tests.unit.scenarios import official, problems

NODES = [{"name": "node1", "host": "172.31.0.1"}, {"name": "node2", "host": "172.31.0.2"}]
HEX = "ab" * 32


def nodes(*cells: dict[str, object]) -> dict[str, object]:
    return {"nodes": [{**base, **extra} for base, extra in zip(NODES * 20, cells, strict=False)]}


def unique(count: int, **cells: object) -> dict[str, object]:
    return {"nodes": [{"name": f"node{i}", "host": f"172.31.0.{i}", **cells} for i in range(1, count + 1)]}


def test_the_official_example_breaks_no_rule() -> None:
    assert problems() == {}


ERRORS: list[tuple[str, dict[str, object], str]] = [
    ("cache shares a database", {"redis.lock": "redis://10.0.0.5:6379/0"}, "redis.lock cache-apart"),
    ("same server, other spelling", {"redis.queue": "redis://10.0.0.5/0"}, "redis.queue cache-apart"),
    ("localhost Redis", {"redis.cache": "redis://localhost:6379/0"}, "redis.cache redis-localhost"),
    ("loopback Redis", {"redis.cache": "redis://127.0.0.9:6379/0"}, "redis.cache redis-localhost"),
    ("localhost database", {"database.host": "localhost"}, "database.host database-localhost"),
    ("one slash", {"redis.lock": "redis:/10.0.0.5:6379/2"}, "redis.lock redis-url"),
    ("hash in the password", {"redis.lock": "redis://:p#w@10.0.0.5:6379/2"}, "redis.lock redis-url"),
    ("valkey scheme", {"redis.lock": "valkey://10.0.0.5:6379/2"}, "redis.lock redis-url"),
    ("no database number", {"redis.lock": "redis://10.0.0.5:6379/abc"}, "redis.lock redis-url"),
    ("negative database", {"redis.lock": "redis://10.0.0.5:6379/-1"}, "redis.lock redis-url"),
    ("known key", {"app.key": "your-secret-key"}, "app.key app-key"),
    ("short key", {"app.key": "abc"}, "app.key app-key"),
    ("aes key too short", {"app.aes_key": "ab"}, "app.aes_key aes-key"),
    ("aes key not hex", {"app.aes_key": "z" * 64}, "app.aes_key aes-key"),
    ("public password", {"admin.password": "admin123"}, "admin.password admin-password"),
    ("cluster mode is text", unique(2, cluster_mode="auto"), "nodes[0].cluster_mode cluster-mode"),
    ("cluster mode true", unique(2, cluster_mode="true"), "nodes[0].cluster_mode cluster-mode"),
    ("max without cores", unique(2, cluster_mode="max"), "nodes[0].cores cluster-mode"),
    ("33 processes", unique(3, cluster_mode="11"), "nodes worker-ids"),
    ("max on big hosts", unique(2, cluster_mode="max", cores=32), "nodes worker-ids"),
    ("blank in the topics", unique(2, worker_mode="!, workflow:process"), "nodes[0].worker_mode worker-mode"),
    ("star in a list", unique(2, worker_mode="!,*"), "nodes[0].worker_mode worker-mode"),
    ("all request-only", unique(2, worker_mode="!"), "nodes topics"),
    ("all workers", unique(2, worker_mode="*"), "nodes nodes"),
    ("same name", nodes({}, {"name": "node1"}), "nodes[1].name nodes-duplicate"),
    ("same place", nodes({}, {"host": "172.31.0.1"}), "nodes[1].host nodes-duplicate"),
    ("one loopback node", nodes({}, {"host": "127.0.0.1"}), "nodes[1].host nodes-localhost"),
    ("relative storage", {"storage.path": "storage"}, "storage.path storage-path"),
    ("system folder", {"storage.path": "/etc"}, "storage.path storage-path"),
    ("no such zone", {"app.timezone": "Mars/Olympus"}, "app.timezone time-zone"),
    ("version 1", {"app.version": "1.9.34"}, "app.version version"),
    ("certificate without key", {"balancer.certificate": "/etc/c.pem"}, "balancer.certificate_key certificate"),
    ("redirect without certificate", {"balancer.redirect": True}, "balancer.redirect certificate"),
    ("unknown plugin", {"license.confirmed": ["pubsub-adapter-redis", "nonsense"]}, "license.confirmed license-known"),
    ("plugin not confirmed", {"license.confirmed": []}, "license.confirmed license"),
    ("bad name", {"name": "Prod!"}, "name form"),
    ("bad path", {"app.public_path": "nocobase"}, "app.public_path form"),
    ("port out of range", {"app.port": 70000}, "app.port form"),
    ("unknown dialect", {"database.dialect": "oracle"}, "database.dialect form"),
    ("bare slash", {"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@mq:5672/"}, "queue.url queue-url"),
    ("http broker", {"queue.adapter": "rabbitmq", "queue.url": "http://mq:5672/v"}, "queue.url queue-url"),
    ("localhost broker", {"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@localhost/v"}, "queue.url queue-localhost"),
]


@pytest.mark.parametrize(("changes", "key"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_what_cannot_work_is_an_error(changes: dict[str, object], key: str) -> None:
    found = problems(changes)
    assert key in found, sorted(found)
    assert found[key].severity is Severity.ERROR
    assert found[key].message and (found[key].hint or found[key].rule == "form")


WARNINGS: list[tuple[str, dict[str, object], str]] = [
    ("two roles in one database", {"redis.lock": "redis://10.0.0.5:6379/1"}, "redis.lock roles-apart"),
    ("24 processes", unique(3, cluster_mode="8"), "nodes worker-ids"),
    ("one serving node", unique(1), "nodes nodes"),
    ("old version", {"app.version": "2.1.40"}, "app.version version"),
    ("soft mount", {"storage.options": "soft"}, "storage.options storage-options"),
    ("licence pending", {"license.confirmed": [], "license.pending": True}, "license.confirmed license"),
    ("guessed variable", {"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@mq/v"}, "queue.url_variable queue-variable"),
    (
        "Redis queue beside RabbitMQ",
        {"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@mq/v"},
        "redis.queue redis-queue-unused",
    ),
]


@pytest.mark.parametrize(("changes", "key"), [row[1:] for row in WARNINGS], ids=[row[0] for row in WARNINGS])
def test_what_may_work_is_a_warning(changes: dict[str, object], key: str) -> None:
    found = problems(changes)
    assert key in found, sorted(found)
    assert found[key].severity is Severity.WARNING


@pytest.mark.parametrize(
    "changes",
    [
        unique(2, cluster_mode="4"),
        unique(2, cluster_mode="max", cores=8),
        unique(2, cluster_mode="-1", cores=1),
        {"nodes": [*NODES, {"name": "worker1", "host": "172.31.0.9", "worker_mode": "*"}]},
        {"nodes": [{**NODES[0], "worker_mode": "!"}, {**NODES[1], "worker_mode": "!,workflow:process,async-task:process"}]},
        {"app.public_path": "/nocobase/"},
        {"redis.cache": "rediss://u:p%23@cache.example.com:6380/0"},
    ],
)
def test_legal_variations_break_no_rule(changes: dict[str, object]) -> None:
    assert not {key for key, problem in problems(changes).items() if problem.severity is Severity.ERROR}


def test_localhost_is_fine_where_every_node_is_on_loopback() -> None:
    changes: dict[str, object] = {
        "redis.cache": "redis://localhost:6379/0",
        "nodes": [{"name": "a", "host": "127.0.0.1"}, {"name": "b", "host": "127.0.0.1", "port": 13001}],
    }
    assert "redis.cache redis-localhost" not in problems(changes)


EXISTING: dict[str, object] = {"app.installation": "existing"}


def test_an_existing_installation_gets_no_fresh_keys() -> None:
    found = problems({**EXISTING, "app.key": "generate", "app.aes_key": "generate"}, without=("admin",))
    assert "app.key keys-kept" in found and "app.aes_key keys-kept" in found


def test_an_existing_installation_keeps_the_keys_of_its_file() -> None:
    context = Context(base_env={"APP_KEY": HEX, "APP_AES_SECRET_KEY": HEX, "TZ": "UTC"})
    found = problems({**EXISTING, "app.key": "generate", "app.aes_key": "generate"}, ("admin",), context)
    assert not [key for key in found if "keys-kept" in key or "app-key" in key]


def test_the_keys_of_an_existing_file_are_not_left_out() -> None:
    context = Context(base_env={"APP_AES_SECRET_KEY": HEX})
    assert "app.aes_key keys-kept" in problems({**EXISTING, "app.aes_key": "from-storage"}, ("admin",), context)


def test_a_weak_key_of_an_existing_file_is_explained() -> None:
    context = Context(base_env={"APP_KEY": "your-secret-key"})
    found = problems({**EXISTING, "app.key": "generate"}, ("admin",), context)
    assert "from-storage" in found["app.key app-key"].hint


def test_a_short_key_that_is_kept_is_a_warning_and_one_that_is_pasted_an_error() -> None:
    context = Context(base_env={"APP_KEY": "k7-x" * 7})
    kept = problems({**EXISTING, "app.key": "keep"}, ("admin",), context)["app.key app-key"]
    pasted = problems({**EXISTING, "app.key": "k7-x" * 7}, ("admin",), context)["app.key app-key"]
    assert (kept.severity, pasted.severity) == (Severity.WARNING, Severity.ERROR)
    assert "app.key app-key" not in problems({**EXISTING, "app.key": "keep"}, ("admin",), Context(base_env={"APP_KEY": HEX}))


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("database.host", "postgres", "database.host database-localhost"),
        ("redis.cache", "redis://redis:6379/0", "redis.cache redis-localhost"),
    ],
)
def test_a_name_that_only_the_containers_of_the_imported_file_know_is_a_warning(path: str, value: str, key: str) -> None:
    found = problems({path: value}, (), Context(neighbours=("postgres", "redis")))
    assert found[key].severity is Severity.WARNING
    assert key not in problems({path: value}, (), Context(neighbours=("other",)))


def test_an_existing_installation_names_its_time_zone() -> None:
    assert "app.timezone required" in problems(EXISTING, ("app.timezone", "admin"))


@pytest.mark.parametrize(
    ("zone", "rule"),
    [({"TZ": "Asia/Shanghai"}, "time-zone-kept"), ({"DB_TIMEZONE": "Asia/Shanghai", "TZ": "UTC"}, "time-zone-database")],
)
def test_a_zone_that_would_shift_dates_is_an_error(zone: dict[str, str], rule: str) -> None:
    found = problems(EXISTING, ("admin",), Context(base_env=zone))
    assert found[f"app.timezone {rule}"].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("zone", "offset", "severity"),
    [
        ("Asia/Shanghai", "+08:00", None),
        ("Asia/Shanghai", "+02:00", Severity.ERROR),
        ("UTC", "+00:00", None),
        ("Europe/Berlin", "+02:00", Severity.WARNING),
        ("Europe/Berlin", "+03:00", Severity.ERROR),
    ],
)
def test_the_offset_of_the_database_agrees_with_the_zone(zone: str, offset: str, severity: Severity | None) -> None:
    context = Context(base_env={"DB_TIMEZONE": offset, "TZ": zone})
    found = problems({**EXISTING, "app.timezone": zone}, ("admin",), context).get("app.timezone time-zone-database")
    assert (found and found.severity) == severity


def test_admin_of_an_existing_installation_is_an_error() -> None:
    assert "admin.email admin-existing" in problems(EXISTING)


def test_sockets_inside_the_share_are_named() -> None:
    context = Context(base_env={"PM2_HOME": "/srv/nocobase/storage/.pm2"})
    assert "storage.path local-files" in problems(context=context)


def test_tables_of_an_existing_installation_are_kept() -> None:
    context = Context(base_env={"DB_TABLE_PREFIX": "nb_", "DB_UNDERSCORED": "true"})
    found = problems(EXISTING, ("admin",), context)
    assert "database.table_prefix database-kept" in found and "database.underscored database-kept" in found


def test_databases_of_another_session_are_refused_with_the_next_free_numbers() -> None:
    context = Context(claims={("10.0.0.5", 6379, str(n)): "staging" for n in range(5)})
    problem = next(p for key, p in problems(context=context).items() if key.endswith("redis-claimed"))
    assert "staging" in problem.message and "5" in problem.hint


def test_the_layout_of_five_addresses_is_found_again() -> None:
    assert official()["redis.layout"] == "one"
    assert official({"redis.cache": "redis://10.0.0.4:6379/0"})["redis.layout"] == "two"
    assert official({"redis.lock": "redis://10.0.0.4:6379/0"})["redis.layout"] == "per-role"


@pytest.mark.parametrize(
    ("name", "fits"),
    [("nocobase.example.com", True), ("NocoBase.example.com", False), ("10.0.0.9", False), ("under_score.example.com", False)],
)
def test_a_name_that_no_ingress_takes_is_refused_at_the_step_that_asks_it(name: str, fits: bool) -> None:
    answers = official({"app.deployment": "kubernetes", "kubernetes.ingress_class": "traefik", "balancer.server_name": name})
    wrong = [] if fits else ["kubernetes-host"]
    assert [problem.rule for problem in problems_of(balancer.STEP, answers)] == wrong
    assert problems_of(balancer.STEP, answers.with_("balancer.kind", "none")) == ()
    assert problems_of(balancer.STEP, answers.with_("app.deployment", "host")) == ()


@pytest.mark.parametrize("dialect", ["postgres", "kingbase", "mysql", "mariadb"])
@pytest.mark.parametrize(
    ("password", "spoilt"),
    [("qx zq", True), ("ab ", True), (" ab", True), ("a\\b", True), ("'ab", True), ("a\tb", True)]
    + [(f"a{sign}b", False) for sign in "#$'@%\"=/:?&{}-ü!;,"]
    + [("ab'", False), ('"ab', False)],
)
def test_a_password_that_costs_the_licence_is_said_before_it_does(dialect: str, password: str, spoilt: bool) -> None:
    found = problems({"database.dialect": dialect, "database.password": password})
    key = "database.password database-password-licence"
    assert (key in found) is (spoilt and dialect in ("postgres", "kingbase"))
    if key in found:
        assert found[key].severity == "warning"


def test_a_licence_that_is_not_needed_is_not_missed() -> None:
    other: dict[str, object] = {"license.adapters": "other", "license.plugins": ["mine"], "database.password": "a b"}
    assert "database.password database-password-licence" not in problems(other)
