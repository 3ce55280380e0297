"""What a filter expression means: its parts, each with a value for a payload.

A field that is not there, and an operation on values it does not fit, give ABSENT instead of an error. As CEL
treats errors, `||` and `&&` forget it when the other side decides alone; everything else passes it on.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Protocol

Scope = Mapping[str, object]


class Missing(Enum):
    """The value of what has none."""

    ABSENT = "absent"


ABSENT = Missing.ABSENT


class Node(Protocol):
    """A part of an expression."""

    def value(self, scope: Scope) -> object:
        """Return its value where `scope` holds the names; ABSENT where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or null."""

    of: object

    def value(self, scope: Scope) -> object:
        """Return it."""
        del scope
        return self.of


@dataclass(frozen=True, slots=True)
class Name:
    """A field of the payload itself, or the variable of a macro."""

    name: str

    def value(self, scope: Scope) -> object:
        """Return what the name stands for."""
        return scope.get(self.name, ABSENT)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object."""

    of: Node
    name: str

    def value(self, scope: Scope) -> object:
        """Return what is in the field."""
        whole = self.of.value(scope)
        return whole.get(self.name, ABSENT) if isinstance(whole, Mapping) else ABSENT


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a field is there; its object must be."""

    field: Field

    def value(self, scope: Scope) -> object:
        """Return true or false."""
        whole = self.field.of.value(scope)
        return self.field.name in whole if isinstance(whole, Mapping) else ABSENT


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of literals and fields."""

    parts: tuple[Node, ...]

    def value(self, scope: Scope) -> object:
        """Return the values of its parts."""
        values = [one.value(scope) for one in self.parts]
        return ABSENT if ABSENT in values else values


@dataclass(frozen=True, slots=True)
class Not:
    """The other truth value."""

    of: Node

    def value(self, scope: Scope) -> object:
        """Return true for false and false for true."""
        truth = self.of.value(scope)
        return not truth if isinstance(truth, bool) else ABSENT


@dataclass(frozen=True, slots=True)
class Every:
    """Several parts joined by `&&` (`decides` is False), or by `||` (`decides` is True)."""

    parts: tuple[Node, ...]
    decides: bool

    def value(self, scope: Scope) -> object:
        """Return what one part decides, or ABSENT when one that could have is no truth value."""
        return joined((one.value(scope) for one in self.parts), self.decides)


@dataclass(frozen=True, slots=True)
class Either:
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node

    def value(self, scope: Scope) -> object:
        """Return the value of the side the condition chooses."""
        truth = self.condition.value(scope)
        if not isinstance(truth, bool):
            return ABSENT
        return self.yes.value(scope) if truth else self.no.value(scope)


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison, or `in`."""

    sign: str
    left: Node
    right: Node

    def value(self, scope: Scope) -> object:
        """Return whether it holds."""
        left, right = self.left.value(scope), self.right.value(scope)
        if left is ABSENT or right is ABSENT:
            return ABSENT
        return RELATIONS[self.sign](left, right)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a text, a list or an object."""

    function: str
    parts: tuple[Node, ...]

    def value(self, scope: Scope) -> object:
        """Return what it gives; ABSENT for values it is not made for."""
        values = [one.value(scope) for one in self.parts]
        return ABSENT if ABSENT in values else FUNCTIONS[self.function](values)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`all`, `exists` and `exists_one` over the entries of a list or the keys of an object."""

    macro: str
    of: Node
    variable: str
    condition: Node

    def value(self, scope: Scope) -> object:
        """Return whether as many entries as the macro says fulfil the condition."""
        entries = self.of.value(scope)
        if not isinstance(entries, Sequence | Mapping) or isinstance(entries, str):
            return ABSENT
        truths = [self.condition.value({**scope, self.variable: one}) for one in entries]
        if self.macro != "exists_one":
            return joined(iter(truths), self.macro == "exists")
        if any(not isinstance(one, bool) for one in truths):
            return ABSENT
        return truths.count(True) == 1


def joined(truths: Iterable[object], decides: bool) -> object:
    """Return `decides` when one truth is it, ABSENT when one is none, and the other truth value otherwise."""
    unclear = False
    for truth in truths:
        if truth is decides:
            return decides
        unclear = unclear or not isinstance(truth, bool)
    return ABSENT if unclear else not decides


def same(left: object, right: object) -> bool:
    """Say whether two values are equal: numbers by size, never a number and a truth value."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(*pair) for pair in zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, object], object]:
    """Return a comparison by size, for two numbers, two texts or two truth values."""

    def ordered(left: object, right: object) -> object:
        kind = _sort(left)
        return compare(left, right) if kind and kind == _sort(right) else ABSENT

    return ordered


def _sort(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else ""


def _is_in(left: object, right: object) -> object:
    if isinstance(right, Mapping):
        return isinstance(left, str) and left in right
    return any(same(left, one) for one in right) if isinstance(right, list) else ABSENT


def _on_texts(test: Callable[[str, str], bool]) -> Callable[[Sequence[object]], object]:
    """Return a test of a text by another text."""

    def tested(values: Sequence[object]) -> object:
        whole, other = values
        return test(whole, other) if isinstance(whole, str) and isinstance(other, str) else ABSENT

    return tested


def _size(values: Sequence[object]) -> object:
    (one,) = values
    return len(one) if isinstance(one, str | list | Mapping) else ABSENT


RELATIONS: Mapping[str, Callable[[object, object], object]] = MappingProxyType({
    "==": same,
    "!=": lambda left, right: not same(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _is_in,
})  # fmt: skip
FUNCTIONS: Mapping[str, Callable[[Sequence[object]], object]] = MappingProxyType({
    "startsWith": _on_texts(str.startswith),
    "endsWith": _on_texts(str.endswith),
    "contains": _on_texts(str.__contains__),
    "size": _size,
})  # fmt: skip
