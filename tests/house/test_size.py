"""Small modules, said reasons, and no word about anything but the project.

Words that must not stand in the project have a `~` in them here, so that this file keeps the rules too.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

import pytest

from house.tree import SIMULATOR, SRC, all_python, ours, python_files, shown

LONGEST_FILE = 400
LONGEST_BODY = 50


def whole(text: str) -> str:
    """A text that is not to stand here as it is."""
    return text.replace("~", "")


MARKS = re.compile(whole(r"\b(?:TO~DO|FIX~ME|X~XX)\b"))
MACHINE_PATHS = re.compile(whole(r"(?<![\w./-])/(?:wo~rk|ro~ot|ho~me|Us~ers)/[\w.-]+|\b[A-Z]:\\Users"))
REGISTRIES = re.compile(
    whole(
        r"py~pi\.org|pythonhos~ted\.org|npm~js\.(?:com|org)|yarn~pkg\.com|un~pkg\.com|cra~tes\.io|jsde~livr\.net"
        r"|proxy\.go~lang\.org"
    )
)
MAKING_OF = re.compile(
    whole(
        r"\b(?:sub-?ag~ents?|(?:an|the|ai|coding) ag~ents?|session~ id|foun~ders?"
        r"|iss~ue #?\d+|language~ models?|LL~Ms?|AI-gener~ated|co-auth~ored-by)\b"
    ),
    re.IGNORECASE,
)
"""How or by whom the project is made; it speaks of itself alone."""
_IGNORES = re.compile(
    r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?)(.*)"
)
_REASON = re.compile(r"[A-Za-z]{3,}")

Functions = ast.FunctionDef | ast.AsyncFunctionDef


def long_files(files: Iterable[tuple[str, str]]) -> list[str]:
    """Files that hold more than one verb or noun, by their length."""
    lengths = {name: len(text.splitlines()) for name, text in files}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST_FILE]


def long_bodies(files: Iterable[tuple[str, str]]) -> list[str]:
    """Functions whose bodies, without the docstring, are too long to be seen at once."""
    return [
        f"{name}:{node.lineno} {node.name}: {length} lines"
        for name, text in files
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Functions) and (length := _body_length(node)) > LONGEST_BODY
    ]


def _body_length(node: Functions) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def hits(files: Iterable[tuple[str, str]], pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands."""
    return [
        f"{name}:{number} {found.group()}"
        for name, text in files
        for number, line in enumerate(text.splitlines(), start=1)
        for found in pattern.finditer(line)
    ]


def bare_ignores(files: Iterable[tuple[str, str]]) -> list[str]:
    """Comments that silence a checker and do not say why, on their own line of code."""
    return [
        f"{name}:{token.start[0]} {token.string}"
        for name, text in files
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        if (found := _IGNORES.match(token.string)) and not _says_why(found.group(1))
    ]


def _says_why(rest: str) -> bool:
    """A second silencer is no reason for the first."""
    return bool(_REASON.search(_IGNORES.sub(r"\1", rest)))


def undocumented(files: Iterable[tuple[str, str]]) -> list[str]:
    """Public modules, classes and functions without a docstring."""
    return [
        f"{name}: {what or 'the module'}"
        for name, text in files
        if text.strip()
        for what, node in _public(ast.parse(text), "")
        if ast.get_docstring(node) is None
    ]


