"""What changes, shown without a secret: a unified diff in which hidden values say only whether they changed.

The value of a variable that no step declares is hidden whatever its name: an old installation's file may hold any secret.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from nbcluster.answers.fields import FieldKind
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import HIDDEN, is_secret_value, parse_url
from nbcluster.env import assignments
from nbcluster.facts import is_secret_name
from nbcluster.steps import STEPS, Step
from nbcluster.text.clean import clean

DOTS = "••••"
_SHORTEST_LITERAL = 4
"""Length from which a secret is masked wherever it occurs: a shorter one would mask parts of other words."""

_OURS = frozenset({"SKIP_SAME_VERSION_UPGRADE", "NODE_EXTRA_CA_CERTS", "NODE_PORT", "NODE_ADDRESS"})
"""Variables that nbcluster sets beside those of the steps."""

_HIDDEN_KINDS = (FieldKind.SECRET, FieldKind.KEY)
_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
_COMMENTED = re.compile(rf"(?P<name>{_NAME})[^\S\n]*=[^\S\n]*(?=\S)")
_COMMENTED_YAML = re.compile(rf"\s*#\s*(?:export\s+)?(?P<name>{_NAME})\s*:\s+(?=\S)")
_SECTIONS = re.compile(r"^(?:stringData|data|  data): *$", re.MULTILINE)
_ENTRY = re.compile(r"^(?P<head> +(?P<name>[A-Za-z_][A-Za-z0-9_.-]*): )(?P<value>\S.*)$", re.MULTILINE)
_VARIABLE_FILES = ("kubernetes/configmap.yaml", "kubernetes/secret.yaml", "helm/values.yaml")
"""YAML files with one variable a line below one heading."""
_SETTINGS = (".toml", ".yaml", ".yml", ".service", ".cfg", ".conf")
"""Endings of files in which a line sets something by name."""
_SETTING = re.compile(
    rf"^(?P<head>[\s\-\"'#]*(?:Environment=)?[\"']?(?P<name>{_NAME})[\"']?\s*[:=]\s*)(?P<value>[^\s\"'{{\[|>].*|[\"'].+)$"
)
_INLINE = re.compile(rf"(?P<head>[{{,]\s*[\"']?(?P<name>{_NAME})[\"']?\s*[:=]\s*)(?P<value>\"[^\"]*\"|'[^']*')")
_PLACES = frozenset({"certificate_key", "nocobase_balancer_key", "nocobase_balancer_key_link", "topologyKey"})
"""Settings of our own files that are named like a secret and hold the path of a file, or a label."""
_WORDS = frozenset({"generate", "keep", "from-storage", "true", "false", "null"})
_USERINFO = re.compile(r"(?P<head>[A-Za-z][A-Za-z0-9+.-]*:/{1,2}[^\s:/@]*:)(?P<password>[^\s]*)(?=@)")


@dataclass(frozen=True)
class Declared:
    """The variables whose values may be shown, and those that hold an address, which is shown without its password."""

    open: frozenset[str]
    addresses: frozenset[str]

    def shown(self, name: str, value: str) -> str | None:
        """Return the value of a variable as it may be shown, or None where nothing of it may be."""
        if name in self.addresses:
            url = parse_url(value)
            return url.masked.replace(HIDDEN, DOTS) if url.scheme and url.host else None
        return value if name in self.open and not is_secret_value(value) else None


def declared(steps: tuple[Step, ...] = STEPS, composed: Mapping[str, str | Secret] | None = None) -> Declared:
    """Return the variables that the fields of steps declare, and those that steps compose from the answers."""
    fields = [field for step in steps for field in step.fields]
    fields += [column for step in steps for table in step.tables for column in table.columns]
    addresses = {field.variable for field in fields if field.kind is FieldKind.URL}
    hidden = {field.variable for field in fields if field.kind in _HIDDEN_KINDS}
    known = {field.variable for field in fields} - addresses - hidden
    for name, value in (composed or {}).items():
        if not isinstance(value, Secret):
            known.add(name)
        elif name not in hidden:
            addresses.add(name)
    return Declared(frozenset((known | _OURS) - {""}), frozenset(addresses - {""}))


def masked_text(path: str, text: str, secrets: Collection[Secret], names: Declared | None = None) -> str:
    """Return a file as it may be shown."""
    return _finished(_masked(path, text, names or declared(), None, ""), secrets)


def masked_diff(path: str, old: str | None, new: str, secrets: Collection[Secret], names: Declared | None = None) -> list[str]:
    """Return a unified diff; a hidden value on a changed line is followed by whether it is the same."""
    names = names or declared()
    before, after = _values(path, old or ""), _values(path, new)
    old_lines = _masked(path, old or "", names, after, "before").splitlines()
    new_lines = _masked(path, new, names, before, "changed").splitlines()
    heading = f"{path} (before)" if old is not None else "/dev/null"
    lines = list(difflib.unified_diff(old_lines, new_lines, heading, path, lineterm="", n=2))
    if not lines and old != new:
        lines = [f"--- {heading}", f"+++ {path}", f"+{DOTS} (changed)"]  # everything that changes is hidden
    return [_finished(line, secrets) for line in lines]


def _finished(text: str, secrets: Collection[Secret]) -> str:
    for literal in _literals(secrets):
        text = text.replace(literal, DOTS)
    return clean(_USERINFO.sub(rf"\g<head>{DOTS}", text), len(text) + 100, lines=True)


def _values(path: str, text: str) -> Mapping[str, str]:
    if path.endswith(".env"):
        return {found.name: found.value for found in assignments(text)}
    if path in _VARIABLE_FILES:
        return {found["name"]: found["value"] for found in _ENTRY.finditer(text, _section(text))}
    return {}


def _masked(path: str, text: str, names: Declared, other: Mapping[str, str] | None, word: str) -> str:
    def note(name: str, value: str) -> str:
        if other is None:
            return ""
        return f" ({'same' if _secret_of(other.get(name, '')) == _secret_of(value) else word})"

    if path.endswith(".env"):
        return _mask_env(text, names, note)
    if path in _VARIABLE_FILES:
        return _mask_yaml(text, names, note)
    if path.endswith(_SETTINGS):
        return "\n".join(_mask_setting(line, names) for line in text.split("\n"))
    return text


def _mask_env(text: str, names: Declared, note: Callable[[str, str], str]) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    out: list[str] = []
    place = 0
    for found in assignments(text):
        if found.start < place:
            continue  # another reader takes this line as a part of the value before it
        out.append(_mask_rest(text[place : found.start], names))
        shown, place = names.shown(found.name, found.value), found.end
        if shown == found.value:
            out.append(text[found.start : found.end])
            continue
        # what follows on the line is a comment to one reader and a part of the value to another
        end = text.find("\n", found.end)
        place = len(text) if end < 0 else end
        secret = shown is None or DOTS in shown
        out.append(f"{'export ' if found.exported else ''}{found.name}={DOTS if shown is None else shown}")
        out.append(note(found.name, found.value) if secret else "")
    return "".join([*out, _mask_rest(text[place:], names)])


def _mask_rest(text: str, names: Declared) -> str:
    """Mask what stands between assignments: in comments the value of a variable, and whole lines that are neither."""
    return "\n".join(_mask_comment(line, names) for line in text.split("\n"))


def _mask_comment(line: str, names: Declared) -> str:
    if not line.strip():
        return line
    if not line.lstrip().startswith("#"):
        return DOTS
    yaml = _COMMENTED_YAML.match(line)
    if yaml and is_secret_name(yaml["name"]):
        return line[: yaml.end()] + DOTS
    for found in _COMMENTED.finditer(line):
        if names.shown(found["name"], line[found.end() :]) != line[found.end() :]:
            return line[: found.end()] + DOTS
    return line


def _section(text: str) -> int:
    """Return where the variables of a ConfigMap, a Secret or Helm values begin; 0 where nothing tells."""
    found = _SECTIONS.search(text)
    return found.end() if found else 0


def _mask_yaml(text: str, names: Declared, note: Callable[[str, str], str]) -> str:
    """Mask the variables of a ConfigMap, a Secret or Helm values; whatever else such a file holds, it has one entry a line."""
    start = _section(text)
    out = []
    for line in text[start:].splitlines(keepends=True):
        body = line.rstrip("\r\n")
        found = _ENTRY.match(body)
        if not body.strip() or body.startswith("# nbcluster: "):
            out.append(line)
        elif not found:
            out.append(f"{DOTS}\n")
        elif found["value"] in _WORDS or names.shown(found["name"], found["value"]) == found["value"]:
            out.append(line)
        else:
            out.append(f"{found['head']}{DOTS}{note(found['name'], found['value'])}\n")
    return text[:start] + "".join(out)


def _mask_setting(line: str, names: Declared) -> str:
    line = _INLINE.sub(lambda pair: f"{pair['head']}{DOTS}" if is_secret_name(pair["name"]) else pair[0], line)
    found = _SETTING.match(line)
    if not found or found["name"] in _PLACES or found["value"].strip("\"' ,") in _WORDS:
        return line
    is_variable = found["name"].isupper() and ("_" in found["name"] or is_secret_name(found["name"]))
    hidden = names.shown(found["name"], found["value"]) is None if is_variable else is_secret_name(found["name"])
    return f"{found['head']}{DOTS}" if hidden or is_secret_value(found["value"]) else line


def _secret_of(value: str) -> str:
    match = _USERINFO.search(value)
    return match.group("password") if match else value


def _literals(secrets: Collection[Secret]) -> list[str]:
    found: set[str] = set()
    for secret in secrets:
        text = secret.reveal()
        if len(text) >= _SHORTEST_LITERAL:
            found |= {text, quote(text, safe=""), quote(text)}
    return sorted(found, key=len, reverse=True)
