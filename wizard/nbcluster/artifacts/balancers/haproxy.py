"""haproxy/nocobase.cfg: sections with names of their own, for HAProxy 2.4 and later beside the main configuration."""

from __future__ import annotations

import re
import shlex

from nbcluster.artifacts.balancers.model import CONNECT, DISCOVERY, DOWN, LONGEST, Balancer


def configuration(model: Balancer) -> str:
    """Return the sections ``defaults``, ``frontend`` and ``backend``; without ``global``, which belongs to the main file."""
    lines = [
        "# Beside /etc/haproxy/haproxy.cfg: haproxy -f /etc/haproxy/haproxy.cfg -f THIS FILE (on Debian EXTRAOPTS in /etc/default/haproxy).",
        "# Nodes that only work on queues are left out on purpose: they answer HTTP, but must not get users.",
        "",
        *_defaults(model),
        *_redirect(model),
        *_frontend(model),
        *_backend(model),
    ]
    return "\n".join(lines)


def key_link(model: Balancer) -> str:
    """Return the path where HAProxy looks for the key of a certificate that does not hold it; "" where nothing is needed."""
    beside = f"{model.certificate}.key"
    return beside if model.tls and model.certificate_key not in (beside, model.certificate) else ""


def _section(head: str, *lines: str) -> list[str]:
    return [head, *(f"    {line}" if line else "" for line in lines), ""]


def _defaults(model: Balancer) -> list[str]:
    return _section(
        f"defaults {model.name}",
        "mode http",
        "# A node that is gone is left within seconds; a long request of a node that works may take its time.",
        f"timeout connect {CONNECT}s",
        f"timeout client {LONGEST}s",
        f"timeout server {LONGEST}s",
        f"timeout tunnel {LONGEST}s",
        "timeout http-request 60s",
        "timeout http-keep-alive 60s",
        "timeout queue 30s",
        "# While all nodes are stopped.",
        f'http-error status 503 content-type "text/plain" string "{_escaped(DOWN)}" hdr Retry-After 60 hdr Cache-Control no-store',
    )


def _redirect(model: Balancer) -> list[str]:
    if not model.redirect:
        return []
    port = "" if model.usual_port else f":{model.listen}"
    return _section(
        f"frontend {model.name}_plain from {model.name}",
        "bind *:80",
        f"http-request return status 404 unless {{ req.hdr(host),field(1,:),lower -m str {model.server_name.lower()} }}",
        f"http-request redirect location https://%[req.hdr(host),field(1,:)]{port}%[capture.req.uri] code 301",
    )


def _frontend(model: Balancer) -> list[str]:
    bind = f"bind *:{model.listen}"
    head = []
    if model.tls:
        bind += f" ssl crt {_word(model.certificate)} ssl-min-ver TLSv1.2 alpn h2,http/1.1"
        link = key_link(model)
        if link:
            command = shlex.join(("ln", "-s", model.certificate_key, link))
            head = [f"# The key is looked for beside its certificate: {command}"]
    scheme = "https" if model.tls else "http"
    if model.behind_proxy:
        forwarded = [
            "option forwardfor",
            f"http-request set-header X-Forwarded-Proto {scheme} unless {{ req.hdr(X-Forwarded-Proto) -m found }}",
        ]
    else:
        forwarded = [
            "# Overwritten, not appended: NocoBase takes the first entry as the client's address.",
            "http-request set-header X-Forwarded-For %[src]",
            f"http-request set-header X-Forwarded-Proto {scheme}",
        ]
    return _section(
        f"frontend {model.name} from {model.name}",
        *head,
        bind,
        f"http-request return status 404 unless {{ req.hdr(host),field(1,:),lower -m str {model.server_name.lower()} }}",
        *forwarded,
        "http-request set-header X-Real-IP %[src]",
        "",
        "# Discovery documents are asked for at the root of the host, with the path behind (RFC 8414, section 3.1).",
        f"http-request replace-path ^/\\.well-known/{DISCOVERY}/(.+)$ /\\2/.well-known/\\1",
        *_paths(model),
        "# No limit on the body: the size of an upload is limited in NocoBase, per storage.",
        f"# Pages, API, WebSocket at {model.path}ws, and {model.path}files/ alike.",
        f"default_backend {model.name}",
    )


def _paths(model: Balancer) -> list[str]:
    if model.path == "/":
        return []
    bare = model.path.rstrip("/")
    return [
        f"http-request redirect location {model.path} code 302 if {{ path / }} || {{ path {bare} }}",
        "# NocoBase 2.2 answers files at the root of the host, too. Something else on this host name: put its backend before this line.",
        f"http-request return status 404 unless {{ path_beg {model.path} /files/ }} || {{ path_reg ^/[^?]*/\\.well-known/ }}",
    ]


def _backend(model: Balancer) -> list[str]:
    sticky = [f"cookie {model.name}_node insert indirect nocache httponly"] if model.sticky else []
    return _section(
        f"backend {model.name} from {model.name}",
        "balance roundrobin",
        *sticky,
        "# Another node for what was not sent, or can be repeated. A POST is never sent twice.",
        "retries 2",
        "option redispatch 1",
        "retry-on conn-failure empty-response 503",
        "http-request disable-l7-retry unless METH_GET",
        "# Without a query, which would break it. A page with status 200 is not healthy.",
        "option httpchk",
        f"http-check send meth GET uri {model.health} ver HTTP/1.1 hdr Host {model.server_name}",
        "http-check expect status 200",
        "http-check expect rstring ^ok",
        "default-server check inter 3s fastinter 1s fall 2 rise 2 observe layer4 init-addr last,libc,none",
        *(
            f"server {node.name} {node.host}:{node.port}" + (f" cookie {node.name}" if model.sticky else "")
            for node in model.upstreams
        ),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _word(text: str) -> str:
    """Return one word of a line; what the language would act on is written as a hexadecimal escape."""
    return re.sub(rb"[^A-Za-z0-9._/@:+,=~-]", lambda found: b"\\x%02x" % found.group()[0], text.encode()).decode()
