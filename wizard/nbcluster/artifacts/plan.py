"""All files of a host deployment, from answers and resolved secrets alone."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers import Answers
from nbcluster.answersfile import dump
from nbcluster.artifacts.balancers.files import FILES
from nbcluster.artifacts.runbook import runbook
from nbcluster.artifacts.secrets import Resolved
from nbcluster.artifacts.summary import summary
from nbcluster.artifacts.systemd import unit
from nbcluster.artifacts.variables import blocks, broken_addresses, node_variables, removals
from nbcluster.envfile import MergeError, compose, merge, read_dotenv
from nbcluster.errors import InvalidAnswersError
from nbcluster.outputfile import OutputFile
from nbcluster.problems import Problem
from nbcluster.steps import STEPS, Step
from nbcluster.text import using

HEAD = "# The same on every node. Written by nbcluster: run it again rather than edit the variables that it sets.\n"
NODE_HEAD = "# Complete file of node {name}: it stands there as .env. Written by nbcluster like the common one.\n"
LEFT_OUT = "# nbcluster: {name}: left out, the key file on the share decides"


def plan(
    answers: Answers,
    resolved: Resolved,
    *,
    base_text: str | None = None,
    kept_text: str | None = None,
    warnings: Iterable[Problem] = (),
    steps: tuple[Step, ...] = STEPS,
) -> tuple[OutputFile, ...]:
    """Return the files; raises ``InvalidAnswersError`` for a value or an imported file that cannot be written."""
    before = kept_text if kept_text is not None else base_text
    common = env_text(answers, resolved, before, {}, steps)
    files = [OutputFile(".env", common.encode(), True)]
    for row in answers.rows("nodes"):
        own = node_variables(answers, row, steps)
        if own:
            head = NODE_HEAD.format(name=row["name"])
            text = env_text(answers, resolved, head + common.removeprefix(HEAD), own, steps)
            files.append(OutputFile(f"nodes/{row['name']}.env", text.encode(), True))
    if answers.text("balancer.kind") in FILES:
        path, text_of = FILES[answers.text("balancer.kind")]
        files.append(OutputFile(path, text_of(answers).encode()))
    files.append(OutputFile("systemd/nocobase.service", unit(answers).encode()))
    files.append(OutputFile("answers.toml", dump(answers, steps).encode()))
    names = [file.path for file in files]
    with using(answers.text("output.language")):
        files.append(OutputFile("SUMMARY.md", summary(answers, warnings, steps, names).encode()))
        files.append(OutputFile("RUNBOOK.md", runbook(answers, steps).encode()))
    return tuple(files)


def env_text(
    answers: Answers, resolved: Resolved, before: str | None, own: dict[str, str], steps: tuple[Step, ...] = STEPS
) -> str:
    """Return one env file: merged into what was there, or fresh."""
    wanted = blocks(answers, resolved, steps, own)
    if before is None:
        return _with_left_out(f"{HEAD}\n{compose(wanted)}", resolved)
    names = {name for block in wanted for name, *_rest in block.entries}
    try:
        gone = broken_addresses(read_dotenv(before), names) | removals(answers, resolved, names, steps)
        return _with_left_out(merge(before, wanted, gone), resolved)
    except MergeError as fault:
        raise InvalidAnswersError((Problem("app.base_env", str(fault)),)) from None


def _with_left_out(text: str, resolved: Resolved) -> str:
    """Say in an env file which keys it leaves out on purpose, so that lint and people do not miss them; twice changes nothing."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    for name, value in resolved.values.items():
        line = LEFT_OUT.format(name=name) + line_end
        if value is not None:
            text = text.replace(line, "")
        elif line not in text:
            text += line
    return text
