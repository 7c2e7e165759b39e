"""What a balancer's file must say from its first directive to its last, as data, for whoever reads the file back."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.cluster import Balancer

DOWN = "The application is being maintained or starting. Please try again in a minute."
"""What users read while no node answers; plain ASCII, because it stands in configuration files."""

_LONGEST = 600
"""Seconds that a request may take, and that a WebSocket may be silent."""

_CONNECT = 5
"""Seconds after which a node that does not accept is given up for another."""

_WELL_KNOWN = "^/\\.well-known/(oauth-authorization-server|openid-configuration)/(.+)$"
"""Documents that are requested at the root of the host, with the path appended (RFC 8414, section 3.1)."""


@dataclass(frozen=True)
class Directive:
    """One directive: its words, and what stands in its block; None where it has none."""

    words: tuple[str, ...]
    block: tuple[Directive, ...] | None = None

    def outline(self, depth: int = 0) -> list[tuple[int, tuple[str, ...]]]:
        """Return the directive and those in it with their depth, in order."""
        return [(depth, self.words), *(line for inner in self.block or () for line in inner.outline(depth + 1))]


def _words(text: str) -> Directive:
    return Directive(tuple(text.split()))


def _lines(text: str) -> list[Directive]:
    return [_words(line) for line in text.strip().splitlines()]


def _block(head: str | tuple[str, ...], *inside: Directive) -> Directive:
    return Directive(tuple(head.split()) if isinstance(head, str) else head, tuple(inside))


def nginx(model: Balancer) -> list[Directive]:
    """Return the directives of nginx's file."""
    name = model.name
    out = [_block(f"map $http_upgrade ${name}_connection", _words("default upgrade"), Directive(("", "close")))]
    if model.behind_proxy and not model.public_host:
        default = _words("default $http_x_forwarded_proto")
        out.append(_block(f"map $http_x_forwarded_proto ${name}_proto", default, Directive(("", "$scheme"))))
    servers = [_words(f"server {node.host}:{node.port} max_fails=3 fail_timeout=10s") for node in model.upstreams]
    out.append(_block(f"upstream {name}", *(_lines("ip_hash") if model.sticky else []), *servers))
    if model.redirect:
        port = "" if model.usual_port else f":{model.listen}"
        out.append(
            _block(
                "server",
                _words("listen 80"),
                _words(f"server_name {model.server_name}"),
                _words("server_tokens off"),
                _words(f"return 301 https://$host{port}$request_uri"),
            )
        )
    out.append(_block("server", *_nginx_server(model)))
    return out


def _nginx_server(model: Balancer) -> list[Directive]:
    name = model.name
    tls = [
        Directive(("ssl_certificate", model.certificate)),
        Directive(("ssl_certificate_key", model.certificate_key)),
        _words("ssl_protocols TLSv1.2 TLSv1.3"),
    ]
    client = "$proxy_add_x_forwarded_for" if model.behind_proxy else "$remote_addr"
    own = f"${name}_proto" if model.behind_proxy else "$scheme"
    scheme = f"{model.public_scheme}\nproxy_set_header X-Forwarded-Host {model.public_host}" if model.public_host else own
    to_nodes = _words(f"proxy_pass http://{name}")
    rewrite = Directive(("rewrite", _WELL_KNOWN, "/$2/.well-known/$1", "break"))
    bare = [
        _block("location /files/", to_nodes),
        _block("location = /", _words(f"return 302 {model.path}")),
        _block(f"location = {model.path.rstrip('/')}", _words(f"return 302 {model.path}")),
        _block("location /", _words("return 404")),
    ]
    return [
        _words(f"listen {model.listen}{' ssl' if model.tls else ''}"),
        _words(f"server_name {model.server_name}"),
        _words("server_tokens off"),
        _words("absolute_redirect off"),
        *(tls if model.tls else []),
        *_lines(
            f"""
            client_max_body_size 0
            send_timeout {_LONGEST}s
            proxy_http_version 1.1
            proxy_set_header Host $http_host
            proxy_set_header Upgrade $http_upgrade
            proxy_set_header Connection ${name}_connection
            proxy_set_header X-Real-IP $remote_addr
            proxy_set_header X-Forwarded-For {client}
            proxy_set_header X-Forwarded-Proto {scheme}
            proxy_connect_timeout {_CONNECT}s
            proxy_send_timeout {_LONGEST}s
            proxy_read_timeout {_LONGEST}s
            proxy_buffering off
            proxy_next_upstream error timeout http_503
            proxy_next_upstream_tries 2
            proxy_next_upstream_timeout 30s
            error_page 502 504 = @{name}_down
            """
        ),
        _block(
            f"location @{name}_down",
            _words("default_type text/plain"),
            _words("add_header Retry-After 60 always"),
            _words("add_header Cache-Control no-store always"),
            Directive(("return", "503", f"{DOWN}\\n")),
        ),
        _block(f"location {model.path}", to_nodes),
        _block(("location", "~", _WELL_KNOWN), rewrite, to_nodes),
        *([] if model.path == "/" else bare),
    ]


