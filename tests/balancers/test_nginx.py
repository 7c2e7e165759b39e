"""The nginx file: accepted by nginx, and fit for NocoBase with real requests."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.balancers.files import FILES
from tests.balancers.nodes import Node as WholeNode
from tests.balancers.nodes import websocket_verdict
from tests.services.certificates import Certificates
from tests.services.nginx import Nginx
from tests.services.process import Server, accepts, free_ports, remove, short_folder
from tests.unit.scenarios import official

NAME = "nocobase.example.com"
_PATH, conf = FILES["nginx"]


class Node(ThreadingHTTPServer):
    """A stand-in for a node: returns the request it received, or 503, and counts."""

    daemon_threads = True

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.requests: list[str] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def kill(self) -> None:
        """Answer nobody from here on."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        node = self.server
        assert isinstance(node, Node)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        node.requests.append(f"{self.command} {self.path}")
        data = json.dumps({"path": self.path, "headers": dict(self.headers.items()), "received": len(body)}).encode()
        self.send_response(node.status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET  # noqa: N815 - the name that the base class looks for

    def log_message(self, *_arguments: object) -> None:
        return


Serve = Callable[..., int]


@pytest.fixture
def serve(nginx_binary: Nginx) -> Iterator[Serve]:
    folder = short_folder("serve")
    folder.chmod(0o755)  # the workers are another user
    with ExitStack() as stack:
        stack.callback(remove, folder)

        def start(nodes: list[Node], **changes: object) -> int:
            port = free_ports()
            rows = [{"name": f"n{i}", "host": "127.0.0.1", "port": node.server_address[1]} for i, node in enumerate(nodes)]
            changes = {path.replace("__", "."): value for path, value in changes.items()}
            text = conf(Cluster.of(official({"balancer.listen": port, "nodes": rows, **changes})))
            server = Server.start(nginx_binary.wrapped(text, folder), folder / "log")
            stack.callback(server.stop)
            for node in nodes:
                stack.callback(node.server_close)
                stack.callback(node.shutdown)
            server.wait_for(lambda: accepts("127.0.0.1", port), 10)
            return port

        yield start


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": NAME, **names})
        reply = connection.getresponse()
        data = reply.read()
        return reply.status, json.loads(data) if data.startswith(b"{") else reply.headers
    finally:
        connection.close()


def test_host_scheme_and_a_client_address_that_cannot_be_faked_arrive(serve: Serve) -> None:
    status, seen = ask(serve([Node()]), "/api/app:getInfo?x=1", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https")
    assert status == 200 and seen["path"] == "/api/app:getInfo?x=1"
    headers = seen["headers"]
    assert headers["Host"] == NAME
    assert headers["X-Forwarded-For"] == "127.0.0.1" and headers["X-Forwarded-Proto"] == "http"
    assert headers["Connection"] == "close" and "Upgrade" not in headers


def test_behind_another_proxy_its_headers_are_kept(serve: Serve) -> None:
    port = serve([Node()], balancer__behind_proxy=True)
    headers = ask(port, "/", X_Forwarded_For="9.9.9.9", X_Forwarded_Proto="https")[1]["headers"]
    assert headers["X-Forwarded-For"] == "9.9.9.9, 127.0.0.1" and headers["X-Forwarded-Proto"] == "https"
    assert ask(port, "/")[1]["headers"]["X-Forwarded-Proto"] == "http"


@pytest.mark.parametrize("behind", [False, True])
def test_the_address_that_users_type_arrives_whatever_a_client_says(behind: bool, serve: Serve) -> None:
    port = serve([Node()], balancer__public_url="https://typed.example.com:8443", balancer__behind_proxy=behind)
    headers = ask(port, "/", X_Forwarded_Proto="http", X_Forwarded_Host="evil.example.com")[1]["headers"]
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Host"]) == ("https", "typed.example.com:8443")
    assert headers["Host"] == NAME


def test_the_check_of_a_websocket_finds_one(serve: Serve) -> None:
    assert websocket_verdict(serve([WholeNode("n1")])) == "http.websocket.ok"


def test_a_websocket_upgrade_arrives(serve: Serve) -> None:
    headers = ask(serve([Node()]), "/ws", Connection="Upgrade", Upgrade="websocket")[1]["headers"]
    assert (headers["Connection"], headers["Upgrade"]) == ("upgrade", "websocket")


def test_a_large_upload_is_no_matter(serve: Serve) -> None:
    assert ask(serve([Node()]), "/api/attachments:create", "POST", bytes(50 * 1024 * 1024))[1]["received"] == 50 * 1024 * 1024


def test_the_kill_of_a_node_loses_no_request_and_of_all_is_explained(serve: Serve) -> None:
    nodes = [Node(), Node()]
    port = serve(nodes)
    nodes[0].kill()
    assert [ask(port, "/api/x")[0] for _ in range(10)] == [200] * 10
    nodes[1].kill()
    status, headers = ask(port, "/")
    assert status == 503 and headers["Retry-After"] == "60" and headers["Content-Type"] == "text/plain"
    assert ask(port, "/api/x", "POST", b"{}")[0] == 503


def test_a_node_that_answers_503_is_left_and_a_post_is_never_repeated(serve: Serve) -> None:
    bad, good = Node(503), Node()
    port = serve([bad, good])
    assert {ask(port, "/api/x")[0] for _ in range(2)} == {200}
    posts = [ask(port, "/api/x", "POST", b"{}")[0] for _ in range(4)]
    assert len([r for r in (*bad.requests, *good.requests) if r.startswith("POST")]) == len(posts)
    assert [ask(port, "/api/x")[0] for _ in range(8)] == [200] * 8
    assert 1 <= bad.requests.count("GET /api/x") <= 3  # max_fails


def test_a_sub_path_has_its_files_and_discovery_at_the_root(serve: Serve) -> None:
    port = serve([Node()], app__public_path="/crm/")
    assert ask(port, "/crm/ws")[1]["path"] == "/crm/ws"
    assert ask(port, "/files/main/1.bin")[1]["path"] == "/files/main/1.bin"
    discovered = ask(port, "/.well-known/openid-configuration/crm/api/idp")[1]["path"]
    assert discovered == "/crm/api/idp/.well-known/openid-configuration"
    for path in ("/", "/crm"):
        status, headers = ask(port, path)
        assert (status, headers["Location"]) == (302, "/crm/")
    assert ask(port, "/elsewhere")[0] == 404


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"balancer.sticky": True},
        {"balancer.behind_proxy": True, "app.public_path": "/a/b/"},
        {"name": "a-b-9", "app.public_path": "/crm/"},
        {"balancer.certificate": "/etc/ssl/c.pem", "balancer.certificate_key": "/etc/ssl/k.pem", "balancer.redirect": True},
    ],
    ids=str,
)
def test_gixy_finds_nothing_grave(changes: dict[str, object], tmp_path: Path) -> None:
    """gixy-ng looks for security faults in a configuration."""
    snippet, whole = tmp_path / "nocobase.conf", tmp_path / "nginx.conf"
    snippet.write_text(conf(Cluster.of(official(changes))))
    whole.write_text(f"events {{}}\nhttp {{\n    include {snippet};\n}}\n")
    words = [str(Path(sys.executable).with_name("gixy")), "--format", "json", str(whole)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    found = [(one["severity"], one["plugin"]) for one in json.loads(said.stdout)]
    assert [name for severity, name in found if severity == "HIGH"] == []
    # $http_host keeps the port that NocoBase writes into addresses; ciphers are the system's; HSTS binds a name for long: the operator's
    assert {name for severity, name in found if severity == "MEDIUM"} <= {"host_spoofing", "weak_ssl_tls", "hsts_header"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"balancer.sticky": True},
        {"balancer.behind_proxy": True, "app.public_path": "/a/b/"},
        {"name": "a-b-9", "app.public_path": "/crm/"},
    ],
    ids=str,
)
def test_nginx_accepts_it(changes: dict[str, object], nginx_binary: Nginx) -> None:
    port = free_ports()
    text = conf(Cluster.of(official({"balancer.listen": port, **changes})))
    verdict = nginx_binary.test(text)
    assert verdict.ok, verdict.output
    assert any(line.strip() == "ip_hash;" for line in text.splitlines()) is bool(changes.get("balancer.sticky"))


