"""Statements of NocoBase's page on preparing a cluster appear where they are needed: versions, defaults, ranges, names."""

from __future__ import annotations

import pytest

from nbcluster.answers.fields import Choice, Field
from nbcluster.sessions.session import Session
from nbcluster.steps import STEPS
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official


def _said(field: Field) -> str:
    choices: tuple[Choice, ...] = field.choices_for(official())
    return " ".join((field.why, field.otherwise, *(choice.why for choice in choices)))


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        ("redis.address", ("8.0", "Bloom", "redis://localhost:6379/0", "random", "memory")),
        ("redis.cache_address", ("8.0", "Bloom", "memory")),
        ("redis.cache", ("8.0", "Bloom", "memory")),
        ("redis.pubsub", ("streams", "redis://localhost:6379/0")),
        ("redis.queue", ("memory",)),
        ("redis.worker_id", ("0 to 31", "REDIS_URL", "random")),
        ("queue.url", ("4.0",)),
        ("multicore.processes", ("0 to 31", "32")),
        ("balancer.sticky", ("ip_hash",)),
        ("storage.kind", ("Alibaba Cloud NAS", "Tencent Cloud CFS", "Huawei Cloud SFS")),
        ("app.deployment", ("Secret", "ConfigMap")),
        ("kubernetes.storage_class", ("ReadWriteMany",)),
    ],
)
def test_a_fact_of_the_page_stands_at_its_question(path: str, facts: tuple[str, ...]) -> None:
    said = _said(official().fields[path])
    assert not [fact for fact in facts if fact not in said]


def test_every_question_says_why_it_is_asked() -> None:
    wizard = Wizard(Session(name="official", answers=official()))
    asked = [field for step in STEPS for field in wizard.fields(step)]
    asked += [column for step in STEPS for table in step.tables if table.in_form for column in table.columns]
    assert len(asked) > 30 and not [field.path for field in asked if not field.why]
