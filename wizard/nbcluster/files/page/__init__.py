"""summary.html: the drawing, every choice, warnings and the runbook on one page that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape

from nbcluster.answers.answers import Answers
from nbcluster.cluster import Cluster
from nbcluster.errors import Problem, alike
from nbcluster.files.balancers.requirements import requirements
from nbcluster.files.page.markdown import converted
from nbcluster.files.page.style import STYLE
from nbcluster.files.page.svg import drawing
from nbcluster.files.security import security
from nbcluster.files.summary import about_files, choices, next_steps, plugins
from nbcluster.text import _
from nbcluster.text.clean import clean

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may do with the page: apply its own style, nothing else."""

_TAGS = {"zh_CN": "zh-CN"}


def html_page(
    cluster: Cluster,
    runbook_text: str,
    warnings: Iterable[Problem],
    files: Collection[str] | None = None,
) -> str:
    """Return the page in the active language; ``runbook_text`` is RUNBOOK.md, ``files`` the paths of the rest of the set."""
    language = cluster.language
    title = _words(_("Cluster {name}").format(name=cluster.name))
    chapters = [
        ("warnings", _("Warnings about the answers"), _warnings(warnings)),
        ("security", _("Security"), converted("\n".join(security(cluster)))),
        ("next", _("What to do next"), _ordered(next_steps(cluster, files))),
        ("choices", _("Choices"), _choices(cluster.answers)),
        ("plugins", _("Plugins this topology needs"), converted("\n".join(plugins(cluster)))),
        ("balancer", _("What your load balancer must do"), _requirements(cluster)),
        ("files", _("Files"), converted("\n".join(about_files(files)))),
        ("runbook", _("Runbook"), converted(runbook_text.partition("\n")[2], 1)),
    ]
    label = _words(_("Chapters"))
    shown = [(name, _words(head), body) for name, head, body in chapters if body]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(_TAGS.get(language, language))}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            f"<header><h1>{title}</h1>",
            f'<nav aria-label="{label}"><ul>',
            *(f'<li><a href="#{name}">{head}</a></li>' for name, head, _body in shown),
            "</ul></nav></header>",
            "<main>",
            f"<figure>{drawing(cluster, 3, 'broad')}\n{drawing(cluster, 1, 'narrow')}</figure>",
            *(f'<section id="{name}"><h2>{head}</h2>\n{body}\n</section>' for name, head, body in shown),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _words(text: str) -> str:
    return escape(clean(text))


def _ordered(items: Iterable[str]) -> str:
    return "<ol>" + "".join(f"<li>{_words(item)}</li>" for item in items) + "</ol>"


def _warnings(warnings: Iterable[Problem]) -> str:
    items = []
    for same in alike(warnings):
        paths = ", ".join(f"<code>{_words(path)}</code>" for path in dict.fromkeys(problem.path for problem in same))
        items.append(f"<li>{paths}: {_words(f'{same[0].message} {same[0].hint}'.rstrip())}</li>")
    return '<ul class="warnings">' + "".join(items) + "</ul>" if items else ""


def _choices(answers: Answers) -> str:
    out = []
    for title, rows in choices(answers):
        body = "".join(f'<tr><th scope="row">{_words(label)}</th><td>{_words(value)}</td></tr>' for label, value in rows)
        out.append(f"<h3>{_words(title)}</h3>\n<table><tbody>{body}</tbody></table>")
    return "\n".join(out)


def _requirements(cluster: Cluster) -> str:
    if cluster.balancer.kind != "none":
        return ""
    return converted("\n".join(requirements(cluster)), 1)
