"""Which location takes a path and what holds there, against a real nginx: random trees of locations, and directives at every level."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nbcluster.lint.nginx import Route, Site, read_site
from tests.services.nginx import Nginx
from tests.services.process import Server as Process
from tests.services.process import accepts, environment, free_ports

PREFIXES = ("/", "/ws", "/files/", "/files/main", "/api", "/api/", "/static/", "/s")
EXPRESSIONS = ("~ ^/ws", "~ \\.png$", "~* \\.JS$", "~ /main/", "~ ^/(?:api|ws)", "~ .", "~* ^/FILES")
PATHS = ("/admin/", "/ws", "/api/x", "/files/main/1", "/files/main/1.png", "/static/plugins/a/index.js", "/files", "/s/main/x.js")
HEADERS = ("X-A a", "X-B b", "Host h.example", "Upgrade $http_upgrade", 'X-A ""')
EXPRESSION = "~"
SEED = 300


class _Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = json.dumps({"version": self.request_version, **{name.lower(): value for name, value in self.headers.items()}})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says what arrived."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class _Trees:
    """Makes servers with random locations; ``leaf`` says what stands in one."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same trees in every run
        self.number = 0

    def locations(self, parent: str | None, depth: int, leaf: str) -> list[str]:
        """Return the lines of the locations within one of a prefix; None for a server, ``EXPRESSION`` for what holds expressions alone."""
        lines, named = [], set()
        for _each in range(self.chance.randint(1 if depth else 2, 4)):
            sign = self.chance.choice(("", "", "", "^~", "=", "e", "e"))
            name = (
                self.chance.choice(EXPRESSIONS) if sign == "e" else self.chance.choice(PREFIXES + (PATHS if sign == "=" else ()))
            )
            # nginx takes a prefix within another only where it is longer, and each once, whatever its sign
            if name in named or (sign != "e" and parent is not None and not (name.startswith(parent) and name != parent)):
                continue
            named.add(name)
            self.number += 1
            lines.append(f"location {'' if sign == 'e' else sign} {name} {{")
            lines += [line.replace("NUMBER", str(self.number)) for line in self.leaf(leaf)]
            if depth < 3 and sign != "=" and self.chance.random() < 0.6:
                lines += self.locations(EXPRESSION if sign == "e" else name, depth + 1, leaf)
            lines.append("}")
        return lines

    def leaf(self, leaf: str) -> list[str]:
        """Return the lines of one location."""
        return [leaf] if "return" in leaf else [leaf, *self.settings()]

    def settings(self) -> list[str]:
        """Return some directives that are inherited."""
        found = [f"proxy_set_header {header};" for header in HEADERS if self.chance.random() < 0.15]
        found += ["proxy_http_version 1.1;"] if self.chance.random() < 0.3 else []
        return found + ([f"client_max_body_size {self.chance.choice((0, 10, '1k'))};"] if self.chance.random() < 0.3 else [])

    def site(self, count: int, port: int, leaf: str) -> str:
        """Return servers, each of a name of its own."""
        text = []
        for index in range(count):
            lines = [f"listen 127.0.0.1:{port};", f"server_name s{index};", *(self.settings() if "return" not in leaf else [])]
            text.append("\n".join([f"server {{ # {index}", *lines, *self.locations(None, 0, leaf), "}"]))
        return "\n".join(text) + "\n"


def served(nginx: Nginx, text: str, port: int, folder: Path) -> Process:
    """Start nginx with servers and return it when it takes connections."""
    process = Process.start(nginx.wrapped(text, folder), folder / "log", environment())
    process.wait_for(lambda: accepts("127.0.0.1", port), 20)
    return process


def answer(port: int, name: str, path: str, length: int = 0) -> tuple[int, str]:
    """Return what a server says to a request: status and body."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("POST", path, b"x" * length, {"Host": name, "Upgrade": "u", "Connection": "close"})
        got = link.getresponse()
        return got.status, got.read().decode()
    finally:
        link.close()


def site_of(text: str) -> Site:
    """Read servers as lint does, every one of them."""
    return read_site(text, "nocobase.conf", lambda _name: None, lambda _pattern: None)


def number_of(route: Route) -> str:
    """Return the number of the location that was chosen; empty where none was."""
    found = next(route.location.inside("return"), None)
    return found.args[1] if found is not None else ""


def test_the_location_that_nginx_chooses_is_chosen(nginx_binary: Nginx, tmp_path: Path) -> None:
    port = free_ports()
    text = _Trees(SEED).site(60, port, "return 200 NUMBER;")
    # without a proxy_pass no server counts as one of NocoBase; nginx itself admits none here
    everywhere = text.replace("server_name", "proxy_pass http://127.0.0.1:13000; server_name")
    servers = {next(server.block.inside("server_name")).args[0]: server for server in site_of(everywhere).servers}
    assert len(servers) == 60
    process = served(nginx_binary, text, port, tmp_path)
    try:
        for name, server in servers.items():
            for path in PATHS:
                status, body = answer(port, name, path)
                route = server.route(path)
                assert (number_of(route), route.sure) == (body if status == 200 else "", True), (path, _shown(text, name))
    finally:
        process.stop()


def test_what_holds_in_a_location_is_what_nginx_sends(nginx_binary: Nginx, tmp_path: Path, echo: int) -> None:
    port = free_ports()
    text = _Trees(SEED + 1).site(60, port, f"proxy_pass http://127.0.0.1:{echo};")
    process = served(nginx_binary, text, port, tmp_path)
    try:
        for server in site_of(text).servers:
            name = next(server.block.inside("server_name")).args[0]
            for path in PATHS:
                route = server.route(path)
                if route.passed is not None or route.redirected:
                    assert _sent(port, name, path) == _expected(route), (path, _shown(text, name))
    finally:
        process.stop()


def _sent(port: int, name: str, path: str) -> object:
    status, body = answer(port, name, path, 100)
    if status != 200:
        return status
    got = json.loads(body)
    return got["version"], got["host"], got.get("x-a"), got.get("x-b"), got.get("upgrade")


def _expected(route: Route) -> object:
    limit = route.value("client_max_body_size")
    if limit is not None and limit.args[0] == "10":
        return 413
    if route.redirected:
        return 301
    version = route.value("proxy_http_version")
    sets = {name: each.args[1] for name, each in route.headers.items()}
    assert route.passed is not None
    host = sets.get("host", route.passed.args[0].removeprefix("http://"))
    upgrade = "u" if "upgrade" in sets else None
    return f"HTTP/{'1.0' if version is None else version.args[0]}", host, sets.get("x-a") or None, sets.get("x-b"), upgrade


def _shown(text: str, name: str) -> str:
    return next(part for part in text.split("server {") if f"server_name {name};" in part)
