"""The cluster that the answers describe: one frozen, typed view, made once, from which every file and every page is made.

It can be made from answers at any moment, also while they are typed. What is not answered is "" as a text, 0 as a number, None as
an address, a secret or a number that may be left out, and () as a list; what an answer declares as its default stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.env import Reader
from nbcluster.facts import HEALTH_PATH, IMAGE_STORAGE
from nbcluster.steps import balancer, multicore, nodes, start
from nbcluster.steps.license import is_official, needed, short_name, unconfirmed
from nbcluster.steps.middleware import queue, redis
from nbcluster.steps.nodes import Destination
from nbcluster.steps.variables import node_variables, reader_of


@dataclass(frozen=True, slots=True)
class Deployment:
    """How and where NocoBase runs, the same on every node.

    ``kind`` is host, docker or kubernetes. ``version`` is NocoBase's, "" where an existing installation did not say it. ``image``
    is the one that was named, or the official one of the version. ``port`` is APP_PORT; ``public_path`` begins and ends with a
    slash. ``authority`` is the file of a private certificate authority, "" without one. ``reader`` is who reads the variables of
    a node. ``folder`` and ``account`` are those of a host.
    """

    kind: str
    version: str
    image: str
    port: int
    public_path: str
    authority: str
    reader: Reader
    folder: str
    account: str

    @property
    def in_docker(self) -> bool:
        """Whether the nodes are containers of docker."""
        return self.kind == "docker"

    @property
    def on_kubernetes(self) -> bool:
        """Whether the nodes are pods: their number counts, their hosts do not."""
        return self.kind == "kubernetes"

    @property
    def in_containers(self) -> bool:
        """Whether the nodes are containers, of docker or in pods."""
        return self.in_docker or self.on_kubernetes

    @property
    def owner(self) -> str:
        """The account that runs NocoBase; in the image that is root (nocobase.md §8)."""
        return "root" if self.in_containers else self.account

    @property
    def health_path(self) -> str:
        """The health path, without a query, which would break it (nocobase.md §7.2)."""
        return f"{self.public_path}{HEALTH_PATH}"

    @property
    def own_health_url(self) -> str:
        """The health address as a container asks itself."""
        return f"http://127.0.0.1:{self.port}{self.health_path}"


class KeyChoice(StrEnum):
    """What was answered for a key; ``UNANSWERED`` while a person is about to paste one."""

    UNANSWERED = ""
    GENERATE = "generate"
    KEEP = "keep"
    FROM_STORAGE = "from-storage"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Keys:
    """What was answered for APP_KEY, which signs, and APP_AES_SECRET_KEY, which encrypts (nocobase.md §2.1); never the keys."""

    signing: KeyChoice
    encrypting: KeyChoice


@dataclass(frozen=True, slots=True)
class License:
    """The commercial plugins (nocobase.md §9): packages that the topology needs, and those of them without a tick, by full name.

    ``offline``: a person unpacks them; otherwise the first boot downloads them. ``auto_enable``: the first boot enables them.
    ``official``: they are NocoBase's own; otherwise those of another maker, whose versions are not NocoBase's.
    """

    needed: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    offline: bool
    auto_enable: bool
    official: bool

    @property
    def needed_names(self) -> tuple[str, ...]:
        """The needed plugins as the command line of NocoBase calls them."""
        return tuple(short_name(package) for package in self.needed)

    @property
    def unconfirmed_names(self) -> tuple[str, ...]:
        """Those without a tick, alike."""
        return tuple(short_name(package) for package in self.unconfirmed)


@dataclass(frozen=True, slots=True)
class RedisRole:
    """One of the five uses of Redis (nocobase.md §2.3); ``label`` is a message id."""

    name: str
    label: str
    url: Url


@dataclass(frozen=True, slots=True)
class RedisServer:
    """One server, host in small letters, and the roles that it plays."""

    host: str
    port: int
    roles: tuple[RedisRole, ...]


@dataclass(frozen=True, slots=True)
class Redis:
    """The roles that Redis plays and that have an address, in the order of ``facts.ROLES``; no queue where RabbitMQ carries it."""

    roles: tuple[RedisRole, ...]

    @property
    def servers(self) -> tuple[RedisServer, ...]:
        """The same by server, in the order in which the roles name them."""
        found: dict[tuple[str, int], list[RedisRole]] = {}
        for role in self.roles:
            found.setdefault(role.url.server, []).append(role)
        return tuple(RedisServer(host, port, tuple(roles)) for (host, port), roles in found.items())


@dataclass(frozen=True, slots=True)
class Broker:
    """RabbitMQ as the queue; ``variable`` is the unconfirmed name under which its plugin looks for the address (nocobase.md §5)."""

    url: Url | None
    variable: str


@dataclass(frozen=True, slots=True)
class Database:
    """The database: names as they were answered, ``schema`` and ``table_prefix`` "" without one.

    ``pool_max`` is how many connections one process opens at most (nocobase.md §2.4).
    """

    dialect: str
    host: str
    port: int
    name: str
    user: str
    schema: str
    table_prefix: str
    underscored: bool
    tls: bool
    pool_max: int

    @property
    def speaks_postgres(self) -> bool:
        """Whether the dialect speaks PostgreSQL's SQL."""
        return self.dialect in ("postgres", "kingbase")


