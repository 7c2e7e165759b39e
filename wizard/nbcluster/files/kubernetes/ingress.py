"""The Ingress takes the form of its class: WebSocket, large uploads, long requests, repeated only where that is safe (nocobase.md §7.4)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers


def is_traefik(answers: Answers) -> bool:
    """Tell whether the class belongs to Traefik, as far as its name tells."""
    return "traefik" in answers.text("kubernetes.ingress_class").lower()


def paths(answers: Answers) -> tuple[str, ...]:
    """Return what is proxied: everything below the public path, on a sub-path also ``/files/`` (nocobase.md §7.4)."""
    public = answers.text("app.public_path")
    return (public,) if public == "/" else (public, "/files/")
