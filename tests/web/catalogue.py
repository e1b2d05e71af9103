"""Readers for the proofs of the catalogue: the `.po` file, and every message that the sources ask for.

Own ones, since the fast tests run without gettext; a message is (context, Chinese text).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2] / "quanheng"
FOLDER = ROOT / "web" / "locale" / "en" / "LC_MESSAGES"
Message = tuple[str, str]
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


@dataclass
class Translation:
    context: str = ""
    chinese: str = ""
    plural: str = ""
    english: list[str] = field(default_factory=list)
    is_fuzzy: bool = False
    is_obsolete: bool = False


def read_po(text: str) -> Iterator[Translation]:
    for block in text.split("\n\n"):
        found = Translation(is_fuzzy="#, fuzzy" in block, is_obsolete="#~" in block)
        for name, literal in re.findall(r'^(msg\w+)(?:\[\d\])?((?:\s"(?:.*)"$)+)', block, flags=re.MULTILINE):
            _put(found, name, "".join(ast.literal_eval(line) for line in literal.strip().splitlines()))
        if found.chinese:
            yield found


def _put(found: Translation, name: str, text: str) -> None:
    match name:
        case "msgctxt":
            found.context = text
        case "msgid":
            found.chinese = text
        case "msgid_plural":
            found.plural = text
        case "msgstr":
            found.english.append(text)


def messages_of_sources() -> set[Message]:
    python = (message for path in ROOT.rglob("*.py") for message in _of_code(path.read_text()))
    pages = (path for path in (ROOT / "web" / "templates").rglob("*.html") if not path.name.startswith("stor"))
    return {*python, *(message for path in pages for message in _of_code(_code_of(path.read_text())))}


def _code_of(template: str) -> str:
    """Django's own rewriting of a template for xgettext, of which the calls are kept."""
    calls = re.findall(r"\b(?:n?p?gettext|_)\([^\n]*?\)(?= |$)", templatize(template), flags=re.MULTILINE)
    return "\n".join(calls)


def _of_code(code: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if node.func.id in SINGLE | PLURAL and texts:
                yield "", texts[0]
            elif node.func.id in WITH_CONTEXT and len(texts) > 1:
                yield texts[0], texts[1]
