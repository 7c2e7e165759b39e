"""The tour's servers live and end with it, and its answers make a cluster without an error."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbcluster import programs
from nbcluster.answersfile import load_text
from nbcluster.controller import Controller
from nbcluster.demo.scenario import Demo, answers_toml, example_nodes, start_demo
from nbcluster.demo.servers import PASSWORD, DemoServers, Ports
from nbcluster.errors import NbclusterError
from nbcluster.flow import infer, problems_for_file, targets
from nbcluster.problems import Severity
from nbcluster.rules import Context
from nbcluster.session import Session
from tests.services.process import accepts

PORTS = Ports(20001, 20002, 20003)
NODES = (("127.0.0.2", 13000), ("127.0.0.3", 13000), ("127.0.0.4", 13000))


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with start_demo() as tour:
        yield tour


def test_the_servers_listen_until_they_are_closed() -> None:
    with DemoServers() as running:
        ports = running.ports
        assert all(accepts("127.0.0.1", port) for port in (ports.redis, ports.rabbitmq, ports.postgres))
    assert not any(accepts("127.0.0.1", port) for port in (ports.redis, ports.rabbitmq, ports.postgres))
    running.close()


def test_the_process_ends_when_its_parent_is_gone() -> None:
    command = programs.command("nbcluster.demo.servers")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert b'"redis"' in process.stdout.readline()
        process.stdin.close()
        assert process.wait(10) == 0


def test_servers_that_do_not_come_up_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbcluster.demo.servers.sys.executable", "/bin/true")
    with pytest.raises(NbclusterError):
        DemoServers().start()


def test_ports_are_unknown_before_the_start() -> None:
    with pytest.raises(RuntimeError):
        _ = DemoServers().ports


def test_the_example_breaks_no_rule(tmp_path: Path) -> None:
    text = answers_toml(PORTS, "/srv/nocobase/storage", NODES)
    answers = infer(load_text(text, "demo", tmp_path).answers)
    problems = problems_for_file(answers, Context())
    assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
    # The name of RabbitMQ's variable is published nowhere, and the tour does not pretend to know it.
    assert {problem.path for problem in problems} == {"queue.url_variable"}


def test_the_example_has_every_kind_of_target(tmp_path: Path) -> None:
    answers = infer(load_text(answers_toml(PORTS, "/srv/nocobase/storage", NODES), "demo", tmp_path).answers)
    assert {target.id for target in targets(answers)} == {
        "redis.cache",
        "redis.pubsub",
        "redis.lock",
        "redis.worker_id",
        "rabbitmq",
        "balancer",
        "database",
        "node.node1",
        "node.node2",
        "node.node3",
        "storage",
    }


def test_nodes_on_one_address_get_ports_of_their_own() -> None:
    document = tomllib.loads(answers_toml(PORTS, "/srv/s", [("127.0.0.1", 13000), ("127.0.0.1", 13001), ("127.0.0.1", 13002)]))
    assert document["app"]["port"] == 13000
    assert [node.get("port", 13000) for node in document["nodes"]] == [13000, 13001, 13002]


def test_nothing_serves_where_the_nodes_will_be() -> None:
    nodes = example_nodes()
    assert len(set(nodes)) == 3
    assert not any(accepts(host, port) for host, port in nodes)


@pytest.mark.parametrize("has_addresses", [True, False])
def test_a_port_in_use_is_not_chosen(monkeypatch: pytest.MonkeyPatch, has_addresses: bool) -> None:
    monkeypatch.setattr("nbcluster.demo.scenario._has", lambda host: has_addresses)
    monkeypatch.setattr("nbcluster.demo.scenario._serves", lambda host, port: port == 13000)
    assert 13000 not in {port for _host, port in example_nodes()}


def test_the_password_shows_how_an_address_writes_it(demo: Demo) -> None:
    document = tomllib.loads(demo.answers_toml)
    assert document["database"]["password"] == PASSWORD
    assert PASSWORD not in document["redis"]["cache"]


def test_an_empty_tour_leaves_nothing(demo: Demo) -> None:
    assert demo.out_dir.is_dir()
    demo.close()
    assert not demo.folder.exists()


def test_an_export_outlives_the_tour(demo: Demo) -> None:
    (demo.out_dir / ".env").write_text("APP_ENV=production\n")
    demo.close()
    assert [path.name for path in demo.folder.iterdir()] == ["export"]
    assert not accepts("127.0.0.1", demo.ports.redis)


def test_the_tour_ends_with_a_finished_export(demo: Demo) -> None:
    answers = infer(load_text(demo.answers_toml, "demo", demo.out_dir).answers).with_("export.directory", str(demo.out_dir))
    controller = Controller(Session(name="demo", answers=answers, step="start"), None, simulated=True)
    written = controller.export().result.written
    controller.close()
    assert {".env", "nginx/nocobase.conf", "RUNBOOK.md"} <= set(written)
    assert "APP_ENV=" in (demo.out_dir / ".env").read_text()
