"""What each check of RabbitMQ looks at and sends."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Page
from nbcluster.text import N_

PAGES: tuple[Page, ...] = (
    Page(
        "rabbitmq.reach",
        N_("The broker accepts connections"),
        N_("Opens the TCP connection that all further checks share."),
        N_("Host, port (5672, with TLS 5671), listeners, firewall."),
        families=("net",),
    ),
    Page(
        "rabbitmq.tls",
        N_("TLS starts, and the certificate is good"),
        N_("Only for amqps:// addresses. Trusts what this machine trusts and tls.ca_file."),
        N_("The TLS port, a certificate made out to the host, tls.ca_file."),
        families=("tls", "net"),
    ),
    Page(
        "rabbitmq.version",
        N_("It is RabbitMQ, and which version"),
        N_(
            "The broker tells its version before the login. NocoBase's documentation asks for 4.0 without a reason: older is a warning."
        ),
        N_("RabbitMQ 4."),
        ("the AMQP 0-9-1 header", "connection.start-ok", "connection.tune-ok", "connection.open"),
        ("seen", "net"),
    ),
    Page(
        "rabbitmq.login",
        N_("The user name and password are accepted"),
        N_("Logs in with PLAIN."),
        N_("`rabbitmqctl authenticate_user`."),
        ("connection.start-ok",),
    ),
    Page(
        "rabbitmq.vhost",
        N_("The virtual host exists and admits the user"),
        N_("An address without a path, or with a bare slash, means the virtual host / to NocoBase."),
        N_("`rabbitmqctl add_vhost`, `rabbitmqctl set_permissions`."),
        ("connection.open",),
    ),
    Page(
        "rabbitmq.queue",
        N_("A message goes through a queue"),
        N_(
            "Declares main.nbcluster-probe.<random>, exclusive and auto-delete: nobody else can use it, and it goes with the connection."
        ),
        N_("configure, write and read rights on `^main[.].*`; no alarm on the broker."),
        (
            "channel.open",
            "queue.declare main.nbcluster-probe.<random> exclusive auto-delete",
            "confirm.select",
            "basic.publish main.nbcluster-probe.<random>",
            "basic.get main.nbcluster-probe.<random>",
            "channel.close",
            "connection.close",
        ),
    ),
    Page(
        "rabbitmq.redelivery",
        N_("Work that a node leaves unfinished is given to another"),
        N_(
            "On one more exclusive queue: takes a message, closes the channel without an acknowledgement, takes it on another channel."
        ),
        N_("No policy that limits or expires such queues."),
        (
            "channel.open",
            "queue.declare main.nbcluster-probe.<random> exclusive",
            "confirm.select",
            "basic.publish main.nbcluster-probe.<random>",
            "basic.get main.nbcluster-probe.<random>, without an acknowledgement",
            "queue.delete main.nbcluster-probe.<random>",
            "channel.close",
        ),
        ("net",),
    ),
    Page(
        "rabbitmq.consume",
        N_("A consumer is given its message"),
        N_("On an exclusive queue: subscribes, takes a message, acknowledges it."),
        N_("No policy that limits or expires such queues."),
        (
            "channel.open",
            "queue.declare main.nbcluster-probe.<random> exclusive",
            "basic.publish main.nbcluster-probe.<random>",
            "basic.consume main.nbcluster-probe.<random>",
            "basic.ack",
            "basic.cancel",
            "queue.delete main.nbcluster-probe.<random>",
            "channel.close",
        ),
        ("rabbitmq.queue", "net"),
    ),
    Page(
        "rabbitmq.latency",
        N_("How long an answer takes"),
        N_("Asks 25 times for a queue of its own."),
        N_("A broker near the nodes."),
        (
            "channel.open",
            "queue.declare main.nbcluster-probe.<random> exclusive auto-delete",
            "queue.declare main.nbcluster-probe.<random> passive",
            "queue.delete main.nbcluster-probe.<random>",
            "channel.close",
        ),
        ("rabbitmq.queue", "net"),
    ),
    Page(
        "rabbitmq.quorum",
        N_("Quorum queues can be made"),
        N_("Declares one that the broker removes after 30 s without use, and deletes it at once."),
        N_("RabbitMQ 4 with its defaults."),
        (
            "channel.open",
            "queue.declare main.nbcluster-probe.<random> durable, x-queue-type quorum, x-expires 30000",
            "queue.delete main.nbcluster-probe.<random>",
            "channel.close",
        ),
        ("rabbitmq.queue", "net"),
    ),
    Page(
        "rabbitmq.limits",
        N_("Heartbeat, frames and channels"),
        N_("What the broker proposes when a connection is opened."),
        N_("The defaults of rabbitmq.conf."),
        ("connection.tune-ok",),
        ("net",),
    ),
)
