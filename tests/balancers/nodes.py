"""Small nodes behind a real balancer: HTTP that returns the request it received, health, a WebSocket that echoes; and a client for both."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.checks.run import run_checks

NAME = "nocobase.example.com"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "bmJjbHVzdGVyLXByb2JlLQ==",
}


class Node(ThreadingHTTPServer):
    """Stands for a node; ``status`` is what it answers to all but health, ``dies_on_post`` closes without an answer,
    ``go_on`` lets a stream go on."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name: str, base: str = "/", *, status: int = 200, dies_on_post: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.node_name = name
        self.health = f"{base}api/__health_check"
        self.status = status
        self.dies_on_post = dies_on_post
        self.requests: list[str] = []
        self.checks: list[str] = []
        self.open: list[socket.socket] = []
        self.go_on = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def row(self) -> dict[str, object]:
        """The node as a row of the answers."""
        return {"name": self.node_name, "host": "127.0.0.1", "port": self.server_address[1]}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keep the connection in mind, so that a kill takes it away, too."""
        self.open.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was cut is what the tests do on purpose."""

    def kill(self) -> None:
        """Stop listening and cut every connection, as a machine that is gone."""
        self.shutdown()
        self.server_close()
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        node = self.server
        assert isinstance(node, Node)
        if self.path == node.health:
            node.checks.append(self.headers.get("Host", ""))
            self._answer(200, b"ok")
            return
        node.requests.append(f"{self.command} {self.path}")
        received, left = 0, int(self.headers.get("Content-Length") or 0)
        while left > 0 and (part := self.rfile.read(min(left, 1 << 20))):
            received, left = received + len(part), left - len(part)
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._echo()
        elif self.path.endswith("/stream"):
            self._stream(node)
        elif node.dies_on_post and self.command == "POST":
            self.close_connection = True
        else:
            seen = {"node": node.node_name, "path": self.path, "headers": self._headers(), "received": received}
            self._answer(node.status, json.dumps(seen).encode())

    do_POST = do_GET  # noqa: N815 - the name that the base class looks for

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, node: Node) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        node.go_on.wait(20)
        self.wfile.write(b"4\r\nlast\r\n0\r\n\r\n")

    def _headers(self) -> dict[str, str]:
        """Join headers of one name, as Node does."""
        return {name: ", ".join(self.headers.get_all(name, [])) for name in self.headers}

    def _echo(self) -> None:
        key = f"{self.headers.get('Sec-WebSocket-Key', '')}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324 - RFC 6455, section 4.2.2
        self.send_response(101)
        self.send_header("Sec-WebSocket-Accept", accept)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.close_connection = True
        while data := self.connection.recv(4096):
            self.connection.sendall(data)

    def log_message(self, *_arguments: object) -> None:
        return


@dataclass(frozen=True)
class Reply:
    """Status, headers and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def seen(self) -> Any:
        """The request as the node received it."""
        return json.loads(self.body)


def ask(
    port: int, path: str, method: str = "GET", body: bytes | None = None, *, tls: ssl.SSLContext | None = None, **headers: str
) -> Reply:
    """Send one request on a connection of its own, with the cluster's host name."""
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection = plain if tls is None else http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=tls)
    try:
        connection.request(
            method, path, body, {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
        )
        reply = connection.getresponse()
        return Reply(reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.read())
    finally:
        connection.close()


def open_websocket(port: int, path: str) -> socket.socket:
    """Upgrade a connection; raises ``AssertionError`` with the answer where that is refused."""
    link = socket.create_connection(("127.0.0.1", port), 10)
    try:
        lines = [f"GET {path} HTTP/1.1", f"Host: {NAME}", *(f"{name}: {value}" for name, value in UPGRADE.items()), "", ""]
        link.sendall("\r\n".join(lines).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            part = link.recv(4096)
            assert part, head
            head += part
        assert head.startswith(b"HTTP/1.1 101 "), head
    except BaseException:
        link.close()
        raise
    return link


def websocket_verdict(port: int) -> str:
    """Return what the check of a running cluster finds at a balancer's WebSocket."""
    params: dict[str, ParamValue] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": False,
        "ca_file": None,
        "server_name": NAME,
        "public_path": "/",
        "websocket": True,
    }
    report = run_checks([Target("balancer", TargetKind.HTTP, f"http://127.0.0.1:{port}/", params)], timeout=10)
    return next(result.code for result in report.results if result.id == "balancer.websocket")
