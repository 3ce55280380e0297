"""Makes the page of carriers. `generate.py` writes it."""

from dockseal.shipment_confirmation.carriers.rows import Group, Row
from dockseal.shipment_confirmation.carriers.table import AMBIGUOUS, GROUPS


def page() -> str:
    """Returns the carriers of every group with their names, and what names none for certain."""
    lines = [
        "# Carriers",
        "",
        "Written from the code by `python docs/generate.py`.",
        "",
        "What a warehouse may call a carrier, and what Amazon is told. Case, accents, spaces and other signs",
        "make no difference, and a service may follow, as in `ups_ground`: Amazon is told it as the shipping",
        "method, unless the warehouse gave one apart. A parcel whose carrier is not certain is held until",
        "somebody names it or teaches what that warehouse means. Names in *italics* count only in the",
        "marketplaces of the countries beside them; a row with **only** counts there alone, before others.",
        "",
    ]
    for group in GROUPS:
        lines += _group_lines(group)
    lines += ["## Not certain", "", "| text | where | may mean |", "| --- | --- | --- |"]
    for text in AMBIGUOUS:
        where, name, meant = text.split(" | ")
        lines.append(f"| {name} | {'' if where == '*' else where} | {meant} |")
    lines += ["", "A local name above goes before this list."]
    return "\n".join(lines) + "\n"


def _group_lines(group: Group) -> list[str]:
    sources = [f"- {source.where} ({source.date})" for source in group.sources]
    rows = [f"| `{_told(row)}` | {_where(row)} | {_names(row)} |" for row in group.rows]
    return [
        f"## {group.title}",
        "",
        *sources,
        "",
        "| Amazon is told | at home in | also called |",
        "| --- | --- | --- |",
        *rows,
        "",
    ]


def _told(row: Row) -> str:
    return f"{row.code}: {row.name}" if row.name else row.code


def _where(row: Row) -> str:
    return ("**only** " if row.only_there else "") + ", ".join(row.countries)


def _names(row: Row) -> str:
    local = [f"*{name}*" for name in (*row.local_names, *row.products)]
    return ", ".join([*row.names[1:], *local])
