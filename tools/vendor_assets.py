"""Makes quanheng/web/static/vendor/tabler-part.css from the @tabler/core of package-lock.json.

Tabler's sheet is 635 KB, much of it newer than Chromium 80. We take its reset and its form controls, and of these only
the rules that Chromium 80 reads. The result is committed, so that neither `make demo` nor a page needs npm; a test
compares it whenever node_modules is there. Run after `npm ci`: uv run python tools/vendor_assets.py
"""

import json
import re
from pathlib import Path

import tinycss2

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@tabler" / "core"
TARGET = ROOT / "quanheng" / "web" / "static" / "vendor" / "tabler-part.css"

ELEMENT = re.compile(r"(?:\*|[a-z][a-z0-9]*)?(?:\[[a-z]+(?:=[\"a-z-]+)?\])?(?:::?[a-z-]+)*")
CONTROL = re.compile(
    r"\.form-(?:control|select|check-input)(?:::?[a-z-]+)*(?:\[[a-z]+(?:=[a-z\"]+)?\])*(?:::?[a-z-]+)*"
)
TOO_NEW = re.compile(
    r"color-mix\(|oklch\(|:has\(|:is\(|:where\(|:focus-visible|\binset\b|aspect-ratio|light-dark\(|@layer|@container"
    r"|\b(?:min|max|clamp)\(.*%.*var|:not\([^)]*,|\bgap\b|::file-selector-button|accent-color|(?<!-)appearance"
    r"|(?<!-)print-color-adjust|color-scheme|(?<!-)mask|margin-inline:|float:\s*inline"
)
HEADER = """/*! Part of Tabler {version} (https://tabler.io), MIT licence, see tabler-LICENSE.txt: its reset and form
    controls, without the rules that Chromium 80 does not read. Made by tools/vendor_assets.py from the package that
    package-lock.json names. */
"""


def version() -> str:
    return str(json.loads((PACKAGE / "package.json").read_text())["version"])


def part_of(sheet: str) -> str:
    """The wanted rules, in their order, with the variables they use in front."""
    rules = list(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))
    kept = [text for rule in rules if rule.type == "qualified-rule" and (text := _wanted(rule))]
    variables = _variables(rules)
    used = _used(kept, variables)
    root = "".join(f"{name}:{value};" for name, value in variables.items() if name in used)
    return ":root{" + root + "}\n" + "\n".join(kept) + "\n"


def _wanted(rule: tinycss2.ast.QualifiedRule) -> str:
    selectors = [part.strip() for part in tinycss2.serialize(rule.prelude).split(",")]
    selectors = [part for part in selectors if ELEMENT.fullmatch(part) or CONTROL.fullmatch(part)]
    selectors = [part for part in selectors if part and not part.startswith(":root") and not TOO_NEW.search(part)]
    declarations = [
        f"{entry.name}:{tinycss2.serialize(entry.value).strip()}"
        for entry in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
        if entry.type == "declaration" and not TOO_NEW.search(f"{entry.name}:{tinycss2.serialize(entry.value)}")
    ]
    return f"{','.join(selectors)}{{{';'.join(declarations)}}}" if selectors and declarations else ""


def _variables(rules: list[tinycss2.ast.Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for rule in rules:
        if rule.type != "qualified-rule" or not tinycss2.serialize(rule.prelude).strip().startswith(":root"):
            continue
        for entry in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
            value = tinycss2.serialize(entry.value).strip() if entry.type == "declaration" else ""
            if value and entry.name.startswith("--") and not TOO_NEW.search(value):
                found[entry.name] = value
    return found


def _used(kept: list[str], variables: dict[str, str]) -> set[str]:
    wanted = set(re.findall(r"var\((--[a-z0-9-]+)", "".join(kept)))
    while (
        more := {name for each in wanted for name in re.findall(r"var\((--[a-z0-9-]+)", variables.get(each, ""))}
        - wanted
    ):
        wanted |= more
    return wanted


def made() -> str:
    return HEADER.format(version=version()) + part_of((PACKAGE / "dist" / "css" / "tabler.css").read_text())


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(made())
