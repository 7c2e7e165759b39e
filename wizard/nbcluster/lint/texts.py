"""What a file's text shows before its values do: lines that readers cut or refuse, forms that Kubernetes dropped (nocobase.md §3, §12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.clean import clean
from nbcluster.envfile import assignments
from nbcluster.facts import REVIEWED, beside_reviewed, numbers_of
from nbcluster.importer.sources import Kind, Setting
from nbcluster.lint.model import Finding
from nbcluster.problems import Severity
from nbcluster.text import _

_SWALLOWED = re.compile(r"\n[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9]*_[A-Z0-9_]*[ \t]*=")
_ASSIGNMENT = re.compile(r"[ \t]*(?:export[ \t]+)?[A-Za-z0-9_.-]+[ \t]*(?:=|:[ \t])")
_HEALTH = re.compile(r"__health_check[?]")
_REMOVED = re.compile(
    r"^[ \t]*apiVersion:[ \t]*[\"']?(?:extensions/v1beta1|networking\.k8s\.io/v1beta1|traefik\.containo\.us/)", re.MULTILINE
)
_IMAGE = re.compile(
    r"^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?[^\s\"'#]*nocobase[^\s\"'#]*:(v?[0-9]+\.[0-9]+[^\s\"'#]*|latest|main|beta|alpha)",
    re.MULTILINE,
)


def env_text(file: str, text: str, *, in_docker: bool) -> Iterator[Finding]:
    """Yield what the lines of an env file are at fault with."""
    if "\r" in text or text.startswith("\ufeff"):
        yield Finding(
            "lint.line-ends",
            file,
            1,
            "",
            Severity.WARNING,
            _("the file has line ends of Windows or a byte order mark: docker and bash take them for a part of the values."),
            _("Save it as UTF-8 without a mark, with LF line ends."),
        )
    if in_docker:
        return
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))
    covered: set[int] = set()
    for found in assignments(text):
        raw = text[found.start : found.end]
        covered |= set(range(found.line, found.line + raw.count("\n") + 1))
        name, tail = clean(found.name, 80), text[found.end : found.end + 1]
        quoted = raw.partition("=")[2].strip()[:1] in ("'", '"', "`")
        closed = quoted and raw.rstrip()[-1:] == raw.partition("=")[2].strip()[:1] and len(raw.partition("=")[2].strip()) > 1
        if tail == "#" and not closed:
            yield Finding(
                "lint.cut-at-hash",
                file,
                found.line,
                name,
                Severity.ERROR,
                _("is cut off at the #, which needs no blank before it to begin a comment."),
                _("Put the value into quotes; in an address write %23."),
            )
        if _SWALLOWED.search(raw) or (quoted and not closed):
            yield Finding(
                "lint.open-quote",
                file,
                found.line,
                name,
                Severity.ERROR,
                _("has an open quote: the value reaches into the assignments after it."),
                _("Close the quote on the same line."),
            )
    for number, line in enumerate(text.split("\n"), 1):
        if number not in covered and line.strip() and not line.lstrip().startswith("#") and not _ASSIGNMENT.match(line):
            yield Finding(
                "lint.no-assignment",
                file,
                number,
                "",
                Severity.WARNING,
                _("the line is no NAME=value and is passed over."),
                _("Write NAME=value, or begin the line with #."),
            )


def yaml_text(file: str, text: str) -> Iterator[Finding]:
    """Yield what a compose file, manifest or values file is at fault with outside its variables."""
    for match in _HEALTH.finditer(text):
        yield Finding(
            "lint.health-query",
            file,
            _line(text, match),
            "",
            Severity.ERROR,
            _("the health path has a query: the application answers with a page instead of its health."),
            _("End the path with /__health_check."),
        )
    for match in _REMOVED.finditer(text):
        yield Finding(
            "lint.api-version",
            file,
            _line(text, match),
            "",
            Severity.ERROR,
            _("Kubernetes 1.22 and Traefik 3 have removed this API version."),
            _("Use networking.k8s.io/v1 for an Ingress, traefik.io/v1alpha1 for Traefik's own kinds."),
        )
    for match in _IMAGE.finditer(text):
        place, (earliest, latest) = beside_reviewed(match.group(1)), REVIEWED
        if not numbers_of(match.group(1)):
            message = _("the tag of the image moves: nodes that start on different days run different versions.")
        elif place < 0:
            message = _("the image is older than {earliest}, the earliest advised for a cluster (unconfirmed).").format(
                earliest=earliest
            )
        elif place > 0:
            message = _("the image is newer than {latest}, the last version that this program knows.").format(latest=latest)
        else:
            continue
        yield Finding(
            "lint.image-version",
            file,
            _line(text, match),
            "",
            Severity.WARNING,
            message,
            _("Name one exact version, the same on every node: {earliest} or later.").format(earliest=earliest),
        )


def duplicates(file: str, kind: Kind, settings: tuple[Setting, ...]) -> Iterator[Finding]:
    """Yield a variable that is set twice in one place with different values; the last one holds."""
    before: dict[tuple[str, str, str, str], Setting] = {}
    for setting in settings:
        key = (setting.file, setting.place, setting.owner, setting.name)
        other = before.get(key)
        if other is not None and other.value != setting.value and kind is not Kind.NB:
            yield Finding(
                "lint.duplicate",
                clean(setting.file or file, 400),
                setting.line,
                clean(setting.name, 80),
                Severity.WARNING,
                _("is set a second time with another value (before in line {line}); the last one holds.").format(line=other.line),
                _("Keep one of the two."),
            )
        before[key] = setting


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.end()) + 1
