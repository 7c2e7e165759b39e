"""The script that restarts a node where only a restart helps, run with each of its limits."""

from __future__ import annotations

import http.server
import os
import re
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.systemd import LIMIT, OFF, PAUSE, ROOM, SCRIPT, servers, systemd_files
from nbcluster.files.systemd_readback import differences
from nbcluster.files.words import mount_unit
from tests.services.process import free_ports, tool
from tests.unit.runbooks import program
from tests.unit.scenarios import official

REFUSED = '{"error":{"status":503,"message":"connect ECONNREFUSED 10.0.0.5:6379","code":"ECONNREFUSED"}}'
UNKNOWN = '{"error":{"status":503,"message":"getaddrinfo ENOTFOUND redis","code":"ENOTFOUND"}}'
COMMANDING = '{"error":{"status":503,"code":"APP_COMMANDING"}}'
LOGIN = '{"error":{"status":503,"message":"WRONGPASS invalid username-password pair","code":"APP_ERROR"}}'


class _Redis(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    reply = b"-NOAUTH Authentication required.\r\n"


class _Answer(socketserver.BaseRequestHandler):
    server: _Redis

    def handle(self) -> None:
        if self.request.recv(64) == b"PING\r\n":
            self.request.sendall(self.server.reply)


@dataclass
class Node:
    """One node: what its health address says, its Redis, and what its script did to the service."""

    folder: Path
    redis: _Redis
    body: str = "ok"
    active: set[str] = field(default_factory=lambda: {"nocobase.service"})
    port: int = 0

    def look(self, **environment: str) -> str:
        """Run the script as the timer does; returns the line for the journal."""
        (self.folder / "active").write_text("".join(f"{name}\n" for name in self.active))
        paths = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "RUNTIME_DIRECTORY": str(self.folder / "run")}
        words = [tool("sh"), str(self.folder / "script")]
        done = subprocess.run(words, capture_output=True, text=True, env={**paths, **environment}, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def twice(self) -> str:
        """Look as often as a cause has to be seen."""
        return self.look() + self.look()

    @property
    def restarts(self) -> int:
        return len(self.lines("restarted"))

    def lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    redis = _Redis(("127.0.0.1", 0), _Answer)
    made = Node(tmp_path, redis)

    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.body.encode() if self.path == "/crm/api/__health_check" else b"<html>"
            self.send_response(200 if body == b"ok" else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            """Say nothing."""

    health = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
    made.port = health.server_address[1]
    threads = [threading.Thread(target=each.serve_forever) for each in (redis, health)]
    for thread in threads:
        thread.start()
    (tmp_path / "app").mkdir()
    (tmp_path / "app/.env").write_text(f"APP_PORT=1\nDB_PORT=2\nAPP_PORT={made.port}\n")
    address = f"redis://127.0.0.1:{redis.server_address[1]}"
    rows = [{"name": f"n{number}", "host": f"10.0.0.{number}"} for number in (1, 2, 3)]
    changes: dict[str, object] = {
        f"redis.{role}": f"{address}/{i}" for i, role in enumerate(("cache", "pubsub", "lock", "queue"))
    }
    database = {"database.host": "127.0.0.1", "database.port": redis.server_address[1]}
    answers = official(
        {
            **changes,
            **database,
            "redis.worker_id": f"{address}/4",
            "nodes": rows,
            "app.public_path": "/crm/",
            "storage.path": f"{tmp_path}/storage",
        }
    )
    cluster = Cluster.of(answers)
    text = systemd_files(cluster)[SCRIPT]
    assert differences(systemd_files(cluster), cluster) == []
    (tmp_path / "script").write_text(text.replace("/srv/nocobase/app", f"{tmp_path}/app").replace(OFF, f"{tmp_path}/off"))
    program(
        tmp_path,
        "systemctl",
        f'[ "$1" = is-active ] && exec grep -qx "$3" "{tmp_path}/active"; echo "$*" >> "{tmp_path}/restarted"',
    )
    program(tmp_path, "hostname", '[ "${1-}" = -I ] && echo "192.168.7.7 10.0.0.2" || echo elsewhere')
    program(tmp_path, "getent", 'echo "$2 STREAM"')
    program(tmp_path, "sleep", f'echo "$1" >> "{tmp_path}/slept"; . "{tmp_path}/meanwhile" 2> /dev/null; exit 0')
    yield made
    for server in (redis, health):
        server.shutdown()
        server.server_close()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("body", [REFUSED, UNKNOWN])
def test_a_node_that_only_a_restart_cures_is_restarted_once_with_a_line(node: Node, body: str) -> None:
    node.body = body
    assert node.look() == "" and node.restarts == 0
    said = node.look()
    assert re.search(r"(ECONNREFUSED|ENOTFOUND)\n\Z", said) and said.count("\n") == 1
    assert node.lines("restarted") == ["try-restart nocobase.service"]
    assert node.look() == "" and node.restarts == 1


@pytest.mark.parametrize("body", ["ok", COMMANDING, LOGIN, "", "<html>ok</html>"])
def test_a_node_that_is_well_at_work_or_ill_otherwise_is_left_alone(node: Node, body: str) -> None:
    node.body = body
    assert node.twice() == "" and node.restarts == 0


def test_a_node_that_does_not_answer_is_left_to_its_service(node: Node) -> None:
    (node.folder / "app/.env").write_text(f"APP_PORT={free_ports()}\n")
    assert node.twice() == "" and node.restarts == 0


def test_a_cause_that_went_away_by_itself_does_not_count(node: Node) -> None:
    for body in (REFUSED, "ok", REFUSED, COMMANDING, UNKNOWN):
        node.body = body
        assert node.look() == ""
    assert node.restarts == 0


def test_nothing_happens_before_what_the_node_needs_answers_again(node: Node) -> None:
    node.body = REFUSED
    node.redis.reply = b"-LOADING Redis is loading the dataset in memory\r\n"
    assert node.twice() == "" and node.restarts == 0
    node.redis.reply = b"+PONG\r\n"
    assert node.twice() != "" and node.restarts == 1


def test_a_server_that_is_away_keeps_the_node_from_a_restart(node: Node) -> None:
    node.body = REFUSED
    text = (node.folder / "script").read_text()
    (node.folder / "script").write_text(re.sub(r"tcp://127\.0\.0\.1:\d+", f"tcp://127.0.0.1:{free_ports()}", text))
    assert node.twice() == "" and node.restarts == 0


@pytest.mark.parametrize("state", [set(), {"nocobase.service", "nocobase-alone.service"}, {"nocobase-alone.service"}], ids=str)
def test_a_node_that_installs_upgrades_or_is_maintained_is_left_alone(node: Node, state: set[str]) -> None:
    node.body, node.active = REFUSED, state
    assert node.twice() == "" and node.restarts == 0


@pytest.mark.parametrize("mark", ["app/.nbcluster-alone", "storage/.upgrading", "off"])
def test_a_mark_of_an_upgrade_and_the_switch_keep_the_node_from_a_restart(node: Node, mark: str) -> None:
    node.body = REFUSED
    path = node.folder / mark
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert node.twice() == "" and node.restarts == 0
    path.unlink()
    assert node.twice() != "" and node.restarts == 1


def test_the_nodes_take_turns(node: Node) -> None:
    node.body = REFUSED
    node.twice()
    assert node.lines("slept") == [str(PAUSE)]
    program(node.folder, "hostname", "echo 10.0.0.1")
    node.twice()
    program(node.folder, "hostname", "echo nowhere")
    node.twice()
    program(node.folder, "getent", 'echo "127.0.1.1 STREAM"')
    node.twice()
    assert node.lines("slept")[1:] == ["0", str(3 * PAUSE)] and node.restarts == 3


@pytest.mark.parametrize("meanwhile", ["stopped", "well"])
def test_what_changed_before_the_turn_counts(node: Node, meanwhile: str) -> None:
    node.body = REFUSED
    if meanwhile == "stopped":
        (node.folder / "meanwhile").write_text(f': > "{node.folder}/active"\n')
    else:
        (node.folder / "meanwhile").write_text(f'echo "APP_PORT={free_ports()}" > "{node.folder}/app/.env"\n')
    assert node.twice() == "" and node.restarts == 0


def test_a_node_is_restarted_a_few_times_an_hour_and_says_once_that_it_stops(node: Node) -> None:
    node.body = REFUSED
    for _ in range(LIMIT):
        assert node.twice() != ""
    said = node.twice()
    assert node.restarts == LIMIT and "ECONNREFUSED" in said
    assert node.twice() == "" and node.restarts == LIMIT
    past = node.folder / "run/restarts"
    past.write_text("".join(f"{int(time.time()) - 3700}\n" for _ in range(LIMIT)))
    assert node.twice() != "" and node.restarts == LIMIT + 1


def test_every_server_is_asked_for_once_and_without_a_login() -> None:
    answers = official(
        {
            "redis.cache": "rediss://user:s3cret-of-redis@cache:6380/0",
            "queue.adapter": "rabbitmq",
            "queue.url": "amqps://u:p@mq/v",
        }
    )
    cluster = Cluster.of(answers)
    found = servers(cluster)
    assert found == ("rediss://cache:6380", "redis://10.0.0.5:6379", "tcp://mq:5671", "tcp://10.0.0.6:5432")
    assert "s3cret" not in systemd_files(cluster)[SCRIPT]


def test_in_a_container_the_node_is_asked_from_inside(node: Node) -> None:
    text = (node.folder / "script").read_text()
    assert (
        "\ndocker=''\n" in text and "\ndocker=yes\n" in systemd_files(Cluster.of(official({"app.deployment": "docker"})))[SCRIPT]
    )
    (node.folder / "script").write_text(
        text.replace("\ndocker=''\n", "\ndocker=yes\n").replace("port=13000", f"port={node.port}")
    )
    program(
        node.folder, "docker", f'[ "$1 $2" = "compose -f" ] && echo "$3 $4 $5 $6" >> "{node.folder}/asked"; shift 6; exec "$@"'
    )
    node.body = REFUSED
    assert node.twice() != "" and node.restarts == 1
    assert node.lines("asked") == [f"{node.folder}/app/docker/compose.yaml exec -T node"] * 3


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (SCRIPT, "limit=3", "limit=4"),
        (SCRIPT, "-le $((now - 3600))", "-le $((now - 36))"),
        (SCRIPT, "allowed || exit 0", "allowed"),
        (SCRIPT, "hosts=", "other="),
        ("systemd/nocobase-health.timer", "0/15", "0/30"),
        ("systemd/nocobase-health.service", "oneshot", "simple"),
        ("systemd/nocobase.service", "/usr/bin/mountpoint", "/usr/bin/true"),
        ("systemd/nocobase.service", "head -c 1000000", "head -c 1"),
        ("systemd/nocobase.service", "Wants=", "Requires="),
    ],
)
def test_a_file_that_means_something_else_is_found(path: str, old: str, new: str) -> None:
    cluster = Cluster.of(official())
    files = systemd_files(cluster)
    assert old in files[path]
    assert differences({**files, path: files[path].replace(old, new)}, cluster)
    assert differences({key: value for key, value in files.items() if key != path}, cluster)