@pytest.mark.parametrize("redirect", [False, True])
def test_nginx_accepts_tls(redirect: bool, certificates: Certificates, nginx_binary: Nginx) -> None:
    port = free_ports()
    tls = {
        "balancer.certificate": str(certificates.certificate),
        "balancer.certificate_key": str(certificates.key),
        "balancer.redirect": redirect,
        "balancer.listen": port,
    }
    text = conf(Cluster.of(official(tls)))
    assert f"listen {port} ssl;" in text
    assert (f"return 301 https://$host:{port}$request_uri;" in text) is redirect
    verdict = nginx_binary.test(text.replace("listen 80;", f"listen {free_ports()};"))
    assert verdict.ok, verdict.output


def test_two_clusters_live_in_one_nginx(nginx_binary: Nginx) -> None:
    first, second = (
        conf(Cluster.of(official({"name": name, "balancer.behind_proxy": True, "balancer.listen": free_ports()})))
        for name in ("prod", "staging")
    )
    verdict = nginx_binary.test(first + second)
    assert verdict.ok and "conflicting" not in verdict.output, verdict.output


def test_only_nodes_that_serve_requests_are_in_the_upstream() -> None:
    modes = ("", "!", "*", "workflow:process", "!,workflow:process")
    rows = [{"name": f"n{i}", "host": f"10.0.0.{i}", "worker_mode": mode} for i, mode in enumerate(modes)]
    cluster = Cluster.of(official({"nodes": rows}))
    assert [node.address for node in cluster.balancer.upstreams] == ["10.0.0.0:13000", "10.0.0.1:13000", "10.0.0.4:13000"]
    assert "10.0.0.2" not in conf(cluster) and "10.0.0.3" not in conf(cluster)
    assert Cluster.of(official({"name": "my-crm"})).balancer.name == "nocobase_my_crm"


def test_the_three_nodes_of_the_official_page() -> None:
    assert [node.address for node in Cluster.of(official()).balancer.upstreams] == [
        "172.31.0.1:13000",
        "172.31.0.2:13000",
        "172.31.0.3:13000",
    ]
