"""Outcomes of every check that opens a connection: the network, TLS, a server of another kind."""

from __future__ import annotations

from nbcluster.catalogue.model import Outcome
from nbcluster.text import N_

OUTCOMES: dict[str, Outcome] = {
    "net.reached": Outcome("ok", N_("{host}:{port} accepts connections"), N_("Address {address}.")),
    "net.refused": Outcome(
        "fail",
        N_("{host} refuses connections on port {port}"),
        N_("Nothing listens there, or a firewall rejects this machine."),
        N_(
            "Start the service, check host and port, and let it listen on an address that other machines reach, not only on 127.0.0.1."
        ),
    ),
    "net.unanswered": Outcome(
        "error",
        N_("no answer from {host}:{port} to the connection attempt"),
        N_("A firewall that drops packets looks like this, and so does a machine that is off."),
        N_("Check the address, the firewall and the security group between this machine and {host}."),
    ),
    "net.silent": Outcome(
        "error",
        N_("{host}:{port} accepts the connection and says nothing"),
        N_("A server that waits for TLS, an overloaded server, or a proxy without its server behind it look like this."),
        N_("Check the port, and whether the server wants TLS."),
    ),
    "net.stalled": Outcome(
        "error",
        N_("{host}:{port} began to answer and did not finish in time"),
        N_("Received before that: {seen}"),
        N_("Look at the load of the server and of the network, then run the check again."),
    ),
    "net.closed": Outcome(
        "error",
        N_("{host}:{port} closed the connection without an answer"),
        N_(
            "A server that wants TLS and is spoken to without, a limit on connections, or a proxy without its server look like this."
        ),
        N_("Check whether the server wants TLS, and read its log."),
    ),
    "net.dns": Outcome(
        "error",
        N_("the name {host} cannot be resolved from this machine"),
        N_("The resolver said: {reason}"),
        N_("Check the spelling. If only the nodes know the name, run this check there."),
    ),
    "net.unreachable": Outcome(
        "error",
        N_("there is no route from this machine to {host}"),
        N_("The network said: {reason}"),
        N_("Check routes, VPN and the address."),
    ),
    "net.other": Outcome(
        "error",
        N_("the connection to {host}:{port} failed"),
        N_("The system said: {reason}"),
        N_("Check the network of this machine."),
    ),
    "tls.ok": Outcome("ok", N_("TLS works, the certificate is trusted until {until}"), N_("Protocol {protocol}.")),
    "tls.ending": Outcome(
        "warn",
        N_("the certificate ends in {days} days, on {until}"),
        N_("Protocol {protocol}."),
        N_("Renew the certificate of {host} before you start the cluster."),
    ),
    "tls.untrusted": Outcome(
        "fail",
        N_("nobody that this machine trusts signed the certificate of {host}"),
        N_("The check said: {reason}"),
        N_("Name the file of your own authority in tls.ca_file; it goes to the nodes as NODE_EXTRA_CA_CERTS."),
    ),
    "tls.expired": Outcome(
        "fail",
        N_("the certificate of {host} is not valid today"),
        N_("The check said: {reason}"),
        N_("Renew the certificate, and compare the clocks of both machines."),
    ),
    "tls.name": Outcome(
        "fail",
        N_("the certificate is not made out to {host}"),
        N_("The check said: {reason}"),
        N_("Use the name that stands in the certificate, or add this one to its alternative names."),
    ),
    "tls.invalid": Outcome("fail", N_("the certificate of {host} is refused"), N_("The check said: {reason}"), N_("Replace it.")),
    "tls.absent": Outcome(
        "fail",
        N_("{host}:{port} does not speak TLS"),
        N_("It answered the start of TLS with something else."),
        N_("Use the TLS port of the server, or the address without TLS (redis://, amqp://, tls = false)."),
    ),
    "tls.silent": Outcome(
        "error",
        N_("{host}:{port} does not answer the start of TLS"),
        N_("A server without TLS may wait like this for a command that never ends."),
        N_("Use the TLS port of the server, or the address without TLS (redis://, amqp://, tls = false)."),
    ),
    "tls.closed": Outcome(
        "error",
        N_("{host}:{port} ended the connection when TLS was to start"),
        N_("Servers that do not speak TLS on that port do this, and servers without a certificate that fits."),
        N_("Use the TLS port of the server, and read its log."),
    ),
    "tls.client_certificate": Outcome(
        "fail",
        N_("{host} asks for a client certificate, or for an algorithm that is not offered"),
        N_("It said: {reason}"),
        N_("Turn client certificates off (Redis: tls-auth-clients no): NocoBase has no setting for one in an address."),
    ),
    "tls.failed": Outcome(
        "fail",
        N_("TLS with {host}:{port} fails"),
        N_("It said: {reason}"),
        N_("Look at the TLS settings and the log of the server."),
    ),
    "tls.ca_file": Outcome(
        "error",
        N_("the file of the certificate authority cannot be read: {file}"),
        N_("The system said: {reason}"),
        N_("Check tls.ca_file: it must be a PEM file on this machine that you can read."),
    ),
    "seen.http": Outcome(
        "fail",
        N_("{host}:{port} is a web server"),
        N_("It answered: {seen}"),
        N_("Check the port: this is the address of something else."),
    ),
    "seen.tls": Outcome(
        "fail",
        N_("{host}:{port} wants TLS and is spoken to without"),
        N_("It answered with a TLS alert."),
        N_("Write the address with TLS (rediss://, amqps://, tls = true), or use the port without."),
    ),
    "seen.ssh": Outcome("fail", N_("{host}:{port} is an SSH server"), N_("It answered: {seen}"), N_("Check the port.")),
    "seen.amqp": Outcome("fail", N_("{host}:{port} speaks AMQP: it is a message broker"), "", N_("Check the port.")),
    "seen.redis": Outcome("fail", N_("{host}:{port} is a Redis server"), N_("It answered: {seen}"), N_("Check the port.")),
    "seen.mysql": Outcome(
        "fail",
        N_("{host}:{port} is a MySQL or MariaDB server"),
        N_("It answered: {seen}"),
        N_("Check the port; if this is the database, choose its dialect."),
    ),
    "seen.mail": Outcome("fail", N_("{host}:{port} is a mail or file server"), N_("It answered: {seen}"), N_("Check the port.")),
}
