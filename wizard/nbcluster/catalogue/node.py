"""Checks of a node, before the first boot and in a running cluster."""

from __future__ import annotations

from nbcluster.catalogue import http
from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

_WHO = N_("Stop it before the first boot. On the node, this names the program:\nss -ltnp 'sport = :{port}'")

CHECKS: tuple[Check, ...] = (
    Check(
        "node.<name>.port",
        N_("The node's port is closed before the first boot"),
        N_(
            "Closed is right: nothing runs there yet. If something answers, the single node that is to become the cluster is often still up."
        ),
        N_("Stop what listens there before the first boot."),
        ("GET <public path>api/__health_check",),
        ("net",),
        outcomes={
            "node.port.closed": Outcome(
                "ok",
                N_("port {port} is closed, which is normal before the first boot"),
                N_("The machine answers: it refuses the connection."),
            ),
            "node.port.running": Outcome(
                "warn",
                N_("NocoBase runs there: the single node is still up"),
                N_("Its health check on port {port} answers ok."),
                N_("Stop it before the first boot of the cluster; two that do not know of each other must not use one database."),
            ),
            "node.port.occupied": Outcome(
                "warn",
                N_("a NocoBase already runs on port {port} of a node that should be empty"),
                N_("Its health check answers ok."),
                N_("Stop it before the first boot, or choose another node or port."),
            ),
            "node.port.http": Outcome(
                "warn",
                N_("a web server answers on port {port} of a node that should be empty"),
                N_("Perhaps a NocoBase that is starting or broken, perhaps something else."),
                _WHO,
            ),
            "node.port.unhealthy": Outcome(
                "warn",
                N_("a NocoBase that is not healthy runs on port {port} of a node that should be empty"),
                N_("It says {state}."),
                N_("Stop it before the first boot: it still uses its database, and takes the port."),
            ),
            "node.port.alien": Outcome(
                "warn",
                N_("something other than a web server listens on port {port} of a node that should be empty"),
                N_("It said: {seen}"),
                _WHO,
            ),
            "node.port.silent": Outcome(
                "warn", N_("something listens on port {port} of a node that should be empty, and says nothing"), "", _WHO
            ),
            "node.port.reset": Outcome(
                "warn",
                N_("port {port} takes the connection and drops it"),
                N_("A program that wants another protocol, or a firewall or proxy in between."),
                _WHO,
            ),
        },
    ),
)

RUNNING: tuple[Check, ...] = http.checks(
    "node.<name>", N_("The node's port is open"), N_("Start the node; the route from here to it.")
)

_EXPOSURE = Check(
    "node.<name>.exposure",
    N_("The node is reached through the load balancer alone"),
    N_("Looks at the address of the open connection. Only in `nbcluster verify`."),
    N_("A firewall that admits the load balancer and this machine."),
    outcomes={
        "node.exposure.ok": Outcome("ok", N_("port {port} is open at {address}, an address of a network of your own")),
        "node.exposure.public": Outcome(
            "warn",
            N_("port {port} is open at {address}, an address of the Internet"),
            N_(
                "Who goes past the load balancer goes past its TLS and its limits, and may write any client address into X-Forwarded-For."
            ),
            N_("Let a firewall admit the load balancer alone. Docker's published ports go round the firewall of the host."),
        ),
    },
)

ALIKE: tuple[Check, ...] = (
    _EXPOSURE,
    Check(
        "node.<name>.same",
        N_("The nodes have the same keys and plugins"),
        N_(
            "Compares the addresses of the plugins' files with those of the first node: they carry a digest of APP_KEY, the version and the"
            " time of the file. Equal ones prove equal keys, different ones prove nothing. Only in `nbcluster verify`."
        ),
        N_("One APP_KEY, one version, one share."),
        ("GET <public path>api/pm:listEnabled",),
        ("net",),
        outcomes={
            "node.same.ok": Outcome("ok", N_("{count} plugins have the same addresses as on {peer}")),
            "node.same.hidden": Outcome(
                "skip",
                N_("not comparable with {peer}: no list of plugins from one of them"),
                "",
                N_("When both are healthy, look again."),
            ),
            "node.same.plugins": Outcome(
                "fail",
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
                N_("Run this beside the .env of each node and compare what it prints; it does not show the key:\n{command}"),
            ),
            "node.same.some": Outcome(
                "skip",
                N_(
                    "APP_KEY is the same as on {peer}; not judged: whether the files of {differing} of {count} plugins are: {names}"
                ),
                N_("The addresses of these differ, as they do where the same files were installed at another time."),
                N_("Where all nodes should see one folder of plugins, look whether the share is mounted on both."),
            ),
        },
    ),
)
