"""Writes the reference pages from the code: `python docs/generate.py`. A house test compares them.

Descriptions of settings, commands and metrics are those of the program itself; what a tag says stands in
`monitoring_audit/meanings.py`.
"""

import ast
import runpy
import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from dockseal.cli.main import app
from dockseal.monitoring_audit import kinds
from dockseal.monitoring_audit.meanings import MEANINGS
from dockseal.monitoring_audit.specs import SPECS
from dockseal.monitoring_audit.tags import Tag
from dockseal.settings import PREFIX, Settings

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src" / "dockseal"
_MADE = "Written from the code by `python docs/generate.py`."
_NO_WRITERS = frozenset({"monitoring_audit/tags.py", "monitoring_audit/gauges/opens.py", "console/words.py"})
"""They name tags to define, to count and to show them."""
_ARGUMENTS: Mapping[str, str] = {"str": "text", "int": "whole number", "float": "number", "path": "path"}
_TYPES = {Path: "path", str: "text", int: "whole number", timedelta: "length of time", bool: "true or false"}


def pages() -> dict[str, str]:
    """Returns every reference page by file name."""
    return {
        "cli.md": cli_page(),
        "settings.md": settings_page(),
        "audit-tags.md": audit_tags_page(),
        "metrics.md": _made_by("metrics.py"),
        "alerts.md": _made_by("alerts.py"),
        "holds.md": _made_by("holds.py"),
        "carriers.md": _made_by("carriers.py"),
        "tracking-numbers.md": _made_by("tracking_numbers.py"),
    }


def _made_by(file: str) -> str:
    return str(runpy.run_path(str(HERE / file))["page"]())


def cli_page() -> str:
    """Returns the commands with their arguments and options."""
    lines = ["# Commands", "", _MADE, ""]
    for path, command in commands(typer.main.get_command(app), ()):
        lines += _command_lines(path, command)
    lines += [
        "Exit status: 0 done, 1 an error or a finding, 2 settings or arguments that cannot work. Errors go",
        "to standard error, as sentences.",
    ]
    return _page(lines)


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yields every command that does something, with the words that lead to it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name, child in below.items():
        yield from commands(child, (*path, name))


def _command_lines(path: tuple[str, ...], command: Any) -> list[str]:
    context = command.make_context(" ".join(path), [], resilient_parsing=True)
    usage = [
        each.metavar or each.name.upper() for each in command.params if each.param_type_name == "argument"
    ]
    rows = [_parameter_row(each, context) for each in command.params if not each.hidden]
    lines = [f"## `{' '.join(('dockseal', *path, *usage))}`", "", _one_line(command.help), ""]
    if rows:
        lines += [*_table(("", "takes", "default", ""), rows), ""]
    return lines


def _parameter_row(each: Any, context: Any) -> tuple[str, str, str, str]:
    argument = each.param_type_name == "argument"
    name = each.metavar or each.name.upper() if argument else ", ".join((*each.opts, *each.secondary_opts))
    takes = "" if getattr(each, "is_flag", False) else _argument_takes(each, context)
    return f"`{name}`", takes, "needed" if each.required else _default(each.default), _one_line(each.help)


def _argument_takes(each: Any, context: Any) -> str:
    kind = (
        each.display_type(context).strip("<>").removeprefix("list[").removesuffix("]").removesuffix(" range")
    )
    takes = _ARGUMENTS.get(kind) or ", ".join(f"`{choice}`" for choice in kind.split("|"))
    if each.min is not None or each.max is not None:
        takes += f", {_range(each.min, each.max)}"
    return f"{takes}; more than once" if each.multiple else takes


