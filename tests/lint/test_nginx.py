"""nginx configurations: which server is NocoBase's, what includes bring, what is not judged, and that our own files are clean."""

from __future__ import annotations

from itertools import product

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.balancers.files import FILES
from nbcluster.lint import Input, Linted, lint
from tests.lint.nginx import OFFICIAL_PAGE, SOUND_SITE, changed, with_location
from tests.lint.sound import env, with_
from tests.unit.scenarios import official

_PATH, conf = FILES["nginx"]


def lint_of(text: str, files: dict[str, str] | None = None, name: str = "nginx.conf", *, single: bool = False) -> Linted:
    """Return what lint says of a configuration; ``files`` are what it may include, and patterns fit their names."""
    there = files or {}

    def match(pattern: str) -> list[str] | None:
        folder = pattern.rpartition("/")[0]
        found = sorted(each for each in there if each.startswith(folder) and each.endswith(pattern.rpartition("*")[2]))
        return found if folder in {each.rpartition("/")[0] for each in there} else None

    return lint([Input(name, text, there.get, match)], single=single)


@pytest.mark.parametrize("depth", [80, 101, 400, 800, 3000])
def test_blocks_in_blocks_have_an_end(depth: int) -> None:
    inner = "if ($x) { " * depth + "}" * depth
    found = lint_of(f"http {{ server {{ listen 80; location / {{ proxy_pass http://10.0.0.1:13000; {inner} }} }} }}\n")
    assert bool(found.problems or found.unread) is (depth > 90)


def kinds(linted: Linted) -> set[str]:
    """Return the kinds that were found."""
    assert not linted.problems
    return {finding.id.removeprefix("lint.nginx.") for finding in linted.findings}


CHOICES = tuple(product(("/", "/crm/"), (False, True), (False, True), (80, 8080), (False, True), (False, True)))


@pytest.mark.parametrize(("path", "sticky", "behind", "listen", "tls", "public"), CHOICES)
def test_every_file_that_render_writes_is_clean(
    path: str, sticky: bool, behind: bool, listen: int, tls: bool, public: bool
) -> None:
    changes: dict[str, object] = {
        "app.public_path": path,
        "balancer.sticky": sticky,
        "balancer.behind_proxy": behind,
        "balancer.listen": 443 if tls and listen == 80 else listen,
    }
    if tls:
        changes |= {
            "balancer.certificate": "/etc/ssl/a b.pem",
            "balancer.certificate_key": "/etc/ssl/key.pem",
            "balancer.redirect": True,
        }
    if public:
        changes["balancer.public_url"] = f"https://crm.example.com{path}"
    for language in ("en", "zh_CN"):
        linted = lint_of(conf(Cluster.of(official(changes | {"output.language": language}))), name="nginx/nocobase.conf")
        assert (linted.findings, linted.unread, linted.problems) == ((), (), ())


def test_the_lines_of_the_official_page_lack_everything() -> None:
    wanted = {"websocket", "body-size", "read-timeout", "buffering", "host", "forwarded-proto", "forwarded-for"}
    linted = lint_of(OFFICIAL_PAGE, name="site.conf")
    assert kinds(linted) == wanted and {finding.target for finding in linted.findings} == {"site.conf:9"}
    assert kinds(lint_of(OFFICIAL_PAGE, single=True)) == wanted


def test_what_only_a_cluster_needs_is_no_fault_of_a_node_alone() -> None:
    one = changed("    server 10.0.1.12:13000;\n", "")
    assert kinds(lint_of(one)) == {"one-node"} and kinds(lint_of(one, single=True)) == set()


def test_included_files_are_read_and_named() -> None:
    whole = "events {}\nhttp {\n  include sites/*.conf;\n}\n"
    broken = SOUND_SITE.replace("client_max_body_size 0;", "include parts/body.conf;")
    linted = lint_of(whole, {"sites/a.conf": broken, "parts/body.conf": "# one\nclient_max_body_size 1m;\n"})
    assert [(finding.id, finding.target) for finding in linted.findings] == [("lint.nginx.body-size", "parts/body.conf:2")]
    assert linted.unread == ()


def test_an_include_that_is_not_there_is_not_judged() -> None:
    text = changed(
        "    client_max_body_size 0;\n    proxy_http_version 1.1;\n", "    include limits.conf;\n    include fastcgi.conf;\n"
    )
    linted = lint_of(text)
    assert kinds(linted) == set()
    assert [(unread.line, unread.name) for unread in linted.unread] == [
        (text.splitlines().index("    include limits.conf;") + 1, "limits.conf")
    ]
    nothing = lint_of("events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n")
    assert nothing.findings == () and {unread.name for unread in nothing.unread} == {"/etc/nginx/conf.d/*.conf", ""}


