"""The orders: taken in once, moved by the table of moves, never changed behind somebody's back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from dockseal.domain.identifiers import OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState, may_move
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import DifferenceRow, OrderRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import COMPARED, by_key, due_by, each, inserted
from dockseal.storage.translate import order_columns, order_from

States = OrderState | Iterable[OrderState]
_UNSHIPPED = (OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE, OrderState.RELEASED)
_AT_A_WAREHOUSE = (OrderState.RELEASED, OrderState.PARTLY_SHIPPED)
_FULL_ID = 19


@edge
class Orders:
    """The table of orders.

    A change is made only if the row still holds exactly the order that was passed in: its stamp, a digest of
    all its columns, is compared in the same UPDATE.
    """

    def insert(self, order: Order) -> None:
        """Takes a new order in.

        Raises:
            MoveRefused: the seller's order is already kept.
        """
        if not inserted(OrderRow(**order_columns(order)), OPERATIONS):
            raise MoveRefused(f"order {order.id} of seller {order.seller} is already kept; read it again")

    def find(self, seller: SellerId, amazon_order_id: str) -> Order | None:
        """Returns the order with this Amazon id, if it is kept."""
        return _one(OrderRow.objects.filter(seller=seller, amazon_order_id=amazon_order_id))

    def among(self, seller: SellerId, amazon_order_ids: Iterable[str]) -> dict[str, Order]:
        """Returns those of these orders that are kept, by their Amazon ids."""
        rows = OrderRow.objects.filter(seller=seller, amazon_order_id__in=list(amazon_order_ids))
        return {row.amazon_order_id: order_from(row) for row in rows}

    def kept_among(self, seller: SellerId, amazon_order_ids: Iterable[str]) -> frozenset[str]:
        """Returns which of these orders are kept."""
        rows = OrderRow.objects.filter(seller=seller, amazon_order_id__in=list(amazon_order_ids))
        return frozenset(rows.values_list("amazon_order_id", flat=True))

    def accepted_since(self, seller: SellerId, instant: datetime) -> int:
        """Returns how many orders of a seller were taken in at that instant or later."""
        # By every state, since the index leads with it.
        rows = OrderRow.objects.filter(state__in=each(tuple(OrderState)), accepted_at__gte=instant)
        return rows.filter(seller=seller).count()

    def every(self, states: States, seller: SellerId) -> tuple[Order, ...]:
        """Returns all orders of a seller in these states, however many."""
        return tuple(order_from(row) for row in _in(states, seller).order_by("ref").iterator(500))

    def sealed_or_in(
        self, states: States, seller: SellerId, *, until: datetime | None = None
    ) -> tuple[OrderRef, ...]:
        """Returns a seller's orders that say something of them is sealed, and those in these states.

        Args:
            states: In one of these states.
            seller: Whose orders.
            until: Only those accepted by then.
        """
        wanted = Q(sealed_until__isnull=False) | Q(state__in=each(states))
        rows = OrderRow.objects.filter(wanted, seller=seller).order_by("ref")
        if until is not None:
            rows = rows.filter(accepted_at__lte=until)
        return tuple(OrderRef(ref) for ref in rows.values_list("ref", flat=True))

    def get(self, ref: OrderRef) -> Order:
        """Returns an order.

        Raises:
            BadInput: no order has this reference.
        """
        row = by_key(OrderRow, OPERATIONS, ref)
        if row is None:
            raise BadInput(f"no order has the reference {ref}")
        return order_from(row)

    def by_release(self, ref: ReleaseRef) -> Order | None:
        """Returns the order that was released under this reference."""
        return _one(OrderRow.objects.filter(releases__pk=ref))

    def due(
        self,
        states: States,
        *,
        now: datetime,
        seller: SellerId | None = None,
        sealed: bool | None = None,
        not_at: Iterable[WarehouseId] = (),
        but: Iterable[OrderRef] = (),
        limit: int = 100,
    ) -> list[Order]:
        """Returns orders whose next step is due, the earliest ship-by first; unknown ship-by last.

        Args:
            states: In one of these states.
            now: Orders that wait for a later try are left out.
            seller: Only orders of this seller.
            sealed: True: only those whose personal data is sealed and can be opened now; False: only others.
            not_at: Orders that go to one of these warehouses are left out.
            but: These orders are left out.
            limit: At most so many.
        """
        rows = _due(states, now, seller=seller, sealed=sealed, not_at=not_at, but=but)
        return [order_from(row) for row in rows.order_by(*_SHIP_BY)[:limit]]

    def ready(
        self,
        *,
        now: datetime,
        seller: SellerId,
        spared: Iterable[WarehouseId] = (),
        passed: Iterable[OrderRef] = (),
        limit: int = 100,
    ) -> list[Order]:
        """Returns the due orders that can be released, the earliest ship-by first.

        Args:
            now: Orders that wait for a later try are left out.
            seller: Whose orders.
            spared: Warehouses that need no personal data: their orders go without.
            passed: Orders whose personal data is on its way, and sealed nowhere.
            limit: At most so many.
        """
        rows = _ready(now, spared, passed).filter(seller=seller)
        return [order_from(row) for row in rows.order_by(*_SHIP_BY)[:limit]]

    def sellers_ready(
        self, now: datetime, spared: Iterable[WarehouseId] = (), passed: Iterable[OrderRef] = ()
    ) -> list[SellerId]:
        """Returns the sellers for which `ready` finds something."""
        return _sellers(_ready(now, spared, passed))

    def sellers_due(
        self,
        states: States,
        *,
        now: datetime,
        sealed: bool | None = None,
        not_at: Iterable[WarehouseId] = (),
        but: Iterable[OrderRef] = (),
    ) -> list[SellerId]:
        """Returns the sellers for which `due` finds something."""
        return _sellers(_due(states, now, sealed=sealed, not_at=not_at, but=but))

    def sellers_touched(self, now: datetime) -> list[SellerId]:
        """Returns the sellers for which `touched` finds something."""
        return _sellers(_in(_AT_A_WAREHOUSE, None).filter(next_try__lte=now))

    def next_try(
        self, states: States, seller: SellerId | None = None, *, after: datetime | None = None
    ) -> datetime | None:
        """Returns the earliest instant at which an order waits to be tried again, later than `after`."""
        rows = _in(states, seller)
        if after is not None:
            rows = rows.filter(next_try__gt=after)
        least: datetime | None = rows.aggregate(least=Min("next_try"))["least"]
        return least

    def move(self, order: Order, to: OrderState, **changes: Any) -> Order:
        """Moves an order to another state and changes fields with it; its tries start anew.

        Raises:
            MoveRefused: the table of moves does not allow it, or the order is no longer as passed in.
        """
        if not may_move(order.state, to):
            raise MoveRefused(f"order {order.id} is {order.state.value} and may not become {to.value}")
        return self._write(order, replace(order, **{"next_try": None, "tries": 0, **changes, "state": to}))

    def change(self, order: Order, **changes: Any) -> Order:
        """Changes fields of an order, but not its state.

        Raises:
            MoveRefused: `state` is among them, or the order is no longer as passed in.
        """
        if "state" in changes:
            raise MoveRefused(f"order {order.id} changes its state by a move only")
        return self._write(order, replace(order, **changes))

    def _write(self, old: Order, new: Order) -> Order:
        before, after = order_columns(old), order_columns(new)
        changed = {name: value for name, value in after.items() if value != before[name]}
        rows = OrderRow.objects.filter(pk=old.ref, stamp=before["stamp"])
        if not (rows.update(**changed) if changed else rows.exists()):
            raise MoveRefused(f"order {old.id} was changed by somebody else meanwhile; read it again")
        return new

    def counts(self, states: States = tuple(OrderState)) -> list[tuple[SellerId, OrderState, int]]:
        """Returns how many orders each seller has in each state, or in each of these."""
        # Grouped in the order of an index: the table itself need not be read.
        rows = _in(states, None).values_list("state", "seller").annotate(count=Count("*")).order_by()
        return sorted((SellerId(seller), OrderState(state), count) for state, seller, count in rows)

    def holds(self) -> list[tuple[str, int]]:
        """Returns how many held orders there are by code, the most frequent first."""
        rows = OrderRow.objects.filter(state=OrderState.HELD).values_list("hold_code")
        return [
            (code, count) for code, count in rows.annotate(count=Count("*")).order_by("-count", "hold_code")
        ]

    def held_for(self, codes: Iterable[str], seller: SellerId | None = None) -> list[tuple[SellerId, int]]:
        """Returns how many orders each seller has that are held under one of these codes."""
        rows = OrderRow.objects.filter(state=OrderState.HELD, hold_code__in=list(codes))
        if seller is not None:
            rows = rows.filter(seller=seller)
        counted = rows.values_list("seller").annotate(count=Count("*")).order_by("seller")
        return [(SellerId(name), count) for name, count in counted]

    def held(
        self, seller: SellerId, codes: Iterable[str], limit: int = 100, *, now: datetime | None = None
    ) -> "list[Order]":
        """Returns the orders of a seller that are held under one of these codes, the earliest first.

        Args:
            seller: Whose orders.
            codes: The codes of their holds.
            limit: At most so many.
            now: Only those that need not wait any longer for another try, the first tried first.
        """
        rows = _in(OrderState.HELD, seller).filter(hold_code__in=list(codes))
        if now is None:
            return [order_from(row) for row in rows.order_by(*_SHIP_BY)[:limit]]
        rows = rows.filter(due_by(now)).order_by(F("next_try").asc(nulls_first=True), *_SHIP_BY)
        return [order_from(row) for row in rows[:limit]]

    def held_under(
        self,
        codes: Iterable[str],
        *,
        seller: SellerId | None = None,
        warehouse: WarehouseId | None = None,
        after: str = "",
        limit: int = 100,
    ) -> "list[Order]":
        """Returns orders that are held under one of these codes, by reference.

        Args:
            codes: The codes of their holds.
            seller: Only orders of this seller.
            warehouse: Only orders of this warehouse, and those of none.
            after: Only those whose reference comes after this one.
            limit: At most so many.
        """
        rows = _in(OrderState.HELD, seller).filter(hold_code__in=list(codes), ref__gt=after)
        if warehouse is not None:
            rows = rows.filter(warehouse__in=["", warehouse])
        return [order_from(row) for row in rows.order_by("ref")[:limit]]

    def held_until(self, seller: SellerId, codes: Iterable[str]) -> datetime | None:
        """Returns when the last of the orders held under these codes may be tried again, if one waits."""
        rows = _in(OrderState.HELD, seller).filter(hold_code__in=list(codes))
        latest: datetime | None = rows.aggregate(latest=Max("next_try"))["latest"]
        return latest

    def uncompared(
        self, seller: SellerId, *, since: datetime, but: Iterable[OrderRef] = (), limit: int = 100
    ) -> "list[Order]":
        """Returns orders read later than `since`, and later than both Orders APIs were compared for them."""
        compared = DifferenceRow.objects.filter(
            seller=OuterRef("seller"),
            amazon_order_id=OuterRef("amazon_order_id"),
            field=COMPARED,
            found_at__gte=OuterRef("read_at"),
        )
        rows = OrderRow.objects.filter(Q(seller=seller) & Q(read_at__gt=since) & ~Q(Exists(compared)))
        rows = rows.exclude(pk__in=list(but))
        return [order_from(row) for row in rows.order_by("-read_at", "ref")[:limit]]

    def touched(self, seller: SellerId, *, now: datetime, limit: int = 100) -> "list[Order]":
        """Returns the orders at a warehouse whose address is to be compared: those with a next try."""
        rows = _in(_AT_A_WAREHOUSE, seller).filter(next_try__lte=now)
        return [order_from(row) for row in rows.order_by(*_SHIP_BY)[:limit]]

    def kept_too_long(self, until: datetime, *, left_before: datetime, limit: int = 100) -> "list[Order]":
        """Returns orders sealed until an instant that left (shipped or delivered) before another."""
        rows = OrderRow.objects.filter(sealed_until=until, left_by__lt=left_before).order_by("ref")[:limit]
        return [order_from(row) for row in rows]

    def ages(self) -> dict[OrderState, datetime]:
        """Returns when the oldest order of each state was accepted, but of those that are shredded."""
        # One look into the index for each: grouped, it would be read from end to end.
        found = {state: _in(state, None).order_by("accepted_at") for state in OrderState}
        oldest = {state: rows.values_list("accepted_at", flat=True).first() for state, rows in found.items()}
        return {state: at for state, at in oldest.items() if at and state is not OrderState.SHREDDED}

    def late(self, ship_by: datetime) -> int:
        """Returns how many orders are to ship until this instant and have no package yet."""
        return OrderRow.objects.filter(state__in=each(_UNSHIPPED), ship_by__lte=ship_by).count()

    def count(
        self, *, state: States | None = None, seller: SellerId | None = None, text: str | None = None
    ) -> int:
        """Returns how many orders `list` would find."""
        return _matching(state, seller, text).count()

    def wanting_attention(self, limit: int = 100) -> list[Order]:
        """Returns orders of any state with a sentence for a person, the earliest ship-by first."""
        rows = OrderRow.objects.exclude(attention="").order_by(*_SHIP_BY)[:limit]
        return [order_from(row) for row in rows]

    def list(
        self,
        *,
        state: States | None = None,
        seller: SellerId | None = None,
        text: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> "list[Order]":
        """Returns orders, the earliest ship-by first.

        Args:
            state: Only orders in this state, or in one of these.
            seller: Only orders of this seller.
            text: Only orders whose Amazon id holds this text, or whose reference it is.
            limit: At most so many.
            offset: Leaves out so many before.
        """
        rows = _matching(state, seller, text).order_by(*_SHIP_BY)[offset : offset + limit]
        return [order_from(row) for row in rows]


_SHIP_BY = ("ship_by", "accepted_at", "ref")


def _one(rows: QuerySet[OrderRow]) -> Order | None:
    row = rows.first()
    return None if row is None else order_from(row)


def _in(states: States, seller: SellerId | None) -> QuerySet[OrderRow]:
    rows = OrderRow.objects.filter(state__in=each(states))
    return rows if seller is None else rows.filter(seller=seller)


def _due(
    states: States,
    now: datetime,
    *,
    seller: SellerId | None = None,
    sealed: bool | None = None,
    not_at: Iterable[WarehouseId] = (),
    but: Iterable[OrderRef] = (),
) -> QuerySet[OrderRow]:
    rows = _in(states, seller).filter(due_by(now)).exclude(warehouse__in=list(not_at))
    if left_out := list(but):
        rows = rows.exclude(pk__in=left_out)
    if sealed is None:
        return rows
    readable = Q(sealed_until__isnull=False) & Q(sealed_until__gt=now)
    return rows.filter(readable if sealed else ~readable)


def _ready(now: datetime, spared: Iterable[WarehouseId], passed: Iterable[OrderRef]) -> QuerySet[OrderRow]:
    rows = _in(OrderState.RELEASABLE, None).filter(due_by(now))
    ready = Q(sealed_until__isnull=False) | Q(warehouse__in=list(spared))
    on_their_way = list(passed)
    return rows.filter(ready | Q(pk__in=on_their_way) if on_their_way else ready)


def _sellers(rows: QuerySet[OrderRow]) -> "list[SellerId]":
    return [SellerId(name) for name in rows.order_by().values_list("seller", flat=True).distinct()]


def _matching(state: States | None, seller: SellerId | None, text: str | None) -> QuerySet[OrderRow]:
    rows = OrderRow.objects.all() if state is None else OrderRow.objects.filter(state__in=each(state))
    if "\0" in f"{seller}{text}":
        # PostgreSQL takes no such text, not even to look for it.
        return rows.none()
    if seller is not None:
        rows = rows.filter(seller=seller)
    if not text:
        return rows
    whole = len(text) >= _FULL_ID
    return rows.filter(
        Q(ref=text) | (Q(amazon_order_id=text) if whole else Q(amazon_order_id__contains=text))
    )
