"""No database gets a clear-text password over a connection that others can read, whatever it asks for."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

import pytest

from nbcluster.answers.secret import Secret
from nbcluster.checks.run import run_checks
from nbcluster.probe.base import Probe
from nbcluster.probe.database.mysql import MysqlProbe
from nbcluster.probe.database.postgres import PostgresProbe
from nbcluster.probe.findings import Finding, Stop
from nbcluster.probe.link import is_loopback, is_private
from tests.checks.conftest import Misbehave, code_of, database_at
from tests.checks.test_hostile import BEHAVIOURS

PASSWORD = "pw-of-the-database"
_CAPABILITIES = 0x00000200 | 0x00008000 | 0x00080000 | 0x00000008


def packet(number: int, data: bytes) -> bytes:
    return struct.pack("<I", len(data))[:3] + bytes([number]) + data


def greeting(plugin: bytes) -> bytes:
    parts = [b"\x0a8.0.30\0", struct.pack("<I", 7), b"12345678\0", struct.pack("<H", _CAPABILITIES & 0xFFFF), b"\x2d\x02\0"]
    parts += [struct.pack("<H", _CAPABILITIES >> 16), b"\x15", b"\0" * 10, b"123456789012\0", plugin + b"\0"]
    return packet(0, b"".join(parts))


class Rogue:
    """A server that greets, asks for a password in its own way, and keeps what it is given after that."""

    def __init__(self, hello: bytes, question: bytes) -> None:
        self.given = b""
        self.asked = threading.Event()
        self.ended = threading.Event()
        self._hello, self._question = hello, question

    def talk(self, connection: socket.socket, _stop: threading.Event) -> None:
        connection.sendall(self._hello)
        connection.recv(4096)
        connection.sendall(self._question)
        self.asked.set()
        while data := connection.recv(4096):
            self.given += data
        self.ended.set()


def mysql(first: bytes, question: bytes) -> Rogue:
    return Rogue(greeting(first), packet(2, question))


ROGUES: dict[str, tuple[Callable[[], Rogue], str]] = {
    "postgres clear": (lambda: Rogue(b"", b"R" + struct.pack("!ii", 8, 3)), "database.login.clear"),
    "mysql clear": (lambda: mysql(b"mysql_native_password", b"\xfemysql_clear_password\0"), "database.login.clear"),
    "mysql dialog": (lambda: mysql(b"mysql_native_password", b"\xfedialog\0\x04Password: "), "database.login.unknown"),
    "mysql old": (lambda: mysql(b"mysql_native_password", b"\xfemysql_old_password\0abcdefgh\0"), "database.login.unknown"),
    "mysql full": (lambda: mysql(b"caching_sha2_password", b"\x01\x04"), "database.login.method"),
    "mysql switch": (
        lambda: mysql(b"mysql_native_password", b"\xfesha256_password\0" + b"1" * 20 + b"\0"),
        "database.login.method",
    ),
    "mysql key": (lambda: mysql(b"sha256_password", b"\x01-----BEGIN PUBLIC KEY-----"), "database.login.method"),
}


def verdict(probe: Probe) -> Finding:
    probe.reach()
    try:
        return probe.stages()["login"]()
    except Stop as stop:
        return stop.finding
    finally:
        probe.close()


@pytest.mark.parametrize("name", ROGUES)
def test_no_password_goes_over_a_line_that_others_may_read(misbehave: Misbehave, name: str) -> None:
    make, code = ROGUES[name]
    rogue = make()
    params = database_at(misbehave(rogue.talk)).params
    params = {**params, "password": PASSWORD}
    probe: Probe = (PostgresProbe if name.startswith("postgres") else MysqlProbe)(params, 5.0)
    probe.loopback = lambda _address: False
    found = verdict(probe)
    assert (found.status, found.code) == ("error", code)
    assert rogue.ended.wait(10)
    # at most a goodbye
    assert rogue.given in (b"", b"X\0\0\0\4")


@pytest.mark.parametrize(("kind", "name"), [("postgres", "postgres clear"), ("mysql", "mysql clear"), ("mysql", "mysql dialog")])
def test_on_this_machine_it_is_given_as_nocobase_gives_it(misbehave: Misbehave, kind: str, name: str) -> None:
    rogue = ROGUES[name][0]()
    report = run_checks(
        [database_at(misbehave(rogue.talk), kind, password=Secret(PASSWORD))], timeout=1.0, only=["database.login"]
    )
    assert code_of(report, "database.login") != ROGUES[name][1]
    assert rogue.ended.wait(10)
    assert PASSWORD.encode() in rogue.given


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%lo", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to be judged
        ("localhost", False),
        ("", False),
    ],
)
def test_what_this_machine_s_own_address_is(address: str, own: bool) -> None:
    assert is_loopback(address) is own


def test_the_address_that_answers_counts(misbehave: Misbehave) -> None:
    with socket.create_connection(("127.0.0.1", misbehave(BEHAVIOURS["silent"]))) as link:
        assert is_private(link)
        assert not is_private(link, lambda address: address != "127.0.0.1")
