"""Reads the file of the routing rules. Every fault is found at once, and names its line."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.errors import SettingsFault
from dockseal.fulfillment_processing.routing_reach import hidden
from dockseal.fulfillment_processing.routing_rules import Destination, Rule, Table
from dockseal.fulfillment_processing.stock_hints import read_hints

RULES, STOCK_FILE = "rules", "stock_file"
TEXTS = ("seller", "marketplace", "sku", "program", "country", "region", "postal_code")
"""Conditions that are a text, or a list of texts of which one must fit."""
NUMBERS = ("at_least", "at_most")
KEYS = ("warehouse", *TEXTS, *NUMBERS, "in_stock")

_HEADER = re.compile(r"\s*\[\[\s*rules\s*\]\]")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LARGEST = 5_000_000


def read(path: Path) -> Table:
    """Reads the rules and the stock hints they name.

    Raises:
        SettingsFault: with every fault at once.
    """
    text = _text_of(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsFault((f"{path.name} is no TOML: {fault}; mend that line",)) from None
    reading = _Reading(path=path, lines=text.splitlines())
    table = reading.table(content)
    if reading.faults:
        raise SettingsFault(tuple(reading.faults))
    return table


def name_faults(
    table: Table, *, warehouses: Iterable[str], sellers: Iterable[str], without_recipient: Iterable[str]
) -> tuple[str, ...]:
    """Returns what of a table does not fit the installation.

    Args:
        table: The rules.
        warehouses: The names of its warehouses.
        sellers: The names of its sellers.
        without_recipient: The warehouses that are handed no personal data.
    """
    known, spared, told = sorted(warehouses), set(without_recipient), sorted(sellers)
    return tuple(_name_faults(table, known, told, spared))


def _name_faults(table: Table, known: list[str], sellers: list[str], spared: set[str]) -> Iterator[str]:
    for rule in table.rules:
        if rule.warehouse not in known:
            yield _rule(
                rule.number, f"no warehouse is named {rule.warehouse!r}{_near(rule.warehouse, known)}"
            )
        for seller in rule.seller:
            if seller not in sellers:
                yield _rule(rule.number, f"no seller is named {seller!r}{_near(seller, sellers)}")
        if rule.destination and rule.warehouse in spared:
            yield _rule(
                rule.number,
                f"warehouse {rule.warehouse} is handed no personal data, so the destination is not looked at "
                "for it: take the conditions country, region and postal_code out, or name another warehouse",
            )
    for warehouse in sorted({name for _, name in table.stock} - set(known)):
        yield f"the stock hints name a warehouse {warehouse!r} that is not there{_near(warehouse, known)}"


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What is found in one file."""

    path: Path
    lines: list[str]
    faults: list[str] = field(default_factory=list)

    def table(self, content: Mapping[str, Any]) -> Table:
        for key in content:
            if key not in {RULES, STOCK_FILE}:
                self.faults.append(f"{self.path.name} has no key {key!r}{_near(key, [RULES, STOCK_FILE])}")
        rows = content.get(RULES, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.faults.append(f"{self.path.name}: write each rule under a line [[rules]]")
            rows = []
        found = [self._rule(number, row) for number, row in enumerate(rows, start=1)]
        rules = tuple(rule for rule in found if rule is not None)
        if len(rules) == len(found):
            self._hidden(rules)
        place = self._stock_file(content.get(STOCK_FILE))
        asks = next((rule for rule in rules if rule.in_stock), None)
        if asks is not None and place is None:
            self._fault(
                asks.number, "in_stock", f"in_stock needs stock hints: set {STOCK_FILE} above the rules"
            )
        return Table(rules=rules, stock=self._stock(place), stock_file=place)

    def _rule(self, number: int, row: Mapping[str, Any]) -> Rule | None:
        before = len(self.faults)
        for key in row:
            if key not in KEYS:
                self._fault(number, key, f"there is no key {key!r}{_near(key, KEYS)}")
        texts = {key: self._texts(number, key, row[key]) for key in TEXTS if key in row}
        numbers = {key: self._number(number, key, row[key]) for key in NUMBERS if key in row}
        warehouse, in_stock = row.get("warehouse", ""), row.get("in_stock", False)
        if not isinstance(warehouse, str) or not warehouse:
            self._fault(number, "warehouse", "it leads nowhere: name one warehouse")
        if not isinstance(in_stock, bool):
            self._fault(number, "in_stock", "in_stock is true or false")
        if len(self.faults) > before:
            return None
        rule = Rule(
            number=number,
            warehouse=WarehouseId(warehouse),
            seller=texts.get("seller", ()),
            marketplace=self._marketplaces(number, texts.get("marketplace", ())),
            sku=texts.get("sku", ()),
            program=texts.get("program", ()),
            at_least=numbers.get("at_least", 0),
            at_most=numbers.get("at_most"),
            in_stock=in_stock,
            destination=self._destination(number, texts),
        )
        if rule.at_most is not None and rule.at_most < rule.at_least:
            self._fault(number, "at_most", "at_most is less than at_least, so it never matches: raise it")
        return rule if len(self.faults) == before else None

    def _texts(self, number: int, key: str, value: object) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) and each.strip() for each in values):
            self._fault(number, key, f"{key} is a text, or a list of texts, none of them empty")
            return ()
        if not values:
            self._fault(number, key, f"{key} is an empty list, so it never matches: fill it, or leave it out")
        return tuple(values)

    def _number(self, number: int, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self._fault(number, key, f"{key} is a whole number of at least 1")
            return 1
        return value

    def _marketplaces(self, number: int, values: tuple[str, ...]) -> tuple[str, ...]:
        """Returns Amazon's ids of marketplaces that may be written as their country, such as US."""
        by_country = {each.country: each.id for each in MARKETPLACES.values()}
        for each in values:
            if each not in MARKETPLACES and each not in by_country:
                self._fault(
                    number,
                    "marketplace",
                    f"Amazon has no marketplace {each!r}{_near(each, [*by_country, *MARKETPLACES])}",
                )
        return tuple(by_country.get(each, each) for each in values)

    def _destination(self, number: int, texts: Mapping[str, tuple[str, ...]]) -> Destination:
        for each in texts.get("country", ()):
            if each == "UK" or not _COUNTRY.fullmatch(each):
                hint = "GB" if each == "UK" else "US"
                self._fault(
                    number, "country", f"{each!r} is no ISO 3166 code: write two capitals, such as {hint}"
                )
        return Destination(
            country=texts.get("country", ()),
            region=texts.get("region", ()),
            postal_code=texts.get("postal_code", ()),
        )

    def _hidden(self, rules: tuple[Rule, ...]) -> None:
        for rule, above in hidden(rules):
            self._fault(
                rule.number,
                "warehouse",
                f"it can never match, because rule {above.number} above takes everything that it would: put "
                "it first, or remove it",
            )

    def _stock_file(self, name: object) -> Path | None:
        if name is None:
            return None
        if not isinstance(name, str) or not name:
            self.faults.append(f"{self.path.name}: {STOCK_FILE} is the name of a CSV file")
            return None
        return self.path.parent / name

    def _stock(self, place: Path | None) -> Mapping[tuple[str, WarehouseId], int | None]:
        try:
            return {} if place is None else read_hints(place)
        except SettingsFault as fault:
            self.faults.extend(fault.faults)
            return {}

    def _fault(self, number: int, key: str, words: str) -> None:
        line = self._line(number, key)
        where = f" (line {line} of {self.path.name})" if line else f" of {self.path.name}"
        self.faults.append(_rule(number, words, where))

    def _line(self, number: int, key: str) -> int:
        """Returns the line of a rule's key, or else of the rule; 0 where it is not to be found."""
        starts = [index for index, text in enumerate(self.lines) if _HEADER.match(text)]
        if number > len(starts):
            return 0
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.lines)
        begins = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        return 1 + next((index for index in range(start, end) if begins.match(self.lines[index])), start)


