"""Kinds of faults about single variables and about the text of a file."""

from __future__ import annotations

from nbcluster.lint.model import Kind
from nbcluster.problems import Severity
from nbcluster.text import N_

_FAIL, _WARN = (Severity.ERROR,), (Severity.WARNING,)


def _fail(name: str, title: str, why: str, remedy: str) -> Kind:
    return Kind(f"lint.{name}", _FAIL, title, why, remedy)


def _warn(name: str, title: str, why: str, remedy: str) -> Kind:
    return Kind(f"lint.{name}", _WARN, title, why, remedy)


KINDS = (
    _fail(
        "database-dialect",
        N_("DB_DIALECT is missing or names no server"),
        N_("Without it the application does not start; a file such as SQLite's cannot be shared."),
        N_("postgres, mysql, mariadb or kingbase."),
    ),
    _fail(
        "database-underscored",
        N_("DB_UNDERSCORED is neither true nor false"),
        N_("Only the exact text true counts; 1, TRUE and yes are silently false."),
        N_("What the installation runs with today; never change it."),
    ),
    _warn(
        "database-password",
        N_("A blank at the edge of DB_PASSWORD"),
        N_("Some readers drop it."),
        N_("Make sure that it belongs to the password."),
    ),
    _fail(
        "cluster-mode",
        N_("CLUSTER_MODE is no number"),
        N_("Text other than max starts one process per core of the host."),
        N_("A number, max, 0 or -1, or nothing."),
    ),
    _warn(
        "cluster-mode-kubernetes",
        N_("CLUSTER_MODE on Kubernetes"),
        N_("It counts the cores of the whole host, and replicas multiply it against the 32 worker ids."),
        N_("Leave it out."),
    ),
    _fail(
        "worker-mode",
        N_("WORKER_MODE has a form that processes nothing"),
        N_("The list is split at commas, blanks stay, and * and - count only alone."),
        N_("Nothing, !, * or topics with commas."),
    ),
    _fail(
        "time-zone",
        N_("TZ is no time zone"),
        N_("It decides how dates are stored."),
        N_("An IANA name such as UTC or Asia/Shanghai."),
    ),
    Kind(
        "lint.time-zone-database",
        (Severity.ERROR, Severity.WARNING),
        N_("TZ and DB_TIMEZONE disagree"),
        N_("The start stops when they are different; an offset agrees with a zone of summer time half of the year only."),
        N_("Take DB_TIMEZONE out: it then follows TZ."),
    ),
    _warn(
        "time-zone-absent",
        N_("No TZ"),
        N_("Every node takes its own machine's zone."),
        N_("The same zone on every node."),
    ),
    _warn(
        "app-env",
        N_("APP_ENV is not production"),
        N_("Logs are verbose and in another form. The image sets it by itself."),
        N_("APP_ENV=production."),
    ),
    _warn(
        "plugin-list",
        N_("APPEND_PRESET_BUILT_IN_PLUGINS names what does not exist"),
        N_("Names are not trimmed, and a package that is not found is dropped silently."),
        N_("pubsub-adapter-redis, lock-adapter-redis, queue-adapter-redis or queue-adapter-rabbitmq, workerid-allocator-redis."),
    ),
    _warn(
        "deprecated",
        N_("NOCOBASE_PKG_* is deprecated"),
        N_("The licence key replaces it, and a failed login writes the password into the log."),
        N_("Take it out."),
    ),
    _warn(
        "unread-name",
        N_("A name that NocoBase does not read"),
        N_("The variable has no effect."),
        N_("The right name, or nothing."),
    ),
    _warn(
        "launch-mode",
        N_("APP_LAUNCH_MODE is not pm2"),
        N_("CLUSTER_MODE is then ignored."),
        N_("Take it out."),
    ),
    _warn(
        "local-files",
        N_("PM2_HOME or SOCKET_PATH in the shared storage"),
        N_("Each start deletes both: one node takes the other's away."),
        N_("A folder of the node's own."),
    ),
    _warn(
        "secret-in-configmap",
        N_("A secret in a ConfigMap"),
        N_("ConfigMaps are readable with far fewer rights than Secrets, and stand in plain text in the cluster's store."),
        N_(
            "A Secret. The comment `# nbcluster: secrets in this ConfigMap are meant` says that there is no other way, as with the official chart."
        ),
    ),
    _fail(
        "not-text",
        N_("A number or truth value where YAML needs text"),
        N_("Kubernetes refuses it; compose refuses truth values."),
        N_("Double quotes."),
    ),
    _warn(
        "quotes-kept",
        N_("Quotes that are a part of the value"),
        N_("docker --env-file, compose lists and Kubernetes take no quotes away; an address that begins with one is no address."),
        N_("Take them out."),
    ),
    _fail(
        "cut-at-hash",
        N_("A value is cut off at #"),
        N_("npm dotenv ends an unquoted value at the first #, also without a blank before it; most other readers do not."),
        N_("Quotes; %23 in an address."),
    ),
    _fail(
        "open-quote",
        N_("A quote that is not closed"),
        N_("It stays in the value, or the value swallows the lines after it."),
        N_("Close it on the same line."),
    ),
    _warn(
        "no-assignment",
        N_("A line that sets nothing"),
        N_("Readers pass over it or refuse the file."),
        N_("NAME=value, or a comment."),
    ),
    _warn(
        "line-ends",
        N_("Line ends of Windows or a byte order mark"),
        N_("docker and bash take them for a part of the values."),
        N_("UTF-8 without a mark, LF."),
    ),
    _warn("duplicate", N_("A variable is set twice"), N_("The last one holds."), N_("Keep one.")),
    _fail(
        "health-query",
        N_("A health path with a query"),
        N_(
            "The path has to end in __health_check; with a query the page of the application comes back with status 200, always healthy."
        ),
        N_("No query."),
    ),
    _fail(
        "api-version",
        N_("An API version that was removed"),
        N_("extensions/v1beta1 went with Kubernetes 1.22, traefik.containo.us with Traefik 3."),
        N_("networking.k8s.io/v1, traefik.io/v1alpha1."),
    ),
    _warn(
        "image-version",
        N_("An image that is old, or moves"),
        N_("All nodes run one version; faults of cluster mode were mended up to 2.1.41 (unconfirmed as a minimum)."),
        N_("One exact version."),
    ),
)
