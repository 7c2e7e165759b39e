"""Checks of what answers over HTTP in a running cluster: a node, or the load balancer."""

from __future__ import annotations

from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

_LOG = N_("Read the log of this node; NocoBase stays up with the fault and does not try again: fix it, then restart the node.")

_GET = "GET <public path>api/__health_check"

_HTTP = ("http.health", "net")

OUTCOMES: dict[str, Outcome] = {
    "http.health.ok": Outcome("ok", N_("healthy")),
    "http.health.page": Outcome(
        "fail",
        N_("{path} answers 200 with something other than ok"),
        N_("That is the page of the application or of another program: it is 200 even when NocoBase is down."),
        N_("Check the public path and where the load balancer sends /api/: the health endpoint takes no query."),
    ),
    "http.health.missing": Outcome(
        "fail", N_("{path} is not there (404)"), "", N_("Check the public path; on a node, whether this is NocoBase at all.")
    ),
    "http.health.moved": Outcome(
        "fail",
        N_("{path} redirects to {location} ({status})"),
        "",
        N_("Use the address that it names, or turn TLS on in the answers."),
    ),
    "http.health.gateway": Outcome(
        "fail",
        N_("the load balancer reaches no node ({status})"),
        "",
        N_("Look at the nodes above; then at the upstream of the load balancer and the route from it to the nodes."),
    ),
    "http.health.alien": Outcome(
        "fail",
        N_("what answers does not speak HTTP"),
        N_("It said: {seen}"),
        N_("Check host and port; with TLS, whether it is on."),
    ),
    "http.health.other": Outcome("fail", N_("{path} answers {status}"), "", N_("Read the log of what answers.")),
    "http.health.closed": Outcome(
        "fail",
        N_("unavailable (503), without a message of NocoBase"),
        "",
        N_("The load balancer itself says so: no node is up, or it is in maintenance."),
    ),
    "http.health.lock": Outcome(
        "fail",
        N_("the lock adapter is missing: {reason}"),
        "",
        N_(
            "LOCK_ADAPTER_DEFAULT=redis is set and the lock plugin is not enabled. On an empty database that leaves a half installation: "
            "drop the database and begin with the runbook's first boot. Otherwise enable the plugin with LOCK_ADAPTER_DEFAULT=local."
        ),
    ),
    "http.health.address": Outcome(
        "fail",
        N_("an address cannot be read: {reason}"),
        "",
        N_("Write redis://user:password@host:port/database, with two slashes."),
    ),
    "http.health.cache_login": Outcome(
        "fail",
        N_("Redis refuses the login: {reason}"),
        "",
        N_("Check user and password in CACHE_REDIS_URL on this node, then restart it."),
    ),
    "http.health.cache_database": Outcome(
        "fail",
        N_("the database number is out of range: {reason}"),
        "",
        N_("Choose a lower one, or raise `databases` in redis.conf."),
    ),
    "http.health.cache_store": Outcome(
        "fail", N_("the cache store is unknown: {reason}"), "", N_("CACHE_DEFAULT_STORE is memory or redis, in lower case.")
    ),
    "http.health.aes_key": Outcome(
        "fail",
        N_("the AES key has the wrong length: {reason}"),
        "",
        N_("APP_AES_SECRET_KEY is 64 hexadecimal digits, the same on all nodes."),
    ),
    "http.health.unreachable": Outcome(
        "fail",
        N_("the node cannot reach a server: {reason}"),
        "",
        N_("It stays so after the server comes back: restore the connection from this node, then restart it."),
    ),
    "http.health.not_installed": Outcome(
        "fail",
        N_("the database holds no installation ({state})"),
        N_("NocoBase said: {reason}"),
        N_("With CLUSTER_MODE set nothing is installed: run the runbook's first boot on one node."),
    ),
    "http.health.busy": Outcome(
        "warn",
        N_("starting or at work ({state})"),
        N_("NocoBase said: {reason}"),
        N_("Wait, then look again; a first boot takes minutes."),
    ),
    "http.health.silent": Outcome(
        "error",
        N_("starting, or trying to reach the database ({state}, no message)"),
        "",
        N_(
            "Wait, then look again. If it stays: the password or the address of the database is wrong; only the log of the node says so."
        ),
    ),
    "http.health.unhealthy": Outcome("fail", N_("unavailable ({state})"), N_("NocoBase said: {reason}"), _LOG),
    "http.websocket.ok": Outcome("ok", N_("a WebSocket opens at {path}")),
    "http.websocket.refused": Outcome(
        "fail",
        N_("no WebSocket at {path} (status {status})"),
        "",
        N_("Pages would not hear of changes: pass Upgrade and Connection on, as nginx/nocobase.conf does."),
    ),
    "http.websocket.broken": Outcome(
        "fail",
        N_("no WebSocket at {path}: status 101, but missing or wrong: {headers}"),
        "",
        N_(
            "No browser accepts this answer: something on the way replies by itself or drops headers. "
            "Pass Upgrade, Connection and Sec-WebSocket-* on in both directions."
        ),
    ),
}


def checks(place: str, title: str, remedy: str) -> tuple[Check, ...]:
    """Return the checks of one place; title and remedy are those of its port."""
    return (
        Check(f"{place}.reach", title, N_("Opens a TCP connection. Only in `nbcluster verify`."), remedy, families=("net",)),
        Check(
            f"{place}.tls",
            N_("TLS starts, and the certificate is good"),
            N_("Under the name that users type. Only in `nbcluster verify`."),
            N_("The certificate of the load balancer, its chain, tls.ca_file."),
            families=("tls", "net"),
        ),
        Check(
            f"{place}.health",
            N_("NocoBase says that it runs"),
            N_("A running process proves nothing: NocoBase stays up and answers 503 with the cause. Only in `nbcluster verify`."),
            N_("What the message says; then restart the node."),
            (_GET,),
            _HTTP,
        ),
    )
