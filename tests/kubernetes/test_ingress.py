"""The Ingress in the form of its class (nocobase.md §7.4)."""

from __future__ import annotations

from typing import Any

from tests.kubernetes.manifests import files_of, manifests, pods

TLS: dict[str, object] = {
    "balancer.certificate": "/etc/ssl/a.pem",
    "balancer.certificate_key": "/etc/ssl/a.key",
    "balancer.listen": 443,
    "balancer.redirect": True,
}
NGINX, TRAEFIK = "nginx.ingress.kubernetes.io/", "traefik.ingress.kubernetes.io/"


def ingress(changes: dict[str, object] | None = None) -> list[Any]:
    return manifests(changes)["kubernetes/ingress.yaml"]


def notes(part: Any, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in part["metadata"]["annotations"].items()}


def test_nginx_lets_uploads_and_long_requests_through_and_repeats_nothing_that_changes_something() -> None:
    (part,) = ingress()
    found = notes(part, NGINX)
    assert found["proxy-body-size"] == "0"
    assert found["proxy-read-timeout"] == found["proxy-send-timeout"] == "600"
    assert found["proxy-buffering"] == "off"
    assert found["proxy-next-upstream"].split() == ["error", "timeout", "http_503"]
    assert not {"affinity", "ssl-redirect"} & set(found)
    assert "tls" not in part["spec"] and part["spec"]["ingressClassName"] == "nginx"
    assert all(isinstance(value, str) for value in found.values())


def test_nginx_with_tls_redirect_and_sticky_sessions() -> None:
    (part,) = ingress({**TLS, "balancer.sticky": True})
    found = notes(part, NGINX)
    assert found["force-ssl-redirect"] == "true" and found["affinity"] == "cookie"
    assert part["spec"]["tls"] == [{"hosts": ["nocobase.example.com"], "secretName": "nocobase-official-tls"}]
    (open_,) = ingress({**TLS, "balancer.redirect": False})
    assert notes(open_, NGINX)["ssl-redirect"] == "false"


def test_a_sub_path_brings_the_files_of_the_root_along() -> None:
    (part,) = ingress({"app.public_path": "/crm/"})
    (rule,) = part["spec"]["rules"]
    assert [path["path"] for path in rule["http"]["paths"]] == ["/crm/", "/files/"]
    (root,) = ingress()
    assert [path["path"] for path in root["spec"]["rules"][0]["http"]["paths"]] == ["/"]
    service = manifests()["kubernetes/service.yaml"][0]
    backend = root["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": service["metadata"]["name"], "port": {"name": service["spec"]["ports"][0]["name"]}}


def test_traefik_has_its_own_words() -> None:
    changes = {**TLS, "kubernetes.ingress_class": "traefik", "balancer.sticky": True}
    found = manifests(changes)
    secure, middleware, plain = found["kubernetes/ingress.yaml"]
    assert notes(secure, TRAEFIK) == {"router.entrypoints": "websecure", "router.tls": "true"}
    assert secure["spec"]["tls"][0]["secretName"] == "nocobase-official-tls" and "tls" not in plain["spec"]
    assert middleware["spec"] == {"redirectScheme": {"scheme": "https", "permanent": True}}
    assert notes(plain, TRAEFIK) == {
        "router.entrypoints": "web",
        "router.middlewares": f"nocobase-{middleware['metadata']['name']}@kubernetescrd",
    }
    service = found["kubernetes/service.yaml"][0]
    assert notes(service, TRAEFIK)["service.sticky.cookie"] == "true"
    text = files_of(pods(changes))["kubernetes/ingress.yaml"].text
    assert "readTimeout=600s" in text and "nginx" not in text
    assert "annotations" not in manifests({"balancer.sticky": True})["kubernetes/service.yaml"][0]["metadata"]


def test_a_route_belongs_to_its_gateway_and_lets_long_requests_through() -> None:
    changes: dict[str, object] = {
        "kubernetes.gateway": "infra/public",
        "kubernetes.ingress_class": "",
        "app.public_path": "/crm/",
    }
    found = manifests(changes)
    assert "kubernetes/ingress.yaml" not in found
    (route,) = found["kubernetes/httproute.yaml"]
    assert route["spec"]["parentRefs"] == [{"name": "public", "namespace": "infra"}]
    assert route["spec"]["hostnames"] == ["nocobase.example.com"]
    socket, rest = route["spec"]["rules"]
    assert socket["matches"] == [{"path": {"type": "Exact", "value": "/crm/ws"}}] and socket["timeouts"] == {"request": "0s"}
    assert [match["path"]["value"] for match in rest["matches"]] == ["/crm/", "/files/"]
    assert rest["timeouts"] == {"request": "600s"}
    service = found["kubernetes/service.yaml"][0]
    for rule in (socket, rest):
        (backend,) = rule["backendRefs"]
        assert backend == {"name": service["metadata"]["name"], "port": service["spec"]["ports"][0]["port"]}
    (own,) = manifests({**changes, "kubernetes.gateway": "public"})["kubernetes/httproute.yaml"]
    assert own["spec"]["parentRefs"] == [{"name": "public"}]


def test_without_a_balancer_there_is_no_ingress() -> None:
    assert "kubernetes/ingress.yaml" not in files_of(pods({"balancer.kind": "none"}))
    for kind in ("haproxy", "caddy", "cloud"):
        found = files_of(pods({"balancer.kind": kind}))
        assert "kubernetes/ingress.yaml" in found and not any(path.startswith((kind, "balancer")) for path in found)
