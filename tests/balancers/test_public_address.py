"""The address that users type reaches the nodes, and nothing that a client sends in its place (nocobase.md §19)."""

from __future__ import annotations

import pytest

from nbcluster.cluster import Cluster
from nbcluster.errors import InvalidAnswersError, Severity
from nbcluster.files.balancers.files import FILES
from nbcluster.files.topology import front
from nbcluster.steps.balancer import public_address
from tests.kubernetes.manifests import PODS, manifests
from tests.unit.scenarios import official, problems

TYPED = {"balancer.public_url": "https://crm.example.com"}


def headers(kind: str, changes: dict[str, object]) -> set[str]:
    """Return the lines of a file that set a forwarded header."""
    text = FILES[kind][1](Cluster.of(official({"balancer.kind": kind, **changes})))
    return {
        line.strip().rstrip(";") for line in text.splitlines() if "X-Forwarded-" in line and not line.lstrip().startswith("#")
    }


SETS = {
    "nginx": "proxy_set_header {name} {value}",
    "haproxy": "http-request set-header {name} {value}",
    "caddy": "header_up {name} {value}",
}


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("kind", SETS)
def test_scheme_and_host_that_were_typed_go_out(kind: str, behind: bool) -> None:
    found = headers(kind, {**TYPED, "balancer.behind_proxy": behind})
    assert SETS[kind].format(name="X-Forwarded-Proto", value="https") in found
    assert SETS[kind].format(name="X-Forwarded-Host", value="crm.example.com") in found
    assert not any("X-Forwarded-Host" in line for line in headers(kind, {"balancer.behind_proxy": behind}))
    text = FILES[kind][1](Cluster.of(official({"balancer.kind": kind, **TYPED})))
    assert kind != "nginx" or "proxy_set_header Host $http_host;" in text


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://crm.example.com:443/", "crm.example.com"),
        ("http://crm.example.com:80", "crm.example.com"),
        ("https://crm.example.com:8443", "crm.example.com:8443"),
        ("http://10.0.0.9:443", "10.0.0.9:443"),
    ],
)
def test_a_browser_leaves_the_usual_port_out(url: str, host: str) -> None:
    found = public_address(official({"balancer.public_url": url}))
    assert found is not None and found.host == host


def test_its_path_is_the_public_path() -> None:
    assert not problems({"app.public_path": "/crm/", "balancer.public_url": "https://a.example/crm"})
    wrong = problems({"app.public_path": "/crm/", "balancer.public_url": "https://a.example/"})["balancer.public_url public-url"]
    assert wrong.severity is Severity.ERROR and "https://a.example/crm/" in wrong.hint


@pytest.mark.parametrize(
    "url",
    ["crm.example.com", "ftp://a", "https://", "https://a b", "https://a;b", "https://a/?x", "https://a\\b"],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    assert [key for key in problems({"balancer.public_url": url}) if key.startswith("balancer.public_url ")]


def test_a_login_in_it_is_refused_before_it_is_shown() -> None:
    with pytest.raises(InvalidAnswersError) as caught:
        problems({"balancer.public_url": "https://user:s3cret-word@a"})
    (found,) = caught.value.problems
    assert found.path == "balancer.public_url" and "s3cret-word" not in f"{found.message} {found.hint}"


def test_the_summary_shows_what_users_type() -> None:
    assert front(Cluster.of(official(TYPED))).startswith("https://crm.example.com/ ")


def test_an_ingress_says_it_as_far_as_its_class_can() -> None:
    gateway = {**PODS, **TYPED, "kubernetes.ingress_class": "", "kubernetes.gateway": "infra/public"}
    (route,) = manifests(gateway)["kubernetes/httproute.yaml"]
    wanted = [{"name": "X-Forwarded-Proto", "value": "https"}, {"name": "X-Forwarded-Host", "value": "crm.example.com"}]
    assert all(rule["filters"][0]["requestHeaderModifier"]["set"] == wanted for rule in route["spec"]["rules"])
    ingress, middleware = manifests({**TYPED, "kubernetes.ingress_class": "traefik"})["kubernetes/ingress.yaml"]
    assert middleware["spec"]["headers"]["customRequestHeaders"] == {each["name"]: each["value"] for each in wanted}
    (name,) = (value for key, value in ingress["metadata"]["annotations"].items() if key.endswith("middlewares"))
    assert name == f"nocobase-{middleware['metadata']['name']}@kubernetescrd"
    found = problems({**PODS, **TYPED})["balancer.public_url public-url-ingress"]
    assert found.severity is Severity.WARNING and "CORS_ORIGIN_WHITELIST" in found.hint
    for changes in (gateway, {**PODS, **TYPED, "kubernetes.ingress_class": "traefik"}):
        assert "balancer.public_url public-url-ingress" not in problems(changes)


def test_nginx_keeps_a_client_on_a_node_by_its_address_and_says_so_where_it_does_not() -> None:
    text = FILES["nginx"][1](Cluster.of(official({"balancer.sticky": True})))
    assert "\n    ip_hash;\n" in text and "# ip_hash;" not in text
    assert "\n    # ip_hash;\n" in FILES["nginx"][1](Cluster.of(official()))
    changes: dict[str, object] = {"balancer.sticky": True, "balancer.behind_proxy": True}
    assert problems(changes)["balancer.sticky sticky-proxy"].severity is Severity.WARNING
    assert "balancer.sticky sticky-proxy" not in problems({**changes, "balancer.kind": "haproxy"})


def test_haproxy_writes_a_line_for_each_request() -> None:
    text = FILES["haproxy"][1](Cluster.of(official({"balancer.kind": "haproxy"})))
    assert "\n    log global\n    option httplog\n" in text


@pytest.mark.parametrize(
    "url", ["https://x:99999", "https://x:65536", "https://x:0", "https://a..b", "https://_", "https://.a", "https://a."]
)
def test_an_address_that_no_browser_has_is_refused(url: str) -> None:
    assert [key for key in problems({"balancer.public_url": url}) if key.startswith("balancer.public_url ")]


@pytest.mark.parametrize("url", ["https://x:65535", "http://nc_1.example.com:8080", "https://10.0.0.1", "https://a-b.example"])
def test_an_address_of_a_browser_is_taken(url: str) -> None:
    assert not [key for key in problems({"balancer.public_url": url}) if key.startswith("balancer.public_url ")]