def haproxy(model: Balancer) -> list[Directive]:
    """Return the sections of HAProxy's file."""
    name, scheme = model.name, "https" if model.tls else "http"
    host = f"http-request return status 404 unless {{ req.hdr(host),field(1,:),lower -m str {model.server_name.lower()} }}"
    down = ("http-error", "status", "503", "content-type", "text/plain", "string", f"{DOWN}\n", "hdr", "Retry-After", "60")
    defaults = _lines(
        f"""
        mode http
        log global
        option httplog
        timeout connect {_CONNECT}s
        timeout client {_LONGEST}s
        timeout server {_LONGEST}s
        timeout tunnel {_LONGEST}s
        timeout http-request 60s
        timeout http-keep-alive 60s
        timeout queue 30s
        """
    )
    out = [_block(f"defaults {name}", *defaults, Directive((*down, "hdr", "Cache-Control", "no-store")))]
    if model.redirect:
        port = "" if model.usual_port else f":{model.listen}"
        target = f"https://%[req.hdr(host),field(1,:)]{port}%[capture.req.uri]"
        plain = _lines(f"bind *:80\n{host}\nhttp-request redirect location {target} code 301")
        out.append(_block(f"frontend {name}_plain from {name}", *plain))
    tls = ("ssl", "crt", model.certificate, "ssl-min-ver", "TLSv1.2", "alpn", "h2,http/1.1") if model.tls else ()
    unless = " unless { req.hdr(X-Forwarded-Proto) -m found }" if model.behind_proxy else ""
    forwarded = [
        "option forwardfor" if model.behind_proxy else "http-request set-header X-Forwarded-For %[src]",
        f"http-request set-header X-Forwarded-Proto {model.public_scheme or scheme + unless}",
        *([f"http-request set-header X-Forwarded-Host {model.public_host}"] if model.public_host else []),
    ]
    paths = f"""
        http-request redirect location {model.path} code 302 if {{ path / }} || {{ path {model.path.rstrip("/")} }}
        http-request return status 404 unless {{ path_beg {model.path} /files/ }} || {{ path_reg ^/[^?]*/\\.well-known/ }}
        """
    out.append(
        _block(
            f"frontend {name} from {name}",
            Directive(("bind", f"*:{model.listen}", *tls)),
            *_lines(host),
            *(_words(line) for line in forwarded),
            _words("http-request set-header X-Real-IP %[src]"),
            Directive(("http-request", "replace-path", _WELL_KNOWN, "/\\2/.well-known/\\1")),
            *([] if model.path == "/" else _lines(paths)),
            _words(f"default_backend {name}"),
        )
    )
    backend = f"""
        retries 2
        option redispatch 1
        retry-on conn-failure empty-response 503
        http-request disable-l7-retry unless METH_GET
        option httpchk
        http-check send meth GET uri {model.health} ver HTTP/1.1 hdr Host {model.server_name}
        http-check expect status 200
        http-check expect rstring ^ok
        default-server check inter 3s fastinter 1s fall 2 rise 2 observe layer4 init-addr last,libc,none
        """
    sticky = [_words(f"cookie {name}_node insert indirect nocache httponly")] if model.sticky else []
    servers = [
        Directive(("server", node.name, f"{node.host}:{node.port}", *(("cookie", node.name) if model.sticky else ())))
        for node in model.upstreams
    ]
    out.append(_block(f"backend {name} from {name}", _words("balance roundrobin"), *sticky, *_lines(backend), *servers))
    return out


def caddy(model: Balancer) -> list[Directive]:
    """Return the blocks of Caddy's file."""
    scheme = "https" if model.tls else "http"
    out = [_block("", _words("auto_https off"))]
    if model.redirect:
        port = "" if model.usual_port else f":{model.listen}"
        out.append(_block(f"http://{model.server_name}:80", _words(f"redir https://{{host}}{port}{{uri}} 301")))
    tls = [Directive(("tls", model.certificate, model.certificate_key))] if model.tls else []
    proxy = _caddy_proxy(model)
    nodes = (
        [_block("handle", proxy)]
        if model.path == "/"
        else [
            _words(f"@bare path / {model.path.rstrip('/')}"),
            _words(f"redir @bare {model.path} 302"),
            _words(f"@nodes path {model.path}* /files/*"),
            _block("handle @nodes", proxy),
            _block("handle", _words("respond 404")),
        ]
    )
    down = _block(
        "handle @down",
        _words("header Retry-After 60"),
        _words("header Cache-Control no-store"),
        Directive(("respond", DOWN, "503")),
    )
    out.append(
        _block(
            f"{scheme}://{model.server_name}:{model.listen}",
            *tls,
            Directive(("@discovery", "path_regexp", "discovery", _WELL_KNOWN)),
            _words("rewrite @discovery /{re.discovery.2}/.well-known/{re.discovery.1}"),
            *nodes,
            _block("handle_errors", _words("@down expression {err.status_code} in [502, 503, 504]"), down),
        )
    )
    return out


def _caddy_proxy(model: Balancer) -> Directive:
    checks = f"""
        lb_policy {f"cookie {model.name}_node" if model.sticky else "round_robin"}
        lb_try_duration {_CONNECT}s
        lb_try_interval 100ms
        health_uri {model.health}
        health_interval 3s
        health_timeout 2s
        health_status 200
        health_body ^ok
        """
    times = f"""
        dial_timeout {_CONNECT}s
        response_header_timeout {_LONGEST}s
        read_timeout {_LONGEST}s
        write_timeout {_LONGEST}s
        """
    public = (("X-Forwarded-Proto", model.public_scheme), ("X-Forwarded-Host", model.public_host))
    return _block(
        ("reverse_proxy", *(f"{node.host}:{node.port}" for node in model.upstreams)),
        *_lines(checks),
        _block("health_headers", _words(f"Host {model.server_name}")),
        *_lines("max_fails 1\nfail_duration 3s\nunhealthy_status 503"),
        *([_words("trusted_proxies 0.0.0.0/0 ::/0")] if model.behind_proxy else []),
        *(_words(f"header_up {name} {value}") for name, value in public if value),
        _words("header_up X-Real-IP {remote_host}"),
        _block("transport http", *_lines(times)),
    )
