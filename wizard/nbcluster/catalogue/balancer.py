"""Checks of the load balancer, before users come and in a running cluster."""

from __future__ import annotations

from nbcluster.catalogue import http
from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

CHECKS: tuple[Check, ...] = (
    Check(
        "balancer.name",
        N_("The name that users type can be resolved"),
        N_("A look-up from this machine. A name that only users' DNS knows cannot be tested here."),
        N_("An address record for the load balancer."),
        outcomes={
            "balancer.name.ok": Outcome("ok", N_("{server_name} is {addresses}")),
            "balancer.name.unknown": Outcome(
                "skip",
                N_("{server_name} cannot be resolved from this machine"),
                "",
                N_("Before users come, their DNS must know it: the address of the load balancer."),
            ),
        },
    ),
    Check(
        "balancer.port",
        N_("What listens where users will come"),
        N_("Before the set-up the port is closed, or the chosen program answers there. Asks for the health path once."),
        N_("A free port on the load balancer, or another name."),
        ("GET <public path>/api/__health_check",),
        outcomes={
            "balancer.port.free": Outcome("ok", N_("nothing listens on port {port} yet")),
            "balancer.port.own": Outcome("ok", N_("{kind} answers there ({server})")),
            "balancer.port.running": Outcome("ok", N_("NocoBase answers there")),
            "balancer.port.occupied": Outcome(
                "warn",
                N_("a NocoBase answers there already"),
                N_("The installation is to be a new one."),
                N_("Choose another name or port, or answer that the installation exists."),
            ),
            "balancer.port.other": Outcome(
                "warn",
                N_("another program listens on port {port}: {server}"),
                "",
                N_("Stop it, or choose another port: two programs cannot share one."),
            ),
            "balancer.port.strange": Outcome(
                "warn",
                N_("something listens on port {port} that does not answer as a web server"),
                "",
                N_("On that machine, this names it:\nss -ltnp"),
            ),
            "balancer.port.unreachable": Outcome(
                "skip",
                N_("{server_name} port {port} cannot be reached from this machine"),
                "",
                N_("Look on the load balancer:\nss -ltn"),
            ),
        },
    ),
    Check(
        "balancer.exposure",
        N_("People sign in over an encrypted line"),
        N_("Looks at the answers alone: a certificate, or an address that begins with https://."),
        N_("A certificate in the load balancer, or TLS in front of it."),
        outcomes={
            "balancer.exposure.ok": Outcome("ok", N_("people come over https")),
            "balancer.exposure.hidden": Outcome(
                "skip",
                N_("not judged: whether people come over https is decided in front of this load balancer"),
                "",
                N_("Make sure that whatever is in front accepts https only."),
            ),
            "balancer.exposure.other": Outcome(
                "skip",
                N_("not judged: whether people come over https is decided by your own load balancer"),
                "",
                N_("Make sure that it accepts https only."),
            ),
            "balancer.exposure.plain": Outcome(
                "warn",
                N_("people sign in over http"),
                N_("Whoever reads along on the network gets passwords and sessions, and works in NocoBase as those people."),
                N_("Give the load balancer a certificate (balancer.certificate), or end TLS in front of it."),
            ),
        },
    ),
    Check(
        "balancer.syntax",
        N_("nginx or HAProxy accepts its file"),
        N_(
            "Only where that program is on this machine: nginx -t or haproxy -c with a copy in a folder of its own. Nothing is started."
        ),
        N_("A program that is recent enough."),
        outcomes={
            "balancer.syntax.ok": Outcome("ok", N_("{program} accepts its file")),
            "balancer.syntax.absent": Outcome("skip", N_("{program} is not on this machine")),
            "balancer.syntax.untried": Outcome(
                "skip",
                N_("{program} cannot judge its file here"),
                N_("It said: {reason}"),
                N_("On the load balancer its own test says more, before it is loaded."),
            ),
            "balancer.syntax.refused": Outcome(
                "fail",
                N_("{program} refuses its file"),
                N_("It said: {reason}"),
                N_("Upgrade {program}: the file needs one that knows these directives."),
            ),
        },
    ),
    Check(
        "balancer.certificate",
        N_("The load balancer's certificate and key fit together, the name and the calendar"),
        N_("Only where this machine has both files. Opens no connection: the handshake takes place in memory."),
        N_("A renewed certificate for the name that users type, with its own key."),
        outcomes={
            "balancer.certificate.ok": Outcome("ok", N_("certificate and key fit together, until {until}"), N_("Names: {names}")),
            "balancer.certificate.elsewhere": Outcome(
                "skip",
                N_("not on this machine: {file}"),
                "",
                N_("On the load balancer:\nopenssl x509 -noout -enddate -ext subjectAltName -in {certificate}"),
            ),
            "balancer.certificate.unreadable": Outcome(
                "skip",
                N_("you may not read {file}"),
                "",
                N_("Run the check as a user who may, or look at it on the load balancer."),
            ),
            "balancer.certificate.encrypted": Outcome(
                "fail",
                N_("the key {file} wants a passphrase"),
                N_("The load balancer would ask for it at every start."),
                N_("This writes it without one; keep that file at mode 0600:\nopenssl pkey -in {file} -out {file}.plain"),
            ),
            "balancer.certificate.mismatch": Outcome(
                "fail", N_("{key} is not the key of {file}"), "", N_("Put the pair together that was issued together.")
            ),
            "balancer.certificate.broken": Outcome(
                "fail",
                N_("{file} and {key} cannot be used: {reason}"),
                "",
                N_("Both in PEM form: the certificate first, then its chain."),
            ),
            "balancer.certificate.expired": Outcome("fail", N_("the certificate {file} has expired"), "", N_("Renew it.")),
            "balancer.certificate.ending": Outcome(
                "warn",
                N_("the certificate ends in {days} days, on {until}"),
                "",
                N_("Renew it, and see that this happens by itself."),
            ),
            "balancer.certificate.name": Outcome(
                "fail",
                N_("the certificate is not for {name}"),
                N_("Its names: {names}"),
                N_("Have it issued for the name that users type."),
            ),
        },
    ),
)

