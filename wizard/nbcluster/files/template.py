"""The configuration files as templates: each lies in ``templates/`` under the name of the file that is written, plus ``.j2``.

``compiled/`` holds each as the module that jinja2 makes of it, which takes longer than all the rest of a file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache, wraps
from importlib import import_module
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from nbcluster.env.readers import quote
from nbcluster.files import words
from nbcluster.text import LANGUAGES, _, using

if TYPE_CHECKING:
    from jinja2 import Environment, Template


class Written(str):
    """Text that a filter has made fit for its file."""

    __slots__ = ()


def comment(message: str) -> str:
    """Return a message as lines of comment: a line feed in it, which a translation may hold, begins another one."""
    return "\n".join(f"# {line}".rstrip() for line in message.splitlines())


FILTERS: Mapping[str, Callable[..., str]] = {
    "ansible": words.ansible,
    "ansible_folded": words.ansible_folded,
    "bare": words.bare,
    "caddy": words.caddy,
    "comment": comment,
    "compose": words.compose,
    "flow": words.flow,
    "haproxy": words.haproxy,
    "haproxy_string": words.haproxy_string,
    "mount_unit": words.mount_unit,
    "nginx": words.nginx,
    "shell": words.shell,
    "systemd": words.systemd,
    "systemd_command": words.systemd_command,
    "yaml": quote,
}
"""The filters, by the language of the place where a value is inserted."""


def render(path: str, language: str, **values: object) -> str:
    """Return the text of the file that is written at ``path``, with comments in a language of ``LANGUAGES``.

    An unknown language means English: files are also rendered for checks while rules are broken.
    Raises ``TypeError`` for text that passed no filter, and jinja2's ``UndefinedError`` for a name that has no value.
    """
    with using(language if language in LANGUAGES else "en"):
        return environment().get_template(f"{path}.j2").render(values)


@cache
def environment() -> Environment:
    """Return what all templates are read with: made at the first file, because jinja2 takes a tenth of a second to load."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined, __version__

    class Loader(FunctionLoader):
        """Takes a template that is compiled and up to date as it is."""

        def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002 - jinja2's name
            module = _compiled(name, __version__)
            if module is None:
                return super().load(environment, name, globals)
            return environment.template_class.from_module_dict(environment, module, globals or {})

    # no HTML: each place names the filter of its own language, and a value without one is refused
    made = Environment(  # noqa: S701
        loader=Loader(source),
        undefined=StrictUndefined,
        finalize=_filtered,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {name: _marked(function) for name, function in FILTERS.items()}
    made.globals["_"] = _
    return made


def source(name: str) -> str:
    """Return the text of a template."""
    return resources(__package__).joinpath("templates", *name.split("/")).read_text("utf-8")


def module_of(name: str) -> str:
    """Return the name of the module in ``compiled`` that a template becomes."""
    return re.sub(r"[^a-z0-9]", "_", name.removesuffix(".j2").lower().replace("/", "__"))


def state_of(text: str, version: str) -> str:
    """Return what a compiled template is up to date with: its text, and the jinja2 that it runs with."""
    return hashlib.sha256(f"{version} {text}".encode()).hexdigest()


def _compiled(name: str, version: str) -> dict[str, Any] | None:
    """Return what stands in the module of a template, None where there is none that is up to date."""
    try:
        module = import_module(f"{__package__}.compiled.{module_of(name)}")
    except ImportError:
        return None
    return vars(module) if state_of(source(name), version) == getattr(module, "STATE", "") else None


def _marked(function: Callable[..., str]) -> Callable[..., Written]:
    from jinja2 import Undefined

    @wraps(function)
    def marked(value: Any) -> Written:
        # an undefined value raises with its name when it is rendered
        return Written(function(str(value) if isinstance(value, Undefined) else value))

    return marked


def _filtered(value: object) -> object:
    """Accept numbers and filtered text only."""
    from jinja2 import Undefined

    if isinstance(value, Written | Undefined) or type(value) is int:
        return value
    raise TypeError(f"{type(value).__name__} in a template without the filter of a language")
