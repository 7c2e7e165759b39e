"""Stream commands of the simulated Redis, with consumer groups."""

from __future__ import annotations

import time

from nbcluster.demo.keyspace import EntryId, Group, Stream
from nbcluster.demo.redis_model import Block, Command, Session, number, options, subcommand_error, syntax
from nbcluster.demo.resp import ByStream, NilArray, Reply, RespError

_FIRST: EntryId = (0, 0)
_END: EntryId = (1 << 64, 0)


def _shown(entry: EntryId) -> bytes:
    return b"%d-%d" % entry


def _read(word: bytes, sequence: int = 0) -> EntryId:
    head, _, tail = word.partition(b"-")
    if not head.isdigit() or (tail and not tail.isdigit()):
        raise RespError("ERR Invalid stream ID specified as stream command argument")
    return int(head), int(tail) if tail else sequence


def _stream(session: Session, key: bytes) -> Stream | None:
    return session.database.typed(key, Stream)


def _group(session: Session, key: bytes, name: bytes) -> tuple[Stream, Group]:
    stream = _stream(session, key)
    if stream is None or name not in stream.groups:
        raise RespError(
            f"NOGROUP No such key '{key.decode('latin-1')}' or consumer group '{name.decode('latin-1')}'"
            " in XREADGROUP with GROUP option"
        )
    return stream, stream.groups[name]


