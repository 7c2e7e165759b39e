"""HAProxy and Caddy with the generated files, tested with the real requests of NocoBase."""

from __future__ import annotations

import http.client
import ssl
import time

import pytest

from tests.balancers.conftest import Front
from tests.balancers.nodes import NAME, Node, ask, open_websocket, websocket_verdict
from tests.services.certificates import Certificates
from tests.services.process import free_ports


def pair(base: str = "/") -> list[Node]:
    return [Node("n1", base), Node("n2", base)]


def test_two_nodes_share_the_requests(front: Front) -> None:
    nodes = pair()
    port = front.start(nodes)
    answered = [ask(port, "/api/app:getInfo?x=1").seen["node"] for _ in range(8)]
    assert set(answered) == {"n1", "n2"}
    assert all(check == NAME for node in nodes for check in node.checks)


def test_the_kill_of_a_node_loses_no_request(front: Front) -> None:
    nodes = pair()
    port = front.start(nodes)
    assert ask(port, "/").status == 200
    nodes[0].kill()
    replies = [ask(port, "/api/x") for _ in range(20)]
    assert {reply.status for reply in replies} == {200}
    assert [ask(port, "/api/x", "POST", b"{}").seen["node"] for _ in range(6)] == ["n2"] * 6


def test_a_post_is_sent_once(front: Front) -> None:
    nodes = [Node("n1", dies_on_post=True), Node("n2", dies_on_post=True)]
    port = front.start(nodes)
    assert ask(port, "/api/x", "POST", b"{}").status in (502, 503)
    assert [r for node in nodes for r in node.requests] == ["POST /api/x"]


def test_while_no_node_is_there_users_read_why(front: Front) -> None:
    nodes = pair()
    port = front.start(nodes)
    for node in nodes:
        node.kill()
    reply = ask(port, "/")
    assert reply.status == 503 and b"maintained" in reply.body and reply.headers["retry-after"] == "60"


def test_the_check_of_a_websocket_finds_one(front: Front) -> None:
    assert websocket_verdict(front.start(pair())) == "http.websocket.ok"


def test_a_websocket_carries_data_both_ways(front: Front) -> None:
    port = front.start(pair())
    with open_websocket(port, "/ws") as link:
        for word in (b"one", b"two"):
            link.sendall(word)
            assert link.recv(16) == word


def test_an_upload_of_50_megabytes_arrives(front: Front) -> None:
    port = front.start(pair())
    assert ask(port, "/api/attachments:create", "POST", bytes(50 * 1024 * 1024)).seen["received"] == 50 * 1024 * 1024


def test_a_reply_is_passed_on_while_it_comes(front: Front) -> None:
    node = Node("n1")
    connection = http.client.HTTPConnection("127.0.0.1", front.start([node]), timeout=10)
    try:
        connection.request("GET", "/api/stream", headers={"Host": NAME})
        reply = connection.getresponse()
        assert reply.read(5) == b"first"
        node.go_on.set()
        assert reply.read() == b"last"
    finally:
        connection.close()