def _default(value: Any) -> str:
    if value is None or value == "" or value is False:
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def settings_page() -> str:
    """Returns the settings with their defaults."""
    rows = [
        (
            f"`{PREFIX}{name.upper()}`",
            _takes(field),
            _setting_default(field.default),
            _one_line(field.description),
        )
        for name, field in Settings.model_fields.items()
    ]
    lines = [
        "# Settings",
        "",
        _MADE,
        "",
        "Read once at start, from environment variables. An empty variable is its default; a misspelt name",
        "is a fault. `dockseal check` prints every setting as understood. No setting is a secret: secrets",
        "are given to `dockseal sellers add` and made by `dockseal warehouses add`.",
        "",
        "A length of time is written as ISO 8601 has it, such as `PT10M`, `PT36H` or `P30D`, or in seconds.",
        "",
        *_table(("variable", "takes", "default", ""), rows),
    ]
    return _page(lines)


def _takes(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if isinstance(annotation, types.UnionType):
        annotation = next(each for each in get_args(annotation) if each is not type(None))
    low = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
    high = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
    limits = "" if low is None and high is None else f", {_range(low, high)}"
    return _TYPES[annotation] + limits


def _range(low: object, high: object) -> str:
    if low is None or high is None:
        return f"{low} or more" if high is None else f"{high} or less"
    return f"{low} to {high}"


def _setting_default(value: object) -> str:
    text = str(to_jsonable_python(value)) if value is not None else ""
    return f"`{text}`" if text else "none"


def audit_tags_page() -> str:
    """Returns the tags of the audit trail with their fields and writers."""
    writers, common = tag_writers(), common_fields()
    rows = [
        (
            f"`{tag.value}`",
            MEANINGS[tag],
            _own_fields(tag, common),
            ", ".join(f"`{name}`" for name in writers[tag]),
        )
        for tag in Tag
    ]
    kind_rows = [
        (f"`{kind.__name__}`", _one_line(kind.__doc__).removeprefix("Takes ")) for kind in kinds.KINDS
    ]
    lines = [
        "# Audit tags",
        "",
        _MADE,
        "",
        "Everything the audit trail can say. A row holds its number, instant, tag, actor, our order",
        "reference, the fields below, and the hash of the row before it. It is written in the transaction",
        "of its effect. Fields in **bold** must be there. No kind of field takes free text, so none takes",
        "personal data.",
        "",
        f"Every tag that begins with `order:` also takes {_fields(common, frozenset())}.",
        "",
        *_table(("tag", "says", "fields", "written by"), rows),
        "",
        "## Kinds of fields",
        "",
        *_table(("kind", "takes"), kind_rows),
    ]
    return _page(lines)


def tag_writers() -> dict[Tag, list[str]]:
    """Returns, for each tag, the modules that record it."""
    writers: dict[Tag, list[str]] = {tag: [] for tag in Tag}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name not in _NO_WRITERS:
            for tag in _tags_named(path.read_text(encoding="utf-8")):
                writers[tag].append(name)
    return writers


def _tags_named(text: str) -> set[Tag]:
    return {
        Tag[node.attr]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "Tag" and node.attr in Tag.__members__
    }


def common_fields() -> dict[str, kinds.Kind]:
    """Returns the fields that every tag about an order takes."""
    specs = [SPECS[tag] for tag in Tag if tag.about_an_order]
    shared = frozenset(specs[0].kinds).intersection(*(spec.kinds for spec in specs))
    return {name: kind for name, kind in specs[0].kinds.items() if name in shared}


def _own_fields(tag: Tag, common: Mapping[str, kinds.Kind]) -> str:
    spec = SPECS[tag]
    told = common if tag.about_an_order else {}
    own = {name: kind for name, kind in spec.kinds.items() if name not in told or name in spec.needed}
    return _fields(own, spec.needed)


def _fields(fields: Mapping[str, kinds.Kind], needed: frozenset[str]) -> str:
    return ", ".join(
        f"**{name}** ({kind.__name__})" if name in needed else f"{name} ({kind.__name__})"
        for name, kind in sorted(fields.items())
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _page(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def main() -> None:
    """Writes the pages beside this file."""
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
