"""The templates: one for each written file, every value filtered for its language, comments that stay comments."""

from __future__ import annotations

import gettext
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import nbcluster.files
from nbcluster import text
from nbcluster.cluster import Cluster
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.plan import plan
from nbcluster.files.template import FILTERS, comment, environment
from nbcluster.files.verify import verify
from tests.unit.scenarios import EVERY_KIND, official
from tests.unit.test_env_files import resolved_for

TEMPLATES = Path(nbcluster.files.__file__).parent / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.j2"))
TLS = {"balancer.listen": 8443, "balancer.certificate": "/etc/a.pem", "balancer.certificate_key": "/etc/b.pem"}
RICH: dict[str, object] = {
    **TLS,
    "balancer.public_url": "https://nocobase.example.com:8443/sub/",
    "balancer.redirect": True,
    "balancer.sticky": True,
    "tls.ca_file": "/etc/ca.pem",
    "app.public_path": "/sub/",
}
PLAIN: dict[str, object] = {"balancer.listen": 80}
PODS: dict[str, object] = {"app.deployment": "kubernetes"}
GATEWAY: dict[str, object] = {**PODS, "kubernetes.gateway": "infra/public"}
SETS: tuple[dict[str, object], ...] = (
    *({"balancer.kind": kind, **PLAIN} for kind in ("nginx", "haproxy", "caddy")),
    *({"balancer.kind": kind, **RICH} for kind in ("nginx", "haproxy", "caddy")),
    {"app.deployment": "docker", **RICH, "balancer.behind_proxy": True},
    *({**PODS, "kubernetes.ingress_class": name} for name in ("nginx", "traefik")),
    {**GATEWAY, "balancer.sticky": True},
    {**GATEWAY, "app.public_path": "/sub/", "balancer.public_url": "https://nocobase.example.com/sub/"},
    *({**PODS, "kubernetes.ingress_class": name, **RICH} for name in ("nginx", "traefik")),
)


def files_of(changes: dict[str, object]) -> tuple[OutputFile, ...]:
    """Return a set that was parsed back."""
    kinds = EVERY_KIND[str(changes.get("app.deployment", "host"))]
    answers = official({"output.formats": kinds, **changes})
    resolved = resolved_for(answers)
    files = plan(Cluster.of(answers), resolved)
    verify(files, Cluster.of(answers), resolved)
    return files


def test_each_template_is_named_like_the_file_that_is_written() -> None:
    written = {file.path for changes in SETS for file in files_of(changes)}
    assert NAMES
    assert [name for name in NAMES if name.removesuffix(".j2") not in written and "/parts/" not in name] == []


@pytest.mark.parametrize("value", ["a", "", None, True, 1.5, ["a"]])
def test_what_passed_no_filter_gets_into_no_file(value: object) -> None:
    with pytest.raises(TypeError, match="filter"):
        environment().from_string("{{ value }}").render(value=value)
    assert environment().from_string("{{ 'a b'|nginx }}{{ 3 }}").render() == '"a b"3'


def test_a_name_without_a_value_is_no_empty_text() -> None:
    for source in ("{{ value }}", "{{ value|nginx }}", "{{ value|comment }}", "{% if value %}{% endif %}"):
        with pytest.raises(UndefinedError):
            environment().from_string(source).render()


@pytest.mark.parametrize("sign", " \t\n\r\"'\\{};#$\x00\x7f")
def test_what_would_need_quotes_does_not_stand_bare(sign: str) -> None:
    with pytest.raises(ValueError, match="quotes"):
        FILTERS["bare"](f"a{sign}b")
    with pytest.raises(ValueError, match="quotes"):
        FILTERS["bare"]("")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_each_line_of_a_message_is_a_comment(end: str) -> None:
    assert comment(f"a{end}daemon off;{end}b") == "# a\n# daemon off;\n# b"


class _TwoLines(gettext.NullTranslations):
    """Translates each message into itself twice, with a line feed between."""

    def gettext(self, message: str) -> str:
        return f"{message}\n{message}"


@pytest.mark.parametrize("changes", SETS)
def test_a_translation_of_two_lines_changes_no_directive(changes: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {file.path: file.text for file in files_of(changes)}
    monkeypatch.setattr(text, "_catalogue", lambda _code: _TwoLines())
    made = {file.path: file.text for file in files_of(changes) if f"{file.path}.j2" in NAMES}
    longer = [path for path in made if made[path].count("\n") > usual[path].count("\n")]
    assert longer == [path for path in made if '_("' in (TEMPLATES / f"{path}.j2").read_text("utf-8")]


@pytest.mark.parametrize("name", NAMES)
def test_each_comment_of_a_template_is_a_message(name: str) -> None:
    """Except what a program reads, and what is to be copied as it stands."""
    lines = re.findall(r"^[ \t]*(#.*)", (TEMPLATES / name).read_text("utf-8"), re.MULTILINE)
    assert [
        line
        for line in lines
        if line not in ("#", "#!/bin/sh", "# ip_hash;") and not line.startswith(("# nbcluster:", "# nocobase_balancer: {"))
    ] == []


def test_templates_are_read_from_a_zip(tmp_path: Path) -> None:
    package = Path(nbcluster.files.__file__).parents[1]
    archive = tmp_path / "program.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in package.rglob("*"):
            if path.suffix in (".py", ".j2", ".mo"):
                out.write(path, path.relative_to(package.parent))
    code = (
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "from nbcluster.files import template\n"
        f"for name in {NAMES!r}: template.environment().get_template(name)\n"
        "print(template.__file__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith(str(archive)), done.stderr
