"""Personal data as a capability: a value that can be carried, but not shown by accident."""

from collections.abc import Iterable, Mapping
from typing import NoReturn

from dockseal.domain.fields import Field
from dockseal.domain.withheld import Withheld
from dockseal.errors import PlaintextRefused

__all__ = ["Field", "Recipient", "recipient_from"]

_COARSE = frozenset({Field.COUNTRY, Field.REGION})
_TELLING = 6
"""Letters from which on a value is no everyday word, number or name of a warehouse."""


class Recipient(Withheld):
    """Personal data of one order, in clear, for as long as a grant is being used.

    It refuses every way a value usually leaks: `str`, `repr`, `format`, iteration, JSON, pickling and
    copying all raise `PlaintextRefused`. `disclose` is the one door, and a house test lists its callers.
    """

    __slots__ = ("__weakref__", "_values")

    def __init__(self, values: Mapping[Field, str]) -> None:
        self._values = {field: text for field, text in values.items() if text}

    def fields(self) -> frozenset[Field]:
        """Returns which fields are present: names, never contents."""
        return frozenset(self._values)

    def only(self, fields: Iterable[Field]) -> "Recipient":
        """Returns a recipient with no other fields than `fields`."""
        wanted = frozenset(fields)
        return Recipient({field: text for field, text in self._values.items() if field in wanted})

    def without(self, fields: Iterable[Field]) -> "Recipient":
        """Returns a recipient with all fields but `fields`."""
        return self.only(self.fields() - frozenset(fields))

    def differing(self, other: "Recipient", fields: Iterable[Field]) -> frozenset[Field]:
        """Returns which of `fields` read differently in another one: names, never contents."""
        return frozenset(
            field
            for field in fields
            if _plain(self._values.get(field, "")) != _plain(other._values.get(field, ""))
        )

    def begins(self, field: Field, beginnings: Iterable[str]) -> bool:
        """Tells whether a field begins with one of these texts, whatever their capitals and spaces."""
        value = _packed(self._values.get(field, ""))
        return any(value.startswith(_packed(each)) for each in beginnings) if value else False

    def is_one_of(self, field: Field, texts: Iterable[str]) -> bool:
        """Tells whether a field is one of these texts, whatever their capitals and spaces."""
        value = _packed(self._values.get(field, ""))
        return any(value == _packed(each) for each in texts) if value else False

    def repeated_in(self, text: str) -> bool:
        """Tells whether a text repeats a value of six letters or more; countries and regions do not count."""
        said = _plain(text)
        values = (_plain(value) for field, value in self._values.items() if field not in _COARSE)
        return any(len(value) >= _TELLING and value in said for value in values)

    def disclose(self) -> dict[str, str]:
        """Returns the contents in clear, by field name: the dangerous act."""
        return {str(field): text for field, text in self._values.items()}

    def _refuse(self, *_: object) -> NoReturn:
        raise PlaintextRefused

    __str__ = __repr__ = __iter__ = __copy__ = __getstate__ = __reduce__ = _refuse
    __format__ = __deepcopy__ = __reduce_ex__ = _refuse


def recipient_from(values: Mapping[str, str]) -> Recipient:
    """Builds a recipient from field names, as `disclose` wrote them; unknown names are refused.

    Raises:
        ValueError: a name is no `Field`.
    """
    return Recipient({Field(name): text for name, text in values.items()})


def _plain(text: str) -> str:
    """Returns a text without what makes no other address: spaces and capitals."""
    return " ".join(text.split()).casefold()


def _packed(text: str) -> str:
    return "".join(text.split()).casefold()
