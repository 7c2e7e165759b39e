"""Configurations of nginx in front of NocoBase: a sound one, and one for each kind of fault."""

from __future__ import annotations

SOUND_SITE = """\
map $http_upgrade $nb_connection {
    default upgrade;
    '' close;
}
upstream nodes {
    server 10.0.1.11:13000;
    server 10.0.1.12:13000;
}
server {
    listen 443 ssl;
    server_name crm.example.com;
    ssl_protocols TLSv1.2 TLSv1.3;
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $nb_connection;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_read_timeout 600s;
    proxy_buffering off;
    proxy_next_upstream error timeout http_503;
    location / {
        proxy_pass http://nodes;
    }
}
"""

OFFICIAL_PAGE = """\
upstream myapp {
    server 172.31.0.1:13000;
    server 172.31.0.2:13000;
    server 172.31.0.3:13000;
}
server {
    listen 80;
    location / {
        proxy_pass http://myapp;
    }
}
"""
"""The lines that NocoBase's page on clusters shows (nocobase.md §12)."""


def changed(old: str, new: str) -> str:
    """Return the sound configuration with a text replaced, which has to be there."""
    assert old in SOUND_SITE
    return SOUND_SITE.replace(old, new)


def with_location(text: str) -> str:
    """Return the sound configuration with another location in front."""
    return changed("    location / {", f"    {text}\n    location / {{")


SITES: tuple[tuple[str, str], ...] = (
    ("websocket", OFFICIAL_PAGE),
    ("websocket", changed("    proxy_set_header Upgrade $http_upgrade;\n", "")),
    ("websocket", changed("    proxy_http_version 1.1;\n", "")),
    # one header in a location takes those of the levels above away
    ("websocket", with_location("location /ws { proxy_pass http://nodes; proxy_set_header X-A b; }")),
    # nginx redirects what lacks the slash
    ("websocket", with_location("location /ws/ { proxy_pass http://nodes; }")),
    ("body-size", OFFICIAL_PAGE),
    ("body-size", changed("client_max_body_size 0", "client_max_body_size 1m")),
    ("body-size", changed("client_max_body_size 0", "client_max_body_size 5m")),
    ("read-timeout", changed("    proxy_read_timeout 600s;\n", "")),
    ("read-timeout", changed("600s", "1m")),
    ("buffering", changed("    proxy_buffering off;\n", "")),
    ("host", changed("    proxy_set_header Host $http_host;\n", "")),
    ("host", changed("Host $http_host", "Host $proxy_host")),
    ("host", changed("Host $http_host", "Host $host").replace("listen 443 ssl", "listen 8443 ssl")),
    ("forwarded-proto", changed("    proxy_set_header X-Forwarded-Proto $scheme;\n", "")),
    ("forwarded-proto", changed("$scheme", "http")),
    ("forwarded-proto", changed("    proxy_set_header X-Forwarded-Proto $scheme;\n", "").replace("443 ssl", "80")),
    ("forwarded-for", changed("    proxy_set_header X-Forwarded-For $remote_addr;\n", "")),
    ("files", changed("location /", "location /api/")),
    ("files", with_location("location /files/ { root /srv/www; }")),
    ("files", changed("location /", "location /crm/")),
    ("static", with_location("location ~* \\.(png|js|css)$ { root /srv/www; expires 30d; }")),
    ("uploads", with_location("location /storage/uploads/ { alias /srv/share/storage/uploads/; }")),
    ("upstreams-differ", with_location("location /ws { proxy_pass http://10.9.9.9:13000; }")),
    ("workers", changed("    server 10.0.1.12:13000;\n", "    server worker1.internal:13000;\n")),
    ("repeated", changed("http_503;", "http_503 non_idempotent;")),
    ("no-failover", changed("proxy_next_upstream error timeout http_503", "proxy_next_upstream off")),
    ("one-node", changed("    server 10.0.1.12:13000;\n", "")),
    ("path-changed", changed("http://nodes;", "http://nodes/crm/;")),
    ("tls-version", changed("TLSv1.2 TLSv1.3", "TLSv1 TLSv1.2")),
)
"""A kind of fault, and a configuration that has it."""
