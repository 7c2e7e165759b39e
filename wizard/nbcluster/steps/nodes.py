"""Step 8: the machines that run NocoBase."""

from __future__ import annotations

from nbcluster.answers.compound import node_host
from nbcluster.answers.fields import Field, FieldKind, Table
from nbcluster.facts import NAME
from nbcluster.judge import nodes as judge
from nbcluster.judge.common import on_machines
from nbcluster.judge.database import HOST
from nbcluster.steps.model import Step
from nbcluster.text import N_

COLUMNS = (
    Field(
        "name",
        FieldKind.TEXT,
        N_("Name"),
        required=True,
        pattern=NAME,
        why=N_("Names the node in every file and report."),
        pattern_hint=N_("use lower-case letters, digits and hyphens, at most 40, beginning with a letter or digit"),
        placeholder="node1",
        example=True,
    ),
    Field(
        "host",
        FieldKind.TEXT,
        N_("Host"),
        required=on_machines,
        pattern=HOST,
        why=N_(
            "Address under which the load balancer reaches the node. Not on Kubernetes: there each line is one pod, and pods are counted."
        ),
        pattern_hint=N_("write a host name or an IPv4 address"),
        compound=node_host,
        placeholder="172.31.0.1",
        example=True,
    ),
    Field(
        "port",
        FieldKind.INTEGER,
        N_("Port"),
        minimum=1,
        maximum=65535,
        variable="APP_PORT",
        why=N_("Only where this node uses another port than the rest; it then gets an env file of its own."),
    ),
    Field(
        "ssh",
        FieldKind.TEXT,
        "SSH",
        pattern=judge.SSH,
        pattern_hint=N_("write user@host, a host, or an alias of the ssh configuration"),
        placeholder="ops@172.31.0.1",
        example=True,
        why=N_(
            "Where ssh reaches the node, for the runbook's lines: user@host or user@host:2222. Without @ it is a host, "
            "or an alias of the ssh configuration. Nothing is run over it here."
        ),
    ),
)

STEP = Step(
    id="nodes",
    title=N_("Nodes"),
    why=N_(
        "All nodes run the same NocoBase version on the same operating system version. Before the first boot their ports should be closed: "
        "an open one means that the single node still runs there."
    ),
    tables=(Table("nodes", N_("Nodes"), COLUMNS),),
    rules=judge.RULES,
    targets=judge.targets,
)