@dataclass(frozen=True, slots=True)
class Share:
    """The folder that all nodes share: where it is on a node, and where it comes from; ``options`` as mount(8) takes them.

    ``root`` is the same folder as the application sees it, without a slash at the end: in pods the volume's place.
    """

    kind: str
    path: str
    server: str
    export: str
    options: str
    root: str

    @property
    def source(self) -> str:
        """Server and export with a colon between; "" unless both are known."""
        return f"{self.server}:{self.export}" if self.server and self.export else ""


@dataclass(frozen=True, slots=True)
class Node:
    """One node, a machine or a pod.

    ``port`` is its own or that of all. ``worker_mode`` is the value of the variable (nocobase.md §2.7), ``processes`` what CLUSTER_MODE
    makes of the cores, None where that is not known.
    ``serves_requests``: users may reach it. ``ssh`` is where ssh reaches it, by default its host. ``health_url`` has no query,
    which would break it (nocobase.md §7.2). A line of the table that is still to be filled in does not count (``counts``), and
    nothing follows from it. ``variables`` are those in which it differs from the others.
    """

    name: str
    host: str
    port: int
    worker_mode: str
    processes: int | None
    serves_requests: bool
    ssh: Destination
    health_url: str
    counts: bool
    variables: Mapping[str, str]

    @property
    def env_file(self) -> str:
        """The path of its env file in the set: one of its own where it differs from the others."""
        return f"nodes/{self.name}.env" if self.variables else ".env"

    @property
    def address(self) -> str:
        """Host and port as a configuration names them."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Balancer:
    """What stands in front of the nodes (nocobase.md §7.4).

    ``kind`` is nginx, haproxy, caddy, cloud or none; on Kubernetes every kind but none means an Ingress. ``has_file``: a
    configuration of it is written. ``proper_name`` is the name of the program, "" where it has no file. ``name`` is what its parts of
    a configuration are called, so that two clusters can live in one balancer. ``path`` begins and ends with a slash, ``listen`` is
    a port, ``certificate`` is "" without TLS. ``upstreams`` are exactly the nodes that serve requests: a worker answers HTTP, too,
    and must not get users. ``public_scheme`` and ``public_host`` (with a port that is not the scheme's own) are what users type,
    both "" where that is what the balancer itself sees. ``url`` is the address that users type, without a path.
    ``has_certificate``: it ends TLS, also where its configuration is not written here.
    """

    kind: str
    has_file: bool
    proper_name: str
    name: str
    server_name: str
    listen: int
    path: str
    upstreams: tuple[Node, ...]
    sticky: bool
    behind_proxy: bool
    certificate: str
    certificate_key: str
    redirect: bool
    public_scheme: str
    public_host: str
    url: str
    has_certificate: bool

    @property
    def health(self) -> str:
        """The health path, without a query, which would break it (nocobase.md §7.2)."""
        return f"{self.path}{HEALTH_PATH}"

    @property
    def tls(self) -> bool:
        """Whether the balancer ends TLS."""
        return bool(self.certificate)

    @property
    def scheme(self) -> str:
        """The scheme of the addresses that the balancer answers."""
        return "https" if self.tls else "http"

    @property
    def key_link(self) -> str:
        """The path where HAProxy looks for the key of a certificate that does not hold it; "" where nothing is needed."""
        beside = f"{self.certificate}.key"
        return beside if self.tls and self.certificate_key not in (beside, self.certificate) else ""

    @property
    def usual_port(self) -> bool:
        """Whether addresses may leave the port out."""
        return self.listen == (443 if self.tls else 80)


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """What pods need beside the rest; ``storage_size`` is a quantity as Kubernetes writes it, such as 10Gi.

    ``storage_class`` "" is the default class of the cluster. ``has_ingress``: users get in, by a route of the Gateway ``gateway``
    where it has a name, which stands in ``gateway_namespace`` ("" for that of the pods), else by an Ingress of ``ingress_class``.
    """

    namespace: str
    storage_class: str
    storage_size: str
    ingress_class: str
    gateway: str
    gateway_namespace: str
    has_ingress: bool

    @property
    def has_gateway(self) -> bool:
        """Whether a route of a Gateway is written rather than an Ingress."""
        return self.has_ingress and bool(self.gateway)

    @property
    def is_traefik(self) -> bool:
        """Whether the class belongs to Traefik, as far as its name tells."""
        return "traefik" in self.ingress_class.lower()


@dataclass(frozen=True)
class Cluster:
    """Everything that files and pages are made from.

    ``existing``: it grows out of an existing installation. ``language`` is that of documents and comments, one of ``LANGUAGES``.
    ``broker`` is None where Redis carries the queue. ``answers`` are for what works on the declarations of the steps, whatever
    they declare: the env files, answers.toml, the list of all choices.
    """

    name: str
    existing: bool
    language: str
    deployment: Deployment
    keys: Keys
    license: License
    redis: Redis
    broker: Broker | None
    database: Database
    share: Share
    nodes: tuple[Node, ...]
    balancer: Balancer
    kubernetes: Kubernetes
    answers: Answers = field(repr=False)

    @classmethod
    def of(cls, answers: Answers) -> Cluster:
        """Return the cluster that answers describe, whatever is missing in them."""
        deployment = _deployment(answers)
        found = _nodes(answers, deployment)
        return cls(
            name=answers.text("name"),
            existing=start.is_existing(answers),
            language=answers.text("output.language"),
            deployment=deployment,
            keys=Keys(_key(answers, "app.key"), _key(answers, "app.aes_key")),
            license=_license(answers),
            redis=Redis(tuple(RedisRole(name, redis.ROLE_NAMES[name], url) for name, url in redis.urls(answers).items())),
            broker=_broker(answers),
            database=_database(answers),
            share=_share(answers, deployment),
            nodes=found,
            balancer=_balancer(answers, found),
            kubernetes=_kubernetes(answers),
            answers=answers,
        )

    @property
    def first_node(self) -> Node:
        """The node that boots first: one that serves requests; raises ``LookupError`` without any node, which a rule refuses."""
        return next((node for node in self.nodes if node.serves_requests), self.nodes[0])

    @property
    def processes(self) -> int:
        """How many processes all nodes run, those left out whose number is not known: each takes a worker id (nocobase.md §6)."""
        return sum(node.processes or 0 for node in self.nodes if node.counts)

    @property
    def connections(self) -> int:
        """How many connections to the database they open at most (nocobase.md §2.4)."""
        return multicore.connections_of(self.processes, self.database.pool_max)


def _deployment(answers: Answers) -> Deployment:
    version = answers.text("app.version")
    return Deployment(
        kind=answers.text("app.deployment"),
        version=version,
        image=answers.text("app.image") or f"nocobase/nocobase:{version}",
        port=answers.number("app.port"),
        public_path=answers.text("app.public_path"),
        authority=answers.text("tls.ca_file"),
        reader=reader_of(answers),
        folder=answers.text("app.folder"),
        account=answers.text("app.user"),
    )


def _key(answers: Answers, path: str) -> KeyChoice:
    return KeyChoice.LITERAL if isinstance(answers[path], Secret) else KeyChoice(answers.text(path))


def _license(answers: Answers) -> License:
    return License(
        needed=needed(answers),
        unconfirmed=unconfirmed(answers),
        offline=answers["license.delivery"] == "offline",
        auto_enable=answers.flag("license.auto_enable"),
        official=is_official(answers),
    )


def _broker(answers: Answers) -> Broker | None:
    return Broker(answers.url("queue.url"), answers.text("queue.url_variable")) if queue.is_rabbitmq(answers) else None


def _database(answers: Answers) -> Database:
    return Database(
        dialect=answers.text("database.dialect"),
        host=answers.text("database.host"),
        port=answers.number("database.port"),
        name=answers.text("database.name"),
        user=answers.text("database.user"),
        schema=answers.text("database.schema"),
        table_prefix=answers.text("database.table_prefix"),
        underscored=answers.flag("database.underscored"),
        tls=answers.flag("database.tls"),
        pool_max=answers.number("database.pool_max"),
    )


def _share(answers: Answers, deployment: Deployment) -> Share:
    path = answers.text("storage.path")
    return Share(
        kind=answers.text("storage.kind"),
        path=path,
        server=answers.text("storage.server"),
        export=answers.text("storage.export"),
        options=answers.text("storage.options"),
        root=IMAGE_STORAGE if deployment.on_kubernetes else path.rstrip("/"),
    )


def _nodes(answers: Answers, deployment: Deployment) -> tuple[Node, ...]:
    counted = {index for index, _row in nodes.counted_nodes(answers)}
    return tuple(_node(answers, deployment, index, row, counted) for index, row in enumerate(answers.rows("nodes")))


def _node(answers: Answers, deployment: Deployment, index: int, row: Row, counted: set[int]) -> Node:
    host, port = _text(row, "host"), nodes.port_of(answers, row)
    return Node(
        name=_text(row, "name"),
        host=host,
        port=port,
        worker_mode=_text(row, "worker_mode"),
        processes=multicore.processes_of(row),
        serves_requests=nodes.serves_requests(nodes.mode_of(row)),
        ssh=nodes.destination_of(row) if host or row.get("ssh") else Destination("", "", None),
        health_url=f"http://{host}:{port}{deployment.health_path}",
        counts=index in counted,
        variables=MappingProxyType(node_variables(answers, row)),
    )


def _text(row: Mapping[str, object], column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value)


def _balancer(answers: Answers, found: tuple[Node, ...]) -> Balancer:
    has_file, tls, public = balancer.has_file(answers), balancer.has_tls(answers), balancer.public_address(answers)
    return Balancer(
        kind=answers.text("balancer.kind"),
        has_file=has_file,
        proper_name=balancer.proper_name(answers) if has_file else "",
        name="nocobase_" + answers.text("name").replace("-", "_"),
        server_name=answers.text("balancer.server_name"),
        listen=answers.number("balancer.listen"),
        path=answers.text("app.public_path"),
        upstreams=tuple(node for node in found if node.serves_requests),
        sticky=answers.flag("balancer.sticky"),
        behind_proxy=answers.flag("balancer.behind_proxy"),
        certificate=answers.text("balancer.certificate") if tls else "",
        certificate_key=answers.text("balancer.certificate_key") if tls else "",
        redirect=tls and answers.flag("balancer.redirect"),
        public_scheme=public.scheme if public is not None else "",
        public_host=public.host if public is not None else "",
        url=balancer.public_url(answers),
        has_certificate=bool(answers.text("balancer.certificate")),
    )


def _kubernetes(answers: Answers) -> Kubernetes:
    return Kubernetes(
        namespace=answers.text("kubernetes.namespace"),
        storage_class=answers.text("kubernetes.storage_class"),
        storage_size=answers.text("kubernetes.storage_size"),
        ingress_class=answers.text("kubernetes.ingress_class"),
        gateway=balancer.gateway_of(answers)[1],
        gateway_namespace=balancer.gateway_of(answers)[0],
        has_ingress=balancer.has_ingress(answers),
    )
