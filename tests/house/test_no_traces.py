"""No code of the product writes an error's text or a frame's values where it cannot tell what they quote."""

import ast

import pytest

from house.tree import SRC, python_files

_CALLS = frozenset(
    {
        "exception", "format_exc", "print_exc", "format_exception", "print_exception",
        "format_exception_only", "TracebackException", "print_last", "print_stack",
        "format_stack", "dump_traceback",
    }
)  # fmt: skip
_NAMES = frozenset({"exc_info", "stack_info", "capture_locals"})


def traces(text: str) -> list[str]:
    """The names of what code calls or passes to have a trace written."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [name] if name in _CALLS else []
            found += [given.arg for given in node.keywords if given.arg in _NAMES]
    return found


def test_nothing_writes_a_trace() -> None:
    written = {name: traces(text) for name, text in python_files(SRC)}
    assert {name: found for name, found in written.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        "log.exception('it failed')",
        "log.error('it failed', exc_info=True)",
        "print(traceback.format_exc())",
        "from traceback import TracebackException\nTracebackException.from_exception(e, capture_locals=True)",
    ],
)
def test_a_trace_is_found(text: str) -> None:
    assert traces(text)