def test_the_client_cannot_fake_its_address(front: Front) -> None:
    port = front.start(pair())
    headers = ask(port, "/", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https", X_Real_IP="6.6.6.6").seen["headers"]
    lower = {name.lower(): value for name, value in headers.items()}
    assert (lower["x-forwarded-for"], lower["x-forwarded-proto"], lower["x-real-ip"]) == ("127.0.0.1", "http", "127.0.0.1")
    assert lower["host"] == NAME and "6.6.6.6" not in str(headers)


def test_behind_another_proxy_its_headers_are_kept(front: Front) -> None:
    port = front.start(pair(), balancer__behind_proxy=True)
    headers = ask(port, "/", X_Forwarded_For="9.9.9.9", X_Forwarded_Proto="https").seen["headers"]
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["x-forwarded-for"].startswith("9.9.9.9") and lower["x-forwarded-proto"] == "https"


def test_a_sub_path_has_its_files_and_discovery_at_the_root(front: Front) -> None:
    port = front.start(pair("/crm/"), app__public_path="/crm/")
    assert ask(port, "/crm/api/x?y=1").seen["path"] == "/crm/api/x?y=1"
    assert ask(port, "/files/main/1.bin").seen["path"] == "/files/main/1.bin"
    discovered = ask(port, "/.well-known/openid-configuration/crm/api/idp").seen["path"]
    assert discovered == "/crm/api/idp/.well-known/openid-configuration"
    for path in ("/", "/crm"):
        reply = ask(port, path)
        assert (reply.status, reply.headers["location"]) == (302, "/crm/")
    assert ask(port, "/elsewhere").status == 404
    open_websocket(port, "/crm/ws").close()


def test_a_sticky_client_stays_on_its_node(front: Front) -> None:
    nodes = pair()
    port = front.start(nodes, balancer__sticky=True)
    first = ask(port, "/")
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("nocobase_official_node=")
    assert {ask(port, "/", Cookie=cookie).seen["node"] for _ in range(6)} == {first.seen["node"]}
    next(node for node in nodes if node.node_name == first.seen["node"]).kill()
    assert ask(port, "/", Cookie=cookie).status == 200


def test_a_node_that_is_not_healthy_gets_no_users(front: Front) -> None:
    bad, good = Node("bad", status=503), Node("good")
    port = front.start([bad, good])
    bad.health = "/nowhere"  # answers the check as it answers all else
    end = time.monotonic() + 20
    while len(bad.requests) < 2:
        assert time.monotonic() < end, "nothing asked the node how it is"
        time.sleep(0.05)
    while not all(ask(port, "/").status == 200 for _ in range(6)):
        assert time.monotonic() < end


@pytest.mark.parametrize("redirect", [False, True])
def test_tls_with_the_named_certificate(redirect: bool, front: Front, certificates: Certificates) -> None:
    key = certificates.certificate.with_name("key-of-the-balancer.pem")
    key.write_bytes(certificates.key.read_bytes())
    beside = certificates.certificate.with_name(f"{certificates.certificate.name}.key")
    beside.unlink(missing_ok=True)
    beside.symlink_to(key)  # as the runbook's block does for HAProxy
    plain = free_ports()
    tls = {"certificate": str(certificates.certificate), "certificate_key": str(key), "redirect": redirect}
    changes = {f"balancer__{name}": value for name, value in tls.items()}
    text = front.text(pair(), 20001, **changes)
    assert (":80" in text) is redirect and str(key) in text
    front.plain = plain
    port = front.start(pair(), **changes)
    context = ssl.create_default_context(cafile=str(certificates.authority))
    reply = ask(port, "/api/x", tls=context)
    lower = {name.lower(): value for name, value in reply.seen["headers"].items()}
    assert reply.status == 200 and lower["x-forwarded-proto"] == "https"
    if redirect:
        moved = ask(plain, "/a?b=1")
        assert (moved.status, moved.headers["location"]) == (301, f"https://{NAME}:{port}/a?b=1")


@pytest.mark.parametrize("behind", [False, True])
def test_the_address_that_users_type_arrives_whatever_a_client_says(behind: bool, front: Front) -> None:
    port = front.start([Node("n1")], balancer__public_url="https://typed.example.com:8443", balancer__behind_proxy=behind)
    seen = ask(port, "/api/x", X_Forwarded_Proto="http", X_Forwarded_Host="evil.example.com", X_Forwarded_For="9.9.9.9").seen
    headers = {name.lower(): value for name, value in seen["headers"].items()}
    assert (headers["x-forwarded-proto"], headers["x-forwarded-host"]) == ("https", "typed.example.com:8443")
    assert headers["host"] == NAME and headers["x-forwarded-for"].startswith("9.9.9.9") is behind
