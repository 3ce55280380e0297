"""A browser is asked until it shows what is expected: a click does not wait for the page it leads to."""

import ast
from collections.abc import Iterable

import pytest

from house.tree import all_python

READS = frozenset(
    {
        "all_inner_texts",
        "all_text_contents",
        "count",
        "get_attribute",
        "inner_html",
        "inner_text",
        "input_value",
        "is_checked",
        "is_disabled",
        "is_editable",
        "is_enabled",
        "is_hidden",
        "is_visible",
        "text_content",
    }
)
"""What Playwright reads at once, from whichever page is open just then."""


def read_once(files: Iterable[tuple[str, str]]) -> list[str]:
    """Assertions about a page that `expect` would have waited for."""
    return [
        f"{name}:{node.lineno} {node.func.attr}"
        for name, text in files
        if "playwright" in text or "browsing" in text
        for asserted in ast.walk(ast.parse(text))
        if isinstance(asserted, ast.Assert)
        for node in ast.walk(asserted.test)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS
    ]


def test_no_test_reads_a_page_once() -> None:
    assert read_once(all_python()) == []


@pytest.mark.parametrize("asserted", ["row.is_visible()", '"shipped" in page.locator("b").inner_text()'])
def test_a_page_that_is_read_once_is_found(asserted: str) -> None:
    head = "from playwright.sync_api import Page\n"
    assert len(read_once([("a.py", f"{head}assert {asserted}\n")])) == 1


def test_what_waits_and_what_is_no_page_are_none() -> None:
    head = "from playwright.sync_api import expect\n"
    assert read_once([("a.py", f"{head}expect(row).to_be_visible()\n")]) == []
    assert read_once([("a.py", "assert names.count() == 1\n")]) == []
