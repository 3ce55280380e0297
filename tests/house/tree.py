"""The files of the project, and the import graph between its modules."""

import ast
import functools
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "dockseal"
SIMULATOR = ROOT / "simulator" / "src" / "spapi_simulator"
PACKAGE = "dockseal"
_VENDORED = frozenset({"src/dockseal/console/static/htmx.min.js"})


@functools.cache
def ours() -> tuple[Path, ...]:
    """Every text file of the project: tracked, or new and not ignored; not what is vendored."""
    listed = _git_lists() if (ROOT / ".git").exists() else _all_below(ROOT)
    found = (ROOT / name for name in sorted(listed - _VENDORED))
    return tuple(path for path in found if path.is_file() and is_text(path))


def _git_lists() -> set[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return set(filter(None, answer.stdout.split("\0")))


def _all_below(root: Path) -> set[str]:
    """A copy without git: everything outside hidden and made folders."""
    found = set()
    for folder, below, names in os.walk(root):
        below[:] = [
            name
            for name in below
            if not name.startswith(".") and name not in {"__pycache__", "build", "dist"}
        ]
        found |= {str((Path(folder) / name).relative_to(root)) for name in names if not name.endswith(".pyc")}
    return found


def is_text(path: Path) -> bool:
    """Whether a file holds text."""
    return b"\0" not in path.read_bytes()[:4096]


def shown(path: Path) -> str:
    """A path as a person at the root of the project writes it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def python_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Name, relative to `folder`, and text of every module below it."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def all_python() -> Iterator[tuple[str, str]]:
    """Name and text of every Python file of the project, tests too."""
    for path in ours():
        if path.suffix == ".py":
            yield shown(path), path.read_text(encoding="utf-8")


def graph_of(package: str) -> grimp.ImportGraph:
    """The import graph of a package, with one more import for each module that is named in a text.

    Django and subprocesses are told modules as texts; an edge that hides in a text is an edge all the same.
    """
    graph = grimp.build_graph(package, cache_dir=None)
    for importer, named in _named_in_texts(package, graph.modules):
        if importer != named and not graph.direct_import_exists(importer=importer, imported=named):
            graph.add_import(importer=importer, imported=named)
    return graph


def _named_in_texts(package: str, modules: set[str]) -> Iterator[tuple[str, str]]:
    init = sys.modules[package].__file__ if package in sys.modules else _found(package)
    folder = Path(str(init)).parent
    for name, text in python_files(folder):
        importer = ".".join((package, *Path(name).with_suffix("").parts)).removesuffix(".__init__")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = _module_in(node.value, modules)
                if named not in {None, package}:
                    yield importer, str(named)


def _found(package: str) -> str:
    for place in sys.path:
        init = Path(place) / package / "__init__.py"
        if init.is_file():
            return str(init)
    raise ModuleNotFoundError(package)


def _module_in(text: str, modules: set[str]) -> str | None:
    """The module that a dotted name such as `dockseal.console.context.page` leads to."""
    parts = text.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    for length in range(len(parts), 1, -1):
        if ".".join(parts[:length]) in modules:
            return ".".join(parts[:length])
    return None


def edges(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Every (importer, imported) pair of modules inside the package."""
    return {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }


def write_package(folder: Path, name: str, modules: Mapping[str, str]) -> None:
    """Writes a package: text by module name, relative to the package; `""` is the package itself."""
    root = folder / name
    root.mkdir()
    (root / "__init__.py").touch()
    for module, text in modules.items():
        path = root.joinpath(*module.split("."))
        for parent in path.parents:
            if parent.is_relative_to(root):
                parent.mkdir(exist_ok=True, parents=True)
                (parent / "__init__.py").touch()
        path.with_suffix(".py").write_text(text, encoding="utf-8")
