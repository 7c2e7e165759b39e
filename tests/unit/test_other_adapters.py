"""Adapters that another maker's plugin registers: named, not ticked, and marked as untried (nocobase.md §19 #9)."""

from __future__ import annotations

import pytest

from nbcluster.cluster import Cluster
from nbcluster.env import read_dotenv
from nbcluster.errors import Severity
from nbcluster.files.targets import questions
from nbcluster.steps.license import needed
from tests.unit.scenarios import official, problems
from tests.unit.test_env_files import rendered

OTHER = {"license.adapters": "other", "license.plugins": ["my-adapters", "@org/plugin-more"], "license.confirmed": []}


def test_they_are_named_to_nocobase_in_place_of_its_own() -> None:
    answers = official(OTHER)
    text = rendered(answers)[".env"].text
    assert read_dotenv(text)["APPEND_PRESET_BUILT_IN_PLUGINS"] == "my-adapters,@org/plugin-more"
    assert needed(answers) == ("@nocobase/plugin-my-adapters", "@org/plugin-more")
    assert "lock-adapter-redis" not in text
    both = official({"license.plugins": ["my-adapters"]})
    assert read_dotenv(rendered(both)[".env"].text)["APPEND_PRESET_BUILT_IN_PLUGINS"].split(",")[-1] == "my-adapters"


def test_the_rules_of_the_official_plugins_are_off_and_it_is_said_that_nothing_was_tried() -> None:
    found = problems(OTHER)
    assert found["license.adapters license-adapters"].severity is Severity.WARNING
    assert not {"license.confirmed license", "license.confirmed license-known"} & found.keys()
    assert "license.confirmed license-adapters" not in found
    ticked = problems({**OTHER, "license.confirmed": ["lock-adapter-redis"]})["license.confirmed license-adapters"]
    assert ticked.severity is Severity.WARNING
    assert "license.confirmed license" in problems({**OTHER, "license.adapters": "official"})
    rabbitmq: dict[str, object] = {"queue.adapter": "rabbitmq", "queue.url": "amqps://u:p@mq:5671/v"}
    assert "queue.url_variable queue-variable" in problems(rabbitmq)
    assert "queue.url_variable queue-variable" not in problems({**rabbitmq, **OTHER})


def test_without_a_name_there_are_no_adapters() -> None:
    assert problems({**OTHER, "license.plugins": []})["license.plugins license-adapters"].severity is Severity.ERROR


def test_versions_of_other_plugins_are_not_those_of_nocobase() -> None:
    assert questions(Cluster.of(official(OTHER)))["adapters"] == ""
    assert "lock-adapter-redis" in str(questions(Cluster.of(official()))["adapters"])
    assert "IN ('')" in str(questions(Cluster.of(official({**OTHER, "license.plugins": []})))["adapters_query"])


@pytest.mark.parametrize("name", ["../../x", "/", ".", "..", "-x", "@org/../x", "@org", "a/b/c", "x" * 215])
def test_what_is_no_name_of_a_package_is_refused(name: str) -> None:
    assert "license.plugins license-plugins" in problems({**OTHER, "license.plugins": [name]})


@pytest.mark.parametrize("name", ["my-adapters", "@org/plugin-more", "plugin.one", "~x", "x" * 214])
def test_names_of_packages_are_taken(name: str) -> None:
    assert "license.plugins license-plugins" not in problems({**OTHER, "license.plugins": [name]})
