"""An nginx configuration: its directives with the files they stand in, which location serves a path, and what holds there (nginx.org, core modules)."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nbcluster.answers.importer.sources import Loader, SourceError
from nbcluster.facts import PORT
from nbcluster.lint.model import Hit
from nbcluster.text import _
from nbcluster.text.clean import clean

_BLOCKS = re.compile(r"^[ \t]*(?:http|events|server|upstream\s+\S+|location\s+[^{;]+|map\s+\S+\s+\S+|stream)\s*\{", re.MULTILINE)
_SIMPLE = re.compile(
    r"^[ \t]*(?:proxy_\w+|client_max_body_size|upstream|server_name|include|listen|add_header)[ \t]+[^;{}\n=]+;", re.MULTILINE
)
_OTHER_SUFFIX = re.compile(r"\.(?:ya?ml|json|toml|hcl|tf|nomad|cfg)\Z|(?:\A|/)\.env[^/]*\Z|\.env\Z", re.IGNORECASE)
_HARMLESS = re.compile(
    r"mime\.types|fastcgi|uwsgi|scgi|koi-|win-utf|modules-enabled|modules/|ssl|letsencrypt|gzip|brotli", re.IGNORECASE
)
"""Names of files that say nothing about what is passed to NocoBase."""

_DEEPEST = 10
_INNERMOST = 100
"""How many blocks may stand in each other, included ones too; far more than anybody writes."""
_MOST = 300
_LONGEST = 4 << 20

_AROUND: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"^[ \t]*(?:http|events|stream)\s*\{", ()),
    (r"^[ \t]*(?:server\s*\{|upstream\s+\S+\s*\{|map\s+\S+\s+\S+\s*\{)", ("http",)),
    (r"^[ \t]*location\s", ("http", "server")),
)
"""Comments that tell where a fragment is included, with the blocks around it."""

Match = Callable[[str], Sequence[str] | None]
"""Gives the files that a pattern fits; None where the folder of the pattern is not there."""


@dataclass(frozen=True)
class NginxDirective:
    """One directive with its place; ``block`` is what stands in it, None where it has none."""

    name: str
    args: tuple[str, ...]
    line: int
    file: str
    block: tuple[NginxDirective, ...] | None = None

    @property
    def hit(self) -> Hit:
        """Its place."""
        return Hit(clean(self.file, 400), self.line, "")

    def inside(self, name: str) -> Iterator[NginxDirective]:
        """Yield the directives of a name right in it."""
        return iter(self._by_name.get(name, ()))

    @cached_property
    def expression(self) -> re.Pattern[str] | None:
        """What a location by expression is named by; None where that is not read as nginx reads it."""
        if _sign(self) in _EXPRESSIONS and not _OTHER_SYNTAX.search(self.args[1]) and len(self.args[1]) <= _LONGEST_EXPRESSION:
            with suppress(re.error, OverflowError, RecursionError):
                return re.compile(self.args[1], re.IGNORECASE if _sign(self) == "~*" else 0)
        return None

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[NginxDirective]]:
        found: dict[str, list[NginxDirective]] = {}
        for each in self.block or ():
            found.setdefault(each.name, []).append(each)
        return found

    def said(self, message: str, hint: str = "") -> Hit:
        """Return its place with words of its own."""
        return Hit(clean(self.file, 400), self.line, "", message, hint)


@dataclass(frozen=True)
class Route:
    """What serves a path: the blocks around it from the outermost to the location; not ``sure`` where an expression may take it.

    ``redirected``: nginx answers itself, and sends users to the path with a slash behind it.
    """

    chain: tuple[NginxDirective, ...]
    sure: bool = True
    redirected: bool = False

    @property
    def location(self) -> NginxDirective:
        """The innermost block."""
        return self.chain[-1]

    @cached_property
    def passed(self) -> NginxDirective | None:
        """The ``proxy_pass`` of the location."""
        return None if self.redirected else next(self.location.inside("proxy_pass"), None)

    def value(self, name: str) -> NginxDirective | None:
        """Return the directive that holds here: the innermost one."""
        return next((found for block in reversed(self.chain) for found in block.inside(name)), None)

    @cached_property
    def headers(self) -> Mapping[str, NginxDirective]:
        """The request headers that are set, by name in lower case: those of the innermost level that sets any."""
        for block in reversed(self.chain):
            found = [each for each in block.inside("proxy_set_header") if len(each.args) > 1]
            if found:
                # of one name that is set twice each value is sent, and an empty one takes none away
                return {each.args[0].lower(): each for each in sorted(found, key=lambda each: each.args[1] != "")}
        return {}

    @property
    def open(self) -> bool:
        """Whether an include that was not there, or an expression that is not evaluated, may set something here."""
        return not self.sure or any(
            block.name == "include" or next(block.inside(_MISSING), None) is not None for block in self.chain
        )


_MISSING = "include, not there"
_EXPRESSIONS = ("~", "~*")
_SIGN = re.compile(r"(=|\^~|~\*|~)(.+)", re.DOTALL)
_PATHS = (
    "admin/",
    "api/x",
    "api/attachments:create",
    "ws",
    "files/main/1",
    "files/main/1.png",
    "static/plugins/a/dist/client/index",
    "static/plugins/a/dist/client/index.js",
)
"""The paths that the faults ask about."""

_LONGEST_EXPRESSION = 300

_DEAREST = 10**6
"""Steps that an expression may take on a path before it counts as one that could take for ever."""

_OTHER_SYNTAX = re.compile(r"\(\?(?![:=!]|P<)|\\[1-9]|\[[^\]]*(?:\[|--|&&|~~|\|\|)")
"""What PCRE and Python read differently, and back references, which are expensive."""


@dataclass(frozen=True)
class Server:
    """One ``server`` and the blocks around it."""

    chain: tuple[NginxDirective, ...]
    upstreams: Mapping[str, NginxDirective]
    fragment: bool = False

    @property
    def block(self) -> NginxDirective:
        """The ``server`` itself; of a file without one, everything in it."""
        return self.chain[-1]

    @cached_property
    def locations(self) -> tuple[tuple[NginxDirective, ...], ...]:
        """Every location with the blocks around it."""
        return tuple(_locations(self.chain))

    @cached_property
    def passing(self) -> tuple[Route, ...]:
        """Every location that passes requests on."""
        routes = (Route(chain) for chain in self.locations)
        own = [Route(self.chain)] if next(self.block.inside("proxy_pass"), None) is not None else []
        return (*own, *(route for route in routes if route.passed is not None))

    @cached_property
    def ports(self) -> tuple[int, ...]:
        """The ports that it listens on."""
        out = []
        for each in self.block.inside("listen"):
            number = re.search(r"(?:\A|:)(\d{1,5})\Z", each.args[0] if each.args else "")
            if number:
                out.append(int(number[1]))
            elif each.args and not each.args[0].startswith("unix:"):
                out.append(80)
        return tuple(out) or (80,)

    @property
    def tls(self) -> bool:
        """Whether it ends TLS."""
        return any("ssl" in each.args or "quic" in each.args for each in self.block.inside("listen")) or 443 in self.ports

    @cached_property
    def base(self) -> str:
        """The path below which NocoBase lies, with slashes at both ends: ``/``, or the shortest one that is passed on beside it."""
        route = self.route("/admin/")
        if route.passed is not None or not route.sure:
            return "/"
        paths = [_prefix(route.location) for route in self.passing]
        own = [
            p
            for p in paths
            if p.startswith("/") and not re.fullmatch(r"/(?:api|ws|files|static|dist|v|storage|\.well-known)(?:/.*)?", p)
        ]
        return min((f"{path.rstrip('/')}/" for path in own), key=len, default="/")

    def route(self, path: str) -> Route:
        """Return what serves a path, as nginx chooses it: the exact one, a ``^~`` or longest prefix, the first expression that fits."""
        if path not in self._routes:
            self._routes[path] = _followed(_chosen(self.chain, path), self.chain)
        return self._routes[path]

    @cached_property
    def _routes(self) -> dict[str, Route]:
        return {}

    @cached_property
    def undecided(self) -> tuple[NginxDirective, ...]:
        """The locations that are not followed: their expression is not evaluated, or they lead to another, for a path that is judged."""
        paths = ["/admin/", *(f"{self.base}{path}" for path in _PATHS), *(f"/{path}" for path in _PATHS)]
        found = (chain[-1] for chain in self.locations if _sign(chain[-1]) in _EXPRESSIONS)
        unread = [each for each in found if any(_fits(each, path) is None for path in paths)]
        leading = (route.location for route in map(self.route, paths) if leads(route.location))
        return tuple(dict.fromkeys((*unread, *leading)))

    def hosts(self, route: Route) -> frozenset[str]:
        """Return the machines that a route leads to."""
        return frozenset(address.partition(":")[0].lower() for address, _place in self.addresses(route))

    def addresses(self, route: Route) -> list[tuple[str, NginxDirective]]:
        """Return the addresses that a route leads to, each with the directive that names it."""
        passed = route.passed
        if passed is None or not passed.args:
            return []
        name = _authority(passed.args[0])
        if name.startswith("$"):
            setting = next((s for block in reversed(route.chain) for s in block.inside("set") if s.args[:1] == (name,)), None)
            name = _authority(setting.args[1]) if setting is not None and len(setting.args) > 1 else name
        upstream = self.upstreams.get(name)
        if upstream is None:
            return [(name, passed)]
        return [(each.args[0], each) for each in upstream.inside("server") if each.args and "down" not in each.args]


@dataclass(frozen=True)
class Site:
    """An nginx configuration as it was read; ``missing`` are the includes that were not there, by file and line, ``servers`` those of NocoBase."""

    file: str
    servers: tuple[Server, ...]
    missing: tuple[tuple[str, int, str], ...] = ()
    workers: frozenset[str] = frozenset()
    """Names of nodes that only work on queues, as other files on the same command line tell."""


def is_nginx(text: str, name: str) -> bool:
    """Tell whether a text is a configuration of nginx, or a part of one."""
    if _OTHER_SUFFIX.search(name) or re.search(r"^(?:apiVersion|kind|services|configMap|x-[\w-]+)[ \t]*:", text, re.MULTILINE):
        return False
    if re.search(r"^[ \t]*(?:job|resource|variable|provider|task)[ \t]+\"", text, re.MULTILINE):
        return False
    return bool(_BLOCKS.search(text) or _SIMPLE.search(text))


def read_site(text: str, name: str, load: Loader, match: Match) -> Site:
    """Return the configuration of a file with everything that it includes; raises ``SourceError`` with the line of a mistake."""
    reader = _Reader(load, match)
    tree = reader.read(text.removeprefix("\ufeff"), name, 0)
    root = NginxDirective("", (), 0, name, tree)
    http = next(root.inside("http"), None)
    around = (http,) if http is not None else (root,)
    upstreams = {each.args[0]: each for level in {root, around[0]} for each in level.inside("upstream") if each.args}
    servers = [Server((*around, each), upstreams) for each in around[0].inside("server")]
    if not servers and http is None:
        whole = Server((root,), upstreams, fragment=True)
        servers = [whole] if whole.passing else []
    passing = [server for server in servers if server.passing]
    own = [server for server in passing if _is_nocobase(server)]
    return Site(name, tuple(own or passing), tuple(reader.missing))


@dataclass
class _Reader:
    load: Loader
    match: Match
    missing: list[tuple[str, int, str]] = field(default_factory=list)
    files: int = 0
    level: int = 0

    def read(self, text: str, name: str, depth: int) -> tuple[NginxDirective, ...]:
        self.files += 1
        if depth > _DEEPEST or self.files > _MOST:
            raise SourceError(_("includes too many files, or itself."))
        return tuple(self._tree(_parsed(text), name, depth))

    def _tree(self, parsed: Iterable[Mapping[str, Any]], name: str, depth: int) -> Iterator[NginxDirective]:
        for each in parsed:
            args, line = tuple(each["args"]), int(each["line"])
            if each["directive"] == "include" and len(args) == 1:
                yield from self._included(args[0], name, line, depth)
            else:
                if each["directive"] == "location" and len(args) == 1 and (joined := _SIGN.fullmatch(args[0])):
                    args = (joined[1], joined[2])  # nginx takes the sign without a blank as well
                block = self._block(each["block"], name, depth) if "block" in each else None
                yield NginxDirective(each["directive"], args, line, name, block)

    def _block(self, parsed: Iterable[Mapping[str, Any]], name: str, depth: int) -> tuple[NginxDirective, ...]:
        self.level += 1
        if self.level > _INNERMOST:
            raise SourceError(_("is nested too deeply."))
        found = tuple(self._tree(parsed, name, depth))
        self.level -= 1
        return found

    def _included(self, pattern: str, name: str, line: int, depth: int) -> Iterator[NginxDirective]:
        names = self.match(pattern) if re.search(r"[*?\[]", pattern) else (pattern,)
        for one in names if names is not None else ():
            text = self.load(one)
            if text is not None:
                yield from self.read(text, one, depth + 1)
            else:
                names = None
        if names is None and not _HARMLESS.search(pattern):
            self.missing.append((name, line, pattern))
            yield NginxDirective(_MISSING, (pattern,), line, name)


def _parsed(text: str) -> Sequence[Mapping[str, Any]]:
    import crossplane

    if len(text) > _LONGEST:
        raise SourceError(_("is larger than 4 MiB."))
    around = next((blocks for sign, blocks in _AROUND if re.search(sign, text, re.MULTILINE)), ("http", "server", "location /"))
    last = max(1, text.count("\n"))
    # on the same line, so that line numbers stay those of the file
    text = "".join(f"{block} {{ " for block in around) + text + "\n}" * len(around) + "\n"
    with tempfile.TemporaryDirectory(prefix="nbcluster-") as folder:
        file = Path(folder) / "nginx.conf"
        file.write_text(text, "utf-8", newline="\n")
        try:
            payload = crossplane.parse(str(file), single=True, check_ctx=False, check_args=True)
        except RecursionError:
            raise SourceError(_("is nested too deeply.")) from None
    for fault in payload["errors"]:
        reason = clean(re.sub(r" in /.*", "", str(fault["error"])), 200)
        # a newer nginx may take other arguments than the parser knows
        if not reason.startswith(("invalid number of arguments", "invalid value")):
            raise SourceError(
                _("is not an nginx configuration: {reason}.").format(reason=reason), min(int(fault["line"] or 0), last)
            )
    found: Sequence[Mapping[str, Any]] = payload["config"][0]["parsed"]
    for _block in around:
        found = found[0]["block"] if found else ()
    return found


def _locations(chain: tuple[NginxDirective, ...]) -> Iterator[tuple[NginxDirective, ...]]:
    for each in chain[-1].inside("location"):
        inner = (*chain, each)
        yield inner
        yield from _locations(inner)


def _prefix(location: NginxDirective) -> str:
    """Return the path that a location is named by; empty for an expression."""
    if location.name != "location" or not location.args or location.args[0] in ("~", "~*"):
        return ""
    return location.args[-1]


def _sign(location: NginxDirective) -> str:
    return location.args[0] if len(location.args) > 1 else ""


def _chosen(chain: tuple[NginxDirective, ...], path: str) -> Route:
    return _search(chain, path, sure=True)[0]


def _search(chain: tuple[NginxDirective, ...], path: str, *, sure: bool) -> tuple[Route, bool]:
    """Return what takes a path within a block, and whether that is final: an expression outside takes no path from it.

    What is nested in the longest prefix comes before the expressions beside that (ngx_http_core_find_location).
    """
    longest: NginxDirective | None = None
    redirected: NginxDirective | None = None
    for each in chain[-1].inside("location"):
        sign, prefix = _sign(each), _prefix(each)
        if sign == "=" and prefix == path:
            return Route((*chain, each), sure), True
        if prefix == f"{path}/" and _redirects(each):
            redirected = each
        fits = prefix and not prefix.startswith("@") and sign != "=" and path.startswith(prefix)
        if fits and (longest is None or len(prefix) > len(_prefix(longest))):
            longest = each
    if redirected is not None and (longest is None or _prefix(longest) != path):
        return Route((*chain, redirected), sure, redirected=True), True
    found = Route(chain, sure)
    if longest is not None:
        found, final = _search((*chain, longest), path, sure=sure)
        if final:
            return found, True
        sure = found.sure
    if longest is None or _sign(longest) != "^~":
        for each in chain[-1].inside("location"):
            taken = _fits(each, path) if _sign(each) in _EXPRESSIONS else False
            if taken:
                return _search((*chain, each), path, sure=sure)[0], True
            sure = sure and taken is not None
    return Route(found.chain, sure), False


def _followed(route: Route, server: tuple[NginxDirective, ...]) -> Route:
    """Return where a location sends what it does not answer itself: a named location is known, the end of a rewrite is not."""
    tried = next((each.args[-1] for each in route.location.inside("try_files") if each.args), "")
    if tried.startswith("@") and not route.redirected:
        named = next((each for each in server[-1].inside("location") if each.args == (tried,)), None)
        return Route((*server, named), route.sure) if named is not None else route
    return replace(route, sure=False) if leads(route.location) else route


def leads(location: NginxDirective) -> bool:
    """Tell whether a location that passes nothing on may send a request to another one."""
    if location.name != "location" or next(location.inside("proxy_pass"), None) is not None:
        return False
    rewritten = any(each.args[2:] in ((), ("last",)) for each in location.inside("rewrite"))
    return rewritten or any("404" in each.args and each.args[-1].startswith("@") for each in location.inside("error_page"))


def _redirects(location: NginxDirective) -> bool:
    """Tell whether a path without the slash that ends a location's is sent there (nginx.org, ngx_http_core_module, location)."""
    return any(
        next(location.inside(name), None) is not None for name in ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "grpc_pass")
    )


