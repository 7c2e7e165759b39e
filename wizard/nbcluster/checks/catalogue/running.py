"""Verdicts and pages of what looks at a running cluster: ``nbcluster verify``."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome, Page
from nbcluster.text import N_

_LOG = N_("Read the log of this node; NocoBase stays up with the fault and does not try again: mend it, then restart the node.")

OUTCOMES: dict[str, Outcome] = {
    "http.health.ok": Outcome("ok", N_("healthy")),
    "http.health.page": Outcome(
        "fail",
        N_("{path} answers 200 with something else than ok"),
        N_("That is the page of the application or of another program: it is 200 even when NocoBase is down."),
        N_("Check the public path and where the load balancer sends /api/: the health endpoint takes no query."),
    ),
    "http.health.missing": Outcome(
        "fail", N_("{path} is not there (404)"), "", N_("Check the public path; on a node, whether this is NocoBase at all.")
    ),
    "http.health.moved": Outcome(
        "fail",
        N_("{path} sends on to {location} ({status})"),
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
    "node.same.ok": Outcome("ok", N_("{count} plugins have the same addresses as on {peer}")),
    "node.same.hidden": Outcome(
        "skip",
        N_("not comparable with {peer}: no list of plugins from one of them"),
        "",
        N_("When both are healthy, look again."),
    ),
    "node.same.plugins": Outcome(
        "warn",
        N_("not the same plugins as on {peer}: {names}"),
        "",
        N_("Compare image or version of both nodes, and whether both see the shared storage."),
    ),
    "node.same.other": Outcome(
        "skip",
        N_("not judged: all {count} plugins have other addresses than on {peer}"),
        N_(
            "The addresses differ where APP_KEY does, and also where the same files were only installed at another time, as on two hosts:"
            " from outside nobody can tell which it is. With different keys, sessions of one node do not hold on the other."
        ),
        N_("Run this beside the .env of each node and compare what it prints, which does not show the key: {command}"),
    ),
    "node.same.some": Outcome(
        "skip",
        N_("APP_KEY is the same as on {peer}; not judged: whether the files of {differing} of {count} plugins are: {names}"),
        N_("The addresses of these differ, as they do where the same files were installed at another time."),
        N_("Where all nodes should see one folder of plugins, look whether the share is mounted on both."),
    ),
    "redis.use.ok": Outcome(
        "ok", N_("every node is connected to database {number}"), N_("{connections} connections from {seen}. {keys} keys.")
    ),
    "redis.use.missing": Outcome(
        "warn",
        N_("not connected to database {number}: {missing}"),
        N_("{connections} connections from {seen}. {keys} keys."),
        N_("Look whether these nodes run, have this address in their env file, and were started with it."),
    ),
    "redis.use.unplaced": Outcome(
        "skip",
        N_("not judged: whether {missing} is among those connected to database {number}"),
        N_("{connections} connections from {seen}: addresses of no node, as translated ones are. {keys} keys."),
        N_(
            "Compare the variable of this role in the env files of the nodes, or write the addresses that the server sees as hosts of the nodes."
        ),
    ),
    "redis.use.pods": Outcome(
        "skip",
        N_("not judged: from outside nobody can tell which pods are connected to database {number}"),
        N_("{connections} connections from {seen}. {keys} keys."),
        N_("All pods have the variable of this role from one Secret: look there."),
    ),
    "redis.use.nobody": Outcome(
        "warn",
        N_("nobody is connected to database {number}"),
        N_("{keys} keys. NocoBase keeps its connections open while it runs."),
        N_("Check the variable of this role on the nodes, and whether its plugin is enabled (database.adapters)."),
    ),
    "redis.use.empty": Outcome(
        "warn",
        N_("database {number} is empty"),
        N_("A running NocoBase keeps keys there. Who is connected cannot be seen by {user}."),
        N_("Check the variable of this role on the nodes, and whether its plugin is enabled (database.adapters)."),
    ),
    "redis.use.hidden": Outcome(
        "skip",
        N_("not judged: {user} may not see who is connected to database {number}"),
        N_("Keys in it: {keys}."),
        N_("ACL SETUSER {user} +client|list +client|setname +dbsize lets the checks see it."),
    ),
}

_GET = "GET <public path>api/__health_check"
_HTTP = ("http.health", "net")


def _pages(place: str, title: str, remedy: str) -> tuple[Page, ...]:
    return (
        Page(f"{place}.reach", title, N_("Opens a TCP connection. Only in `nbcluster verify`."), remedy, families=("net",)),
        Page(
            f"{place}.tls",
            N_("TLS starts, and the certificate is good"),
            N_("Under the name that users type. Only in `nbcluster verify`."),
            N_("The certificate of the load balancer, its chain, tls.ca_file."),
            families=("tls", "net"),
        ),
        Page(
            f"{place}.health",
            N_("NocoBase says that it runs"),
            N_("A running process proves nothing: NocoBase stays up and answers 503 with the cause. Only in `nbcluster verify`."),
            N_("What the message says; then restart the node."),
            (_GET,),
            _HTTP,
        ),
    )


PAGES: tuple[Page, ...] = (
    *_pages("node.<name>", N_("The node's port is open"), N_("Start the node; the route from here to it.")),
    *_pages("balancer", N_("The load balancer accepts connections"), N_("Start it; balancer.listen, DNS, firewall.")),
    Page(
        "balancer.websocket",
        N_("A WebSocket passes the load balancer"),
        N_("NocoBase tells open pages of changes that way. The connection is left at once. Only in `nbcluster verify`."),
        N_("Upgrade and Connection headers in the load balancer."),
        ("GET <public path>ws, with Upgrade: websocket",),
        ("http.websocket", "net", "tls"),
    ),
    Page(
        "node.<name>.same",
        N_("The nodes have the same keys and plugins"),
        N_(
            "Compares the addresses of the plugins' files with those of the first node: they carry a digest of APP_KEY, the version and the"
            " time of the file. Equal ones prove equal keys, different ones prove nothing. Only in `nbcluster verify`."
        ),
        N_("One APP_KEY, one version, one share."),
        ("GET <public path>api/pm:listEnabled",),
        ("net",),
    ),
    Page(
        "redis.<role>.use",
        N_("The running cluster uses the database"),
        N_(
            "Compares the addresses that are connected with those of the nodes, and counts keys; names of keys are not looked at. Its own"
            " connections and those of programs that watch the server are left out. Only in `nbcluster verify`."
        ),
        N_("The variable of the role, and its plugin."),
        ("CLIENT SETNAME nbcluster-probe", "DBSIZE", "CLIENT LIST"),
        ("net", "redis.state"),
    ),
)
