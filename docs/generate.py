"""Writes the reference pages from the code: `python docs/generate.py`. A house test compares them.

Descriptions of settings, commands and metrics are those of the program itself; what a tag says stands here.
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
from dockseal.monitoring_audit.tags import SPECS, Tag
from dockseal.settings import PREFIX, Settings

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src" / "dockseal"
_MADE = "Written from the code by `python docs/generate.py`."
_KINDS = (
    kinds.code,
    kinds.count,
    kinds.field_names,
    kinds.flag,
    kinds.instant,
    kinds.purpose,
    kinds.reference,
)
_NO_WRITERS = frozenset({"monitoring_audit/tags.py", "console/words.py"})
"""They name tags to define and to show them."""
_ARGUMENTS: Mapping[str, str] = {"str": "text", "int": "whole number", "float": "number", "path": "path"}
_TYPES = {Path: "path", str: "text", int: "whole number", timedelta: "length of time", bool: "true or false"}

MEANINGS: Mapping[Tag, str] = {
    Tag.ORDER_LIFE_ACCEPTED: "An order was taken in.",
    Tag.ORDER_LIFE_HELD: "It was stopped before release.",
    Tag.ORDER_LIFE_UNHELD: "Its hold was lifted; it is examined again.",
    Tag.ORDER_LIFE_ROUTED: "It passed every rule and has a warehouse.",
    Tag.ORDER_LIFE_RELEASED: "The warehouse accepted it.",
    Tag.ORDER_LIFE_PARTLY_SHIPPED: "Some of its quantities are in reported packages.",
    Tag.ORDER_LIFE_SHIPPED: "All of its quantities are in reported packages.",
    Tag.ORDER_LIFE_CONFIRMED: "Amazon accepted the confirmation of every package.",
    Tag.ORDER_LIFE_VERIFIED: "Amazon shows every package as it was sent.",
    Tag.ORDER_LIFE_CANCELLED: "Nothing of it is to be shipped.",
    Tag.ORDER_LIFE_SHREDDED: "Nobody can read its personal data any more.",
    Tag.ORDER_ATTENTION_SEEN: "A person saw to what the order wanted somebody to look at.",
    Tag.ORDER_RELEASE_INTENDED: "It is about to be handed over; written before the warehouse is called.",
    Tag.ORDER_RELEASE_REFUSED: "The warehouse said no to it.",
    Tag.ORDER_PACKAGE_REPORTED: "A warehouse, or a person, reported a package.",
    Tag.ORDER_PACKAGE_INTENDED: "A package is about to be confirmed; written before Amazon is called.",
    Tag.ORDER_PACKAGE_CONFIRMED: "Amazon accepted the confirmation of a package.",
    Tag.ORDER_PACKAGE_VERIFIED: "Amazon shows a package as it was sent.",
    Tag.ORDER_PACKAGE_REFUSED: "Amazon takes no confirmation of this package.",
    Tag.ORDER_PACKAGE_DIFFERS: "Amazon does not show a package as it was sent; it is sent again.",
    Tag.ORDER_DATA_RETRIEVED: "Personal data was fetched from Amazon, under a grant.",
    Tag.ORDER_DATA_SEALED: "Personal data was encrypted and put into the vault.",
    Tag.ORDER_DATA_SHORTENED: "Its deadline moved earlier: another epoch's key wraps it now.",
    Tag.ORDER_DATA_OPENED: "Personal data is about to be decrypted; written before it is.",
    Tag.ORDER_DATA_OPEN_REFUSED: "Somebody asked to open personal data, and was refused.",
    Tag.ORDER_DATA_ERASED: "Sealed personal data was deleted before its deadline.",
    Tag.ORDER_DATA_ARCHIVED: "Its personal data went into an archive that a law demands.",
    Tag.ARCHIVE_FILE_MADE: "An archive was made because two officers asked for it; written before its file.",
    Tag.ARCHIVE_FILE_OPENED: "An archive is about to be opened with two officers' keys; written before.",
    Tag.ARCHIVE_FILE_OPEN_REFUSED: "Somebody tried to open an archive, and was refused.",
    Tag.ARCHIVE_FILE_DELETED: "An archive's file was deleted, or could not be written.",
    Tag.DATA_BUYER_SEARCHED: "Somebody asks which orders are one buyer's; written before it looks.",
    Tag.DATA_ERASURE_INTENDED: "Somebody asked to erase an order, buyer or seller; what follows is its work.",
    Tag.DATA_ERASURE_DONE: "It was erased, and a certificate says so.",
    Tag.TOKEN_RDT_ISSUED: "Amazon issued a Restricted Data Token.",
    Tag.KEY_EPOCH_CREATED: "The key of an epoch was made.",
    Tag.KEY_EPOCH_SHRED_INTENDED: "The key of an ended epoch is about to be destroyed.",
    Tag.KEY_EPOCH_SHREDDED: "The key of an ended epoch is destroyed, and the records under it are deleted.",
    Tag.KEY_MASTER_CREATED: "The master key of the installation was made.",
    Tag.KEY_MASTER_ROTATION_INTENDED: "It is about to be rotated, or a rotation is about to be finished.",
    Tag.KEY_MASTER_ROTATED: "A new master key is in its place; the one before is destroyed.",
    Tag.KEY_CREDENTIAL_RESEALED: "A credential was sealed under the new master key, unchanged.",
    Tag.KEY_CREDENTIAL_FORMER_DROPPED: "A former secret is no longer kept: the time to change over is past.",
    Tag.KEY_SIGNING_STORED: "A new key to sign with was made and sealed; the one before is deleted.",
    Tag.KEY_EPOCH_DESTROY_ASKED: "Two officers asked to destroy the key of an epoch before its end.",
    Tag.OFFICER_REGISTRY_ADDED: "Somebody was made an officer; the first two by nobody.",
    Tag.OFFICER_REGISTRY_REMOVED: "Somebody is no officer any more.",
    Tag.OFFICER_ASK_USED: "Two officers asked for what nobody does alone; their ask is used up.",
    Tag.OFFICER_ASK_REFUSED: "What nobody does alone was tried without two officers, or with a bad ask.",
    Tag.SELLER_ACCOUNT_ADDED: "A seller was added.",
    Tag.SELLER_ACCOUNT_RESTED: "A seller's lanes stopped.",
    Tag.SELLER_ACCOUNT_RESUMED: "A seller's lanes go on.",
    Tag.SELLER_CREDENTIAL_STORED: "A seller's credentials were sealed.",
    Tag.SELLER_CREDENTIAL_ERASED: "The credentials of a seller who left were deleted, every version.",
    Tag.SELLER_SHADOW_SWITCHED: "Whether a seller's orders are read with both Orders APIs was switched.",
    Tag.SELLER_API_MIGRATED: "A seller was moved to Orders v2026-01-01, with how much was compared before.",
    Tag.SELLER_CONSENT_ASKED: "A seller was sent to Amazon for its consent.",
    Tag.SELLER_CONSENT_GIVEN: "A seller consented; its refresh token is sealed.",
    Tag.SELLER_CONSENT_REFUSED: "A consent came to nothing.",
    Tag.SELLER_DATA_READ_AHEAD: "Addresses came with a reading of new orders; they wait to be sealed.",
    Tag.SELLER_ACCOUNT_CHECKED: "What a seller's connection needs was checked, and made where it could be.",
    Tag.APPLICATION_ACCOUNT_ADDED: "An application registered with Amazon was added or changed.",
    Tag.APPLICATION_CREDENTIAL_STORED: "An application's client id and secrets were sealed.",
    Tag.APPLICATION_SECRET_ROTATION_INTENDED: "Amazon is about to be asked for a new client secret.",
    Tag.APPLICATION_SECRET_ROTATION_REFUSED: "Amazon gave no new client secret; the old ones live on.",
    Tag.APPLICATION_SECRET_ROTATED: "A new client secret arrived and is sealed beside the one before.",
    Tag.APPLICATION_SECRET_END_TOLD: "Amazon told when a client secret ends.",
    Tag.WAREHOUSE_ACCOUNT_ADDED: "A warehouse was added.",
    Tag.WAREHOUSE_CREDENTIAL_STORED: "A warehouse's secret was sealed.",
    Tag.WAREHOUSE_API_KEY_REPLACED: "A warehouse has a new API key; the one before is taken for some time.",
    Tag.WAREHOUSE_API_KEY_FORMER_DROPPED: "A warehouse's former API key is no longer taken.",
    Tag.WAREHOUSE_OPTIONS_CHANGED: "Options of a warehouse's adapter were changed.",
    Tag.WAREHOUSE_SKUS_CHANGED: "A warehouse has another list of the SKUs it knows; 0: it knows all.",
    Tag.ACCESS_LOCKOUT_BEGUN: "A person or an address failed ten times in a row, and is refused for a while.",
    Tag.ACCESS_LOCKOUT_CLEARED: "Somebody let it try again.",
    Tag.CONSOLE_SESSION_OPENED: "Somebody signed in with a one-time link.",
    Tag.CONSOLE_SIGN_IN_REFUSED: "A sign-in link was used twice, too late, or never existed.",
    Tag.API_KEY_REFUSED: "The machine API was called with a key that is nobody's.",
    Tag.SERVICE_PROCESS_STARTED: "The process started.",
    Tag.SERVICE_PROCESS_STOPPED: "The process stopped.",
    Tag.SERVICE_STORES_RESTORED: (
        "A backup was put in the place of these stores; what was erased since was erased again."
    ),
}


def pages() -> dict[str, str]:
    """Returns every reference page by file name."""
    return {
        "cli.md": cli_page(),
        "settings.md": settings_page(),
        "audit-tags.md": audit_tags_page(),
        "metrics.md": _made_by("metrics.py"),
        "holds.md": _made_by("holds.py"),
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
    kind_rows = [(f"`{kind.__name__}`", _one_line(kind.__doc__).removeprefix("Takes ")) for kind in _KINDS]
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
