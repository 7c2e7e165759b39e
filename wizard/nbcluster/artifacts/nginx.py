"""nginx/nocobase.conf: complete for NocoBase 2.2 (nocobase.md §7.4), naming exactly the nodes that serve requests."""

from __future__ import annotations

import re

from nbcluster.answers import Answers
from nbcluster.artifacts.balancers.model import DISCOVERY, DOWN, identifier, upstream_servers
from nbcluster.judge.balancer import has_tls

__all__ = ["conf", "identifier", "upstream_servers"]


def conf(answers: Answers) -> str:
    """Return the snippet for nginx's http block."""
    name = identifier(answers)
    lines = [
        "# For the http block: copy to /etc/nginx/conf.d/ and run nginx -t before the reload.",
        "# Nodes that only work on queues are left out on purpose: they answer HTTP, but must not get users.",
        "",
        f"map $http_upgrade ${name}_connection {{",
        "    default upgrade;",
        "    ''      close;",
        "}",
    ]
    if answers.flag("balancer.behind_proxy"):
        lines += [
            "",
            f"map $http_x_forwarded_proto ${name}_proto {{",
            "    default $http_x_forwarded_proto;",
            "    ''      $scheme;",
            "}",
        ]
    lines += ["", f"upstream {name} {{"]
    if answers.flag("balancer.sticky"):
        lines.append("    ip_hash;")
    lines += [f"    server {server} max_fails=3 fail_timeout=10s;" for server in upstream_servers(answers)]
    lines += [
        "}",
        "",
        *_redirect(answers),
        "server {",
        *(f"    {line}" if line else "" for line in _server(answers, name)),
        "}",
        "",
    ]
    return "\n".join(lines)


def _word(path: str) -> str:
    """Return a path as one word; a dollar sign, a double quote and a backslash have no form here and are refused by a rule."""
    return path if re.fullmatch(r"[A-Za-z0-9._/@:+,=~-]+", path) else f'"{path}"'


def _redirect(answers: Answers) -> list[str]:
    if not (has_tls(answers) and answers.flag("balancer.redirect")):
        return []
    port = answers.number("balancer.listen")
    target = "https://$host$request_uri" if port == 443 else f"https://$host:{port}$request_uri"
    return [
        "server {",
        "    listen 80;",
        f"    server_name {answers.text('balancer.server_name')};",
        "    server_tokens off;",
        f"    return 301 {target};",
        "}",
        "",
    ]


def _server(answers: Answers, name: str) -> list[str]:
    tls = has_tls(answers)
    proxied = answers.flag("balancer.behind_proxy")
    lines = [
        f"listen {answers.number('balancer.listen')}{' ssl' if tls else ''};",
        f"server_name {answers.text('balancer.server_name')};",
        "server_tokens off;",
        "# Redirects name no scheme and no port: what stands in front may have changed both.",
        "absolute_redirect off;",
    ]
    if tls:
        lines += [
            f"ssl_certificate {_word(answers.text('balancer.certificate'))};",
            f"ssl_certificate_key {_word(answers.text('balancer.certificate_key'))};",
            "ssl_protocols TLSv1.2 TLSv1.3;",
        ]
    lines += [
        "",
        "# The size of an upload is limited in NocoBase, per storage.",
        "client_max_body_size 0;",
        "send_timeout 600s;",
        "",
        "proxy_http_version 1.1;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header Upgrade $http_upgrade;",
        f"proxy_set_header Connection ${name}_connection;",
        "proxy_set_header X-Real-IP $remote_addr;",
    ]
    if proxied:
        lines += [
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            f"proxy_set_header X-Forwarded-Proto ${name}_proto;",
        ]
    else:
        lines += [
            "# Overwritten, not appended: NocoBase takes the first entry as the client's address.",
            "proxy_set_header X-Forwarded-For $remote_addr;",
            "proxy_set_header X-Forwarded-Proto $scheme;",
        ]
    lines += [
        "",
        "# A node that is gone is left within seconds; a long request of a node that works may take its time.",
        "proxy_connect_timeout 5s;",
        "proxy_send_timeout 600s;",
        "proxy_read_timeout 600s;",
        "proxy_buffering off;",
        "",
        "# Passive fail-over. A POST is never repeated: non_idempotent is left out.",
        "proxy_next_upstream error timeout http_503;",
        "proxy_next_upstream_tries 2;",
        "proxy_next_upstream_timeout 30s;",
        "",
        "# While no node answers, users read why. What NocoBase itself answers, 503 included, is passed on as it is.",
        f"error_page 502 504 = @{name}_down;",
        "",
        *_locations(answers, name),
    ]
    return lines


def _locations(answers: Answers, name: str) -> list[str]:
    path = answers.text("app.public_path")
    lines = [
        f"location @{name}_down {{",
        "    default_type text/plain;",
        "    add_header Retry-After 60 always;",
        "    add_header Cache-Control no-store always;",
        f'    return 503 "{DOWN.strip()}\\n";',
        "}",
        "",
        f"# Pages, API, WebSocket at {path}ws, and {path}files/ alike.",
        f"# Health: GET {path}api/__health_check, without a query.",
        *_location(path, name),
        "# Discovery documents are asked for at the root of the host, with the path behind (RFC 8414, section 3.1).",
        *_location(
            f"~ ^/\\.well-known/{DISCOVERY}/(.+)$",
            name,
            f"rewrite ^/\\.well-known/{DISCOVERY}/(.+)$ /$2/.well-known/$1 break;",
        ),
    ]
    if path != "/":
        lines += [
            "# NocoBase 2.2 answers files at the root of the host, too.",
            *_location("/files/", name),
            *_redirection("/", path),
            *_redirection(path.rstrip("/"), path),
            "# Something else on this host name: put its locations here.",
            "location / {",
            "    return 404;",
            "}",
            "",
        ]
    return lines[:-1]


def _location(pattern: str, name: str, *before: str) -> list[str]:
    return [f"location {pattern} {{", *(f"    {line}" for line in before), f"    proxy_pass http://{name};", "}", ""]


def _redirection(pattern: str, target: str) -> list[str]:
    return [f"location = {pattern} {{", f"    return 302 {target};", "}", ""]
