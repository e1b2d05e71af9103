"""The pictures of the README, from a demo city that is being served (`make demo`). Leaves one import waiting in it.

uv run python -m tools.readme_pictures --base http://127.0.0.1:8000
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools.screenshots import CHROMIUM, FLAGS, sign_in

TARGET = Path("docs/screenshots")
TREE = ("松涧县", "县政府工作部门")
CADRE = "沈砚秋"


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    path = TARGET / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, kmeans=3)  # a third of the size
    small.save(path, optimize=True)


def people_list(page: Page, base: str) -> None:
    page.goto(base + "/desk/people/?scope=all")
    for name in TREE:
        page.locator(".node-row", has_text=name).first.click()
    for number in (0, 1, 4):
        page.locator("[data-select]").nth(number).check()
    save(page, "people-list-1440")


def dossier(page: Page) -> None:
    page.locator("#global-search").fill(CADRE)
    page.locator("[data-hit]").first.click()
    page.wait_for_url("**/desk/people/*-*/")
    save(page, "dossier-1440")


def screening(page: Page, base: str) -> None:
    page.goto(base + "/desk/screening/?target=post:county_deputy", timeout=120_000)  # worked out on the first ask
    page.locator("td.c-cell .v-not-met a").first.click()
    page.locator(".evidence .claim").wait_for()
    save(page, "screening-1440")


def import_review(page: Page, base: str, samples: Path) -> None:
    page.goto(base + "/desk/imports/new/")
    page.locator("input[type=file]").set_input_files(sorted(samples.glob("*.lrmx")))
    page.get_by_role("button", name="读取文件").click()
    page.get_by_role("link", name="下一步：核对").first.click(timeout=60_000)
    save(page, "import-1440")


def take_all(browser: Browser, base: str, samples: Path) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    sign_in(page, base, "lin")
    people_list(page, base)
    dossier(page)
    screening(page, base)
    import_review(page, base, samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    base = parser.parse_args().base
    with tempfile.TemporaryDirectory() as samples, sync_playwright() as playwright:
        subprocess.run([sys.executable, "-m", "quanheng.cli", "demo", "samples", samples], check=True)  # noqa: S603  ours
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take_all(browser, base, Path(samples))
        browser.close()


if __name__ == "__main__":
    main()