def test_a_part_of_a_configuration_is_judged_as_far_as_it_goes() -> None:
    part = "location / {\n  proxy_pass http://10.0.0.1:13000;\n  proxy_set_header Host $proxy_host;\n}\n"
    linted = lint_of(part, single=True)
    assert kinds(linted) == {"host", "websocket", "forwarded-proto", "forwarded-for"} and len(linted.unread) == 1
    bare = lint_of("location / {\n  proxy_pass http://10.0.0.1:13000;\n}\n", single=True)
    assert kinds(bare) == set() and len(bare.unread) == 1
    headers = lint_of("proxy_set_header Host $http_host;\nproxy_http_version 1.1;\n")
    assert headers.findings == () and len(headers.unread) == 1


def test_servers_of_other_applications_are_left_alone() -> None:
    other = "server { listen 80; server_name wiki.example.com; location / { proxy_pass http://127.0.0.1:3000; } }\n"
    assert kinds(lint_of(other + SOUND_SITE)) == set()
    assert "body-size" in kinds(lint_of(other))


def test_a_node_that_works_on_queues_is_known_by_its_own_file() -> None:
    text = changed("10.0.1.12:13000", "n2.internal:13000")
    files = [Input("nocobase.conf", text), Input("n2.internal.env", env(with_(WORKER_MODE="*")))]
    assert {(finding.id, finding.severity.value) for finding in lint(files).findings} == {("lint.nginx.workers", "error")}


@pytest.mark.parametrize(
    ("location", "sound"),
    [
        ("location = /api/x { return 404; }", True),
        ("location ^~ /files/ { proxy_pass http://nodes; }", True),
        ("location ~ ^/static/ { root /srv; }", True),
        ("location ~* \\.js$ { proxy_pass http://nodes; }", True),
        (
            "location /ws { proxy_pass http://nodes; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }",
            True,
        ),
        ("location /storage/uploads/ { alias /srv/u/; auth_request /auth; }", True),
        ("location /uploads/ { internal; root /srv; }", True),
        ("location /crm/ { proxy_pass http://nodes/; }", False),
        ("location /crm/ { rewrite ^/crm/(.*) /$1 break; proxy_pass http://nodes; }", True),
        ("set $where nodes; location /api/ { proxy_pass http://$where; }", True),
        ("location /api/ { proxy_pass http://10.7.7.7:13000; }", False),
    ],
)
def test_locations_are_chosen_as_nginx_chooses_them(location: str, sound: bool) -> None:
    assert (kinds(lint_of(with_location(location))) == set()) is sound


NAMED = "location / {{ try_files $uri @nb; }}\n    location @nb {{ {} proxy_pass http://nodes; }}"


def instead(text: str) -> str:
    """Return the sound configuration with other locations."""
    return changed("    location / {\n        proxy_pass http://nodes;\n    }\n", f"    {text}\n")


def test_a_named_location_serves_what_files_do_not() -> None:
    assert lint_of(instead(NAMED.format(""))).findings == ()
    wanted = {"websocket", "host", "forwarded-proto", "forwarded-for"}
    assert kinds(lint_of(instead(NAMED.format("proxy_set_header X-A b;")))) == wanted


@pytest.mark.parametrize(
    "location", ["rewrite ^/(.*)$ /x/$1 last;", "rewrite ^/(.*)$ /x/$1;", "root /srv; error_page 404 = @nb;"]
)
def test_a_location_that_sends_requests_elsewhere_is_not_judged(location: str) -> None:
    linted = lint_of(instead(f"location /x/ {{ proxy_pass http://nodes; }}\n    location / {{ {location} }}"))
    assert kinds(linted) == set() and [unread.name for unread in linted.unread] == ["/"]


def test_an_expression_within_the_longest_prefix_comes_before_those_beside_it() -> None:
    inner = "location / { proxy_pass http://nodes; location ~ ^/ws { proxy_set_header X-A b; proxy_pass http://nodes; } }"
    assert "websocket" in kinds(lint_of(instead(f"location ~ . {{ proxy_pass http://nodes; }}\n    {inner}")))


def test_a_header_that_is_also_set_empty_is_sent() -> None:
    twice = changed(
        "    proxy_set_header Upgrade $http_upgrade;\n",
        '    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Upgrade "";\n',
    )
    assert kinds(lint_of(twice)) == set()


