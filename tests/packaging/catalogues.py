"""The message catalogues: ``python -m tests.packaging.catalogues update`` or ``check``.

Both packages use one domain. The template (.pot), the catalogues (.po) and the compiled ones (.mo) are committed,
without dates and line numbers, so that they change only when a message does.
"""

from __future__ import annotations

import string
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = ("wizard/nbcluster", "screens/nbcluster_tui")
LOCALE = REPOSITORY / "wizard/nbcluster/locale"
TEMPLATE = LOCALE / "nbcluster.pot"
LANGUAGES = ("zh_CN",)
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
# as the templates are read; without silent a template that does not parse would lose its messages without a word
OPTIONS = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "false", "silent": "false"}}
HINT = "run: make translations"
# Fixed, so that collecting the same messages again gives the same bytes.
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        header_comment="# Messages of nbcluster.",
        project="nbcluster",
        version="1",
        copyright_holder="",
        msgid_bugs_address="nbcluster",
        last_translator="nbcluster",
        language_team=language or "",
        charset="utf-8",
        creation_date=EPOCH,
        revision_date=EPOCH,
        fuzzy=False,
    )


def collect() -> Catalog:
    """Return a template with every marked message of both packages."""
    catalogue = _empty(None)
    for source in SOURCES:
        folder = REPOSITORY / source
        found = extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS, ("Translators:",), strip_comment_tags=True)
        for name, _line, message, comments, context in found:
            catalogue.add(message, locations=[(f"{source}/{Path(name).as_posix()}", 0)], auto_comments=comments, context=context)
    return catalogue


def po_text(catalogue: Catalog) -> bytes:
    """Return a catalogue as the bytes of its file: sorted, with file names and without line numbers."""
    output = BytesIO()
    write_po(output, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return output.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return the compiled form of a catalogue."""
    output = BytesIO()
    write_mo(output, catalogue)
    return output.getvalue()


def po_file(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "nbcluster.po"


def read(language: str) -> Catalog:
    """Return a language's catalogue as it is on disk; an empty one if there is none."""
    path = po_file(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def placeholders(text: str) -> set[str]:
    """Return the names in braces of a message; a brace that cannot be read counts as one of its own."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"unreadable"}


def translation_faults(message: Message) -> list[str]:
    """Return what is wrong with one translation: missing, uncertain, or with other placeholders than the original."""
    forms = _forms(message.string or "")
    name = _forms(message.id)[0][:60]
    if message.fuzzy:
        return [f"uncertain (fuzzy): {name!r}"]
    if not all(forms):
        return [f"not translated: {name!r}"]
    allowed = set().union(*(placeholders(original) for original in _forms(message.id)))
    # A plural form may leave a count out ("one node"); everything else stands in each form.
    needed = set.intersection(*(placeholders(original) for original in _forms(message.id)))
    return [
        f"placeholders {sorted(placeholders(form))} for {sorted(allowed)}: {name!r}"
        for form in forms
        if not needed <= placeholders(form) <= allowed
    ]


def check() -> list[str]:
    """Return everything that is not up to date or not complete, each as one line."""
    template = collect()
    found = []
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != po_text(template):
        found.append(f"{TEMPLATE.relative_to(REPOSITORY)} is not what the code says; {HINT}")
    marked = {message.id for message in template if message.id}
    for language in LANGUAGES:
        path = po_file(language)
        if not path.exists():
            found.append(f"{path.relative_to(REPOSITORY)} is missing; {HINT}")
            continue
        catalogue = read(language)
        known = {message.id for message in catalogue if message.id}
        if known != marked:
            found.append(f"{language}: {len(marked - known)} messages are missing, {len(known - marked)} are too many; {HINT}")
        found += [f"{language}: {fault}" for message in catalogue if message.id for fault in translation_faults(message)]
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != mo_bytes(catalogue):
            found.append(f"{compiled.relative_to(REPOSITORY)} is not compiled from its source; {HINT}")
    return found


def update() -> list[str]:
    """Write template, catalogues and compiled catalogues; returns what still wants a translator."""
    template = collect()
    LOCALE.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(po_text(template))
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_text(catalogue))
        path.with_suffix(".mo").write_bytes(mo_bytes(read(language)))
    return check()


def main(word: str) -> int:
    """Do what the word says (``update``, ``check``), print what is wrong, return 1 if ``check`` finds anything."""
    found = update() if word == "update" else check()
    print("\n".join(found) or "catalogues: complete")
    return bool(found) and word != "update"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
