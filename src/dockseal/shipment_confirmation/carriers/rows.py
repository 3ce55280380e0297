"""How the table of carriers is written: groups of rows, each group with its sources."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something of the table is from."""

    where: str
    date: str
    """Of the source where it has one, else when it was read (`2026-11`)."""


XSD_2026 = Source(
    where="`CarrierCode` of Amazon's amzn-base XSD, the codes from A to I, as listed by"
    " support.getdropstream.com/hc/en-us/articles/12209043626003",
    date="2026-01",
)
XSD_COPY = Source(
    where="`CarrierCode` of Amazon's amzn-base XSD, all codes, in public C# classes generated from it"
    " (undated, 2021 or later)",
    date="2026-11",
)
HELP_AU = Source(where="sellercentral.amazon.com.au/gp/help/external/641, field carrier-code", date="2026-11")
HELP_SG = Source(where="sellercentral.amazon.sg/gp/help/external/641, field carrier-code", date="2026-11")
OWN_NAME = Source(
    where="the carrier's own spelling; not in Amazon's list, so sent as `Other` with this name",
    date="2026-11",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One carrier as Amazon knows it, in the marketplaces of some countries or of all."""

    code: str
    """Exact in case and spacing."""
    name: str
    """Amazon's `carrierName`; only with the code `Other`."""
    countries: tuple[str, ...]
    """Where it is at home (ISO 3166); empty for the whole world."""
    only_there: bool
    """The row counts in marketplaces of its countries alone; elsewhere another code is right, or none."""
    any_service: bool
    """The name is so well known that whatever follows it is a service, not a part of another name."""
    names: tuple[str, ...]
    """What it is called, its code or name among it."""
    local_names: tuple[str, ...]
    """What it is called in marketplaces of its countries, where elsewhere that may be somebody else."""
    products: tuple[str, ...]
    """Services that are its own in those marketplaces, so that they name it."""

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that have their sources in common."""

    title: str
    sources: tuple[Source, ...]
    rows: tuple[Row, ...]


def group(title: str, *rows: str, sources: tuple[Source, ...]) -> Group:
    """Reads a group.

    A row is `countries | code | names | local names`, the last two may be missing; names are parted by `;`.
    Countries are ISO codes, or `*` for all; `!` says that the row counts there alone, `+` that any service
    may follow the name. `Other: Name` is a carrier without a code. A local name with `>` is a service.
    """
    return Group(title=title, sources=sources, rows=tuple(_row(row) for row in rows))


def _row(text: str) -> Row:
    home, code, names, local, *_ = [cell.strip() for cell in f"{text}||".split("|")]
    marks = home.split()
    code, _, name = code.partition(": ")
    local_names = _names(local)
    return Row(
        code=code,
        name=name,
        countries=tuple(mark for mark in marks if mark.isalpha()),
        only_there="!" in marks,
        any_service="+" in marks,
        names=(name or code, *_names(names)),
        local_names=tuple(each for each in local_names if not each.startswith(">")),
        products=tuple(each[1:] for each in local_names if each.startswith(">")),
    )


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(";") if name.strip())
