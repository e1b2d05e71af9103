"""What we ship to the browser: read by Chromium 80, fetched from nowhere else, nothing inline, colours as measured."""

import re
from collections.abc import Iterator
from pathlib import Path

import django_htmx
import pytest
import tinycss2

from tools import vendor_assets

WEB = Path(__file__).resolve().parents[2] / "quanheng" / "web"
SHEETS = sorted((WEB / "static").rglob("*.css"))
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
COMPONENTS = sorted((WEB / "templates" / "components").glob("*.html"))
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"

# First version of Chromium that reads it, where that is after 80 (caniuse, chromestatus).
TOO_NEW_PROPERTY = {
    "aspect-ratio": 88, "inset": 87, "accent-color": 93, "appearance": 84, "content-visibility": 85, "row-gap": 84,
    "margin-inline": 87, "margin-block": 87, "padding-inline": 87, "padding-block": 87, "text-underline-offset": 87,
    "text-decoration-thickness": 87, "scrollbar-gutter": 94, "translate": 104, "rotate": 104, "scale": 104,
    "text-wrap": 114, "container-type": 105, "print-color-adjust": 136, "color-scheme": 81, "scrollbar-color": 121,
    "mask-image": 120, "mask": 120,
}  # fmt: skip
TOO_NEW_FUNCTION = {"color-mix", "oklch", "oklab", "lab", "lch", "hwb", "light-dark", "round", "mod"}
TOO_NEW_SELECTOR = re.compile(
    r":(?:is|where|has|focus-visible|user-invalid|user-valid|modal|popover-open|autofill)\b"
    r"|::(?:marker|file-selector-button|backdrop-)|&|:not\([^)]*,"
)
TOO_NEW_AT_RULE = {"layer", "container", "property", "scope", "starting-style"}
TOO_NEW_SCRIPT = re.compile(
    r"\.replaceAll\(|\.at\(|\?\?=|\|\|=|&&=|(?<![\w\"'])#[a-zA-Z_]\w*\s*[=(;]|\bstructuredClone\b|Object\.hasOwn\b|\.findLast"
    r"|Promise\.any\b|\bWeakRef\b|crypto\.randomUUID|\.replaceChildren\(|\.toSorted\(|\.toReversed\(|\.toSpliced\("
    r"|Intl\.Segmenter|static\s*\{|AbortSignal\.timeout|Array\.fromAsync|Object\.groupBy|\.inert\b|\bimport\s*\("
)
# Not too new, but against the content security policy or our habits.
FORBIDDEN_SCRIPT = re.compile(r"\beval\(|new Function\(|document\.write|\.innerHTML\s*=|\.style\b|setAttribute\(.style")


def rules_of(nodes: list[tinycss2.ast.Node]) -> Iterator[tinycss2.ast.Node]:
    """Every rule, also inside @media; a nested rule of a style block comes out as a parse error."""
    for node in nodes:
        yield node
        if node.type == "at-rule" and node.lower_at_keyword in ("media", "supports") and node.content is not None:
            yield from rules_of(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))


def functions_of(values: list[tinycss2.ast.Node]) -> Iterator[str]:
    for value in values:
        if value.type == "function":
            yield value.lower_name
            yield from functions_of(value.arguments)