@pytest.mark.parametrize(("limit", "room"), [("", True), ("ulimit -f 8; ", False)])
def test_a_node_without_room_is_not_started_and_what_was_tried_is_removed(tmp_path: Path, limit: str, room: bool) -> None:
    """pm2 without room neither starts the application nor ends; then systemd would have nothing to do."""
    done = subprocess.run(["/bin/sh", "-c", limit + ROOM], cwd=tmp_path, capture_output=True, timeout=30, check=False)
    assert (done.returncode == 0) is room and list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    "path", ["/srv/nocobase/storage", "/srv/a b\\c#d%e$f'g\"h`i{j}é", "/", "/.x/.y", "//srv///a/", "/a-b_c:d,e"]
)
def test_the_unit_of_the_mount_is_the_one_that_systemd_names(path: str) -> None:
    words = [tool("systemd-escape"), "--path", "--suffix=mount", path]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    assert mount_unit(path) == done.stdout.strip()


@pytest.mark.parametrize("storage", ["/srv/nocobase/storage", "/srv/a b\\c#d%e$f'g\"h"])
def test_systemd_finds_nothing_in_the_units(storage: str, tmp_path: Path) -> None:
    """The account and the folders of a node are not here, so what it says of them is left out."""
    for path, text in systemd_files(Cluster.of(official({"storage.path": storage, "tls.ca_file": "/etc/ssl/a b.pem"}))).items():
        if path != SCRIPT:
            (tmp_path / path.rpartition("/")[2]).write_text(text)
    units = sorted(str(path) for path in tmp_path.glob("nocobase*"))
    words = [tool("systemd-analyze"), "verify", "--man=no", *units]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    said = [line for line in done.stderr.splitlines() if line.startswith((str(tmp_path), "nocobase"))]
    assert said == [], done.stderr
    broken = tmp_path / "nocobase.service"
    broken.write_text(broken.read_text().replace("Restart=always", "Restarts=always"))
    assert "Restarts" in subprocess.run(words, capture_output=True, text=True, timeout=60, check=False).stderr


def test_a_restart_that_cannot_be_counted_is_not_done(node: Node) -> None:
    node.body = "connect ECONNREFUSED 10.0.0.5:6379"
    (node.folder / "run" / "restarts").mkdir(parents=True)
    node.look()
    (node.folder / "active").write_text("nocobase.service\n")
    paths = {"PATH": f"{node.folder}/bin:{os.environ['PATH']}", "RUNTIME_DIRECTORY": str(node.folder / "run")}
    words = [tool("sh"), str(node.folder / "script")]
    assert subprocess.run(words, capture_output=True, env=paths, timeout=60, check=False).returncode != 0
    assert node.restarts == 0
