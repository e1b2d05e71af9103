"""Pictures of pages of a running demo, to look at and for the README.

    uv run python tools/screenshots.py --as lin --to /tmp/shots /desk/people/ /desk/today/
    uv run python tools/screenshots.py --widths 1440 --grey --pdf --full --to /tmp/shots /stories/

--as names a persona of the sign-in page (demo mode); a path may be written name=path to name its picture.
"""

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHTS = {1440: 900, 1366: 768, 390: 844, 360: 780}


def sign_in(page: Page, base: str, persona: str) -> None:
    page.goto(base + "/sign-in/")
    page.locator(f'form:has(input[name="persona"][value="{persona}"]) button').click()
    page.wait_for_load_state("networkidle")


def name_of(path: str) -> tuple[str, str]:
    """`people=/desk/people/?page=2` -> (people, path); without a name the path makes it."""
    found = re.match(r"([\w-]+)=(/.*)", path)
    if found:
        return found[1], found[2]
    return re.sub(r"[^\w-]+", "-", path).strip("-") or "front", path


def report(message: ConsoleMessage) -> None:
    if message.type in ("error", "warning"):
        print("console:", message.text, file=sys.stderr)  # noqa: T201  a command line tool


def take(page: Page, base: str, path: str, target: Path, options: argparse.Namespace) -> None:
    page.goto(base + quote(path, safe="/?&=%#"))
    page.wait_for_load_state("networkidle")
    if options.grey:
        page.evaluate("document.documentElement.style.filter = 'grayscale(1)'")
    page.screenshot(path=target.with_suffix(".png"), full_page=options.full)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        print(f"{target.name}: scrolls sideways by {wide} px", file=sys.stderr)  # noqa: T201
    if options.pdf:
        page.pdf(path=target.with_suffix(".pdf"), prefer_css_page_size=True)


def shoot(browser: Browser, options: argparse.Namespace) -> None:
    for width in options.widths:
        size = {"width": width, "height": HEIGHTS.get(width, 900)}
        context = browser.new_context(viewport=size, locale=options.language, bypass_csp=options.grey)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", report)
        if options.persona:
            sign_in(page, options.base, options.persona)
        for path in options.paths:
            name, where = name_of(path)
            take(page, options.base, where, options.to / f"{name}-{width}{'-grey' if options.grey else ''}", options)
        context.close()


def widths(text: str) -> list[int]:
    return [int(width) for width in text.split(",")]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--as", dest="persona", default="")
    parser.add_argument("--to", type=Path, default=Path("docs/screenshots"))
    parser.add_argument(
        "--widths", type=lambda text: [int(width) for width in text.split(",")], default=[1440, 1366, 390]
    )
    parser.add_argument("--language", default="zh-CN")
    parser.add_argument("--grey", action="store_true", help="as a greyscale print")
    parser.add_argument("--full", action="store_true", help="the whole page, not one screen")
    parser.add_argument("--pdf", action="store_true", help="also as printed")
    return parser.parse_args()


def main() -> None:
    options = read_arguments()
    options.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        shoot(browser, options)
        browser.close()


if __name__ == "__main__":
    main()