def _fits(location: NginxDirective, path: str) -> bool | None:
    """Tell whether an expression takes a path; None where it is not evaluated and may do so."""
    expression, flags = location.args[1], re.IGNORECASE if _sign(location) == "~*" else 0
    if location.expression is not None and _cost(expression, path) <= _DEAREST:
        return location.expression.search(path) is not None
    start = re.match(r"\^((?:[\w/-](?![*?+{])|\\\.(?![*?+{]))*)", expression, re.ASCII)
    if start is not None and "|" not in expression and not re.match(start[0], path, flags):
        return False
    return None


def _cost(expression: str, path: str) -> float:
    """Return an upper bound of the steps that a search takes; infinite where a group is repeated."""
    if re.search(r"\)[*+{]|[*+}][+*{]", expression):
        return math.inf
    groups = expression.count("(") + 1
    ways = (1 + expression.count("|") / groups) ** groups
    endless, optional = len(re.findall(r"[*+{]", expression)), len(re.findall(r"(?<!\()\?", expression))
    return float(ways * 2.0 ** min(optional, 60) * float(len(path) + 1) ** (min(endless, 20) + 1))


def _authority(target: str) -> str:
    """Return the host and port of a ``proxy_pass``, or the upstream that it names."""
    return target.partition("://")[2].partition("/")[0] if "://" in target else target.partition("/")[0]


def _is_nocobase(server: Server) -> bool:
    words = [*(word for each in server.block.inside("server_name") for word in each.args)]
    for route in server.passing:
        found = server.addresses(route)
        words += [address for address, _place in found]
        words += [_authority(route.passed.args[0])] if route.passed is not None and route.passed.args else []
        if any(address.rpartition(":")[2] == str(PORT) for address, _place in found):
            return True
    return any("nocobase" in word.lower() for word in words) or any(
        _prefix(r.location).rstrip("/").endswith("/ws") for r in server.passing
    )
