"""The glossary binds the Chinese catalogue and the Chinese documents: one term per thing, and it is NocoBase's."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from nbcluster.steps import STEPS
from nbcluster.text import _, using
from tests.packaging.catalogues import read
from tests.packaging.glossary import REPOSITORY, forbidden_in, terms

CHINESE_DOCUMENTS = [*sorted((REPOSITORY / "docs/zh-CN").rglob("*.md")), *REPOSITORY.glob("*.zh-CN.md")]


def translations() -> list[tuple[str, str]]:
    """Return original and translation of every message, plural forms one by one."""
    found = []
    for message in read("zh_CN"):
        if message.id:
            original = message.id if isinstance(message.id, str) else message.id[0]
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            found += [(original, form) for form in forms]
    return found


def test_every_term_is_explained_once() -> None:
    assert len(terms()) > 25
    assert all(term.english and term.chinese and term.meaning for term in terms())
    for names in ([term.english for term in terms()], [term.chinese for term in terms()]):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    chinese = " ".join(term.chinese for term in terms())
    assert [word for term in terms() for word in term.forbidden if word in chinese] == []


def test_the_catalogue_uses_the_words_of_the_glossary() -> None:
    wrong = [(original[:70], words) for original, form in translations() if (words := forbidden_in(form))]
    assert wrong == []


def test_a_schema_is_no_mode() -> None:
    """模式 alone is what NocoBase calls a mode."""
    about = [
        form for original, form in translations() if re.search(r"\bschema\b", original, re.IGNORECASE) and "JSON" not in original
    ]
    alone = [form for form in about if re.search(r"(?<!多核)(?<!集群)模式", form) and "schema" not in form]
    assert about and alone == []


def test_the_terms_are_in_use() -> None:
    everything = "\n".join(
        [*(form for _original, form in translations()), *(path.read_text("utf-8") for path in CHINESE_DOCUMENTS)]
    )
    assert [term.chinese for term in terms() if term.chinese not in everything] == []


@pytest.mark.parametrize(
    ("path", "term"),
    [
        ("redis.cache", "缓存"),
        ("redis.pubsub", "同步信号"),
        ("redis.lock", "分布式锁"),
        ("redis.queue", "消息队列"),
        ("redis.worker_id", "Worker ID"),
        ("database.dialect", "数据库类型"),
    ],
)
def test_labels_are_terms(path: str, term: str) -> None:
    labels = {field.path: field.label for step in STEPS for field in step.fields}
    with using("zh_CN"):
        assert _(labels[path]) == term


@pytest.mark.parametrize(("step", "term"), [("license", "商业插件授权"), ("multicore", "多核模式"), ("balancer", "负载均衡")])
def test_titles_are_terms(step: str, term: str) -> None:
    titles = {known.id: known.title for known in STEPS}
    with using("zh_CN"):
        assert term in _(titles[step])


def test_the_chinese_documents_use_the_words_of_the_glossary() -> None:
    assert CHINESE_DOCUMENTS
    assert {path.name: words for path in CHINESE_DOCUMENTS if (words := forbidden_in(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("text", "found"), [("每个进程占用一个工作 ID", 1), ("许可证密钥", 2), ("每个进程占用一个 Worker ID", 0)]
)
def test_a_wrong_word_is_seen(text: str, found: int) -> None:
    assert len(forbidden_in(text)) == found
