"""Redis: login, version, Bloom filter, database, role of the server; one connection for all stages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property

from nbcluster.answers.targets import TargetKind
from nbcluster.catalogue import exposure
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, Stop, text, verdict
from nbcluster.probe.link import Link
from nbcluster.probe.redis import commands, exchange, names, use
from nbcluster.probe.redis.link import RedisError, RedisLink, speaks_plainly, speaks_tls
from nbcluster.probe.redis.rights import Right, ask, is_absent, is_refusal
from nbcluster.probe.redis.server import (
    facts_of,
    judge_clock,
    judge_eviction,
    judge_keys,
    judge_limits,
    judge_persistence,
    judge_version,
)

PINGS = 50
FEWEST_PINGS, PING_SECONDS = 5, 0.5
"""However slow: this many; otherwise as many as fit into these seconds."""
PATIENCE = 0.6
"""Which part of the time that is left the start of TLS may take."""


class RedisProbe(Probe):
    """The stages of one role's Redis."""

    language = "seen.redis"

    def __init__(self, params: Mapping[str, object], seconds: float) -> None:
        super().__init__(params, seconds)
        self._others: list[Link] = []

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        own = (self.login, self.exposure, self.ping, self.version, self.bloom, self.database, self.primary, self.server)
        found: dict[str, Callable[[], Finding]] = {"reach": self.reach, "tls": self.tls}
        found |= {method.__name__: method for method in own}
        rest = (self.use, self.commands, self.exchange, self.eviction, self.persistence, self.limits, self.clock_stage, self.keys)
        return found | {method.__name__.removesuffix("_stage"): method for method in rest}

    @cached_property
    def redis(self) -> RedisLink:
        """The connection as redis-py speaks it."""
        assert self.link is not None
        return RedisLink(self.link, self.host, self.port, self.clock.left())

    @cached_property
    def facts(self) -> dict[str, str]:
        """The lines of INFO by name, and the names of the ``modules``. Raises ``RedisError``."""
        return facts_of(self.redis.text("INFO"))

    @property
    def user(self) -> str:
        """The name to log in with; the server's default where none is given."""
        return self.text("username") or "default"

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        if isinstance(fault, RedisError):
            return self._refusal(fault)
        if "closed by server" in str(fault) and not fault.__cause__:
            fault = ConnectionError()
        finding = super().judge(stage, fault)
        if stage == "tls" and finding.code in ("tls.silent", "tls.closed") and speaks_plainly(self.host, self.port, self.clock):
            return verdict("tls.absent")
        if stage == "login" and finding.code == "net.closed" and not self.flag("tls"):
            return verdict("seen.tls") if speaks_tls(self.host, self.port, self.clock) else finding
        return finding

    def tls(self) -> Finding:
        """Start TLS, leaving time to find out that the server speaks plainly: Redis waits for the end of what it takes for a command."""
        if self.link is not None:
            self.link.settimeout(self.clock.left() * PATIENCE)
        return super().tls()

    def _refusal(self, fault: RedisError) -> Finding:
        message = text(fault.message, 200)
        known = {
            "LOADING": verdict("redis.state.loading"),
            "MASTERDOWN": verdict("redis.state.masterdown"),
            "BUSY": verdict("redis.state.busy"),
            "DENIED": verdict("redis.login.protected"),
            "MOVED": verdict("redis.primary.cluster"),
            "CLUSTERDOWN": verdict("redis.primary.cluster"),
            "READONLY": verdict("redis.primary.replica", primary="?"),
            "OOM": verdict("redis.commands.memory"),
            "MISCONF": verdict("redis.commands.misconfigured", reason=message),
            "NOAUTH": verdict("redis.login.required"),
        }
        if "max number of clients" in fault.message:
            return verdict("redis.login.full")
        if "Protocol error" in fault.message or "unknown command" in fault.message.lower():
            return verdict("redis.state.unknown", reason=message)
        return known.get(fault.word) or verdict("redis.state.other", reason=message)

    def login(self) -> Finding:
        """Log in as NocoBase will."""
        password = self.text("password")
        words = [word for word in (self.text("username"), password) if word]
        try:
            if password and self.flag("machines"):
                use.enter(self.redis, "AUTH", *words)
            elif password:
                self.redis.send("AUTH", *words)
            elif self.flag("machines"):
                use.enter(self.redis)
            # An answer to PING proves that this login, or none, is enough.
            self.redis.send("PING")
        except RedisError as fault:
            return self._login_refused(fault, bool(password))
        return verdict("redis.login.ok" if password else "redis.login.open", user=self.user)

    def _login_refused(self, fault: RedisError, with_password: bool) -> Finding:
        if fault.word == "WRONGPASS" or "invalid password" in fault.message:
            return verdict("redis.login.refused", user=self.user)
        if fault.word == "NOAUTH" or "Authentication required" in fault.message:
            return verdict("redis.login.required")
        if with_password and ("without any password configured" in fault.message or "no password is set" in fault.message):
            return verdict("redis.login.unwanted")
        if fault.word == "NOPERM":
            # Logged in; the command was refused, which the stage for commands will say.
            return verdict("redis.login.ok", user=self.user)
        if "wrong number of arguments for 'auth'" in fault.message.lower():
            return verdict("redis.login.no_users", user=self.user)
        return self._refusal(fault)

    def exposure(self) -> Finding:
        """Tell what somebody on the network gets who is no part of the cluster."""
        return verdict(exposure.of_line(TargetKind.REDIS, self.params, home=self.at_home), user=self.user)

    def ping(self) -> Finding:
        """Measure how long an answer takes."""
        times: list[float] = []
        end = time.perf_counter() + min(PING_SECONDS, self.clock.left() / 4)
        for _ in range(PINGS):
            started = time.perf_counter()
            try:
                self.redis.send("PING")
            except RedisError as fault:
                if fault.word != "NOPERM":
                    raise
            times.append(time.perf_counter() - started)
            if len(times) >= FEWEST_PINGS and time.perf_counter() > end:
                break
        ordered = sorted(times)
        middle, late = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        values: dict[str, str | int] = {"median": f"{middle:.1f}", "longest": f"{late:.1f}", "count": len(times)}
        return Finding("redis.ping.slow" if middle > 50 else "redis.ping.ok", values, round(middle))

    def version(self) -> Finding:
        """Tell which program and version the server is."""
        return judge_version(self._facts_or_skip("redis.version.hidden"))

    def bloom(self) -> Finding:
        """Tell whether the token blacklist can be a Bloom filter; writes nothing."""
        return commands.judge_bloom(self.redis, self.user, self.dry_run)

    def dry_run(self, *words: str) -> Right:
        """Ask whether the user may run a command without running it."""
        return ask(self.redis, self.user, self._version, *words)

    def _version(self) -> str:
        try:
            return self.facts.get("redis_version", "")
        except RedisError:
            return ""

    def database(self) -> Finding:
        number = self.number("db")
        try:
            self.redis.send("SELECT", number)
        except RedisError as fault:
            if "cluster" in fault.message.lower():
                return verdict("redis.database.cluster", number=number)
            unknown = "unknown command" in fault.message.lower()
            if number == 0 and (unknown or fault.word == "NOPERM"):
                return verdict("redis.database.default")
            if unknown:
                return verdict("redis.database.proxy", number=number)
            if fault.word == "NOPERM":
                return verdict("redis.database.denied", number=number, user=self.user)
            if "out of range" in fault.message or "index" in fault.message.lower():
                return verdict("redis.database.range", number=number, count=self._databases())
            raise
        return verdict("redis.database.ok", number=number)

    def _databases(self) -> str:
        try:
            reply = self.redis.send("CONFIG", "GET", "databases")
        except RedisError:
            return "?"
        return text(reply[1], 10) if isinstance(reply, list) and len(reply) == 2 else "?"

    def primary(self) -> Finding:
        """Tell whether this is one primary server: no replica, no Cluster, no Sentinel."""
        facts = self._facts_or_skip("redis.primary.hidden")
        if facts.get("redis_mode") == "sentinel":
            return verdict("redis.primary.sentinel")
        if facts.get("cluster_enabled") == "1" or facts.get("redis_mode") == "cluster":
            return verdict("redis.primary.cluster")
        role = facts.get("role", "")
        if role in ("slave", "replica"):
            return verdict(
                "redis.primary.replica", primary=text(f"{facts.get('master_host', '?')}:{facts.get('master_port', '?')}", 120)
            )
        if role not in ("master", "primary"):
            return verdict("redis.primary.hidden", user=self.user)
        if "cluster_enabled" not in facts and "redis_mode" not in facts:
            return verdict("redis.primary.unclear")
        return verdict("redis.primary.ok", replicas=text(facts.get("connected_slaves", "0"), 10))

    def server(self) -> Finding:
        """Tell whether the name resolves to one server, and whether another role reaches it by another name."""
        assert self.link is not None
        password = self.text("password")
        login = tuple(word for word in (self.text("username"), password) if word) if password else ()
        door = names.Door(self.host, self.port, login, (self.flag("tls"), self.text("ca_file")))
        own = self._facts_or_skip("redis.server.hidden").get("run_id", "")
        connected_to = str(self.link.getpeername()[0])
        peers, ca_file = self.text("peers"), self.text("ca_file")
        return names.judge(door, own, connected_to, self.text("role"), peers, ca_file, self.clock)

    def commands(self) -> Finding:
        """Try what NocoBase does in this role, on keys that expire."""
        return commands.judge(self.redis, self.text("role"), self.user, self.dry_run)

    def exchange(self) -> Finding:
        """Let two connections do what two processes do."""
        return exchange.judge(self.redis, self._second, self.text("role"))

    def _second(self) -> RedisLink:
        link = self.another_link()
        self._others.append(link)
        second = RedisLink(link, self.host, self.port, self.clock.left())
        if password := self.text("password"):
            second.send("AUTH", *(word for word in (self.text("username"), password) if word))
        if number := self.number("db"):
            second.send("SELECT", number)
        return second

    def close(self) -> None:
        """Leave the server without a trace."""
        for link in self._others:
            link.close()
        super().close()

    def limits(self) -> Finding:
        """Compare the connections that the cluster opens with what the server takes."""
        return judge_limits(self._facts_or_skip("redis.limits.hidden"), self.number("connections"))

    def clock_stage(self) -> Finding:
        return judge_clock(self.redis)

    def keys(self) -> Finding:
        """Look whether the database is another installation's."""
        return judge_keys(self.redis, self.number("db"), self.text("installation"))

    def use(self) -> Finding:
        """Tell whether a running cluster uses the database."""
        nodes = use.nodes_of(self.text("nodes"))
        while True:
            found = use.judge(self.redis, self.text("role"), self.number("db"), nodes)
            if found.status != "fail" or not self.settles():
                return found

    def eviction(self) -> Finding:
        """Tell whether the server may evict keys."""
        facts = self._facts_or_skip("redis.eviction.hidden")
        return judge_eviction(facts, self.user)

    def persistence(self) -> Finding:
        """Tell whether queued messages survive a restart of the server."""
        facts = self._facts_or_skip("redis.persistence.hidden")
        return judge_persistence(facts, self.redis, self.user)

    def _facts_or_skip(self, code: str) -> dict[str, str]:
        try:
            return self.facts
        except RedisError as fault:
            if is_absent(fault):
                raise Stop(verdict("redis.state.uninformed")) from None
            if not is_refusal(fault):
                raise
            raise Stop(verdict(code, user=self.user)) from None
