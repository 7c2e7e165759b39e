"""The full screen in a real terminal at 80x24, against real servers: from an empty session to files that other programs read correctly."""

from __future__ import annotations

from pathlib import Path

from nbcluster.answers.secret import MissingSecret
from nbcluster.report import label_of
from nbcluster.sessions.store import SessionStore
from tests.cli.program import nbcluster, tree
from tests.pty.terminal import Terminal, terminal
from tests.services.dotenv import NodeDotenv
from tests.services.nginx import Nginx
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer
from tests.unit.scenarios import official

NUMBER = {"start": 1, "license": 2, "middleware": 3, "database": 4, "connections": 5, "keys": 6, "storage": 7}
NUMBER |= {"nodes": 8, "balancer": 9, "multicore": 10, "review": 11, "export": 12}


def at(shown: Terminal, step: str) -> None:
    """Wait until a step is shown and drawn."""
    shown.wait_for(f"step {NUMBER[step]} of 12")
    shown.settle()


def jump(shown: Terminal, step: str) -> None:
    """Go to a step by the list of steps."""
    shown.press("f6")
    shown.settle()
    shown.press("home", *("down",) * (NUMBER[step] - 1), "enter")
    at(shown, step)


def forward(shown: Terminal, step: str) -> None:
    """Go on to a step, also to one that F8 passes by because nothing in it has to be answered."""
    jump(shown, step)


def begin(shown: Terminal, name: str) -> None:
    """Begin a session by name on the opening screen, and choose a new installation."""
    shown.wait_for("Import")
    shown.settle()
    shown.press("enter")
    shown.wait_for("such as prod")
    shown.settle()
    shown.press("ctrl+u", name, "enter")
    at(shown, "start")
    shown.press("enter")
    forward(shown, "license")


def middleware(shown: Terminal, redis: RedisServer, broker: RabbitServer) -> None:
    """Answer licence and middleware with the queue on RabbitMQ: the licence follows, so one goes back to it."""
    shown.press("tab", "tab", "ops")
    shown.press("f6")
    shown.settle()
    shown.press("down", "enter")
    at(shown, "middleware")
    shown.press(redis.url(), "tab")
    shown.settle()
    shown.press("tab", "right")
    shown.wait_for("e.g. amqp")
    shown.settle()
    shown.press("tab", f"amqp://{broker.username}:{broker.password}@{broker.host}:{broker.port}/{broker.vhost}", "tab")
    shown.settle()
    shown.press("f7")
    at(shown, "license")
    shown.wait_for("queue-adapter-rabbitmq")
    shown.press("a")
    forward(shown, "middleware")
    forward(shown, "database")


def database(shown: Terminal, server: SqlServer) -> None:
    shown.press(server.host, "tab", "ctrl+u", str(server.port), "tab", "tab", "ctrl+u", server.database)
    shown.press("tab", "ctrl+u", server.username, "tab", server.password)
    forward(shown, "connections")


def the_rest(shown: Terminal, folder: Path) -> None:
    """Answer keys to export and write the files."""
    forward(shown, "keys")
    shown.press(*("tab",) * 2, "ctrl+u", "ops@example.com")
    forward(shown, "storage")
    shown.press("shift+tab", "ctrl+u", "/srv/nocobase/storage")
    forward(shown, "nodes")
    for number in (1, 2, 3):
        shown.press(f"127.0.0.{number}")
        if number < 3:
            shown.press(*("tab",) * 3, "enter")
            shown.settle()
    forward(shown, "balancer")
    shown.press("nocobase.example.com")
    forward(shown, "multicore")
    shown.press("down", "down", "down", "space", "tab", "4", *("tab",) * 7, "*")
    forward(shown, "review")
    forward(shown, "export")
    shown.press("ctrl+u", str(folder))
    write_the_files(shown)


def write_the_files(shown: Terminal) -> None:
    """Write from the step of the export, and wait for the page after it."""
    shown.press("f8")
    shown.wait_for("Write to")
    shown.settle()
    shown.press("enter")
    shown.wait_for("DONE")
    shown.settle()


