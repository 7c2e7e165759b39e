"""Faults of an nginx configuration in front of NocoBase (nocobase.md §1 #9 #15 #16, §7.3, §7.4, §19 #1 #2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from nbcluster.errors import Severity
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.lint.nginx import Route, Server, Site
from nbcluster.text import N_, _
from nbcluster.text.clean import clean

_LEAST_BODY = 10 << 20
_LEAST_TIME = 120
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_TIMES = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

ServerCheck = Callable[[Server], Iterable[Hit]]


def _each(check: ServerCheck) -> Callable[[Site], Iterator[Hit]]:
    return lambda site: (hit for server in site.servers for hit in check(server))


def _app(server: Server, path: str) -> Route | None:
    """Return what passes a path on to NocoBase; None where nothing does or it is unknown, which is reported separately."""
    route = server.route(server.base + path)
    return route if route.passed is not None and route.sure else None


def _routes(server: Server, path: str) -> Iterator[Route]:
    route = _app(server, path)
    if route is not None:
        yield route


def _closed(server: Server, route: Route) -> bool:
    """Tell whether a directive that is absent here is set nowhere: no include is missing, and the file is not a fragment."""
    return not route.open and not server.fragment


def _upgrade(server: Server) -> Iterator[Hit]:
    asked = server.route(f"{server.base}ws")
    if asked.redirected:
        message = _(
            "WebSocket connections are not passed on: nginx answers {path} with a redirect to {location}, which none follows."
        )
        path, location = clean(f"{server.base}ws", 80), clean(f"{server.base}ws/", 80)
        yield asked.location.said(
            message.format(path=path, location=location), _("Write the location without the slash at its end.")
        )
    for route in _routes(server, "ws"):
        headers = {name: each.args[1] for name, each in route.headers.items()}
        version = route.value("proxy_http_version")
        upgrade = "$http_upgrade" in headers.get("upgrade", "") or headers.get("upgrade", "").lower() == "websocket"
        connection = headers.get("connection", "").lower() not in ("", "close", "keep-alive")
        missing = [
            word
            for word, there in (
                ("proxy_set_header Upgrade $http_upgrade", upgrade),
                ("proxy_set_header Connection", connection),
                ("proxy_http_version 1.1", version is not None and version.args[:1] == ("1.1",)),
            )
            if not there
        ]
        if missing and (_closed(server, route) or (headers and missing != ["proxy_http_version 1.1"])):
            message = _("WebSocket connections are not passed on: {missing} is missing.")
            yield _at(route, message.format(missing=", ".join(missing)))


def _at(route: Route, message: str = "") -> Hit:
    return (route.passed or route.location).said(message)


def _size(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,12})([kKmMgG]?)", text)
    return int(found[1]) * _UNITS[found[2].lower()] if found else None


def _seconds(text: str) -> int | None:
    parts = re.findall(r"(\d{1,9})(ms|[smhd]?)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(int(number) * _TIMES[unit] for number, unit in parts if unit != "ms")


def _body(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/attachments:create"):
        limit = route.value("client_max_body_size")
        if limit is None:
            if _closed(server, route):
                yield _at(route, _("client_max_body_size is not set: uploads over 1 MB end with 413."))
            continue
        size = _size(limit.args[0]) if limit.args else None
        if size is not None and 0 < size < _LEAST_BODY:
            hit = limit.said(_("client_max_body_size is smaller than the 10 MB that NocoBase itself admits."))
            small = size <= 1 << 20
            yield Hit(hit.file, hit.line, "", hit.message, severity=Severity.ERROR if small else Severity.WARNING)


def _patience(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "ws"):
        found = route.value("proxy_read_timeout")
        seconds = _seconds(found.args[0]) if found is not None and found.args else None
        if found is None and _closed(server, route):
            yield _at(
                route, _("proxy_read_timeout is not set: what is silent for 60 s is cut, WebSockets and long requests alike.")
            )
        elif found is not None and seconds is not None and seconds < _LEAST_TIME:
            yield found.said(_("proxy_read_timeout is short: WebSockets and long requests are cut."))


def _buffered(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        found = route.value("proxy_buffering")
        if found is None and _closed(server, route):
            yield _at(route)
        elif found is not None and found.args[:1] != ("off",):
            yield found.hit


def _host(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        headers = route.headers
        if "x-forwarded-host" in headers:
            continue
        host = headers.get("host")
        if host is None:
            if _closed(server, route) or headers:
                yield _at(route, _("the Host header that users send is not passed on: signing in is refused since 2.2.0."))
        elif "$proxy_host" in host.args[1] or not re.search(r"\$(?:http_)?host\b|\$server_name", host.args[1]):
            if "$" in host.args[1]:
                yield host.said(_("the Host header that users send is not passed on: signing in is refused since 2.2.0."))
        elif re.fullmatch(r"\$host|\$server_name", host.args[1]) and not set(server.ports) & {80, 443}:
            yield host.said(
                _("$host has no port, and users reach this server by another port than 80 or 443: signing in is refused.")
            )


def _scheme(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        found = route.headers.get("x-forwarded-proto")
        if found is None:
            if _closed(server, route) or route.headers:
                message = _(
                    "X-Forwarded-Proto is not set: NocoBase takes users for http, and refuses to sign in those who come by https."
                )
                hit = _at(route, message)
                severity = Severity.ERROR if server.tls else Severity.WARNING
                yield Hit(hit.file, hit.line, "", message, severity=severity)
        elif found.args[1].lower() == "http" and server.tls:
            yield found.said(_("X-Forwarded-Proto is http on a server that ends TLS: signing in is refused."))


def _client(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        if "x-forwarded-for" not in route.headers and (_closed(server, route) or route.headers):
            yield _at(route)


def _files(server: Server) -> Iterator[Hit]:
    if server.fragment and not any(route.location.args[-1:] == ("/",) for route in server.passing):
        return
    for path in (f"{server.base}files/main/1", "/files/main/1"):
        route = server.route(path)
        if route.passed is None and not route.open:
            folder = path.removesuffix("main/1")
            yield route.location.said(
                _("{path} is not passed on to NocoBase, which serves files there since 2.2.0.").format(path=clean(folder, 80))
            )
            return


def _static(server: Server) -> Iterator[Hit]:
    for path in ("files/main/1.png", "static/plugins/a/dist/client/index.js"):
        plain = server.route(server.base + path.rpartition(".")[0])
        route = server.route(server.base + path)
        by_type = len(route.location.args) > 1 and route.location.args[0] in ("~", "~*")
        if plain.passed is not None and plain.sure and route.passed is None and by_type and not route.open:
            yield route.location.hit
            return


def _uploads(server: Server) -> Iterator[Hit]:
    for chain in server.locations:
        location, route = chain[-1], Route(chain)
        answers = next((each for name in ("alias", "root") for each in location.inside(name)), None)
        guarded = route.value("auth_request") is not None or next(location.inside("internal"), None) is not None
        if answers is not None and not guarded and "uploads" in " ".join((*location.args, *answers.args)):
            yield answers.hit


def _apart(server: Server) -> Iterator[Hit]:
    page = _app(server, "admin/") or _app(server, "api/x")
    if page is None:
        return
    for path in ("api/x", "ws", "files/main/1"):
        route = _app(server, path)
        if route is not None and not server.hosts(route) & server.hosts(page):
            name = clean(server.base + path.partition("/")[0], 80)
            yield _at(route, _("{path} is passed to another machine than the pages.").format(path=name))


def _workers(site: Site) -> Iterator[Hit]:
    told = set()
    for server in site.servers:
        for route in server.passing:
            for address, place in server.addresses(route):
                host = address.partition(":")[0].lower()
                known = host in site.workers
                likely = re.search(r"(?:\A|[-_.])workers?\d*(?:[-_.].*)?\Z", host) is not None
                if (known or likely) and place not in told:
                    told.add(place)
                    hit = place.hit
                    yield Hit(hit.file, hit.line, "", severity=Severity.ERROR if known else Severity.WARNING)


def _repeated(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        found = route.value("proxy_next_upstream")
        if found is not None and "non_idempotent" in found.args:
            yield found.hit


def _no_other(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        found = route.value("proxy_next_upstream")
        if found is not None and found.args[:1] == ("off",) and len(server.addresses(route)) > 1:
            yield found.hit


def _one(server: Server) -> Iterator[Hit]:
    for route in _routes(server, "api/x"):
        found = server.addresses(route)
        if len(found) == 1 and re.match(r"\d+\.\d+\.\d+\.\d+(?::|\Z)", found[0][0]):
            yield found[0][1].hit


def _changed(server: Server) -> Iterator[Hit]:
    for route in server.passing:
        target, location = route.passed.args[0] if route.passed and route.passed.args else "", route.location
        _scheme_of, _sep, rest = target.partition("://")
        slash = rest.find("/")
        signs = location.args[0] if len(location.args) > 1 else ""
        rewritten = next(location.inside("rewrite"), None) is not None
        if slash < 0 or "$" in target or signs in ("~", "~*", "=") or rewritten or location.name != "location":
            continue
        if rest[slash:] != location.args[-1]:
            yield _at(route)


def _old_tls(server: Server) -> Iterator[Hit]:
    for block in reversed(server.chain):
        for found in block.inside("ssl_protocols"):
            if {"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"} & set(found.args):
                yield found.hit
            return


_PAGE = "403 Invalid sign-in origin"

FAULTS: tuple[Fault, ...] = (
    Fault(
        "nginx.websocket",
        FAIL,
        N_("WebSocket connections are not passed on"),
        N_(
            "Without HTTP/1.1 and the Upgrade and Connection headers no page hears of changes; the sample of the official page lacks them."
        ),
        remedy=N_(
            "proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and Connection upgrade, at the level that has the other headers."
        ),
        hint=N_(
            'Write proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; for the location.'
        ),
        nginx=_each(_upgrade),
    ),
    Fault(
        "nginx.body-size",
        EITHER,
        N_("Uploads are limited"),
        N_("nginx admits 1 MB unless told otherwise, NocoBase 10 MB for a request and for files what their storage says."),
        hint=N_("Write client_max_body_size 0; NocoBase has a limit of its own for each storage."),
        nginx=_each(_body),
        observed="413 Request Entity Too Large (of nginx)",
    ),
    Fault(
        "nginx.read-timeout",
        WARN,
        N_("Silent connections are cut"),
        N_("nginx cuts after 60 s; imports, exports and WebSockets are silent for longer."),
        hint=N_("Write proxy_read_timeout 600s, and the same for proxy_send_timeout."),
        nginx=_each(_patience),
        observed="504 Gateway Time-out (of nginx)",
    ),
    Fault(
        "nginx.buffering",
        WARN,
        N_("Answers are buffered"),
        N_("What NocoBase streams, such as an AI's answer, arrives only when it is complete."),
        N_("proxy_buffering is not off: what NocoBase streams arrives only when it is complete."),
        N_("Write proxy_buffering off."),
        nginx=_each(_buffered),
    ),
    Fault(
        "nginx.host",
        FAIL,
        N_("The host that users typed is not passed on"),
        N_(
            "Since 2.2.0 signing in is refused unless Origin is X-Forwarded-Proto://(X-Forwarded-Host or Host); $host loses the port."
        ),
        hint=N_("Write proxy_set_header Host $http_host."),
        nginx=_each(_host),
        observed=_PAGE,
    ),
    Fault(
        "nginx.forwarded-proto",
        EITHER,
        N_("X-Forwarded-Proto is not set"),
        N_("NocoBase then takes users for http: who comes by https cannot sign in since 2.2.0."),
        hint=N_(
            "Write proxy_set_header X-Forwarded-Proto $scheme; where TLS ends in front of this server, pass on what came in."
        ),
        nginx=_each(_scheme),
        observed=_PAGE,
    ),
    Fault(
        "nginx.forwarded-for",
        WARN,
        N_("X-Forwarded-For is not set"),
        N_("NocoBase then sees the load balancer as the client of every request, in its logs and for rules by address."),
        N_("X-Forwarded-For is not set: every user has the load balancer's address."),
        N_("Write proxy_set_header X-Forwarded-For $remote_addr; behind another proxy $proxy_add_x_forwarded_for."),
        nginx=_each(_client),
    ),
    Fault(
        "nginx.files",
        FAIL,
        N_("/files/ is not passed on"),
        N_("Since 2.2.0 the application serves files there, also at the root of a host on which it has a path of its own."),
        hint=N_("Add location /files/ with the same proxy_pass, in front of what answers all other paths."),
        nginx=_each(_files),
        observed="404 for every attachment",
    ),
    Fault(
        "nginx.static",
        FAIL,
        N_("A location for file types takes files of NocoBase"),
        N_(
            "A location by expression beats the one that passes everything on: pictures and scripts are looked for on the load balancer's disk."
        ),
        N_("this location takes files of NocoBase by their type and looks for them on this machine."),
        N_("Take it out, or give it the same proxy_pass; ^~ in front of /files/ and /static/ makes those win."),
        nginx=_each(_static),
    ),
    Fault(
        "nginx.uploads",
        FAIL,
        N_("Uploads are served from the disk"),
        N_("Since 2.2.0 files need a sign-in; alias or root for uploads hands them to everybody."),
        N_("uploads are served from the disk, to everybody: since 2.2.0 NocoBase asks for a sign-in."),
        N_("Take the location out: NocoBase serves uploads itself."),
        nginx=_each(_uploads),
    ),
    Fault(
        "nginx.upstreams-differ",
        FAIL,
        N_("Parts of one application are passed to different machines"),
        N_("Pages, API, WebSocket and files belong to one cluster; another address for one of them is most often a slip."),
        hint=N_("Name the same upstream in every location."),
        nginx=_each(_apart),
    ),
    Fault(
        "nginx.workers",
        EITHER,
        N_("A node that only works on queues gets users"),
        N_("Such a node answers HTTP, too, but is there for background work: it has to be left out by hand."),
        N_("this node looks like one that only works on queues, and gets requests of users."),
        N_("Take nodes whose WORKER_MODE is * or a list of topics out of the upstream."),
        nginx=_workers,
        clustered=True,
    ),
    Fault(
        "nginx.repeated",
        FAIL,
        N_("POST requests are repeated"),
        N_("With non_idempotent a request that a node has already worked on goes to the next one: what it creates exists twice."),
        N_("non_idempotent repeats POST requests at the next node: what they create exists twice."),
        N_("Take non_idempotent out."),
        remedy=N_("proxy_next_upstream error timeout http_503, without non_idempotent."),
        nginx=_each(_repeated),
        clustered=True,
    ),
    Fault(
        "nginx.no-failover",
        WARN,
        N_("No other node is tried"),
        N_("proxy_next_upstream off shows users every error of the one node that was chosen."),
        N_("proxy_next_upstream is off: no other node is tried when one does not answer."),
        N_("Write proxy_next_upstream error timeout http_503."),
        nginx=_each(_no_other),
        clustered=True,
    ),
    Fault(
        "nginx.one-node",
        WARN,
        N_("Everything goes to one node"),
        N_("A cluster behind one address is no cluster to its users."),
        N_("requests go to one machine only."),
        N_("Name every node that serves requests in an upstream."),
        nginx=_each(_one),
        clustered=True,
    ),
    Fault(
        "nginx.path-changed",
        FAIL,
        N_("The path is changed on the way"),
        N_(
            "A path behind the address in proxy_pass takes the place of the location's: NocoBase gets another one than users see."
        ),
        N_("the path in proxy_pass takes the place of the location's: NocoBase gets another path than users see."),
        N_("Leave the path out of proxy_pass, and set APP_PUBLIC_PATH where NocoBase has a path of its own."),
        nginx=_each(_changed),
    ),
    Fault(
        "nginx.tls-version",
        WARN,
        N_("Old versions of TLS are admitted"),
        N_("TLS 1.0 and 1.1 are retired (RFC 8996)."),
        N_("TLS 1.0 or 1.1 is admitted, which is retired."),
        N_("Write ssl_protocols TLSv1.2 TLSv1.3."),
        nginx=_each(_old_tls),
    ),
)