_SIGN_IN = Check(
    "balancer.signin",
    N_("NocoBase accepts sign-ins from the address that users open"),
    N_(
        "Since 2.2.0 NocoBase refuses a sign-in whose Origin is not the scheme and host that the load balancer passes on. Asks for one with"
        " that Origin and without a user: nobody is signed in. Only in `nbcluster verify`."
    ),
    N_("X-Forwarded-Proto and Host as users type them; balancer.behind_proxy, CORS_ORIGIN_WHITELIST."),
    ("POST <public path>api/auth:signIn, with Origin and an empty object",),
    outcomes={
        "balancer.signin.ok": Outcome("ok", N_("NocoBase accepts sign-ins from {origin}")),
        "balancer.signin.origin": Outcome(
            "fail",
            N_("nobody can sign in from {origin}: NocoBase refuses the origin"),
            N_("It compares the browser's address with the scheme and host that reach it through the load balancer."),
            N_(
                "Where TLS ends in front of this load balancer, it has to pass on X-Forwarded-Proto: https. For further addresses,"
                " CORS_ORIGIN_WHITELIST={origin} in the env files names what NocoBase takes as well."
            ),
        ),
        "balancer.signin.other": Outcome(
            "error",
            N_("not judged: a sign-in from {origin} is answered with {status}"),
            N_("Neither NocoBase's refusal of the origin nor its question for a user."),
            N_("Look at what stands between, such as a firewall for web applications; then sign in with a browser."),
        ),
        "balancer.signin.unreached": Outcome(
            "skip",
            N_("not judged: {origin} cannot be reached from this machine"),
            N_("The system said: {reason}"),
            N_("Sign in with a browser from where users are."),
        ),
    },
)

RUNNING: tuple[Check, ...] = (
    *http.checks("balancer", N_("The load balancer accepts connections"), N_("Start it; balancer.listen, DNS, firewall.")),
    Check(
        "balancer.websocket",
        N_("A WebSocket passes the load balancer"),
        N_("NocoBase tells open pages of changes that way. The connection is left at once. Only in `nbcluster verify`."),
        N_("Upgrade and Connection headers in the load balancer."),
        ("GET <public path>ws, with Upgrade: websocket",),
        ("http.websocket", "net", "tls"),
    ),
    _SIGN_IN,
)
