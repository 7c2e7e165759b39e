"""Comments of files follow the language of the documents; switching there and back gives the original bytes."""

from __future__ import annotations

import gettext
import re

import pytest

from nbcluster import text
from nbcluster.cluster import Cluster
from nbcluster.env import Reader, read, read_dotenv
from nbcluster.files.envcomments import _sentences
from nbcluster.files.plan import plan
from nbcluster.files.variables import blocks
from nbcluster.files.verify import verify
from nbcluster.lint.application import LEFT_OUT, OPEN
from nbcluster.text import LANGUAGES
from tests.unit.scenarios import official
from tests.unit.test_env_files import resolved_for

BASE = """# Database
# ours: keep
SMTP_PASSWORD="line one
# Database
# Storage
line four"
LOGGER_BASE_PATH=/logs   # theirs
CLUSTER_MODE=4
"""
PLACES: dict[str, dict[str, object]] = {
    "host": {"nodes": [{"name": "a", "host": "10.0.0.1", "worker_mode": "!"}, {"name": "b", "host": "10.0.0.2"}]},
    "docker": {"app.deployment": "docker"},
    "kubernetes": {"app.deployment": "kubernetes", "kubernetes.ingress_class": "traefik"},
    "from-storage": {"app.installation": "existing", "app.key": "from-storage", "app.aes_key": "from-storage"},
    "docker from-storage": {"app.deployment": "docker", "app.installation": "existing", "app.aes_key": "from-storage"},
    "rabbitmq": {"queue.adapter": "rabbitmq", "queue.url": "amqps://u:p@mq:5671/v"},
}


class _Other(gettext.NullTranslations):
    """Translates each message into itself with a word in front."""

    def gettext(self, message: str) -> str:
        return f"译 {message}"


@pytest.fixture(autouse=True)
def translations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message has a translation, also those that a catalogue does not know yet."""
    monkeypatch.setattr(text, "_catalogue", lambda code: gettext.NullTranslations() if code == "en" else _Other())


def files(place: str, language: str, kept: str | None, base: str | None) -> dict[str, str]:
    existing = ("admin",) if "app.installation" in PLACES[place] else ()
    answers = official({**PLACES[place], "output.language": language}, without=existing)
    cluster, resolved = Cluster.of(answers), resolved_for(answers)
    made = plan(cluster, resolved, base_text=base, kept_text=kept)
    verify(made, cluster, resolved, base_text=base)
    return {file.path: file.text for file in made}


@pytest.mark.parametrize("base", [None, BASE], ids=["fresh", "imported"])
@pytest.mark.parametrize("place", PLACES)
def test_there_and_back_again_gives_the_first_bytes(place: str, base: str | None) -> None:
    if base is not None and "docker" in place:
        base = base.replace('"line one\n# Database\n# Storage\nline four"', "'one'")
    first = files(place, "en", None, base)
    other = files(place, "zh_CN", first.get(".env"), base)
    assert other == files(place, "zh_CN", other.get(".env"), base)
    assert files(place, "en", other.get(".env"), base) == first
    readable = [path for path in first if path not in ("answers.toml", "summary.html") and "# " in first[path]]
    assert [path for path in readable if first[path] == other[path] and not path.startswith("ansible/")] == []


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_comment_is_the_same_in_every_language(place: str) -> None:
    first, other = (files(place, language, None, None).get(".env", "") for language in ("en", "zh_CN"))
    reader = Reader.DOCKER if "docker" in place else Reader.DOTENV
    assert read(reader, first) == read(reader, other)
    comments = [line for line in other.splitlines() if line.startswith("#")]
    assert all("译" in line for line in comments), comments
    assert LEFT_OUT.findall(first) == LEFT_OUT.findall(other)


def test_lines_of_a_value_and_of_somebody_else_stay(tmp_path: object) -> None:
    first = files("host", "en", None, BASE)[".env"]
    other = files("host", "zh_CN", first, BASE)[".env"]
    assert read_dotenv(other)["SMTP_PASSWORD"] == "line one\n# Database\n# Storage\nline four"
    assert "# ours: keep" in other and "# LOGGER_BASE_PATH=/logs   # theirs" in other
    assert "\n# nbcluster: 译 no code reads it\n# LOGGER_BASE_PATH" in other


def test_what_version_1_0_0_wrote_is_known_again() -> None:
    for place, old in (
        ("docker", ("# nbcluster:raw [^\\n]*", "# nbcluster: read raw, as docker run --env-file does")),
        (
            "from-storage",
            ("# nbcluster:left-out (APP_[A-Z_]+): [^\\n]*", r"# nbcluster: \1: left out, the key file on the share decides"),
        ),
        (
            "docker from-storage",
            ("# nbcluster:left-out (APP_[A-Z_]+): [^\\n]*", r"# nbcluster: \1: left out, the key file on the share decides"),
        ),
    ):
        now = files(place, "en", None, None)[".env"]
        before = re.sub(*old, now)
        assert before != now and set(LEFT_OUT.findall(before)) == set(LEFT_OUT.findall(now))
        assert files(place, "en", before, None)[".env"] == now
        assert files(place, "zh_CN", before, None)[".env"] == files(place, "zh_CN", None, None)[".env"]
    assert OPEN.search("# nbcluster: secrets in this ConfigMap are meant") and OPEN.search("# nbcluster:open-secrets")


def test_no_two_comments_are_one_sentence_in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    answers = official(PLACES["rabbitmq"])
    made = blocks(Cluster.of(answers), resolved_for(answers))
    sentences = _sentences(made)
    messages = set(sentences.values())
    assert len(sentences) >= len(messages) and all(
        len({line for line, meant in sentences.items() if meant == message}) <= len(LANGUAGES) for message in messages
    )
    with text.using("zh_CN"):
        shown = [f"{prefix}{text._(message)}" for prefix, message in messages]
    assert len(set(shown)) == len(shown)
