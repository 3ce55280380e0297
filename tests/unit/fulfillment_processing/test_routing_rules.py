"""The rules table against a reference that tries everything, one condition after the other."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Order, OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.fulfillment_processing.routing import Route, Ways
from dockseal.fulfillment_processing.routing_reach import hidden, takes_all
from dockseal.fulfillment_processing.routing_rules import (
    NO_RULE,
    Choice,
    Destination,
    Rule,
    Table,
    choose,
    sku_matches,
)
from unit.fulfillment_processing.conftest import make_order

HOME = WarehouseId("home")
WAREHOUSES = [WarehouseId(name) for name in ("reno", "sparks", "york")]
SKUS = ["MUG-1", "MUG-22", "TEA-1", "T", "A*"]


def some(values: list[str], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    """Nothing asked, or a few of these values."""
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


destinations = st.builds(
    Destination,
    country=some(["US", "GB"]),
    region=some(["NV", "Nevada"]),
    postal_code=some(["8", "89", "SW1", "90"]),
)
rules = st.builds(
    Rule,
    number=st.just(1),
    warehouse=st.sampled_from(WAREHOUSES),
    seller=some(["acme-us", "acme-eu"]),
    marketplace=some(["ATVPDKIKX0DER", "A1F83G8C2ARO7P"]),
    sku=some(["MUG-1", "MUG-*", "MUG-?", "T*", "*", "A*"]),
    program=some(["PRIME", "PREMIUM"]),
    at_least=st.integers(0, 3),
    at_most=st.none() | st.integers(1, 4),
    in_stock=st.booleans(),
    destination=destinations | st.just(Destination()),
)
tables = st.builds(
    lambda found, stock: Table(
        rules=tuple(replace(rule, number=number) for number, rule in enumerate(found, start=1)), stock=stock
    ),
    st.lists(rules, max_size=5),
    st.dictionaries(
        st.tuples(st.sampled_from(SKUS), st.sampled_from(WAREHOUSES)),
        st.none() | st.integers(0, 4),
        max_size=6,
    ),
)
recipients = st.fixed_dictionaries(
    {
        Field.COUNTRY: st.sampled_from(["US", "us", "GB", "UK", ""]),
        Field.REGION: st.sampled_from(["NV", "nv", "Nevada", ""]),
        Field.POSTAL_CODE: st.sampled_from(["89501", "90210-1", "SW1A 1AA", "sw1a1aa", ""]),
    }
)
lines = st.builds(OrderLine, order_item_id=st.just("1"), sku=st.sampled_from(SKUS), ordered=st.integers(1, 5))
orders = st.builds(
    lambda seller, marketplace, programs, line: make_order(
        seller=SellerId(seller),
        marketplace_id=marketplace,
        programs=frozenset(programs),
        lines=(line,),
    ),
    st.sampled_from(["acme-us", "acme-eu"]),
    st.sampled_from(["ATVPDKIKX0DER", "A1F83G8C2ARO7P", ""]),
    st.lists(st.sampled_from(["PRIME", "PREMIUM", "OTHER"]), max_size=2),
    lines,
)


def plain(text: str) -> str:
    return text.replace(" ", "").lower()


def takes(rule: Rule, table: Table, order: Order, goes_to: dict[Field, str]) -> bool:
    """The reference: one line for each condition."""
    (line,) = order.amazon.lines
    stock = table.stock.get((line.sku, rule.warehouse), 0)
    country = {"UK": "GB"}.get(goes_to[Field.COUNTRY].upper(), goes_to[Field.COUNTRY].upper())
    code, asked = plain(goes_to[Field.POSTAL_CODE]), rule.destination
    return all(
        (
            not rule.seller or order.seller in rule.seller,
            not rule.marketplace or order.amazon.marketplace_id in rule.marketplace,
            not rule.sku or any(fnmatchcase(line.sku, pattern) for pattern in rule.sku),
            not rule.program or any(each in rule.program for each in order.amazon.programs),
            line.ordered >= rule.at_least,
            rule.at_most is None or line.ordered <= rule.at_most,
            not rule.in_stock or stock is None or stock >= line.ordered,
            not asked.country or country in asked.country,
            not asked.region or plain(goes_to[Field.REGION]) in [plain(each) for each in asked.region],
            not asked.postal_code or any(code.startswith(plain(each)) for each in asked.postal_code),
        )
    )


def reference(table: Table, order: Order, goes_to: dict[Field, str]) -> tuple[str, int]:
    for rule in table.rules:
        if takes(rule, table, order, goes_to):
            return rule.warehouse, rule.number
    return HOME, NO_RULE


def chosen(table: Table, order: Order, to: Recipient | None) -> Choice:
    return choose(table, order, order.amazon.lines[0], HOME, to)


@given(table=tables, order=orders, goes_to=recipients)
def test_the_first_rule_that_matches_wins(table: Table, order: Order, goes_to: dict[Field, str]) -> None:
    choice = chosen(table, order, Recipient(goes_to))
    assert (choice.warehouse, choice.rule) == reference(table, order, goes_to)
    assert choice.may == ()


@given(table=tables, order=orders, goes_to=recipients)
def test_without_looking_at_the_destination_the_answer_is_among_what_is_said_to_be_possible(
    table: Table, order: Order, goes_to: dict[Field, str]
) -> None:
    unseen = chosen(table, order, None)
    decided = chosen(table, order, Recipient(goes_to))
    assert decided.rule in {unseen.rule, *(rule.number for rule in unseen.may)}
    assert all(rule.destination for rule in unseen.may)
    if not unseen.may:
        assert (decided.warehouse, decided.rule) == (unseen.warehouse, unseen.rule)


@given(table=tables, order=orders, goes_to=recipients)
def test_a_rule_that_is_said_never_to_match_never_does(
    table: Table, order: Order, goes_to: dict[Field, str]
) -> None:
    never = {rule.number for rule, _ in hidden(table.rules)}
    assert reference(table, order, goes_to)[1] not in never


CONDITIONS = ("seller", "marketplace", "sku", "program", "at_least", "at_most", "in_stock", "destination")


@pytest.mark.parametrize("condition", CONDITIONS)
@given(one=rules, other=rules, table=tables, order=orders, goes_to=recipients)
def test_a_condition_that_is_said_to_take_all_of_another_does(
    condition: str, *, one: Rule, other: Rule, table: Table, order: Order, goes_to: dict[Field, str]
) -> None:
    above, rule = (
        replace(Rule(number=1, warehouse=each.warehouse), **{condition: getattr(each, condition)})
        for each in (one, other)
    )
    if takes_all(above, rule) and takes(rule, table, order, goes_to):
        assert takes(above, table, order, goes_to)


@given(rule=rules, table=tables)
def test_a_rule_takes_all_that_it_takes_itself_and_a_rule_without_conditions_takes_everything(
    rule: Rule, table: Table
) -> None:
    assert takes_all(rule, rule)
    everything = Rule(number=1, warehouse=HOME)
    assert all(takes_all(everything, each) for each in table.rules)


@pytest.mark.parametrize(
    ("wide", "narrow", "hides"),
    [
        ("MUG-*", "MUG-BLUE*", True),
        ("MUG-*", "MUG-?", True),
        ("MUG-?", "MUG-*", False),
        ("MUG-?", "MUG-1", True),
        ("*", "MUG-*", True),
        ("MUG-1", "MUG-*", False),
    ],
)
def test_patterns_hide_narrower_ones_alone(wide: str, narrow: str, hides: bool) -> None:
    first, second = (Rule(number=1, warehouse=HOME, sku=(each,)) for each in (wide, narrow))
    assert takes_all(first, second) is hides


def test_a_pattern_is_no_other_language() -> None:
    assert sku_matches("A[1]*", "A[1]\n2")
    assert not sku_matches("A.C", "ABC")
    assert not sku_matches("A*", "a1")


def test_a_recipient_answers_questions_and_shows_nothing() -> None:
    recipient = Recipient({Field.POSTAL_CODE: "SW1A 1AA", Field.COUNTRY: "GB"})
    assert recipient.begins(Field.POSTAL_CODE, ["N1", "sw1a1"])
    assert not recipient.begins(Field.POSTAL_CODE, ["1AA"])
    assert not recipient.begins(Field.REGION, ["", "N"]), "what is not known begins with nothing"
    assert recipient.is_one_of(Field.COUNTRY, ["US", "gb"])
    assert not recipient.is_one_of(Field.COUNTRY, ["G"])


choices = st.lists(
    st.builds(
        lambda item, warehouse, rule: Choice(
            line=OrderLine(order_item_id=str(item), sku="MUG-1", ordered=item), warehouse=warehouse, rule=rule
        ),
        st.integers(1, 9),
        st.sampled_from(WAREHOUSES),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda choice: choice.line.order_item_id,
)


@given(found=choices)
def test_every_line_is_in_exactly_one_part_and_no_warehouse_has_two(found: list[Choice]) -> None:
    parts = Route(choices=tuple(found)).parts
    lines = [line for part in parts for line in part.lines]
    assert sorted(line.order_item_id for line in lines) == sorted(each.line.order_item_id for each in found)
    assert sum(line.ordered for line in lines) == sum(each.line.ordered for each in found)
    assert len({part.warehouse for part in parts}) == len(parts)
    assert {rule for part in parts for rule in part.rules} == {each.rule for each in found}


def leading(ways: Ways, *certain: str, may: tuple[str, ...] = ()) -> str:
    rules = tuple(Rule(number=1, warehouse=WarehouseId(name)) for name in may)
    line: Any = OrderLine(order_item_id="1", sku="MUG-1", ordered=1)
    made = [Choice(line=line, warehouse=WarehouseId(name), rule=2, may=rules) for name in certain]
    return ways.leading(Route(choices=tuple(made)))


def test_personal_data_comes_by_the_way_of_who_needs_it_kept_and_is_not_kept_for_who_may_not_get_it() -> None:
    ways = Ways(without=frozenset({WarehouseId("labels")}), passed=frozenset({WarehouseId("memory")}))
    assert leading(ways, "labels") == "labels"
    assert leading(ways, "labels", "memory") == "memory"
    assert leading(ways, "memory", "reno") == "reno"
    assert leading(ways, "labels", may=("reno",)) == "reno"
    assert leading(ways, "reno", may=("sparks", "memory")) == "memory", "it may get what must not be kept"