def _xadd(session: Session, words: list[bytes]) -> Reply:
    key, rest = words[1], words[2:]
    creates, limit = True, None
    while options(rest[:1])[0] in ("NOMKSTREAM", "MAXLEN", "MINID"):
        option = options(rest[:1])[0]
        rest = rest[1:]
        if option == "NOMKSTREAM":
            creates = False
            continue
        rest = rest[1:] if rest[0] in (b"~", b"=") else rest
        limit = number(rest[0]) if option == "MAXLEN" else limit
        rest = rest[1:]
        rest = rest[2:] if options(rest[:1]) == ["LIMIT"] else rest
    if len(rest) < 3 or len(rest) % 2 == 0:
        raise RespError("ERR wrong number of arguments for 'xadd' command")
    stream = _stream(session, key)
    if stream is None:
        if not creates:
            return None
        stream = Stream()
        session.database.put(key, stream)
    if rest[0] == b"*":
        entry = max((time.time_ns() // 1_000_000, 0), (stream.last[0], stream.last[1] + 1))
    else:
        entry = _read(rest[0])
        if entry <= stream.last:
            raise RespError("ERR The ID specified in XADD is equal or smaller than the target stream top item")
    stream.entries[entry] = rest[1:]
    stream.last = entry
    while limit is not None and len(stream.entries) > limit:
        del stream.entries[next(iter(stream.entries))]
    return _shown(entry)


def _xlen(session: Session, words: list[bytes]) -> Reply:
    stream = _stream(session, words[1])
    return len(stream.entries) if stream else 0


def _xrange(session: Session, words: list[bytes]) -> Reply:
    stream = _stream(session, words[1]) or Stream()
    start = _FIRST if words[2] == b"-" else _read(words[2])
    stop = _END if words[3] == b"+" else _read(words[3], 1 << 64)
    count = number(words[5]) if options(words[4:5]) == ["COUNT"] and len(words) == 6 else None
    return [_entry(stream, entry) for entry in stream.entries if start <= entry <= stop][:count]


def _entry(stream: Stream, entry: EntryId) -> Reply:
    values = stream.entries.get(entry)
    return [_shown(entry), list(values) if values is not None else None]


def _xdel(session: Session, words: list[bytes]) -> Reply:
    stream = _stream(session, words[1]) or Stream()
    return sum(stream.entries.pop(_read(word), None) is not None for word in words[2:])


def _xtrim(session: Session, words: list[bytes]) -> Reply:
    stream = _stream(session, words[1]) or Stream()
    limit = number(words[4] if words[3] in (b"~", b"=") else words[3])
    surplus = list(stream.entries)[: max(0, len(stream.entries) - limit)]
    for entry in surplus:
        del stream.entries[entry]
    return len(surplus)


def _xgroup(session: Session, words: list[bytes]) -> Reply:
    sub = options(words[1:2])[0]
    if sub not in ("CREATE", "DESTROY", "CREATECONSUMER", "DELCONSUMER", "SETID"):
        raise subcommand_error(words)
    if len(words) < 4:
        raise RespError(f"ERR wrong number of arguments for 'xgroup|{sub.lower()}' command")
    key, name = words[2], words[3]
    stream = _stream(session, key)
    if stream is None:
        if sub != "CREATE" or "MKSTREAM" not in options(words[5:]):
            raise RespError(
                "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM"
                " option to create an empty stream automatically."
            )
        stream = Stream()
        session.database.put(key, stream)
    if sub == "CREATE":
        if name in stream.groups:
            raise RespError("BUSYGROUP Consumer Group name already exists")
        stream.groups[name] = Group(stream.last if words[4] == b"$" else _read(words[4]))
        return "OK"
    if sub == "DESTROY":
        return int(stream.groups.pop(name, None) is not None)
    group = _group(session, key, name)[1]
    if sub == "SETID":
        group.last = stream.last if words[4] == b"$" else _read(words[4])
        return "OK"
    mine = [entry for entry, consumer in group.pending.items() if consumer == words[4]]
    if sub == "DELCONSUMER":
        for entry in mine:
            del group.pending[entry]
        return len(mine)
    return int(not mine)


def _xread(session: Session, words: list[bytes]) -> Reply:
    grouped = words[0].lower() == b"xreadgroup"
    rest = words[1:]
    name, consumer = b"", b""
    if grouped:
        if options(rest[:1]) != ["GROUP"] or len(rest) < 6:
            raise syntax()
        name, consumer, rest = rest[1], rest[2], rest[3:]
    count: int | None = None
    block: int | None = None
    noack = False
    while rest and (option := options(rest[:1])[0]) != "STREAMS":
        if option == "NOACK":
            noack, rest = True, rest[1:]
        elif option in ("COUNT", "BLOCK") and len(rest) > 1:
            count, block = (number(rest[1]), block) if option == "COUNT" else (count, number(rest[1]))
            rest = rest[2:]
        else:
            raise syntax()
    rest = rest[1:]
    if not rest or len(rest) % 2:
        raise RespError("ERR Unbalanced list of streams: for each stream key an ID, '+', '$' or '>' must be specified.")
    found: dict[bytes, Reply] = {}
    half = len(rest) // 2
    for key, start in zip(rest[:half], rest[half:], strict=True):
        entries = _group_entries(session, key, start, (name, consumer), noack) if grouped else _entries(session, key, start)
        if entries or (grouped and start != b">"):
            found[key] = _delivered(session, key, entries[:count], (name, consumer), grouped and start == b">", noack)
    if found:
        return ByStream(found)
    if block is not None:
        for place, (key, start) in enumerate(zip(rest[:half], rest[half:], strict=True), len(words) - half):
            if start == b"$":  # the end of the stream as it is now, also when the command is tried again
                words[place] = _shown((_stream(session, key) or Stream()).last)
        raise Block(block / 1000, NilArray())
    return NilArray()


def _entries(session: Session, key: bytes, start: bytes) -> list[EntryId]:
    stream = _stream(session, key) or Stream()
    after = stream.last if start == b"$" else _read(start)
    return [entry for entry in stream.entries if entry > after]


def _group_entries(session: Session, key: bytes, start: bytes, reader: tuple[bytes, bytes], noack: bool) -> list[EntryId]:
    stream, group = _group(session, key, reader[0])
    if start == b">":
        return [entry for entry in stream.entries if entry > group.last]
    after = _read(start)
    return [] if noack else [entry for entry, owner in group.pending.items() if owner == reader[1] and entry > after]


def _delivered(
    session: Session, key: bytes, entries: list[EntryId], reader: tuple[bytes, bytes], fresh: bool, noack: bool
) -> Reply:
    stream = _stream(session, key) or Stream()
    if fresh:
        group = stream.groups[reader[0]]
        group.last = entries[-1]
        if not noack:
            group.pending.update(dict.fromkeys(entries, reader[1]))
    return [_entry(stream, entry) for entry in entries]


def _xack(session: Session, words: list[bytes]) -> Reply:
    stream = _stream(session, words[1]) or Stream()
    group = stream.groups.get(words[2], Group(_FIRST))
    return sum(group.pending.pop(_read(word), None) is not None for word in words[3:])


def _xpending(session: Session, words: list[bytes]) -> Reply:
    pending = _group(session, words[1], words[2])[1].pending
    if len(words) > 3:
        # From the first to the last, as many as asked for; nobody here waits long enough for an idle time.
        return [[_shown(entry), pending[entry], 0, 1] for entry in sorted(pending)[: int(words[5])]]
    if not pending:
        return [0, None, None, None]
    owners: list[Reply] = [[owner, b"%d" % list(pending.values()).count(owner)] for owner in sorted(set(pending.values()))]
    return [len(pending), _shown(min(pending)), _shown(max(pending)), owners]


def _xclaim(session: Session, words: list[bytes]) -> Reply:
    stream, group = _group(session, words[1], words[2])
    claimed = [entry for entry in map(_read, words[5:]) if entry in group.pending]
    group.pending.update(dict.fromkeys(claimed, words[3]))
    return [_entry(stream, entry) for entry in claimed]


COMMANDS = {
    "xadd": Command(_xadd, -5, ("write", "denyoom", "fast"), 1, 1),
    "xlen": Command(_xlen, 2, ("readonly", "fast"), 1, 1),
    "xrange": Command(_xrange, -4, ("readonly",), 1, 1),
    "xdel": Command(_xdel, -3, ("write", "fast"), 1, 1),
    "xtrim": Command(_xtrim, -4, ("write",), 1, 1),
    "xgroup": Command(_xgroup, -2, ("write",), 2, 2),
    "xread": Command(_xread, -4, ("readonly", "blocking", "movablekeys")),
    "xreadgroup": Command(_xread, -7, ("write", "blocking", "movablekeys")),
    "xack": Command(_xack, -4, ("write", "fast"), 1, 1),
    "xpending": Command(_xpending, -3, ("readonly",), 1, 1),
    "xclaim": Command(_xclaim, -6, ("write", "fast"), 1, 1),
}