def _public(
    node: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, ast.Module | ast.ClassDef | Functions]]:
    yield prefix, node
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_") and child.name != "Meta":
            yield from _public(child, f"{prefix}.{child.name}".lstrip("."))
        elif isinstance(child, Functions) and not child.name.startswith("_"):
            yield f"{prefix}.{child.name}".lstrip("."), child


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every text file of the project."""
    for path in ours():
        yield shown(path), path.read_text(encoding="utf-8")


def shipped() -> Iterator[tuple[str, str]]:
    """Every module of the product and of the simulator; not the migrations, which Django writes."""
    for folder in (SRC, SIMULATOR):
        for name, text in python_files(folder):
            if "/migrations/" not in name:
                yield f"{folder.name}/{name}", text


def test_no_file_is_too_long() -> None:
    assert long_files(all_python()) == []


def test_no_function_is_too_long() -> None:
    assert long_bodies(all_python()) == []


def test_nothing_is_marked_for_later() -> None:
    assert hits(texts(), MARKS) == []


def test_no_path_of_one_machine_is_named() -> None:
    assert hits(texts(), MACHINE_PATHS) == []


def test_no_package_registry_is_named() -> None:
    assert hits(texts(), REGISTRIES) == []


def test_the_project_speaks_of_itself_alone() -> None:
    assert hits(texts(), MAKING_OF) == []


def test_a_silenced_checker_is_told_why() -> None:
    assert bare_ignores(all_python()) == []


def test_everything_public_says_what_it_is() -> None:
    assert undocumented(shipped()) == []


def test_the_rules_look_at_the_whole_project() -> None:
    names = {name for name, _ in texts()}
    assert {"README.md", "Makefile", "src/dockseal/pipeline.py", "tests/house/test_size.py"} <= names
    assert not any(name.startswith((".venv/", ".git/")) for name in names)


# Each rule, broken once on purpose.


def test_a_file_with_a_line_too_many_is_found() -> None:
    assert long_files([("a.py", "x = 1\n" * 400)]) == []
    assert long_files([("a.py", "x = 1\n" * 401)]) == ["a.py: 401 lines"]


def test_a_function_with_a_line_too_many_is_found_and_its_docstring_is_not_counted() -> None:
    head = 'def act():\n    """What\n\n    it does."""\n'
    assert long_bodies([("a.py", head + "    x = 1\n" * 50)]) == []
    assert long_bodies([("a.py", head + "    x = 1\n" * 51)]) == ["a.py:1 act: 51 lines"]


def test_a_mark_for_later_is_found() -> None:
    mark = whole("FIX~ME")
    assert hits([("a.py", f"x = 1  # {mark} soon")], MARKS) == [f"a.py:1 {mark}"]
    assert hits([("a.md", f"{mark}_COUNT is a word of its own")], MARKS) == []


@pytest.mark.parametrize("path", ["/ro~ot/dockseal", "/ho~me/somebody/x", "see (/wo~rk/main)", "C:~\\Users"])
def test_a_path_of_one_machine_is_found(path: str) -> None:
    assert len(hits([("a.md", whole(path))], MACHINE_PATHS)) == 1


@pytest.mark.parametrize(
    "path", ["docs/home/page", "./root/x", "https://example.com/home/x", "/srv/data", "/homeward"]
)
def test_another_path_is_no_path_of_one_machine(path: str) -> None:
    assert hits([("a.md", path)], MACHINE_PATHS) == []


def test_a_package_registry_is_found() -> None:
    host = whole("py~pi.org")
    assert hits([("a.lock", f"x @ https://files.{host}/x.whl")], REGISTRIES) == [f"a.lock:1 {host}"]


@pytest.mark.parametrize(
    "text", ["written by an ag~ent", "see iss~ue #3", "the Foun~der commits", "two subag~ents"]
)
def test_a_word_about_the_making_is_found(text: str) -> None:
    assert len(hits([("a.md", whole(text))], MAKING_OF)) == 1


@pytest.mark.parametrize(
    "text", ["the user-agent header", "tokens are issued 3 times", "a session idles out"]
)
def test_a_word_about_the_project_is_none_about_its_making(text: str) -> None:
    assert hits([("a.md", text)], MAKING_OF) == []


@pytest.mark.parametrize("comment", ["type: ignore", "type: ignore[arg-type]", "noqa", "noqa: S101, S102"])
def test_a_silenced_checker_without_a_reason_is_found(comment: str) -> None:
    assert bare_ignores([("a.py", f"x = 1  # {comment}\n")]) == [f"a.py:1 # {comment}"]
    assert bare_ignores([("a.py", f"x = 1  # {comment}  # noqa: E501\n")]) != []


@pytest.mark.parametrize(
    "reason", ["  the base class names it", " - Django passes it", "  # a table by name"]
)
def test_a_silenced_checker_with_a_reason_is_none(reason: str) -> None:
    assert bare_ignores([("a.py", f"x = 1  # noqa: S101{reason}\n")]) == []
    assert bare_ignores([("a.py", f"x = 1  # type: ignore[arg-type]{reason}\n")]) == []


def test_an_ignore_inside_a_text_is_no_comment() -> None:
    assert bare_ignores([("a.py", "x = '# noqa'\n")]) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x = 1\n", "the module"),
        ('"""A."""\nclass Order:\n    x = 1\n', "Order"),
        ('"""A."""\ndef act():\n    return 1\n', "act"),
        (
            '"""A."""\nclass Order:\n    """An order."""\n    async def act(self):\n        return 1\n',
            "Order.act",
        ),
    ],
)
def test_a_missing_docstring_is_found(text: str, what: str) -> None:
    assert undocumented([("a.py", text)]) == [f"a.py: {what}"]


def test_what_is_private_needs_no_docstring() -> None:
    assert undocumented([("a.py", '"""A."""\ndef _act():\n    return 1\n')]) == []
