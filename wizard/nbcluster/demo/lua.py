"""The few words of Lua that lock and counter scripts are written in: the simulated Redis runs scripts instead of guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

Call = Callable[[list[bytes]], Any]

_TOKEN = re.compile(
    r"\s*(?:--[^\n]*|(?P<number>\d+)|(?P<name>[A-Za-z_][\w.]*)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<sign>==|~=|<=|>=|\.\.|[-+*#()\[\]{},=<>;]))"
)
_BLOCK_ENDS = ("end", "else", "elseif", "")


class LuaError(Exception):
    """A script uses something that is not known here."""


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def run(source: str, keys: Sequence[bytes], arguments: Sequence[bytes], call: Call) -> Any:
    """Run a script and return its value (bytes, int, list, None, bool); ``call`` runs a Redis command. Raises ``LuaError``."""
    script = _Script(source, {"KEYS": list(keys), "ARGV": list(arguments)}, call)
    try:
        script.block(True)
    except _Return as done:
        return done.value
    if script.peek():
        raise LuaError(f"unexpected {script.peek()}")
    return None


def check(source: str) -> None:
    """Raise ``LuaError`` for a script that holds unknown signs."""
    _tokens(source)


def _tokens(source: str) -> list[str]:
    found, at = [], 0
    source = source.rstrip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise LuaError(f"unexpected {source[at : at + 10]!r}")
        if match.lastgroup is not None:
            found.append(match[match.lastgroup])
        at = match.end()
    return found


class _Script:
    """Reads and runs in one pass: what a branch skips is read without effect (``live`` is false)."""

    def __init__(self, source: str, names: dict[str, Any], call: Call) -> None:
        self._tokens = _tokens(source)
        self._at = 0
        self._names = names
        self._call = call

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        word = self.peek()
        self._at += 1
        return word

    def _want(self, word: str) -> None:
        if self._next() != word:
            raise LuaError(f"'{word}' expected")

    def _took(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self._at += 1
        return True

    def block(self, live: bool) -> None:
        while self.peek() not in _BLOCK_ENDS:
            self._statement(live)

    def _statement(self, live: bool) -> None:
        word = self.peek()
        if self._took(";"):
            return
        if self._took("return"):
            value = None if self.peek() in (*_BLOCK_ENDS, ";") else self._expression(live)
            if live:
                raise _Return(value)
        elif self._took("if"):
            self._if(live)
        elif self._took("for"):
            self._for(live)
        elif self._took("local") or (self._at + 1 < len(self._tokens) and self._tokens[self._at + 1] == "="):
            name = self._next()
            value = self._expression(live) if self._took("=") else None
            if live:
                self._names[name] = value
        elif word in ("redis.call", "redis.pcall"):
            self._expression(live)
        else:
            raise LuaError(f"unexpected {word}")

    def _if(self, live: bool) -> None:
        taken = False
        while True:
            condition = _truth(self._expression(live and not taken))
            self._want("then")
            self.block(live and condition and not taken)
            taken = taken or condition
            if not self._took("elseif"):
                break
        if self._took("else"):
            self.block(live and not taken)
        self._want("end")

    def _for(self, live: bool) -> None:
        index = self._next()
        self._want(",")
        item = self._next()
        for word in ("in", "ipairs", "("):
            self._want(word)
        values = self._expression(live)
        self._want(")")
        self._want("do")
        body = self._at
        for number, value in enumerate(values if live and isinstance(values, list) else [], 1):
            self._at = body
            self._names.update({index: number, item: value})
            self.block(live)
        self._at = body
        self.block(False)
        self._want("end")

    def _expression(self, live: bool) -> Any:
        left = self._conjunction(live)
        while self._took("or"):
            right = self._conjunction(live and not _truth(left))
            left = left if _truth(left) else right
        return left

    def _conjunction(self, live: bool) -> Any:
        left = self._comparison(live)
        while self._took("and"):
            right = self._comparison(live and _truth(left))
            left = right if _truth(left) else left
        return left

    def _comparison(self, live: bool) -> Any:
        left = self._sum(live)
        if self.peek() not in ("==", "~=", "<", ">", "<=", ">="):
            return left
        sign, right = self._next(), self._sum(live)
        if sign in ("==", "~="):
            return (left == right and isinstance(left, bool) == isinstance(right, bool)) == (sign == "==")
        if not live:
            return False
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]

    def _sum(self, live: bool) -> Any:
        left = self._atom(live)
        while self.peek() in ("+", "-", "*", ".."):
            sign, right = self._next(), self._atom(live)
            if not live:
                continue
            if sign == "..":
                left = _text(left) + _text(right)
            else:
                a, b = _number(left), _number(right)
                left = {"+": a + b, "-": a - b, "*": a * b}[sign]
        return left

    def _atom(self, live: bool) -> Any:
        word = self._next()
        if word == "(":
            value = self._expression(live)
            self._want(")")
            return value
        if word == "{":
            return self._items("}", live)
        if word in ("not", "-", "#"):
            value = self._atom(live)
            if not live:
                return None
            return not _truth(value) if word == "not" else -_number(value) if word == "-" else len(value)
        if word[:1] in "\"'" and word:
            return word[1:-1].encode()
        if word.isdigit():
            return int(word)
        return self._name(word, live)

    def _name(self, word: str, live: bool) -> Any:
        if word in ("nil", "true", "false"):
            return {"nil": None, "true": True, "false": False}[word]
        if not self._took("("):
            value = self._names.get(word)
            while self._took("["):
                place = self._expression(live)
                self._want("]")
                value = value[place - 1] if live and isinstance(value, list) and 0 < place <= len(value) else None
            return value
        arguments = self._items(")", live)
        if not live:
            return None
        if word in ("redis.call", "redis.pcall"):
            return self._call([_text(a) for a in arguments])
        if word == "tonumber":
            return _number(arguments[0])
        if word == "tostring":
            return _text(arguments[0])
        if word == "unpack":
            return arguments[0]
        raise LuaError(f"{word} is not known here")

    def _items(self, end: str, live: bool) -> list[Any]:
        items: list[Any] = []
        while not self._took(end):
            spread = self.peek() == "unpack"
            value = self._expression(live)
            items.extend(value if spread and isinstance(value, list) else [value])
            if not self._took(","):
                self._want(end)
                break
        return items


def _truth(value: Any) -> bool:
    return value is not None and value is not False


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise LuaError("attempt to perform arithmetic on a value that is no number") from None


def _text(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return b"%d" % value
    raise LuaError("Lua redis lib command arguments must be strings or integers")
