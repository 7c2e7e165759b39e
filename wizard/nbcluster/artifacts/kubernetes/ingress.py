"""The Ingress in the form of its class: WebSocket, large uploads, long requests, repeated only where that is safe (nocobase.md §7.4)."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.kubernetes.model import document, file_of, namespace, object_name
from nbcluster.envfile.readers import quote
from nbcluster.judge.balancer import has_tls

_TIMEOUT = 600
"""Seconds that a request may take (nocobase.md §7.4)."""


def is_traefik(answers: Answers) -> bool:
    """Tell whether the class belongs to Traefik, as far as its name tells."""
    return "traefik" in answers.text("kubernetes.ingress_class").lower()


def ingress(answers: Answers) -> str:
    """Return the Ingress; with Traefik and a redirect also what redirects."""
    if is_traefik(answers):
        return _traefik(answers)
    return file_of(_ingress(answers, "web", _nginx_annotations(answers)), head="\n".join(_NGINX_HEAD))


_NGINX_HEAD = (
    "# For ingress-nginx; WebSocket needs nothing else there. It takes the client's address from a proxy in front of it only where",
    "# use-forwarded-headers stands in the controller's own ConfigMap, and replaces it otherwise. What OAuth clients look for under",
    "# /.well-known/ of a sub-application needs a rewrite, which is not in here.",
)
_TRAEFIK_HEAD = (
    "# For Traefik 3, which proxies WebSocket and uploads of any size as it is. Its entry points cut requests after 60 s: set",
    "# --entryPoints.web.transport.respondingTimeouts.readTimeout=600s for each of them, and forwardedHeaders.trustedIPs where",
    "# another proxy is in front. It repeats no request.",
)


def _nginx_annotations(answers: Answers) -> dict[str, str]:
    prefix = "nginx.ingress.kubernetes.io"
    out = {
        f"{prefix}/proxy-body-size": "0",
        f"{prefix}/proxy-connect-timeout": "10",
        f"{prefix}/proxy-send-timeout": str(_TIMEOUT),
        f"{prefix}/proxy-read-timeout": str(_TIMEOUT),
        f"{prefix}/proxy-buffering": "off",
        # without non_idempotent: what changes something is never sent twice
        f"{prefix}/proxy-next-upstream": "error timeout http_503",
        f"{prefix}/proxy-next-upstream-tries": "3",
    }
    if answers.flag("balancer.sticky"):
        out |= {
            f"{prefix}/affinity": "cookie",
            f"{prefix}/affinity-mode": "balanced",
            f"{prefix}/session-cookie-name": "nocobase-node",
            f"{prefix}/session-cookie-path": "/",
        }
    if has_tls(answers):
        wanted = "true" if answers.flag("balancer.redirect") else "false"
        out |= {f"{prefix}/ssl-redirect": wanted, f"{prefix}/force-ssl-redirect": wanted}
    return out


def _ingress(answers: Answers, part: str, annotations: dict[str, str], *, tls: bool | None = None) -> list[str]:
    host = quote(answers.text("balancer.server_name"))
    lines = ["spec:", f"  ingressClassName: {quote(answers.text('kubernetes.ingress_class'))}"]
    if has_tls(answers) if tls is None else tls:
        lines += ["  tls:", "    - hosts:", f"        - {host}", f"      secretName: {quote(object_name(answers, 'tls'))}"]
    lines += ["  rules:", f"    - host: {host}", "      http:", "        paths:"]
    for path in paths(answers):
        lines += [
            f"          - path: {quote(path)}",
            '            pathType: "Prefix"',
            "            backend:",
            "              service:",
            f"                name: {quote(object_name(answers, 'web'))}",
            "                port:",
            '                  name: "http"',
        ]
    return document("networking.k8s.io/v1", "Ingress", answers, part, *lines, annotations=annotations)


def paths(answers: Answers) -> tuple[str, ...]:
    """Return what is proxied: everything below the public path, on a sub-path also ``/files/`` (nocobase.md §7.4)."""
    public = answers.text("app.public_path")
    return (public,) if public == "/" else (public, "/files/")


def _traefik(answers: Answers) -> str:
    prefix, tls = "traefik.ingress.kubernetes.io", has_tls(answers)
    if not tls:
        return file_of(_ingress(answers, "web", {f"{prefix}/router.entrypoints": "web"}), head="\n".join(_TRAEFIK_HEAD))
    secure = {f"{prefix}/router.entrypoints": "websecure", f"{prefix}/router.tls": "true"}
    plain = {f"{prefix}/router.entrypoints": "web"}
    documents = [_ingress(answers, "web", secure)]
    if answers.flag("balancer.redirect"):
        middleware = object_name(answers, "https")
        plain[f"{prefix}/router.middlewares"] = f"{namespace(answers)}-{middleware}@kubernetescrd"
        documents.append(
            document(
                "traefik.io/v1alpha1",
                "Middleware",
                answers,
                "https",
                "spec:",
                "  redirectScheme:",
                '    scheme: "https"',
                "    permanent: true",
            )
        )
    documents.append(_ingress(answers, "plain", plain, tls=False))
    return file_of(*documents, head="\n".join(_TRAEFIK_HEAD))


def service_annotations(answers: Answers) -> dict[str, str]:
    """Return what Traefik reads from the Service: the cookie that keeps a client with one pod."""
    if not (is_traefik(answers) and answers.flag("balancer.sticky")):
        return {}
    prefix = "traefik.ingress.kubernetes.io"
    return {f"{prefix}/service.sticky.cookie": "true", f"{prefix}/service.sticky.cookie.name": "nocobase-node"}
