"""Checks of RabbitMQ."""

from __future__ import annotations

from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

_PERMISSIONS = N_(
    "This suffices for the checks, and replaces what {user} has in {vhost}. What the plugin needs beyond is not published: '.*' three"
    " times leaves nothing out.\n"
    "rabbitmqctl set_permissions -p {vhost_word} {user_word} '^main[.].*' '^(main[.].*|amq[.]default)$' '^main[.].*'"
)

CHECKS: tuple[Check, ...] = (
    Check(
        "rabbitmq.reach",
        N_("The broker accepts connections"),
        N_("Opens the TCP connection that all further checks share."),
        N_("Host, port (5672, with TLS 5671), listeners, firewall."),
        families=("net",),
    ),
    Check(
        "rabbitmq.tls",
        N_("TLS starts, and the certificate is good"),
        N_("Only for amqps:// addresses. Trusts what this machine trusts and tls.ca_file."),
        N_("The TLS port, a certificate made out to the host, tls.ca_file."),
        families=("tls", "net"),
    ),
    Check(
        "rabbitmq.version",
        N_("It is RabbitMQ, and which version"),
        N_(
            "The broker tells its version before the login. NocoBase's documentation asks for 4.0 without a reason: older is a warning."
        ),
        N_("RabbitMQ 4."),
        ("the AMQP 0-9-1 header", "connection.start-ok", "connection.tune-ok", "connection.open"),
        ("seen", "net"),
        outcomes={
            "rabbitmq.version.ok": Outcome("ok", N_("RabbitMQ {version}")),
            "rabbitmq.version.old": Outcome(
                "warn",
                N_("RabbitMQ {version}: NocoBase's documentation asks for 4.0"),
                N_("No reason is given there; what breaks with an older one is not known."),
                N_("Plan an upgrade to RabbitMQ 4."),
            ),
            "rabbitmq.version.product": Outcome(
                "warn",
                N_("this is {product} {version}, not RabbitMQ"),
                "",
                N_("NocoBase's plugin is made for RabbitMQ: test it, or use RabbitMQ 4."),
            ),
            "rabbitmq.version.unknown": Outcome(
                "error", N_("the broker does not tell a version"), N_("It said: {version}"), N_("Ask whoever runs it.")
            ),
            "rabbitmq.version.protocol": Outcome(
                "fail",
                N_("{host}:{port} does not speak AMQP 0-9-1"),
                N_("It offered another protocol: {seen}"),
                N_("Use the AMQP 0-9-1 port of RabbitMQ (5672, with TLS 5671)."),
            ),
        },
    ),
    Check(
        "rabbitmq.login",
        N_("The user name and password are accepted"),
        N_("Logs in with PLAIN."),
        N_("`rabbitmqctl authenticate_user`."),
        ("connection.start-ok",),
        outcomes={
            "rabbitmq.login.ok": Outcome("ok", N_("the login of {user} works")),
            "rabbitmq.login.refused": Outcome(
                "fail",
                N_("the broker refuses the user name or password of {user}"),
                "",
                N_(
                    "Check both; reserved characters in the address are percent-encoded. The broker tells whether a password is right:\n"
                    "rabbitmqctl authenticate_user {user_word}"
                ),
            ),
            "rabbitmq.login.guest": Outcome(
                "fail",
                N_("the broker refuses the user guest"),
                N_("guest may only log in on the broker's own machine; it is also what an address without a user means."),
                N_(
                    "Make a user, which asks for its password, admit it, and write it into the address:\n"
                    "rabbitmqctl add_user nocobase\n"
                    "rabbitmqctl set_permissions -p {vhost_word} nocobase '.*' '.*' '.*'"
                ),
            ),
        },
    ),
    Check(
        "rabbitmq.exposure",
        N_("What somebody on the network gets who is no part of the cluster"),
        N_("Looks at the address and at TLS; nothing is sent."),
        N_("TLS, or a network that nobody else is in."),
        outcomes={
            "rabbitmq.exposure.ok": Outcome("ok", N_("the line is encrypted")),
            "rabbitmq.exposure.home": Outcome("ok", N_("the connection does not leave this machine")),
            "rabbitmq.exposure.plain": Outcome(
                "warn",
                N_("the line is not encrypted"),
                N_("Whoever reads along on the network gets the password and every message of the queue."),
                N_("Turn TLS on in the broker and write amqps:// in the address, or keep others out of this network."),
            ),
        },
    ),
    Check(
        "rabbitmq.vhost",
        N_("The virtual host exists and admits the user"),
        N_("An address without a path, or with a bare slash, means the virtual host / to NocoBase."),
        N_("`rabbitmqctl add_vhost`, `rabbitmqctl set_permissions`."),
        ("connection.open",),
        outcomes={
            "rabbitmq.vhost.ok": Outcome("ok", N_("the virtual host {vhost} is open to the user")),
            "rabbitmq.vhost.missing": Outcome(
                "fail",
                N_("there is no virtual host {vhost}"),
                "",
                N_(
                    "An address without a path means the virtual host /. Otherwise make it, and admit the user:\n"
                    "rabbitmqctl add_vhost {vhost_word}\n"
                    "rabbitmqctl set_permissions -p {vhost_word} {user_word} '.*' '.*' '.*'"
                ),
            ),
            "rabbitmq.vhost.denied": Outcome(
                "fail",
                N_("{user} may not enter the virtual host {vhost}"),
                "",
                N_("Admit it:\nrabbitmqctl set_permissions -p {vhost_word} {user_word} '.*' '.*' '.*'"),
            ),
            "rabbitmq.vhost.limit": Outcome(
                "fail",
                N_("the virtual host {vhost} takes no more connections"),
                N_("It said: {reason}"),
                N_("Raise or take away the limit; this takes it away:\nrabbitmqctl clear_vhost_limits -p {vhost_word}"),
            ),
        },
    ),
    Check(
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
        outcomes={
            "rabbitmq.queue.ok": Outcome(
                "ok",
                N_("a message went through a queue"),
                N_("Declared, published, confirmed, fetched; the broker removes the queue with the connection."),
            ),
            "rabbitmq.queue.configure": Outcome(
                "fail",
                N_("{user} may not make queues whose names begin with main. (configure)"),
                N_("It said: {reason}"),
                _PERMISSIONS,
            ),
            "rabbitmq.queue.write": Outcome(
                "fail",
                N_("{user} may not send to queues whose names begin with main. (write)"),
                N_("It said: {reason}"),
                _PERMISSIONS,
            ),
            "rabbitmq.queue.read": Outcome(
                "fail",
                N_("{user} may not take from queues whose names begin with main. (read)"),
                N_("It said: {reason}"),
                _PERMISSIONS,
            ),
            "rabbitmq.queue.refused": Outcome(
                "fail", N_("the broker refuses the queue"), N_("It said: {reason}"), N_("Look at its policies and its log.")
            ),
            "rabbitmq.queue.lost": Outcome(
                "fail",
                N_("the message did not come back"),
                "",
                N_("Look at policies that limit or expire queues whose names begin with main."),
            ),
            "rabbitmq.queue.blocked": Outcome(
                "fail",
                N_("the broker takes no messages: an alarm is raised"),
                N_("It said: {reason}"),
                N_("Free memory or disk on the broker: rabbitmq-diagnostics alarms"),
            ),
        },
    ),
    Check(
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
        outcomes={
            "rabbitmq.redelivery.ok": Outcome(
                "ok", N_("a message that one channel left unfinished comes to another, marked as redelivered")
            ),
            "rabbitmq.redelivery.unmarked": Outcome(
                "warn",
                N_("a message left unfinished comes again without the mark of a redelivery"),
                "",
                N_("What stands between this machine and the broker changes messages: use the broker's own address."),
            ),
            "rabbitmq.redelivery.lost": Outcome(
                "fail",
                N_("a message that a channel left unfinished is lost"),
                N_("Work of a node that dies would be lost."),
                N_("Look at policies that limit or expire queues whose names begin with main."),
            ),
        },
    ),
    Check(
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
        outcomes={
            "rabbitmq.consume.ok": Outcome("ok", N_("a consumer was given a message and acknowledged it")),
            "rabbitmq.consume.none": Outcome(
                "fail",
                N_("a consumer was given no message"),
                "",
                N_("Look at policies and plugins of the broker, and at what stands between."),
            ),
            "rabbitmq.consume.again": Outcome(
                "fail",
                N_("an acknowledged message is still in the queue"),
                N_("Work would be done twice."),
                N_("Use the broker's own address."),
            ),
        },
    ),
    Check(
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
        outcomes={
            "rabbitmq.latency.ok": Outcome(
                "ok", N_("answers in {median} ms"), N_("99 of 100 within {longest} ms, {count} measured.")
            ),
            "rabbitmq.latency.slow": Outcome(
                "warn",
                N_("answers take {median} ms"),
                N_("99 of 100 within {longest} ms, {count} measured."),
                N_("Put the broker near the nodes."),
            ),
        },
    ),
    Check(
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
        outcomes={
            "rabbitmq.quorum.ok": Outcome("ok", N_("quorum queues can be made")),
            "rabbitmq.quorum.refused": Outcome(
                "warn",
                N_("the broker refuses quorum queues"),
                N_("It said: {reason}. Whether the plugin uses them is published nowhere (unconfirmed)."),
                N_("RabbitMQ 4 with its defaults has them; look at policies and operator policies."),
            ),
            "rabbitmq.quorum.unknown": Outcome(
                "skip",
                N_("the broker does not know quorum queues"),
                N_("It said: {reason}"),
                N_("They are there from RabbitMQ 3.8 on."),
            ),
        },
    ),
    Check(
        "rabbitmq.limits",
        N_("Heartbeat, frames and channels"),
        N_("What the broker proposes when a connection is opened."),
        N_("The defaults of rabbitmq.conf."),
        ("connection.tune-ok",),
        ("net",),
        outcomes={
            "rabbitmq.limits.ok": Outcome(
                "ok",
                N_("heartbeat {heartbeat} s, frames up to {frame} bytes, {channels} channels"),
                N_("As the broker proposes; 0 is no limit."),
            ),
            "rabbitmq.limits.frame": Outcome(
                "warn",
                N_("the broker takes frames of {frame} bytes at most"),
                N_("Clients agree on {least} and more; some end the connection over less."),
                N_("frame_max = 131072 in rabbitmq.conf, its default."),
            ),
            "rabbitmq.limits.channels": Outcome(
                "warn",
                N_("the broker takes {channels} channels a connection"),
                "",
                N_("channel_max = 2047 in rabbitmq.conf, its default."),
            ),
            "rabbitmq.limits.heartbeat": Outcome(
                "warn",
                N_("the broker proposes no heartbeat"),
                N_("Connections that a firewall has dropped are then noticed by nobody, and the work of their consumers waits."),
                N_("heartbeat = 60 in rabbitmq.conf, its default."),
            ),
        },
    ),
)
