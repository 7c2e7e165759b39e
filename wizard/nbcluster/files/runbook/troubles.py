"""The messages of a node: what each means and what to do (nocobase.md §17, §18)."""

from __future__ import annotations

from collections.abc import Sequence

from nbcluster.cluster import Cluster
from nbcluster.files.kubernetes.model import workloads
from nbcluster.files.runbook.blocks import chapter, compose_command
from nbcluster.files.runbook.kubectl import kubectl
from nbcluster.text import _


def troubles(cluster: Cluster) -> str:
    """Return the chapter on messages of the health address, the log and the application."""
    health = (
        ('Lock adapter "redis" not registered', _("the lock plugin is not enabled: repeat the first boot, or check the licence")),
        ("Invalid pathname", _("a Redis address has one slash after the scheme, or something else than a number as its path")),
        ("WRONGPASS", _("the cache's user or password is wrong")),
        ("NOAUTH", _("the cache wants a password")),
        (
            "connect ECONNREFUSED",
            _("Redis was away, or the cache has no address: fix it; then the node needs a restart (After Redis was away)"),
        ),
        ("ERR DB index is out of range", _("the server has fewer databases: raise databases in its configuration")),
        ("Key must be 32 bytes for AES-256 encryption.", _("APP_AES_SECRET_KEY is not 64 hex digits")),
        ("store type [...] is unavailable or not registered", _("CACHE_DEFAULT_STORE is not exactly redis, in small letters")),
        (
            _("APP_COMMANDING without a message"),
            _("it installs, upgrades, or cannot reach the database: the log shows attempt 1/10 with the reason"),
        ),
        ("APP_NOT_INSTALLED_ERROR", _("started with CLUSTER_MODE on an empty database: do the first boot")),
    )
    log = (
        ("SES_UNCAUGHT_EXCEPTION ... Socket closed unexpectedly", _("Redis went away while it ran: see After Redis was away")),
        ("DB_DIALECT is required.", _("no .env in the application folder, or the account may not read it")),
        ("[PubSubManager] adapter is not exist or not connected", _("the sync signal's plugin is not enabled")),
        ("create bloom filter failed", _("Redis has no Bloom filter: slower checks of signed-out tokens, nothing worse")),
        ("License key not found", _("no file .license/license-key in the storage: the plugins are not downloaded")),
        ("not match current environment", _("another operating system version or another database than the licence knows")),
        (
            "ERR_OSSL_BAD_DECRYPT",
            _("another AES key than the one that encrypted: bring the old one back before anything is saved"),
        ),
        (
            "app is already the latest version",
            _("SKIP_SAME_VERSION_UPGRADE is set: plugins that were named since are not picked up"),
        ),
    )
    seen = (
        (_("everybody has to sign in again (INVALID_TOKEN)"), _("another APP_KEY, or another jwt_secret.dat in the storage")),
        (_("signed out at every other request"), _("the nodes have different keys: compare their .env and their storage")),
        (_("404 for a file on some nodes only"), _("their storage is another folder: repeat the block share")),
        (_("a change is seen on one node only"), _("the sync signal does not work: its plugin, or PUBSUB_ADAPTER_REDIS_URL")),
        (_("saving a collection gives HTTP 500"), _("locks do not work: see the log for the lock adapter")),
        (_("occasional primary key conflicts"), _("two processes with one worker id: its plugin, or REDIS_URL")),
        (_("workflows wait forever"), _("no node works on that topic (WORKER_MODE), or the queue's plugin is not enabled")),
        (_("healthy, but pages are HTML instead of JSON"), _("the health path lacks the public path, or has a query")),
    )
    # pods have one environment and one volume
    strange = ("DB_DIALECT is required.", _("signed out at every other request"), _("404 for a file on some nodes only"))
    unseen = strange if cluster.deployment.on_kubernetes else ()
    return chapter(
        _("When something is wrong"),
        _(
            "The cause stands in the reply of {path}api/__health_check and in the log (`{log}`). Health tests neither the database nor Redis once the node runs."
        ).format(path=cluster.deployment.public_path, log=_log_command(cluster)),
        _("The health address says:"),
        _table(health),
        _("The log says:"),
        _table([row for row in log if row[0] not in unseen]),
        _("Users see:"),
        _table([row for row in seen if row[0] not in unseen]),
    )


def _table(rows: Sequence[tuple[str, str]]) -> str:
    head = ["| " + _("sign") + " | " + _("meaning") + " |", "|---|---|"]
    return "\n".join([*head, *(f"| {sign} | {meaning} |" for sign, meaning in rows)]) + "\n"


def _log_command(cluster: Cluster) -> str:
    if cluster.deployment.on_kubernetes:
        return f"{kubectl(cluster)} logs deployment/{workloads(cluster)[0].name}"
    if cluster.deployment.in_docker:
        return f"{compose_command(cluster)} logs node"
    return "journalctl -u nocobase"