def check_files(folder: Path, redis: RedisServer, server: SqlServer, dotenv: NodeDotenv, nginx: Nginx) -> None:
    """Let other programs read what was written."""
    first, last = (dotenv.read(folder / "nodes" / f"node{n}.env") for n in (1, 3))
    common = dotenv.read(folder / ".env")
    assert common["CACHE_REDIS_URL"] == redis.url(0) and common["REDIS_URL"] == redis.url(4)
    assert (common["DB_HOST"], common["DB_PORT"]) == (server.host, str(server.port))
    assert (common["DB_PASSWORD"], common["QUEUE_ADAPTER"]) == (server.password, "rabbitmq")
    assert first["CLUSTER_MODE"] == "4" and last["WORKER_MODE"] == "*" and "WORKER_MODE" not in first
    assert len(bytes.fromhex(common["APP_AES_SECRET_KEY"])) == 32
    snippet = (folder / "nginx/nocobase.conf").read_text("utf-8")
    assert "127.0.0.1:13000" in snippet and "127.0.0.3:13000" not in snippet
    assert nginx.test(snippet).ok


def test_from_nothing_to_files_that_mean_what_was_typed(
    redis_bloom: RedisServer,
    rabbitmq: RabbitServer,
    postgres: SqlServer,
    node_dotenv: NodeDotenv,
    nginx_binary: Nginx,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    with terminal(folder=tmp_path) as shown:
        begin(shown, "prod")
        middleware(shown, redis_bloom, rabbitmq)
        database(shown, postgres)
        shown.wait_for("0 failed")
        assert "redis.cache.bloom" not in shown.text()
        the_rest(shown, out)
        shown.press("ctrl+q")
        assert shown.ended() == 0
        for secret in (redis_bloom.password, rabbitmq.password, postgres.password):
            assert f":{secret}@".encode() not in shown.received
    check_files(out, redis_bloom, postgres, node_dotenv, nginx_binary)
    session = SessionStore().load("prod")
    assert session.exported_to == str(out) and isinstance(session.answers["database.password"], MissingSecret)
    before = tree(out)
    secrets = {"NBCLUSTER_DATABASE_PASSWORD": postgres.password, "NBCLUSTER_QUEUE_URL_PASSWORD": rabbitmq.password}
    secrets |= {f"NBCLUSTER_REDIS_{role}_PASSWORD": redis_bloom.password for role in ("CACHE", "PUBSUB", "LOCK", "WORKER_ID")}
    again = nbcluster("render", "--answers", out / "answers.toml", "--out", out, "--json", environment=secrets)
    assert again.code == 0, again.err
    assert again.json()["written"] == []
    assert tree(out) == before


def test_a_server_without_bloom_filter_is_a_warning_on_the_board(
    redis_plain: RedisServer, rabbitmq: RabbitServer, tmp_path: Path
) -> None:
    with terminal(folder=tmp_path) as shown:
        begin(shown, "prod")
        middleware(shown, redis_plain, rabbitmq)
        shown.press("f6")
        shown.settle()
        shown.press("down", "enter")
        at(shown, "connections")
        shown.wait_for("no Bloom filter")


def test_resume_asks_for_the_secrets_alone_and_goes_on_where_one_was(
    redis_bloom: RedisServer, rabbitmq: RabbitServer, tmp_path: Path
) -> None:
    with terminal("setup", "--session", "prod", folder=tmp_path) as shown:
        at(shown, "start")
        shown.press("enter")
        forward(shown, "license")
        middleware(shown, redis_bloom, rabbitmq)
        shown.press("ctrl+q")
        assert shown.ended() == 0
    with terminal(folder=tmp_path) as shown:
        shown.wait_for("prod")
        shown.settle()
        shown.press("enter")
        queue, redis = (label_of(official(), path) for path in ("queue.url", "redis.address"))
        shown.wait_for(queue)
        shown.settle()
        assert [shown.text().count(label) for label in (queue, redis)] == [1, 1], shown.text()
        typed = {queue: rabbitmq.password, redis: redis_bloom.password}
        for path in sorted(typed, key=shown.text().index):
            shown.press(typed[path], "tab")
        shown.press("enter")
        at(shown, "database")
        assert "Not the same" not in shown.text()
        shown.press("ctrl+q")
        assert shown.ended() == 0
