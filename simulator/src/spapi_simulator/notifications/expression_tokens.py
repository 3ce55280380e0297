"""The words of a filter expression."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

_WORDS = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<sign>==|!=|<=|>=|&&|\|\||[<>!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPED = MappingProxyType(
    {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}
    | {"a": "\a", "b": "\b", "f": "\f", "v": "\v"}
)
_ARITHMETIC = frozenset("+-*/%")


class BadExpression(ValueError):
    """A filter expression that is refused; the text names the position, counted from 1."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(f"{reason} at position {at + 1}.")
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word: its kind is number, name, text, sign or end; `value` is what a literal stands for."""

    kind: str
    text: str
    at: int
    value: object = None


def tokens(source: str) -> Iterator[Token]:
    """Yield the words of an expression, and an end.

    Raises:
        BadExpression: A character has no place here, arithmetic among them.
    """
    at = 0
    while at < len(source):
        found = _WORDS.match(source, at)
        if found is None:
            if source[at] in _ARITHMETIC:
                raise BadExpression("Arithmetic operators are not supported", at)
            raise BadExpression("Unexpected character", at)
        kind, word = found.lastgroup or "", found.group()
        if kind != "space":
            yield Token(kind=kind, text=word, at=at, value=_value(kind, word, at))
        at = found.end()
    yield Token(kind="end", text="", at=at)


def _value(kind: str, word: str, at: int) -> object:
    if kind == "number":
        if set(word) & set(".eE"):
            return float(word)
        if not -(2**63) <= int(word) < 2**63:
            raise BadExpression("The number is too large", at)
        return int(word)
    return _unescaped(word[1:-1], at) if kind == "text" else None


def _unescaped(text: str, at: int) -> str:
    def one(found: re.Match[str]) -> str:
        name = found[1]
        if len(name) > 1:
            return chr(int(name[1:], 16))
        if name not in _ESCAPED:
            raise BadExpression("Unknown escape in a text", at)
        return _ESCAPED[name]

    return _ESCAPE.sub(one, text)