@pytest.mark.parametrize(
    ("text", "line"),
    [("server {\n  listen 80;\n", 2), ("server {\n  listen 80\n}\n", 2), ("http {\n}\n}\nserver {}\n", 3)],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int) -> None:
    linted = lint([Input("x.conf", text)])
    assert [problem.path for problem in linted.problems] == [f"x.conf:{line}"]


def test_includes_without_end_are_refused() -> None:
    linted = lint([Input("a.conf", "server { include a.conf; }\n", {"a.conf": "include a.conf;\n"}.get)])
    assert [problem.path for problem in linted.problems] == ["a.conf"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  TZ: UTC\n  site: |\n    server {\n      listen 80;\n    }\n"),
        (".env", "A=server {\nAPP_KEY=x\n"),
        ("job.hcl", 'job "nb" {\n  server {\n  }\n}\n'),
    ],
)
def test_what_only_holds_such_words_is_no_configuration_of_nginx(name: str, text: str) -> None:
    words = [subject.words for subject in lint([Input(name, text)]).subjects]
    assert not any("nginx" in each for each in words)


_HEADERS = (
    "    proxy_set_header Host $http_host;\n    proxy_set_header Upgrade $http_upgrade;\n"
    "    proxy_set_header Connection $nb_connection;\n    proxy_set_header X-Forwarded-For $remote_addr;\n"
    "    proxy_set_header X-Forwarded-Proto $scheme;\n"
)


def beside(location: str) -> str:
    """Return the sound configuration with its headers in ``location /`` alone, and another location in front."""
    text = changed(_HEADERS, "").replace("    location / {\n", f"    location / {{\n{_HEADERS}")
    return text.replace("    location / {", f"    {location}\n    location / {{")


@pytest.mark.parametrize(
    "location",
    ["~ ^/(?:api|ws)", "~^/(?:api|ws)", "~* ^/(?:API|WS)", "~ ^/(api|ws)", "~ (?!/static)^/(?:api|ws)", "~ ^/(?P<what>api|ws)"],
)
def test_an_expression_with_groups_is_evaluated(location: str) -> None:
    linted = lint_of(beside(f"location {location} {{ proxy_pass http://nodes; }}"))
    assert kinds(linted) == {"websocket", "host", "forwarded-proto", "forwarded-for"} and linted.unread == ()
    right = lint_of(beside(f"location {location} {{\n{_HEADERS}    proxy_pass http://nodes;\n}}"))
    assert kinds(right) == set() and right.unread == ()


def test_a_sound_location_of_websockets_is_clean() -> None:
    linted = lint_of(beside(f"location ~ ^/(?:ws)$ {{\n{_HEADERS}    proxy_pass http://nodes;\n}}"))
    assert (kinds(linted), linted.unread) == (set(), ())


DEAR = ("(/a*)*x", "(?:a|aa)+$", ".*" * 12 + "x", "a?" * 60 + "b", "(a|a)" * 50, "x{2}{3}", r"(a)\1")
STRANGE = ("(?>/ws)", "[[:alpha:]]", r"\Q/ws", "(?#x)/ws", "((", "[" + "a" * 400 + "]", "a{99999999999999999999}")


@pytest.mark.parametrize("expression", [*DEAR, *STRANGE])
def test_an_expression_that_is_not_evaluated_is_not_judged(expression: str) -> None:
    text = OFFICIAL_PAGE.replace(
        "    location / {", f"    location ~ '{expression}' {{ proxy_pass http://myapp; }}\n    location / {{"
    )
    linted = lint_of(text)
    assert kinds(linted) == set()
    assert [(unread.line, unread.name) for unread in linted.unread] == [(8, expression[:200])] or len(expression) > 200
    assert len(linted.unread) == 1


def test_an_expression_is_no_doubt_where_its_beginning_rules_a_path_out() -> None:
    linted = lint_of(OFFICIAL_PAGE.replace("    location / {", "    location ~ ^/wiki/(?>x) { root /srv; }\n    location / {"))
    assert "websocket" in kinds(linted) and linted.unread == ()
    some = lint_of(OFFICIAL_PAGE.replace("    location / {", "    location ~ ^/ws(?>x) { root /srv; }\n    location / {"))
    assert "websocket" not in kinds(some) and "host" in kinds(some) and len(some.unread) == 1
    earlier = lint_of(
        OFFICIAL_PAGE.replace(
            "    location / {",
            "    location ^~ /ws { proxy_pass http://myapp; }\n    location ~ (?>x) { root /srv; }\n    location / {",
        )
    )
    assert kinds(earlier) == {"websocket", "read-timeout"} and len(earlier.unread) == 1
