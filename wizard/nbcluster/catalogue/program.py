"""Outcomes of every check, whatever it checks: time, memory, the program that runs it."""

from __future__ import annotations

from nbcluster.catalogue.model import Outcome
from nbcluster.text import N_

OUTCOMES: dict[str, Outcome] = {
    "probe.needs": Outcome("skip", N_("not tested: it depends on {id}.{stage}, which did not pass")),
    "probe.skipped": Outcome("skip", N_("skipped: {reason}")),
    "probe.cancelled": Outcome("skip", N_("not tested: the run was cancelled")),
    "probe.deadline": Outcome(
        "error",
        N_("no verdict within the time limit"),
        N_("Passed before the time was over: {reached}."),
        N_("Run the check again, with a longer --timeout if the network is slow."),
    ),
    "probe.late": Outcome(
        "error",
        N_("no verdict within the time limit"),
        N_("This machine was too busy to start or finish the check in time. Passed: {reached}."),
        N_("Run the check again, with a longer --timeout."),
    ),
    "probe.slow": Outcome(
        "error",
        N_("this machine is too busy: the program that runs the checks did not start in time"),
        N_("Nothing was asked of the server, so nothing is known about it."),
        N_("Run the check again when this machine has less to do."),
    ),
    "probe.died": Outcome(
        "error",
        N_("the process that ran this check ended without a verdict"),
        N_("Passed before: {reached}. The process said last: {said}"),
        N_("Run the check again. If it happens each time, the server's answers are not what a client expects."),
    ),
    "probe.memory": Outcome(
        "error",
        N_("{host}:{port} sent more than the check may keep in memory"),
        "",
        N_("No server of this kind answers so much: look at what listens on that port."),
    ),
    "probe.announced": Outcome(
        "error",
        N_("{host}:{port} does not answer as a server of this kind does"),
        N_("It began with: {seen}"),
        N_("Check host and port: another service may listen there."),
    ),
    "probe.flood": Outcome(
        "error",
        N_("{host}:{port} sent without end and was cut off"),
        N_("It began with: {seen}"),
        N_("No server of this kind answers so much: look at what listens on that port."),
    ),
    "probe.nested": Outcome(
        "error",
        N_("{host}:{port} sent an answer that is nested too deeply to be read"),
        "",
        N_("Look at what listens on that port."),
    ),
    "probe.nonsense": Outcome(
        "error",
        N_("{host}:{port} does not answer as a server of this kind does"),
        N_("It began with: {seen} ({reason})"),
        N_("Check host and port: another service may listen there."),
    ),
}
