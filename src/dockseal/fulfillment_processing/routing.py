"""Which warehouse each line of an order goes to, and by which way its personal data comes there.

Routing happens twice. The examination routes so far as it can without the destination: it finds the warehouse
that decides whether personal data is retrieved, and how it is kept. The release routes for good, just before
it writes its intents: only there is the recipient open, and is asked about the destination. What is kept is
the answer: the warehouse of each part, and the numbers of the rules.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import Order, OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.fulfillment_processing.routing_rules import NO_RULE, Choice, Table, choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of an order goes to one warehouse."""

    warehouse: WarehouseId
    lines: tuple[OrderLine, ...]
    rules: tuple[int, ...]
    """The rules that say so, by their numbers; `NO_RULE` among them: the seller's own warehouse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where the lines of an order go."""

    choices: tuple[Choice, ...]
    looked_at: bool = False
    """Whether the destination was asked about."""

    @property
    def open(self) -> bool:
        """Whether the destination may still decide otherwise."""
        return any(choice.may for choice in self.choices)

    @property
    def parts(self) -> tuple[Part, ...]:
        """One for each warehouse, in the order of the lines."""
        warehouses = dict.fromkeys(choice.warehouse for choice in self.choices)
        return tuple(self._part(warehouse) for warehouse in warehouses)

    @property
    def possible(self) -> tuple[WarehouseId, ...]:
        """Every warehouse that lines may go to, the rules before the others."""
        found = (
            name
            for choice in self.choices
            for name in (*(rule.warehouse for rule in choice.may), choice.warehouse)
        )
        return tuple(dict.fromkeys(found))

    def _part(self, warehouse: WarehouseId) -> Part:
        mine = [choice for choice in self.choices if choice.warehouse == warehouse]
        return Part(
            warehouse=warehouse,
            lines=tuple(choice.line for choice in mine),
            rules=tuple(sorted({choice.rule for choice in mine})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How personal data comes to warehouses: sealed until it is handed over, passed on, or not at all."""

    without: frozenset[WarehouseId] = frozenset()
    passed: frozenset[WarehouseId] = frozenset()

    def kept_for(self, warehouse: WarehouseId) -> bool:
        """Tells whether personal data is sealed for a warehouse."""
        return warehouse not in self.without and warehouse not in self.passed

    def leading(self, route: Route) -> WarehouseId:
        """Returns the warehouse by whose way the personal data of an order comes.

        One that surely gets something and has it sealed leads the others. While the destination is open, one
        that personal data is passed on to comes first: what it may get must not be stored.
        """
        certain = [choice.warehouse for choice in route.choices if not choice.may]
        possible = route.possible
        kept = [name for name in certain if self.kept_for(name)]
        passed = [name for name in possible if name in self.passed]
        given = [name for name in possible if name not in self.without]
        return next(iter([*kept, *passed, *given, *possible]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Routes by the rules as they are now.

    Attributes:
        rules: Gives the rules.
        ways: Gives how personal data comes to each warehouse.
        changed: Tells once whether there are other rules than before.
    """

    rules: Callable[[], Table] = Table
    ways: Callable[[], Ways] = Ways
    changed: Callable[[], bool] = bool

    def route(
        self,
        order: Order,
        lines: Iterable[OrderLine],
        *,
        home: WarehouseId,
        to: Recipient | None = None,
    ) -> Route:
        """Routes the lines of an order that are at no warehouse yet.

        Args:
            order: The order.
            lines: Those lines, with as much as is to be shipped.
            home: Where lines go that no rule takes: the seller's own warehouse.
            to: Who is asked about the destination; None: nobody, and the route may be open.
        """
        table = self.rules()
        choices = tuple(choose(table, order, line, home, to) for line in lines)
        return Route(choices=choices, looked_at=to is not None)


def named(rules: Iterable[int]) -> str:
    """Names rules for people, such as `rule 2`."""
    words = [f"rule {rule}" if rule != NO_RULE else "no rule (the seller's own warehouse)" for rule in rules]
    return " and ".join(words)
