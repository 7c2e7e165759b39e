"""Step 10: how many processes each node runs and what they work on."""

from __future__ import annotations

from nbcluster.answers.fields import Field, FieldKind, Table
from nbcluster.judge import kubernetes
from nbcluster.judge import workers as judge
from nbcluster.steps.model import Step
from nbcluster.text import N_

COLUMNS = (
    Field(
        "cluster_mode",
        FieldKind.TEXT,
        "CLUSTER_MODE",
        variable="CLUSTER_MODE",
        numeric=True,
        default="",
        placeholder=N_("1 process"),
        why=N_(
            "Processes of this node: empty for one, a number, max or 0 for all cores, -1 for all but one. Empty on Kubernetes: more pods instead."
        ),
        otherwise=N_("Any other text starts one process per core of the host, whatever the limit of the container."),
    ),
    Field(
        "worker_mode",
        FieldKind.TEXT,
        "WORKER_MODE",
        variable="WORKER_MODE",
        default="",
        placeholder=N_("everything"),
        why=N_(
            "Empty: serves requests and works on queues. !: requests only. *: every queue, no requests. "
            "Topics such as workflow:process, without blanks; with !, in front: requests and those topics."
        ),
        otherwise=N_("A worker still answers HTTP: it must not be in the load balancer, and is left out of it here."),
    ),
    Field(
        "cores",
        FieldKind.INTEGER,
        N_("Cores"),
        minimum=1,
        maximum=1024,
        why=N_("Cores of the host; needed for max, 0 and -1 only. PM2 counts the host's cores, not a container's limit."),
    ),
)

STEP = Step(
    id="multicore",
    title=N_("Multi-core"),
    why=N_(
        "Every process takes one of 32 worker ids and its own database connections. Restarts and task threads need some to spare: "
        "more than 24 processes is a warning, more than 32 cannot work."
    ),
    tables=(Table("nodes", N_("Processes and work"), COLUMNS, can_add=False),),
    rules=(*judge.RULES, *kubernetes.RULES),
    notes=judge.notes,
)
