"""Nodes pasted as a list: lines of words or CSV, /etc/hosts, an nginx upstream, an Ansible inventory."""

from __future__ import annotations

import ipaddress
import re

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import node_host, ssh_destination
from nbcluster.answers.fields import Field, FieldError, Row, Table, Value, parse
from nbcluster.answers.flow import check_value
from nbcluster.facts import NAME
from nbcluster.text import _
from nbcluster.text.clean import clean

_FRAME = re.compile(r"\[[^\]]*\]\Z|\}\Z|upstream\b.*\{\Z|(?:least_conn|ip_hash|random|keepalive\w*|zone|hash)\b[^;]*;\Z")
"""Lines of an inventory or an upstream that name no machine."""
_SERVER = re.compile(r"server\s+(?P<place>[^\s;]+)[^;]*;\Z")
_HEADINGS = frozenset(("name", "node", "host", "hostname", "address", "ip", "port", "ssh", "user"))
_MACHINE_ITSELF = re.compile(r"localhost|ip6-|broadcasthost")
_NAME = re.compile(rf"{NAME}\Z")


def read_rows(table: Table, text: str, answers: Answers) -> tuple[Row, ...]:
    """Return the rows that pasted lines mean; raises ``FieldError`` with the line and the word that is wrong."""
    columns = {c.path: c for c in table.columns}
    rows: list[Row] = []
    for number, line in enumerate(_lines(text), 1):
        try:
            cells = _cells(line)
        except FieldError as fault:
            raise FieldError(_("line {number}: {fault}").format(number=number, fault=fault)) from None
        if cells is None:
            continue
        cells = {"name": f"node{len(rows) + 1}", **cells}
        row: dict[str, Value] = {}
        for path, word in cells.items():
            try:
                value = _cell(columns[path], word, answers) if path in columns else None
            except FieldError as fault:
                shown = clean(word, 80)
                raise FieldError(_("line {number}, {word}: {fault}").format(number=number, word=shown, fault=fault)) from None
            if value is not None:
                row[path] = value
        rows.append(Row(row))
    if not rows:
        raise FieldError(_("no node in it: write one per line, as in: node1 172.31.0.1"))
    return tuple(rows)


def _lines(text: str) -> list[str]:
    """Return the lines; a single one may hold several nodes, separated by commas."""
    lines = [re.sub(r"(?:^|\s)#.*", "", line).strip() for line in text.splitlines()]
    if sum(map(bool, lines)) > 1:
        return lines
    parts = [part.strip() for part in "".join(lines).split(",") if part.strip()]
    one_row = len(parts) > 1 and not any(" " in part for part in parts) and not _is_place(parts[0]) and _is_place(parts[1])
    return lines if one_row or len(parts) < 2 else parts


def _cells(line: str) -> dict[str, str] | None:
    """Return the words of one line by column, or None for a line that names no machine; raises ``FieldError`` for a word too many."""
    if not line or _FRAME.match(line):
        return None
    server = _SERVER.match(line)
    if server is not None:
        return _place(server["place"])
    words = [word.strip("'\"") for word in re.split(r"[,;\t]\s*|\s+", line) if word]
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    words = [word for word in words if "=" not in word]
    if not words or (len(words) > 1 and {word.lower() for word in words} <= _HEADINGS):
        return None
    if settings:
        return _inventory(words[0], settings)
    if len(words) == 1:
        return _place(words[0])
    if _is_place(words[0]):
        # as in /etc/hosts: the address first
        if _MACHINE_ITSELF.match(words[1]):
            return None
        cells, rest = _place(words[0]), words[1:]
        names = [word for word in rest if not word.isdecimal()]
        if names:
            cells["name"] = next((name for name in names if _NAME.match(name)), names[0].partition(".")[0])
    else:
        cells, rest = {"name": words[0], **_place(words[1])}, words[2:]
    for word in rest:
        if word.isdecimal() and "port" not in cells:
            cells["port"] = word
        elif "@" in word:
            cells["ssh"] = word
        elif word.isdecimal() or not _is_place(words[0]):
            raise FieldError(_("{word} is neither a port nor an account: write name, host and port").format(word=clean(word, 80)))
    return cells


def _inventory(name: str, settings: dict[str, str]) -> dict[str, str]:
    cells = _place(settings.get("ansible_host", name))
    if _NAME.match(name):
        cells["name"] = name
    user, port = settings.get("ansible_user", ""), settings.get("ansible_port", "")
    if user or port not in ("", "22"):
        cells["ssh"] = ssh_destination(user, cells["host"], "" if port == "22" else port)
    return cells


def _place(word: str) -> dict[str, str]:
    parts = node_host(word)
    return {"host": word} if parts is None else {path: str(value) for path, value in parts.values}


def _is_place(word: str) -> bool:
    """Tell whether a word can only be an address, not the name of a node."""
    host = _place(word)["host"]
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host != word or "." in word
    return True


def _cell(column: Field, text: str, answers: Answers) -> Value:
    value = parse(column, text)
    if value is not None:
        check_value(column, value, answers)
    return value
