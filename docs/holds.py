"""Makes the page of holds: every code in the code, with its sentence. `generate.py` writes it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from dockseal.domain.order import ADDRESS_HOLDS, KEPT_HOLDS
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.fulfillment_processing.causes import HELD_BY
from dockseal.order_synchronization.changes import ANSWERS, News, Stage

SOURCE = Path(__file__).resolve().parent.parent / "src" / "dockseal"
_OF_PARCELS = "shipment_confirmation"
"""The room whose holds stop parcels; of orders it holds only those that it cancels."""
_MAKERS = frozenset({"Hold", "Rule"})
_WORDS = {"id": "ORDER", "seller": "SELLER", "warehouse": "WAREHOUSE", "ref": "REFERENCE", "ROLE": "ROLE"}
"""What stands for the values in a sentence, by the last name of the expression; others are left out."""
_EXAMINE = "run `dockseal orders examine ORDER`"


def page() -> str:
    """Returns every code of a hold with its sentences, and what has the order examined again by itself."""
    unpaid = ANSWERS[News.UNPAID, Stage.READY].hold  # said in a table, not where it is made
    found = {unpaid.code: [unpaid.sentence]} if unpaid else {}
    parcels: dict[str, list[str]] = {}
    for path, code, sentence in _holds():
        table = parcels if path.parts[0] == _OF_PARCELS and code not in KEPT_HOLDS else found
        whole = sentence.strip("…. ") and not sentence.startswith("{")  # what that names, is said elsewhere
        if whole and sentence not in table.setdefault(code, []):
            table[code].append(sentence.replace("……", "…"))
    rows = [f"| `{code}` | {_or(found[code])} | {_again(code)} |" for code in sorted(found)]
    lines = [
        "# Holds",
        "",
        "Written from the code by `python docs/generate.py`.",
        "",
        "An order that must not go to a warehouse is held: with a code to count by, and a sentence that says",
        "what is wrong and what to do. The console and `dockseal orders show` have the sentence; one hold",
        "may say several. A held order is examined again when Amazon changes it, when a person says so (in",
        "the console, or with `dockseal orders examine ORDER`), and when what stands in the last column",
        "changes. If its cause is still there, it is held again.",
        "",
        "| code | sentence | also examined again when this changes |",
        "| --- | --- | --- |",
        *rows,
        "",
        "## Parcels",
        "",
        "A parcel that Amazon must not be told of as it is waits, and the other parcels of its order go on.",
        "Correct it, or let it go as it is where that is offered: in the console, or by `dockseal packages`.",
        "The warehouse may correct it too.",
        "",
        "| code | sentence |",
        "| --- | --- |",
        *(f"| `{code}` | {_or(parcels[code])} |" for code in sorted(parcels)),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _or(sentences: list[str]) -> str:
    return " *Or:* ".join(sentences)


def _again(code: str) -> str:
    causes = [cause.value for cause, codes in HELD_BY.items() if code in codes]
    if code in ADDRESS_HOLDS:
        causes.append("the roles of the seller's application; tried every hour")
    return ", ".join(causes)


def _holds() -> Iterator[tuple[Path, str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = {each.name: each.value for each in ParcelHold} | dict(_constants(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
                given = {each.arg: each.value for each in node.keywords}
                code = _text(given.get("code"), texts)
                if code and code != "…":
                    yield path.relative_to(SOURCE), code, _text(given.get("sentence"), texts)


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    yield target.id, node.value.value


def _text(node: ast.AST | None, texts: dict[str, str]) -> str:
    """Returns the text that an expression makes, with words for its values."""
    if isinstance(node, ast.Lambda):
        return _text(node.body, texts)
    if isinstance(node, ast.Constant):
        return str(node.value).replace("|", "\\|")
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each, texts) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, texts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "examine":
        return _EXAMINE
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return texts.get(name) or _WORDS.get(name, "…")
