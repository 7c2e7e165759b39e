"""Redis: each stage against real servers in good and broken states."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from nbcluster.answers.secret import Secret
from nbcluster.checks.run import run_checks
from nbcluster.facts import ROLES
from tests.checks.conftest import by_id, code_of, redis_at, redis_of, statuses
from tests.services.certificates import Certificates
from tests.services.fixtures import StartProxy, StartRedis
from tests.services.process import free_ports
from tests.services.proxy import Fault
from tests.services.redis_server import RedisServer


def test_all_roles_of_a_plain_redis(redis_plain: RedisServer) -> None:
    report = run_checks([redis_of(redis_plain, role, db=number) for number, role in enumerate(ROLES)])
    found = statuses(report)
    assert {i for i, status in found.items() if status == "warn"} == {
        *(f"redis.{role}.version" for role in ROLES),
        "redis.cache.bloom",
        "redis.queue.persistence",
    }
    assert set(found.values()) == {"ok", "warn"}
    assert all(f"redis.{role}.commands" in found for role in ROLES)
    assert by_id(report)["redis.cache.version"].params["version"] == redis_plain.version


def test_bloom_is_judged_by_ability(redis_bloom: RedisServer) -> None:
    report = run_checks([redis_of(redis_bloom, "cache")])
    assert statuses(report)["redis.cache.bloom"] == "ok"
    assert statuses(report)["redis.cache.login"] == "ok"


def test_a_wrong_password_fails_and_what_needs_it_is_skipped_by_name(redis_bloom: RedisServer) -> None:
    report = run_checks([redis_of(redis_bloom, password=Secret("wrong"))])
    assert code_of(report, "redis.lock.login") == "redis.login.refused"
    assert statuses(report)["redis.lock.login"] == "fail"
    assert "redis.lock.login" in by_id(report)["redis.lock.commands"].summary
    assert statuses(report)["redis.lock.commands"] == "skip"


@pytest.mark.parametrize(
    ("password", "code"),
    [(None, "redis.login.required"), (Secret("pw"), "redis.login.ok"), (Secret("p#w"), "redis.login.refused")],
)
def test_logins(redis_bloom: RedisServer, password: Secret | None, code: str) -> None:
    report = run_checks([redis_of(redis_bloom, username=None, password=password)])
    assert code_of(report, "redis.lock.login") == code


def test_a_password_that_nobody_asked_for(redis_plain: RedisServer) -> None:
    report = run_checks([redis_of(redis_plain, password=Secret("surplus"))])
    assert code_of(report, "redis.lock.login") == "redis.login.unwanted"


def test_a_refused_port_fails_at_once() -> None:
    report = run_checks([redis_at(free_ports())])
    assert code_of(report, "redis.lock.reach") == "net.refused"
    assert statuses(report)["redis.lock.reach"] == "fail"


def test_tls_with_the_own_authority(redis_tls: RedisServer) -> None:
    found = by_id(run_checks([redis_of(redis_tls)]))
    assert found["redis.lock.tls"].code in ("tls.ok", "tls.ending")
    assert found["redis.lock.commands"].status == "ok"


def test_tls_without_the_authority(redis_tls: RedisServer) -> None:
    assert code_of(run_checks([redis_of(redis_tls, ca_file=None)]), "redis.lock.tls") == "tls.untrusted"


def test_tls_to_another_name(redis_tls: RedisServer) -> None:
    with socket.create_server(("127.0.0.2", 0)) as front:
        threading.Thread(target=forward, args=(front, redis_tls.port), daemon=True).start()
        report = run_checks([redis_of(redis_tls, host="127.0.0.2", port=front.getsockname()[1])])
    assert code_of(report, "redis.lock.tls") == "tls.name"


def forward(front: socket.socket, port: int) -> None:
    """Pass one connection on: a server reached under an address that its certificate does not name."""
    near, _address = front.accept()
    with near, socket.create_connection(("127.0.0.1", port)) as far, suppress(ConnectionError):
        while ready := select.select([near, far], [], [], 10)[0]:
            for side, other in ((near, far), (far, near)):
                if side in ready:
                    data = side.recv(65536)
                    if not data:
                        return
                    other.sendall(data)


def test_an_authority_that_is_no_file(redis_tls: RedisServer, tmp_path: Path) -> None:
    report = run_checks([redis_of(redis_tls, ca_file=str(tmp_path / "absent.pem"))])
    assert code_of(report, "redis.lock.tls") == "tls.ca_file"


def test_tls_is_spoken_to_a_plain_server(redis_plain: RedisServer) -> None:
    report = run_checks([redis_of(redis_plain, tls=True)], timeout=1)
    assert code_of(report, "redis.lock.tls") == "tls.absent"


def test_a_tls_server_is_spoken_to_plainly(redis_tls: RedisServer) -> None:
    report = run_checks([redis_of(redis_tls, tls=False, password=None)])
    assert code_of(report, "redis.lock.login") == "seen.tls"


def test_a_database_that_does_not_exist(redis_plain: RedisServer) -> None:
    report = run_checks([redis_of(redis_plain, db=99)])
    assert code_of(report, "redis.lock.database") == "redis.database.range"
    assert by_id(report)["redis.lock.database"].params["count"] == "16"


def test_a_cluster_is_refused(start_redis_server: StartRedis) -> None:
    report = run_checks([redis_of(start_redis_server("--cluster-enabled", "yes"), db=1)])
    assert code_of(report, "redis.lock.primary") == "redis.primary.cluster"
    assert code_of(report, "redis.lock.database") == "redis.database.cluster"
    assert statuses(report)["redis.lock.commands"] == "skip"


def test_a_proxy_has_the_first_database_alone(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--rename-command", "SELECT", "")
    assert code_of(run_checks([redis_of(server, db=1)]), "redis.lock.database") == "redis.database.proxy"
    report = run_checks([redis_of(server, db=0)])
    assert code_of(report, "redis.lock.database") == "redis.database.default"
    assert statuses(report)["redis.lock.exchange"] == "ok"


def test_a_replica_is_refused(start_redis_server: StartRedis, redis_plain: RedisServer) -> None:
    replica = start_redis_server("--replicaof", f"127.0.0.1 {redis_plain.port}")
    report = run_checks([redis_of(replica)])
    assert statuses(report)["redis.lock.primary"] == "fail"
    assert by_id(report)["redis.lock.primary"].params["primary"] == f"127.0.0.1:{redis_plain.port}"


@pytest.mark.parametrize(
    ("role", "rights", "code", "status"),
    [
        ("lock", ["~main:*", "&*", "+@all", "-evalsha"], "redis.commands.denied", "fail"),
        ("lock", ["~main:*", "&*", "+@all"], "redis.commands.ok", "ok"),
        ("lock", ["~other:*", "&*", "+@all"], "redis.commands.keys", "fail"),
        ("cache", ["~*", "&*", "+@all", "-flushdb"], "redis.commands.partly", "warn"),
        ("queue", ["~*", "&*", "+@all", "-xreadgroup"], "redis.commands.partly", "warn"),
        ("pubsub", ["~main:*", "&main*", "+@all"], "redis.commands.ok", "ok"),
        ("pubsub", ["~*", "resetchannels", "+@all"], "redis.commands.partly", "warn"),
        ("worker_id", ["~*", "&*", "+@all", "-multi"], "redis.commands.partly", "warn"),
    ],
)
def test_the_rights_of_a_role(start_redis_server: StartRedis, role: str, rights: list[str], code: str, status: str) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", *rights]], username="app", password="pw")
    report = run_checks([redis_of(server, role)])
    found = by_id(report)[f"redis.{role}.commands"]
    assert (found.code, found.status) == (code, status), found


def test_a_user_without_info_is_neither_good_nor_bad(start_redis_server: StartRedis) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", "+@all", "-info"]], username="app", password="pw")
    found = statuses(run_checks([redis_of(server)]))
    assert {found[f"redis.lock.{name}"] for name in ("version", "primary", "eviction")} == {"skip"}
    assert found["redis.lock.commands"] == "ok"


def test_a_server_that_evicts(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--maxmemory-policy", "allkeys-lru", "--maxmemory", "50mb")
    report = run_checks([redis_of(server), redis_of(server, "cache")])
    assert code_of(report, "redis.lock.eviction") == "redis.eviction.evicts"
    assert "redis.cache.eviction" not in by_id(report)


def test_a_full_server(start_redis_server: StartRedis) -> None:
    report = run_checks([redis_of(start_redis_server("--maxmemory", "1"))])
    assert code_of(report, "redis.lock.commands") == "redis.commands.memory"


def test_persistence(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--appendonly", "yes")
    assert code_of(run_checks([redis_of(server, "queue")]), "redis.queue.persistence") == "redis.persistence.ok"


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.HALF_OPEN, Fault.RESET, Fault.TRUNCATE, Fault.DRIP])
def test_faults_of_the_network_are_errors(redis_plain: RedisServer, fault_proxy: StartProxy, fault: Fault) -> None:
    proxy = fault_proxy(redis_plain.host, redis_plain.port, fault, delay=0.1)
    report = run_checks([redis_at(proxy.port)], timeout=0.8)
    assert [r.id for r in report.results if r.status == "error"], report.results
    assert not report.counts["fail"]


def test_latency_is_measured(redis_plain: RedisServer, fault_proxy: StartProxy) -> None:
    proxy = fault_proxy(redis_plain.host, redis_plain.port, Fault.LATENCY, delay=0.04)
    found = by_id(run_checks([redis_at(proxy.port)]))["redis.lock.ping"]
    assert found.status == "warn"
    assert found.elapsed_ms >= 80


def test_no_secret_is_in_a_result(redis_bloom: RedisServer) -> None:
    report = run_checks([redis_of(redis_bloom, password=Secret("hunter2-hunter2"))])
    assert "hunter2" not in repr(report)


def test_an_authority_that_signed_nothing(redis_tls: RedisServer, certificates: Certificates) -> None:
    report = run_checks([redis_of(redis_tls, ca_file=str(certificates.other_authority))])
    assert code_of(report, "redis.lock.tls") == "tls.untrusted"
