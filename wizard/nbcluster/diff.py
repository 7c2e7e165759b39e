"""What changes, shown without a secret: a unified diff in which secret values say only whether they changed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from urllib.parse import quote

from nbcluster.clean import clean
from nbcluster.envfile import assignments
from nbcluster.secret import Secret

DOTS = "••••"
_SECRET_NAME = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE|CREDENTIAL|(?:^|_)(?:KEY|PW|PASS)(?:$|_))", re.IGNORECASE)
_USERINFO = re.compile(r"(?P<head>[A-Za-z][A-Za-z0-9+.-]*:/{1,2}[^\s:/@]*:)(?P<password>[^\s]*)(?=@)")


def is_secret_name(name: str) -> bool:
    """Tell whether a variable's name says that its value is a secret."""
    return bool(_SECRET_NAME.search(name))


_COMMENTED = re.compile(r"^(?P<head>#\s*(?:export\s+)?(?P<name>[A-Za-z0-9_.-]+)\s*[=:])(?P<value>.+)$", re.MULTILINE)


_YAML_SECRETS = re.compile(r"^(?:stringData| *data): *$", re.MULTILINE)
_YAML_ENTRY = re.compile(r"^(?P<head> +(?P<name>[A-Za-z_][A-Za-z0-9_.-]*): )(?P<value>\S.*)$", re.MULTILINE)
_YAML_FILES = ("kubernetes/secret.yaml", "helm/values.yaml")
"""Every variable in these is masked: an older file may hold a secret that no answer knows."""


def _mask_comment(match: re.Match[str]) -> str:
    return f"{match['head']}{DOTS}" if is_secret_name(match["name"]) else match[0]


def masked_text(path: str, text: str, secrets: Collection[Secret]) -> str:
    """Return a file as it may be shown."""
    masked = _mask_env(text, {}, {}) if path.endswith(".env") else text
    if path in _YAML_FILES:
        masked = _mask_yaml(text, None)
    for literal in _literals(secrets):
        masked = masked.replace(literal, DOTS)
    return clean(_USERINFO.sub(rf"\g<head>{DOTS}", masked), len(masked) + 100, lines=True)


def masked_diff(path: str, old: str | None, new: str, secrets: Collection[Secret]) -> list[str]:
    """Return a unified diff; a secret on a changed line is followed by whether it is the same."""
    old_text = old or ""
    if path.endswith(".env"):
        before, after = _values(old_text), _values(new)
        old_text, new = _mask_env(old_text, before, after, "before"), _mask_env(new, after, before)
    if path in _YAML_FILES:
        before, after = _yaml_values(old_text), _yaml_values(new)
        old_text, new = _mask_yaml(old_text, after, "before"), _mask_yaml(new, before)
    lines = difflib.unified_diff(
        old_text.splitlines(), new.splitlines(), f"{path} (before)" if old is not None else "/dev/null", path, lineterm="", n=2
    )
    return [masked_text("", line, secrets) for line in lines]


def _values(text: str) -> dict[str, str]:
    return {found.name: found.value for found in assignments(text)}


def _yaml_values(text: str) -> dict[str, str]:
    start = _YAML_SECRETS.search(text)
    return {found["name"]: found["value"] for found in _YAML_ENTRY.finditer(text, start.end())} if start else {}


def _mask_yaml(text: str, other: dict[str, str] | None, word: str = "changed") -> str:
    """Mask every variable of a Secret or of Helm values; whatever else such a file holds, its entries stand one a line."""
    start = _YAML_SECRETS.search(text)
    if start is None:
        return DOTS if text else ""

    def masked(found: re.Match[str]) -> str:
        note = "" if other is None else f" ({'same' if other.get(found['name']) == found['value'] else word})"
        return f"{found['head']}{DOTS}{note}"

    entries = _YAML_ENTRY.sub(masked, text[start.end() :]).splitlines(keepends=True)
    shown = [line if DOTS in line or not line.strip() or line.startswith("# nbcluster: ") else f"{DOTS}\n" for line in entries]
    return text[: start.end()] + "".join(shown)


def _mask_env(text: str, mine: dict[str, str], other: dict[str, str], word: str = "changed") -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for found in reversed(list(assignments(text))):
        if not found.value:
            continue
        has_userinfo = bool(_USERINFO.search(found.value))
        if not is_secret_name(found.name) and not has_userinfo:
            continue
        differs = _secret_of(mine.get(found.name, "")) != _secret_of(other.get(found.name, ""))
        note = "" if found.name not in mine else f" ({word if differs else 'same'})"
        shown = _USERINFO.sub(rf"\g<head>{DOTS}", found.value) if has_userinfo and not is_secret_name(found.name) else DOTS
        prefix = "export " if found.exported else ""
        text = text[: found.start] + f"{prefix}{found.name}={shown}{note}" + text[found.end :]
    return _COMMENTED.sub(_mask_comment, text)


def _secret_of(value: str) -> str:
    match = _USERINFO.search(value)
    return match.group("password") if match else value


def _literals(secrets: Collection[Secret]) -> list[str]:
    found: set[str] = set()
    for secret in secrets:
        text = secret.reveal()
        if len(text) >= 4:
            found |= {text, quote(text, safe=""), quote(text)}
    return sorted(found, key=len, reverse=True)
