"""The table of carriers: each name means one carrier, each code is Amazon's."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import pytest

from dockseal.domain.carrier import OTHER, Carrier
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.shipment_confirmation.carriers.rows import OWN_NAME, Row, group
from dockseal.shipment_confirmation.carriers.table import (
    GROUPS,
    ROWS,
    ambiguities,
    book_for,
    global_names,
    local_names,
)
from dockseal.shipment_confirmation.carriers.words import joined
from spapi_simulator.world.carriers import CARRIERS

COUNTRIES = {each.country: each.id for each in MARKETPLACES.values()}
_PLAIN = Row(
    code="X",
    name="",
    countries=(),
    only_there=False,
    any_service=False,
    names=("X",),
    local_names=(),
    products=(),
)


def row_of(code: str, **others: Any) -> Row:
    """A row of the whole world, but for what is said."""
    return replace(_PLAIN, code=code, **others)


def test_every_code_is_amazons_or_other_with_a_name() -> None:
    for row in ROWS:
        assert row.code in CARRIERS, row.code
        assert Carrier(code=row.code, name=row.name)


def test_every_code_and_name_stands_in_the_table_once() -> None:
    assert [label for label, times in Counter(row.label for row in ROWS).items() if times > 1] == []


def test_every_country_is_one_of_a_marketplace_and_has_carriers_at_home() -> None:
    at_home = Counter(country for row in ROWS for country in row.countries)
    assert set(at_home) == set(COUNTRIES)
    assert min(at_home.values()) >= 3


def test_every_group_has_a_source_with_its_date_and_those_without_a_code_say_so() -> None:
    for each in GROUPS:
        assert each.sources, each.title
        assert all(source.where and source.date for source in each.sources)
        assert {row.code == OTHER for row in each.rows} == {each.sources == (OWN_NAME,)}, each.title


def test_no_name_means_two_carriers_in_one_marketplace() -> None:
    meant = defaultdict(set)
    for name, row in global_names():
        meant["", name].add(row.label)
    for country in COUNTRIES:
        for name, meaning in local_names(country):
            meant[country, name].add(meaning.row.label)
    assert {name: labels for name, labels in meant.items() if len(labels) > 1} == {}


def test_a_row_that_stands_in_for_another_in_one_country_takes_all_its_names() -> None:
    found = 0
    for place in COUNTRIES.values():
        names = book_for(place).names
        stand_ins = {name for name, meaning in names.items() if meaning.row.only_there}
        stood_in_for = {row.label for name, row in global_names() if name in stand_ins}
        left = {name for name, row in global_names() if row.label in stood_in_for} - stand_ins
        assert left == set(), place
        found += len(stood_in_for)
    assert found >= 5  # FedEx, Yamato, Sagawa and Nippon Express in Japan; AMZL in the United Kingdom


def test_what_is_ambiguous_is_no_name_there_and_may_mean_carriers_of_the_table() -> None:
    for place in ("", *COUNTRIES.values()):
        book = book_for(place)
        assert set(book.ambiguous).isdisjoint(book.names)
        assert all(book.ambiguous.values())
    assert len({name for name, _ in ambiguities("MX")}) > len({name for name, _ in ambiguities("US")})


def test_a_local_name_goes_before_what_is_ambiguous() -> None:
    assert "hermes" in book_for(COUNTRIES["FR"]).ambiguous
    assert book_for(COUNTRIES["DE"]).names["hermes"].row.code == "Hermes Logistik Gruppe"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("* | X", row_of("X")),
        ("GB IE + | X | a; b", row_of("X", countries=("GB", "IE"), any_service=True, names=("X", "a", "b"))),
        (
            "JP ! | Other: Y & Z |  | c; >d",
            row_of(
                OTHER,
                name="Y & Z",
                countries=("JP",),
                only_there=True,
                names=("Y & Z",),
                local_names=("c",),
                products=("d",),
            ),
        ),
    ],
)
def test_a_row_is_read_as_it_is_written(text: str, row: Row) -> None:
    assert group("title", text, sources=(OWN_NAME,)).rows == (row,)


def test_every_name_has_letters_or_digits() -> None:
    assert all(joined(name) for row in ROWS for name in (*row.names, *row.local_names, *row.products))
