"""The rules that say which warehouse each line of an order goes to: pure, first match wins.

A rule is a row of conditions, all of which must hold, and the warehouse it leads to. What no rule takes goes
to the seller's own warehouse. The destination is personal data: rules put questions to a `Recipient`, which
answers them with yes or no and shows nothing. Without one, a rule that only the destination decides is open.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dockseal.domain.fields import Field
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.order import Order, OrderLine
from dockseal.domain.recipient import Recipient

NO_RULE = 0
"""Stands for the seller's own warehouse, where a rule's number stands otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What a rule asks of where an order goes; empty asks for nothing."""

    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    postal_code: tuple[str, ...] = ()
    """Beginnings."""

    def __bool__(self) -> bool:
        return bool(self.country or self.region or self.postal_code)

    def holds(self, recipient: Recipient) -> bool:
        """Tells whether a recipient lives there; what is not known of one holds nowhere."""
        return (
            (not self.country or _is_in(recipient, self.country))
            and (not self.region or recipient.is_one_of(Field.REGION, self.region))
            and (not self.postal_code or recipient.begins(Field.POSTAL_CODE, self.postal_code))
        )

    def __str__(self) -> str:
        asked = (
            ("country", self.country),
            ("region", self.region),
            ("postal code beginning with", self.postal_code),
        )
        return " and ".join(f"{name} {' or '.join(values)}" for name, values in asked if values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. An empty condition asks for nothing."""

    number: int
    """Counts the rules of the file, from 1."""
    warehouse: WarehouseId
    seller: tuple[str, ...] = ()
    marketplace: tuple[str, ...] = ()
    """Amazon's ids."""
    sku: tuple[str, ...] = ()
    """Patterns: `*` stands for any characters, `?` for one."""
    program: tuple[str, ...] = ()
    at_least: int = 0
    """Units of the line."""
    at_most: int | None = None
    in_stock: bool = False
    """Whether the warehouse must have as much of the SKU as the line orders, by the stock hints."""
    destination: Destination = field(default_factory=Destination)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All rules in their order, and the stock hints."""

    rules: tuple[Rule, ...] = ()
    stock: Mapping[tuple[str, WarehouseId], int | None] = field(default_factory=dict)
    """How much of a SKU a warehouse has; None: some, nobody says how much."""
    stock_file: Path | None = None
    """Where the hints are read from."""

    def has(self, warehouse: WarehouseId, sku: str, quantity: int) -> bool:
        """Tells whether a warehouse has so much of a SKU, by the hints."""
        known = self.stock.get((sku, warehouse), 0)
        return known is None or known >= quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where a line goes."""

    line: OrderLine
    warehouse: WarehouseId
    rule: int
    """The number of the rule that says so; `NO_RULE`: none does."""
    may: tuple[Rule, ...] = ()
    """Rules before it that the destination decides, which was not looked at."""


def choose(table: Table, order: Order, line: OrderLine, home: WarehouseId, to: Recipient | None) -> Choice:
    """Chooses the warehouse of a line.

    Args:
        table: The rules.
        order: The order, whose other lines do not matter.
        line: The line, with as much as is to be shipped.
        home: The seller's own warehouse.
        to: Who is asked about the destination; None: nobody, and the choice may be open.
    """
    may: list[Rule] = []
    for rule, hindrance in walk(table, order, line):
        if hindrance:
            continue
        if rule.destination and to is None:
            may.append(rule)
        elif not rule.destination or (to is not None and rule.destination.holds(to)):
            return Choice(line=line, warehouse=rule.warehouse, rule=rule.number, may=tuple(may))
    return Choice(line=line, warehouse=home, rule=NO_RULE, may=tuple(may))


def walk(table: Table, order: Order, line: OrderLine) -> Iterator[tuple[Rule, str]]:
    """Gives each rule with the reason why it does not take a line; empty where only the destination could be.

    Args:
        table: The rules.
        order: The order.
        line: The line, with as much as is to be shipped.
    """
    for rule in table.rules:
        yield rule, _of_the_order(rule, order) or _of_the_line(rule, line) or _of_the_stock(rule, line, table)


def sku_matches(pattern: str, sku: str) -> bool:
    """Tells whether a SKU is as a pattern says."""
    return _compiled(pattern).fullmatch(sku) is not None


def _of_the_order(rule: Rule, order: Order) -> str:
    if rule.seller and order.seller not in rule.seller:
        return f"its seller is {order.seller}, not {_or(rule.seller)}"
    if rule.marketplace and order.amazon.marketplace_id not in rule.marketplace:
        return f"its marketplace is {_shown(order.amazon.marketplace_id)}, not {_or(rule.marketplace)}"
    if rule.program and not order.amazon.programs & set(rule.program):
        return f"it is not in the program {_or(rule.program)}"
    return ""


def _of_the_line(rule: Rule, line: OrderLine) -> str:
    if rule.sku and not any(sku_matches(pattern, line.sku) for pattern in rule.sku):
        return f"its SKU is not {_or(rule.sku)}"
    if line.ordered < rule.at_least:
        return f"it is fewer than {rule.at_least} units"
    if rule.at_most is not None and line.ordered > rule.at_most:
        return f"it is more than {rule.at_most} units"
    return ""


def _of_the_stock(rule: Rule, line: OrderLine, table: Table) -> str:
    if not rule.in_stock or table.has(rule.warehouse, line.sku, line.ordered):
        return ""
    known = table.stock.get((line.sku, rule.warehouse), 0)
    return f"warehouse {rule.warehouse} has {known or 'none'} of its SKU by the stock hints"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return re.compile("".join(parts), re.DOTALL)


def _is_in(recipient: Recipient, countries: tuple[str, ...]) -> bool:
    # Amazon writes ISO 3166 codes, and where a buyer's own word got through, UK for GB.
    also = ("UK",) if "GB" in countries else ()
    return recipient.is_one_of(Field.COUNTRY, (*countries, *also))


def _or(values: tuple[str, ...]) -> str:
    return " or ".join(values)


def _shown(marketplace: str) -> str:
    known = MARKETPLACES.get(marketplace)
    return f"{marketplace} ({known.country})" if known else marketplace or "unknown"
