"""Filter expressions, compared with what Python makes of the same question."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spapi_simulator.notifications.expressions import BadExpression, matches, read_expression

PAYLOAD: Mapping[str, Any] = {
    "Order": {
        "Status": "Shipped",
        "Count": 3,
        "Share": 0.5,
        "Prime": True,
        "Code": None,
        "Programs": ["Prime", "Business"],
        "Items": [{"Sku": "A-1", "Quantity": 1}, {"Sku": "B-2", "Quantity": 2}],
    },
    "Empty": [],
}


def holds(text: str) -> bool:
    return matches(read_expression(text), PAYLOAD)


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "Order.Status == 'Shipped'",
        'Order.Status == "Shipped"',
        "Order.Status != 'Pending' && Order.Count >= 3",
        "Order.Count > 2 && Order.Count < 4 && Order.Count <= 3",
        "Order.Count == 3.0",
        "Order.Count > -1",
        "Order.Share < 1e0",
        "Order.Status in ['Pending', 'Shipped']",
        "!(Order.Status in ['Pending'])",
        "Order.Status in [Order.Status]",
        "'Prime' in Order.Programs",
        "'Status' in Order",
        "[1, 2] == [1, 2]",
        "Order.Code == null",
        "Order.Prime",
        "!!Order.Prime",
        "Order.Prime ? Order.Count == 3 : false",
        "false ? false : Order.Prime ? true : false",
        "has(Order.Code) && !has(Order.Tip)",
        "Order.Status.startsWith('Ship') && Order.Status.endsWith('ped') && Order.Status.contains('hip')",
        "size(Order.Programs) == 2 && Order.Status.size() == 7",
        "Order.Items.exists(i, i.Sku == 'B-2' && i.Quantity == 2)",
        "Order.Items.all(i, i.Quantity > 0)",
        "Order.Items.exists_one(i, i.Quantity > 1)",
        "Empty.all(x, false) && !Empty.exists(x, true)",
        "Order.Items.exists(i, Order.Items.all(j, j.Quantity <= i.Quantity))",
        "'\\u0053hipped' == Order.Status",
        "'it\\'s' == \"it's\"",
        "Order.Tip == 1 || Order.Prime",
        "!(Order.Tip == 1 && false)",
        "'a' < 'b' && false < true",
        "1 == 1 == true",
        "has(Order.package) ? false : true",
    ],
)
def test_it_is_true(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Order.Status == 'shipped'",
        "Order.Tip == 1",
        "Order.Tip != 1",
        "!(Order.Tip == 1)",
        "Nothing.At.All == null",
        "Order.Status.Deeper == 1",
        "Order.Tip == 1 && true",
        "has(Nothing.At)",
        "!has(Nothing.At)",
        "Order.Prime == 1",
        "Order.Count == true",
        "Order.Count < '4'",
        "Order.Prime < 2",
        "Order.Count in 3",
        "Order.Count",
        "!Order.Count",
        "Order.Count && true",
        "Order.Count ? true : true",
        "Order.Count.startsWith('3')",
        "Order.Count.size() == 1",
        "Order.Status.all(x, true)",
        "Order.Items.exists(i, i.Tip == 1)",
        "Order.Items.exists_one(i, i.Tip == 1)",
        "Order.Items.exists_one(i, i.Quantity > 0)",
        "[Order.Tip] == [1]",
        "[1] == [1, 2]",
    ],
)
def test_it_is_not_true_and_breaks_nothing(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("", 1, "ends too early"),
        ("a ==", 5, "ends too early"),
        ("a == 1)", 7, "Unexpected )"),
        ("a = 1", 3, "Unexpected character"),
        ("a == `S`", 6, "Unexpected character"),
        ("a == 'S", 6, "Unexpected character"),
        ("a == 1 + 1", 8, "Arithmetic"),
        ("a - b > 1", 3, "Arithmetic"),
        ("-a == 1", 1, "Arithmetic"),
        ("a * 2 == 1", 3, "Arithmetic"),
        ("a / 2 == 1", 3, "Arithmetic"),
        ("a % 2 == 1", 3, "Arithmetic"),
        ("a[0] == 1", 2, "Indexing"),
        ("[1][0] == 1", 4, "Indexing"),
        ("a.map(x, x) == [1]", 3, "map is not supported"),
        ("a.filter(x, x) == [1]", 3, "filter is not supported"),
        ("a.matches('x')", 3, "matches is not supported"),
        ("timestamp(a) == 1", 1, "timestamp is not supported"),
        ("has(a)", 1, "has takes one field"),
        ("has(a.b, a.c)", 1, "has takes one field"),
        ("size(a, b) == 1", 1, "too much or too little"),
        ("a.startsWith()", 3, "too much or too little"),
        ("a.all(x)", 8, "Expected ,"),
        ("a.all(1, true)", 7, "Expected a name"),
        ("a. == 1", 4, "Expected a name"),
        ("a.in == 1", 3, "Expected a name"),
        ("a ? b", 6, "Expected :"),
        ("for == 1", 1, "reserved"),
        ("(a == 1", 8, "Expected )"),
        ("a == '\\q'", 6, "Unknown escape"),
        ("a == 9223372036854775808", 6, "too large"),
        ("'text'", 1, "neither true nor false"),
        ("1", 1, "neither true nor false"),
        ("[true]", 1, "neither true nor false"),
        ("true ? 1 : true", 1, "neither true nor false"),
        ("size(a)", 1, "neither true nor false"),
        ("(" * 25 + "true" + ")" * 25, 25, "nested too deeply"),
        ("!" * 25 + "true", 26, "nested too deeply"),
    ],
)
def test_it_is_refused_with_the_position(text: str, at: int, reason: str) -> None:
    with pytest.raises(BadExpression) as refused:
        read_expression(text)
    assert reason in str(refused.value)
    assert str(refused.value).endswith(f"at position {at}.")


def test_the_longest_expressions_are_read() -> None:
    assert holds("true&&" * 42 + "true")
    assert holds("(" * 20 + "true" + ")" * 20)
    assert not holds("a" + ".a" * 127)
    assert holds("1==1" + "==true" * 42)


Asked = tuple[str, Callable[[], bool]]
FIELDS: Mapping[str, Any] = {"s": "north", "n": 5, "f": 2.5, "t": True, "l": ["north", 5], "z": None}
TEXTS = st.text(alphabet="norths'\"\\\n", max_size=4)


def quoted(text: str) -> str:
    return json.dumps(text)


def comparisons() -> st.SearchStrategy[Asked]:
    """Comparisons of two numbers or of two texts, and what Python says of them."""
    numbers = st.one_of(
        st.sampled_from([("n", 5), ("f", 2.5)]),
        st.integers(-9, 9).map(lambda one: (str(one), one)),
        st.sampled_from([0.5, 2.5, -1.25]).map(lambda one: (repr(one), one)),
    )
    words = st.one_of(st.just(("s", "north")), TEXTS.map(lambda one: (quoted(one), one)))
    signs: Mapping[str, Callable[[Any, Any], bool]] = {
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    pairs = st.one_of(st.tuples(numbers, numbers), st.tuples(words, words))

    def asked(drawn: tuple[Any, str]) -> Asked:
        ((left, a), (right, b)), sign = drawn
        return f"{left} {sign} {right}", lambda: signs[sign](a, b)

    return st.tuples(pairs, st.sampled_from(sorted(signs))).map(asked)


def memberships() -> st.SearchStrategy[Asked]:
    lists = st.lists(TEXTS, max_size=3)
    return lists.map(
        lambda some: (f"s in [{', '.join(map(quoted, some))}]", lambda: "north" in some)
    ) | st.sampled_from(
        [
            ("t", lambda: True),
            ("n in l", lambda: True),
            ("f in l", lambda: False),
            ("z == null", lambda: True),
        ]
    )


def grown(inner: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    def both(drawn: tuple[Asked, Asked, bool]) -> Asked:
        (left, a), (right, b), every = drawn
        if every:
            return f"({left}) && ({right})", lambda: a() and b()
        return f"({left}) || ({right})", lambda: a() or b()

    def choose(drawn: tuple[Asked, Asked, Asked]) -> Asked:
        (when, a), (yes, b), (no, c) = drawn
        return f"({when}) ? ({yes}) : ({no})", lambda: b() if a() else c()

    return st.one_of(
        inner.map(lambda one: (f"!({one[0]})", lambda: not one[1]())),
        st.tuples(inner, inner, st.booleans()).map(both),
        st.tuples(inner, inner, inner).map(choose),
    )


@given(st.recursive(comparisons() | memberships(), grown, max_leaves=8))
def test_python_says_the_same(asked: Asked) -> None:
    text, says = asked
    assert matches(read_expression(text), FIELDS) is says()


@given(st.text(alphabet="ab.'\"\\()[]!&|=<>?:,0-+ ein", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    outcome: object
    try:
        outcome = matches(read_expression(text), FIELDS)
    except BadExpression as refused:
        outcome = refused.at
    assert outcome in {True, False, *range(len(text) + 1)}
