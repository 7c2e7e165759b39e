"""Faithful models of the programs that read an env file: what each makes of a text (nocobase.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbcluster.env.grammar import read_dotenv
from nbcluster.env.readers.bash import read_bash
from nbcluster.env.readers.compose import read_compose
from nbcluster.env.readers.kubernetes import quote, read_stringdata
from nbcluster.env.readers.line import read_docker, read_nb
from nbcluster.env.readers.model import Reader, UnreadableError, whole
from nbcluster.env.readers.systemd import read_systemd

READERS: Mapping[Reader, Callable[[str], dict[str, str]]] = {
    Reader.DOTENV: lambda text: read_dotenv(whole(text)),
    Reader.NB: read_nb,
    Reader.DOCKER: read_docker,
    Reader.COMPOSE: read_compose,
    Reader.BASH: read_bash,
    Reader.SYSTEMD: read_systemd,
    Reader.KUBERNETES: read_stringdata,
}


def read(reader: Reader, text: str) -> dict[str, str]:
    """Return the variables that a reader takes from a text; raises ``UnreadableError`` where it stops or would act."""
    return READERS[reader](text)


__all__ = ["READERS", "Reader", "UnreadableError", "quote", "read", "whole"]
