"""Which known carriers a text that names none may mean."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from dockseal.domain.carrier import Carrier
from dockseal.shipment_confirmation.carriers.rows import Row
from dockseal.shipment_confirmation.carriers.table import Book
from dockseal.shipment_confirmation.carriers.words import Word, key_of

MOST = 3
_LIKE = 0.8
"""Two texts that share fewer of their letters are not near: `Fedx` and `FedEx` have 0.89."""
_LONGEST_NAME = 45
_MOST_WORDS = 4
"""Names are seldom longer, and services stand behind them."""


def nearest(words: tuple[Word, ...], book: Book) -> tuple[Carrier, ...]:
    """Returns the carriers whose names are nearest to the text or to how it begins, those at home first."""
    starts = {key_of(words[:count]) for count in range(1, min(len(words), _MOST_WORDS) + 1)}
    best: dict[str, tuple[float, Row]] = {}
    for start in starts:
        if 2 < len(start) <= _LONGEST_NAME:
            _compare(start, book, best)
    ranked = sorted(best.values(), key=lambda each: (-each[0], not _at_home(each[1], book), each[1].label))
    return suggested((row for _, row in ranked), book)


def suggested(rows: Iterable[Row], book: Book) -> tuple[Carrier, ...]:
    """Returns the first three carriers, those at home in the marketplace's country before the others."""
    different = list({row.label: row for row in rows}.values())[:MOST]
    different.sort(key=lambda row: not _at_home(row, book))
    return tuple(carrier_in(row) for row in different)


def carrier_in(row: Row, service: str = "") -> Carrier:
    """Returns the carrier of a row of the table."""
    return Carrier(code=row.code, name=row.name, service=service)


def _compare(start: str, book: Book, best: dict[str, tuple[float, Row]]) -> None:
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(start)
    for name, meaning in book.names.items():
        if meaning.product:
            continue
        matcher.set_seq1(name)
        if matcher.real_quick_ratio() >= _LIKE and matcher.quick_ratio() >= _LIKE:
            like, row = matcher.ratio(), meaning.row
            if like >= _LIKE and like > best.get(row.label, (0.0, row))[0]:
                best[row.label] = (like, row)


def _at_home(row: Row, book: Book) -> bool:
    return book.country in row.countries
