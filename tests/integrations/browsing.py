"""A real browser that shows what our doors answer, headers and all, and tells of whatever it complains about."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ADDRESS = "https://clinic.example/handout"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SAFE = ("--no-sandbox", "--disable-background-networking")


@dataclass
class Shown:
    """A page as the browser shows it, what it complained of, and what it would have fetched."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def count(self, selector: str) -> int:
        return self.page.locator(selector).count()

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]


@dataclass
class Browsing:
    browser: Browser

    @contextmanager
    def show(self, html: str, headers: Mapping[str, str]) -> Iterator[Shown]:
        """Show a page under the headers that it is sent with; nothing else is there to be fetched."""
        page = self.browser.new_page()
        shown = Shown(page)
        page.on("console", lambda message: shown.complaints.append(message.text))
        page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (shown.complaints.append(dialog.message), dialog.dismiss()))

        def answer(route: object) -> None:
            if route.request.url == ADDRESS:  # type: ignore[attr-defined]
                route.fulfill(body=html, headers={**headers, "Content-Type": "text/html; charset=utf-8"})  # type: ignore[attr-defined]
            else:
                shown.fetched.append(route.request.url)  # type: ignore[attr-defined]
                route.abort()  # type: ignore[attr-defined]

        page.route("**/*", answer)
        page.goto(ADDRESS)
        try:
            yield shown
        finally:
            page.close()


@contextmanager
def opened() -> Iterator[Browsing]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=SAFE)
        try:
            yield Browsing(browser)
        finally:
            browser.close()


def chromium() -> str:
    """Return the browser that HEP_CHROMIUM names, else one of this machine; fail with what to install."""
    named = os.environ.get("HEP_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("No Chromium is here. Install it (Debian: apt install chromium), or name one by HEP_CHROMIUM.")
    return found
