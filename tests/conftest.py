"""What holds for every test: a home, a locale and an environment of its own, and no connection that leaves the machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbcluster.text import set_language

pytest_plugins = ["tests.services.fixtures"]

# What a test and the programs that it starts may see of the developer's environment.
KEPT = ("PATH", "TMPDIR", "TEST_SERVICES", "CI", "COLUMNS", "LINES", "PYTEST_CURRENT_TEST", "PYTEST_VERSION", "VIRTUAL_ENV")

_outside: list[str] = []


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            _outside.append(f"{event} {address!r}")
            raise PermissionError(f"a test may only talk to this machine, not to {address!r}")
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if not _is_loopback(host) and not _is_address(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


# Names resolve as on a machine without a network; an attempt to connect elsewhere fails the test.
# An audit hook sees every socket, whoever opens it.
sys.addaudithook(_refuse_outside)


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give each test an empty home and XDG folders, the locale C.UTF-8 and English messages; yields the home."""
    # a test may have left another language behind
    set_language("en")
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name not in KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("STATE", ".local/state"), ("CONFIG", ".config"), ("CACHE", ".cache"), ("DATA", ".local/share")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("TERM", "xterm-256color")
    _outside.clear()
    yield home
    assert not _outside, f"the test reached out of this machine: {_outside}"