def css_findings(sheet: str) -> list[str]:
    found: list[str] = []
    for rule in rules_of(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)):
        if rule.type == "error":
            found.append(f"parse error: {rule.message}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in TOO_NEW_AT_RULE:
            found.append(f"@{rule.lower_at_keyword}")
        elif rule.type == "qualified-rule":
            found += _rule_findings(rule)
    return found


def _rule_findings(rule: tinycss2.ast.QualifiedRule) -> list[str]:
    selector = tinycss2.serialize(rule.prelude).strip()
    found = [f"selector {selector}"] if TOO_NEW_SELECTOR.search(selector) else []
    declared: dict[str, str] = {}
    for entry in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
        if entry.type != "declaration":
            found.append(f"{selector}: {entry.type}")
            continue
        declared[entry.lower_name] = tinycss2.serialize(entry.value).strip()
        found += [f"{selector}: {name}()" for name in functions_of(entry.value) if name in TOO_NEW_FUNCTION]
        if entry.lower_name in TOO_NEW_PROPERTY:
            found.append(f"{selector}: {entry.lower_name}")
    if {"gap", "column-gap"} & set(declared) and "flex" in declared.get("display", ""):
        found.append(f"{selector}: gap in a flex box")
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheet_is_read_by_chromium_80(sheet: Path) -> None:
    assert css_findings(sheet.read_text()) == []


@pytest.mark.parametrize(
    ("css", "finding"),
    [
        ("a{color:color-mix(in srgb,red,blue)}", "a: color-mix()"),
        ("a:is(b){color:red}", "selector a:is(b)"),
        ("a:not(b,c){color:red}", "selector a:not(b,c)"),
        ("a{inset:0}", "a: inset"),
        ("a{display:flex;gap:4px}", "a: gap in a flex box"),
        ("@media print{@layer x{a{color:red}}}", "@layer"),
        ("@media print{a{width:calc(oklch(1 2 3))}}", "a: oklch()"),
    ],
)
def test_lint_of_sheets_finds(css: str, finding: str) -> None:
    assert css_findings(css) == [finding]


def test_nesting_is_found() -> None:
    assert css_findings("a{color:red;&:hover{color:blue}}") != []


def test_flex_gap_is_not_hidden_in_another_rule() -> None:
    """A box that gets `gap` in one rule must be a grid in that rule or in another rule of the same selector."""
    displays: dict[str, set[str]] = {}
    gaps: set[str] = set()
    for sheet in (path for path in SHEETS if path.parent.name == "quanheng"):
        for rule in rules_of(tinycss2.parse_stylesheet(sheet.read_text(), skip_comments=True, skip_whitespace=True)):
            if rule.type != "qualified-rule":
                continue
            declared = {
                entry.lower_name: tinycss2.serialize(entry.value).strip()
                for entry in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
                if entry.type == "declaration"
            }
            for selector in tinycss2.serialize(rule.prelude).split(","):
                displays.setdefault(selector.strip(), set()).add(declared.get("display", ""))
                gaps |= {selector.strip()} if "gap" in declared else set()
    grids = {selector for selector, found in displays.items() if found & {"grid", "inline-grid"}}
    assert {selector for selector in gaps if selector not in grids} == {".columns.half"} & gaps


@pytest.mark.parametrize("script", [*SCRIPTS, HTMX], ids=lambda path: path.name)
def test_script_is_read_by_chromium_80(script: Path) -> None:
    assert [found[0] for found in TOO_NEW_SCRIPT.finditer(script.read_text())] == []


@pytest.mark.parametrize(
    "code", ["a.replaceAll(b, c)", "a.at(-1)", "a ??= b", "class A { #x = 1; }", "Object.hasOwn(a, b)", "import('x')"]
)
def test_lint_of_scripts_finds(code: str) -> None:
    assert TOO_NEW_SCRIPT.search(code)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_keeps_the_policy(script: Path) -> None:
    assert [found[0] for found in FORBIDDEN_SCRIPT.finditer(script.read_text())] == []


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS, *TEMPLATES], ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    text = re.sub(r"/\*!?.*?\*/", "", path.read_text(), flags=re.DOTALL).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:https?:)?//[a-z][\w.-]*\.[a-z]{2,}|@import", text) == []


def markup(template: Path) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_template_has_nothing_inline_and_is_short(template: Path) -> None:
    text = markup(template)
    assert re.findall(r"<[^>]*\s(style|on[a-z]+|hx-on[:a-z-]*)\s*=", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == []
    assert "<style" not in text
    assert "javascript:" not in text
    assert text.count("\n") + 1 <= 150


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_chinese_of_a_template_is_wrapped(template: Path) -> None:
    """Chinese outside translate tags cannot be switched to English. Samples and the name of a language are meant."""
    if template.name.startswith("stor"):
        return
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", markup(template), flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL).replace('lang="zh-CN">中文<', "<")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


@pytest.mark.parametrize(
    "template", sorted((WEB / "templates" / "components").glob("*.html")), ids=lambda path: path.name
)
def test_component_says_its_parameters_first(template: Path) -> None:
    head = re.sub(r"^({% load [\w ]+ %})?\s*", "", template.read_text())
    assert head.startswith("{% comment %}")


def test_sheets_are_small() -> None:
    assert max(sheet.read_text().count("\n") for sheet in SHEETS) <= 400
    assert sum(len(sheet.read_bytes()) for sheet in SHEETS) < 90_000


@pytest.mark.skipif(not vendor_assets.PACKAGE.exists(), reason="npm ci has not been run")
def test_vendored_sheet_is_that_of_the_lock_file() -> None:
    assert vendor_assets.TARGET.read_text() == vendor_assets.made()


def token(name: str) -> str:
    sheet = (WEB / "static" / "quanheng" / "tokens.css").read_text()
    found = re.search(rf"--{name}: (#[0-9A-F]{{6}});", sheet)
    assert found, name
    return found[1]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str) -> float:
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 1)


@pytest.mark.parametrize(
    ("name", "ratio"),
    [
        ("ink", 16.1), ("ink2", 8.1), ("ink3", 5.7), ("ctl", 3.5), ("accent", 8.7), ("met", 6.5), ("not-met", 7.0),
        ("unknown", 6.4), ("person", 8.4), ("danger", 7.4), ("dots", 3.8),
    ],
)  # fmt: skip
def test_contrast_on_white_is_as_designed(name: str, ratio: float) -> None:
    assert contrast(token(name), "#FFFFFF") == ratio


@pytest.mark.parametrize(
    ("name", "ratio"), [("met", 5.7), ("not-met", 6.1), ("unknown", 5.7), ("person", 7.1), ("danger", 6.3)]
)
def test_contrast_on_its_own_tint_is_as_designed(name: str, ratio: float) -> None:
    assert contrast(token(name), token(f"{name}-tint")) == ratio


@pytest.mark.parametrize("back", ["ground", "sunken", "head", "selection", "tint"])
@pytest.mark.parametrize("front", ["ink", "ink2", "ink3", "accent"])
def test_text_is_readable_on_every_ground(front: str, back: str) -> None:
    assert contrast(token(front), token(back)) >= 4.5
