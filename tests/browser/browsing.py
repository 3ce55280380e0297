"""Chromium, as the tests of this folder lead it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium here, so pages, live updates and forms were not tried in a browser",
)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def sign_in(page: Page, link: str) -> None:
    """Signs in with a link, and waits for the page that follows: a click does not."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@contextmanager
def signed_in(link: str, *, expected: tuple[str, ...] = ()) -> Iterator[Page]:
    """Opens a page that has just signed in.

    At the end it fails if the browser complained of anything but what is expected, such as about the CSP.
    """
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_context().new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, link)
        yield page
        browser.close()
    assert [text for text in complaints if not any(each in text for each in expected)] == []
