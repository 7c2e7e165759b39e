"""What INFO of the simulated Redis says."""

from __future__ import annotations

from nbcluster.demo.redis_model import RedisState

Section = dict[str, str | int]


def info_text(state: RedisState, wanted: list[str]) -> str:
    """Return the text of INFO; no section, ``default``, ``all`` and ``everything`` mean all of them."""
    sections = _sections(state)
    everything = not wanted or bool({"default", "all", "everything"} & set(wanted))
    chosen = [name for name in sections if everything or name.lower() in wanted]
    blocks = ["".join(f"{key}:{value}\r\n" for key, value in sections[name].items()) for name in chosen]
    return "\r\n".join(f"# {name}\r\n{block}" for name, block in zip(chosen, blocks, strict=True))


def _sections(state: RedisState) -> dict[str, Section]:
    settings = state.settings
    server: Section = {"redis_version": settings.version, "redis_mode": "cluster" if settings.cluster else "standalone"}
    if settings.valkey_version:
        server |= {"server_name": "valkey", "valkey_version": settings.valkey_version}
    server |= {"os": "simulated", "arch_bits": 64, "process_id": 1, "run_id": "0" * 40, "tcp_port": 0, "uptime_in_seconds": 86400}
    limit = settings.option("maxmemory")
    sections: dict[str, Section] = {
        "Server": server,
        "Clients": {"connected_clients": len(state.sessions), "maxclients": 10000, "blocked_clients": 0},
        "Memory": {
            "used_memory": 1048576,
            "used_memory_human": "1.00M",
            "maxmemory": limit,
            "maxmemory_human": f"{limit}B",
            "maxmemory_policy": settings.option("maxmemory-policy"),
        },
        "Persistence": {
            "loading": 0,
            "rdb_last_bgsave_status": "ok",
            "aof_enabled": int(settings.option("appendonly") == "yes"),
            "aof_last_write_status": "ok",
        },
        "Stats": {"total_connections_received": state.connections, "evicted_keys": 0, "rejected_connections": 0},
        "Replication": _replication(settings.role),
        "CPU": {"used_cpu_sys": "0.1", "used_cpu_user": "0.1"},
        "Modules": {"module": "name=bf,ver=20802,api=1,filters=0,usedby=[],using=[],options=[]"} if settings.bloom else {},
        "Errorstats": {},
        "Cluster": {"cluster_enabled": int(settings.cluster)},
    }
    keyspace: Section = {}
    for index, database in sorted(state.databases.items()):
        count = sum(1 for _ in database.names())
        if count:
            keyspace[f"db{index}"] = f"keys={count},expires={len(database.deadlines)},avg_ttl=0"
    return {**sections, "Keyspace": keyspace}


def _replication(role: str) -> Section:
    if role == "master":
        return {"role": "master", "connected_slaves": 0}
    return {"role": "slave", "master_host": "192.0.2.1", "master_port": 6379, "master_link_status": "up", "slave_read_only": 1}