class RoutingFile:
    """The rules as they are in the file now. A file that was spoilt changes nothing until it is mended.

    Args:
        path: The file; None: there are no rules.
        check: Returns what of a table does not fit the installation.
        tell: Is told the faults of a changed file that is not taken, once.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        check: Callable[[Table], tuple[str, ...]],
        tell: Callable[[tuple[str, ...]], object],
    ) -> None:
        self._path, self._check, self._tell = path, check, tell
        self._table = Table() if path is None else read(path)
        self._seen = self._marks()
        self._news = path is not None  # whoever starts may have other rules than whoever ended

    def __call__(self) -> Table:
        """Returns the rules, read again if the file or its stock hints changed."""
        marks = self._marks()
        if self._path is None or marks == self._seen:
            return self._table
        try:
            table = read(self._path)
            faults = self._check(table)
        except SettingsFault as fault:
            faults = fault.faults
        if faults:
            self._tell(faults)
        else:
            self._table, self._news = table, True
        self._seen = self._marks()
        return self._table

    def changed(self) -> bool:
        """Tells once whether there are other rules than when it was asked before, or might be."""
        self()
        news, self._news = self._news, False
        return news

    def faults(self) -> tuple[str, ...]:
        """Returns what of the rules in force does not fit the installation."""
        return self._check(self._table)

    def _marks(self) -> tuple[object, ...]:
        files = (self._path, self._table.stock_file)
        return tuple(_mark(each) for each in files if each is not None)


def _mark(path: Path) -> tuple[int, int]:
    try:
        known = path.stat()
    except OSError:
        return (0, 0)
    return (known.st_mtime_ns, known.st_size)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsFault((f"{path} has over {_LARGEST} bytes: that is no file of routing rules",))
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
    raise SettingsFault((f"DOCKSEAL_ROUTING_FILE {path} cannot be read ({why}): mend the file, or unset it",))


def _rule(number: int, words: str, where: str = "") -> str:
    return f"routing rule {number}{where}: {words}"


def _near(name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f": did you mean {near[0]!r}?"
    return f": choose of {', '.join(known[:12])}" if known else ": add it first"
