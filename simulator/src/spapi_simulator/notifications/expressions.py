"""Filter expressions of subscriptions: the part of CEL that Amazon supports.

There are `!`, `&&`, `||`, `? :`, the six comparisons, `in`, lists, the macros has, all, exists and
exists_one, and the functions startsWith, endsWith, contains and size. There is no arithmetic and no indexing.
CEL's `matches` is refused: its patterns are RE2's, and near misses would mislead.
"""

from collections.abc import Iterable, Mapping

from spapi_simulator.notifications.expression_nodes import (
    FUNCTIONS,
    Call,
    Either,
    Every,
    Field,
    Has,
    Listed,
    Literal,
    Name,
    Node,
    Not,
    Quantified,
    Relation,
)
from spapi_simulator.notifications.expression_tokens import BadExpression, Token, tokens

__all__ = ["BadExpression", "matches", "read_expression"]
_DEEPEST = 24
_CONSTANTS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MACROS = frozenset({"all", "exists", "exists_one"})
_KEYWORDS = frozenset({"in", *_CONSTANTS})
_RESERVED = _KEYWORDS | {
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "namespace", "package", "return", "var", "void", "while",
}  # fmt: skip
"""Words that name no field of the payload itself and no variable; after a dot, only keywords name nothing."""


def read_expression(source: str) -> Node:
    """Return what an expression means.

    Raises:
        BadExpression: It is not one, uses what is not supported, or can never be true or false.
    """
    node = _Parser(tokens(source)).whole()
    if not _may_be_true(node):
        raise BadExpression("The expression is neither true nor false", 0)
    return node


def matches(node: Node, payload: Mapping[str, object]) -> bool:
    """Say whether an expression is true for a payload; what is not there makes nothing true."""
    return node.value(payload) is True


def _may_be_true(node: Node) -> bool:
    if isinstance(node, Either):
        return _may_be_true(node.yes) and _may_be_true(node.no)
    if isinstance(node, Literal):
        return isinstance(node.of, bool)
    return not isinstance(node, Listed) and not (isinstance(node, Call) and node.function == "size")


class _Parser:
    """One pass over the words: every rule of the grammar is a method, the loosest binding first."""

    def __init__(self, words: Iterable[Token]) -> None:
        self._words = list(words)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        """Read everything there is."""
        node = self._expression()
        if self._word.kind != "end":
            raise self._unexpected()
        return node

    def _expression(self) -> Node:
        """Read `or`, or `or ? or : expression`."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadExpression("The expression is nested too deeply", self._word.at)
        node = self._joined("||", decides=True)
        if self._takes("?"):
            yes = self._joined("||", decides=True)
            self._need(":")
            node = Either(node, yes, self._expression())
        self._depth -= 1
        return node

    def _joined(self, sign: str, *, decides: bool) -> Node:
        """Read what `||` joins, each of it what `&&` joins."""
        parts = [self._part(sign)]
        while self._takes(sign):
            parts.append(self._part(sign))
        return parts[0] if len(parts) == 1 else Every(tuple(parts), decides)

    def _part(self, sign: str) -> Node:
        return self._joined("&&", decides=False) if sign == "||" else self._relation()

    def _relation(self) -> Node:
        node = self._unary()
        while (self._word.kind == "sign" and self._word.text in _COMPARISONS) or self._is_name("in"):
            sign = self._take().text
            node = Relation(sign, node, self._unary())
        return node

    def _unary(self) -> Node:
        count = 0
        while self._takes("!"):
            count += 1
        if count > _DEEPEST:
            raise BadExpression("The expression is nested too deeply", self._word.at)
        node = self._member()
        for _ in range(count):
            node = Not(node)
        return node

    def _member(self) -> Node:
        node = self._primary()
        while self._takes("."):
            name = self._need_name(_KEYWORDS)
            node = self._method(node, name) if self._takes("(") else Field(node, name.text)
        if self._is_sign("["):
            raise BadExpression("Indexing is not supported", self._word.at)
        return node

    def _method(self, node: Node, name: Token) -> Node:
        if name.text in _MACROS:
            variable = self._need_name(_RESERVED).text
            self._need(",")
            condition = self._expression()
            self._need(")")
            return Quantified(name.text, node, variable, condition)
        return self._call(name, (node, *self._list_until(")")))

    def _primary(self) -> Node:
        word = self._take()
        if word.kind in {"number", "text"}:
            return Literal(word.value)
        if word.kind == "name":
            return self._named(word)
        if word.text == "(":
            node = self._expression()
            self._need(")")
            return node
        if word.text == "[":
            return Listed(self._list_until("]"))
        self._next -= 1
        raise self._unexpected()

    def _named(self, word: Token) -> Node:
        if word.text in _CONSTANTS:
            return Literal(_CONSTANTS[word.text])
        if word.text in _RESERVED:
            raise BadExpression(f"{word.text} is a reserved word", word.at)
        if not self._takes("("):
            return Name(word.text)
        parts = self._list_until(")")
        if word.text != "has":
            return self._call(word, parts)
        if len(parts) != 1 or not isinstance(parts[0], Field):
            raise BadExpression("has takes one field of an object", word.at)
        return Has(parts[0])

    def _call(self, name: Token, parts: tuple[Node, ...]) -> Node:
        if name.text not in FUNCTIONS:
            raise BadExpression(f"{name.text} is not supported", name.at)
        if len(parts) != (1 if name.text == "size" else 2):
            raise BadExpression(f"{name.text} is given too much or too little", name.at)
        return Call(name.text, parts)

    def _list_until(self, end: str) -> tuple[Node, ...]:
        if self._takes(end):
            return ()
        parts = [self._expression()]
        while self._takes(","):
            parts.append(self._expression())
        self._need(end)
        return tuple(parts)

    @property
    def _word(self) -> Token:
        return self._words[self._next]

    def _take(self) -> Token:
        word = self._word
        if word.kind == "end":
            raise self._unexpected()
        self._next += 1
        return word

    def _is_sign(self, sign: str) -> bool:
        return self._word.kind == "sign" and self._word.text == sign

    def _is_name(self, name: str) -> bool:
        return self._word.kind == "name" and self._word.text == name

    def _takes(self, sign: str) -> bool:
        if not self._is_sign(sign):
            return False
        self._next += 1
        return True

    def _need(self, sign: str) -> None:
        if not self._takes(sign):
            raise BadExpression(f"Expected {sign}", self._word.at)

    def _need_name(self, taken: frozenset[str]) -> Token:
        if self._word.kind != "name" or self._word.text in taken:
            raise BadExpression("Expected a name", self._word.at)
        return self._take()

    def _unexpected(self) -> BadExpression:
        if self._word.kind == "end":
            return BadExpression("The expression ends too early", self._word.at)
        return BadExpression(f"Unexpected {self._word.text}", self._word.at)
