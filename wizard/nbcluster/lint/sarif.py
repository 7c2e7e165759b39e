"""What lint found as SARIF 2.1.0, which code-scanning services and editors read (OASIS, "Static Analysis Results Interchange Format")."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from nbcluster import __version__
from nbcluster.errors import Severity
from nbcluster.lint import Linted
from nbcluster.lint.faults import FAULTS, UNREAD
from nbcluster.lint.model import LintFinding
from nbcluster.text import _

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def document(linted: Linted) -> dict[str, Any]:
    """Return one run with a rule for each kind of fault; what is not judged makes the run unsuccessful and is listed in its notifications."""
    invocation: dict[str, Any] = {"executionSuccessful": not linted.unread}
    if linted.unread:
        invocation["toolExecutionNotifications"] = list(_notifications(linted))
    driver = {"name": "nbcluster", "version": __version__, "semanticVersion": __version__, "rules": list(_rules())}
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding) for finding in linted.findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules() -> Iterator[dict[str, Any]]:
    for fault in (*FAULTS, UNREAD):
        level = _LEVELS[fault.severities[0]] if fault.severities else "note"
        yield {
            "id": fault.id,
            "shortDescription": {"text": _(fault.title)},
            "fullDescription": {"text": _(fault.why)},
            "help": {"text": _(fault.advice)},
            "defaultConfiguration": {"level": level},
        }


def _result(finding: LintFinding) -> dict[str, Any]:
    return {
        "ruleId": finding.id,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.summary} {finding.hint}".strip()},
        "locations": [_location(finding.file, finding.line)],
        "partialFingerprints": {"nbcluster/v1": f"{finding.id} {finding.name} {' '.join(finding.services)}".strip()},
    }


def _location(file: str, line: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if line:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}


def _uri(file: str) -> str:
    """Return a relative reference, or a file address for an absolute path (RFC 3986)."""
    path = PurePosixPath(file)
    return path.as_uri() if path.is_absolute() else quote(str(path))


def _notifications(linted: Linted) -> Iterator[dict[str, Any]]:
    for missing in linted.unread:
        words = " ".join(part for part in (missing.name, missing.why) if part)
        yield {
            "level": "error",
            "descriptor": {"id": UNREAD.id},
            "message": {"text": _("not judged: {what}").format(what=words or missing.file)},
            "locations": [_location(missing.file, missing.line)],
        }
