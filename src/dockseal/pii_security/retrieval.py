"""Retrieves personal data from Amazon, for orders about to be released, and seals it or passes it on.

What came with the reading of an order is in the hand, and costs no call. Else Orders v2026-01-01 gives it by
role; Orders v0 wants a Restricted Data Token for the exact paths.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from dockseal.amazon.recipients import RecipientReader
from dockseal.amazon.tokens import MOST_RESOURCES, Rdt, Resource
from dockseal.domain.access import FOUND_BY, Actor, ActorKind, Grant, Purpose
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.lane import Outcome, earliest, longer_wait
from dockseal.domain.order import OVER, Hold, Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.errors import (
    AccessDenied,
    AmazonError,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    CredentialRefused,
    KeyDestroyed,
    MoveRefused,
    OutcomeUnknown,
    PastDeadline,
    RoleMissing,
)
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.address_check import AddressCheck
from dockseal.pii_security.differing import note_what_a_try_lacked
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.missing import (
    LEFT_LONG_AGO,
    ROLE_MISSING,
    amazon_says_no,
    examine,
    gift_missing,
    hold_for,
    role_missing,
)
from dockseal.pii_security.needed import needed
from dockseal.pii_security.reexamining import look_again, tried_again_at
from dockseal.pii_security.roles import RoleSeen
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage

RETRIEVER = Actor(kind=ActorKind.SERVICE, name="retrieval")
BATCH = 50
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=5)
FAILURES_IN_A_ROW = 3
"""So many orders one after the other: it is not the order, it is Amazon."""
KEPT = "kept"
_LOOK_UP = 500
"""So many orders are looked up at once."""
_LATER = (AmazonThrottled, AmazonUnavailable, OutcomeUnknown)


class PersonalDataSource(Protocol):
    """What of Amazon is needed here."""

    def recipients(self, seller: SellerId) -> RecipientReader:
        """Returns the reader of a seller's recipients."""

    def issue(self, seller: SellerId, resources: tuple[Resource, ...]) -> Rdt:
        """Asks for a Restricted Data Token (createRestrictedDataToken)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """The lane that retrieves and seals what a release needs, and no more.

    Attributes:
        hand: Holds what came with the readings of orders.
        without_recipient: Gives the warehouses that need no personal data: none is retrieved for them.
    """

    storage: Storage
    vault: Vault
    trail: Trail
    amazon: PersonalDataSource
    grants: Grants
    clock: Clock
    hand: Hand
    without_recipient: Callable[[], frozenset[WarehouseId]] = frozenset

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have orders to retrieve for, or an address to compare."""
        self.hand.drop_old()  # this is asked all the time, also when there is nothing to do
        now, orders = self.clock.now(), self.storage.orders
        passed = self.vault.passing.orders()
        due = orders.sellers_due(
            OrderState.RELEASABLE, now=now, sealed=False, not_at=self._not_at(), but=passed
        )
        return sorted({*due, *orders.sellers_touched(now)})

    def run(self, seller: SellerId) -> Outcome:
        """Retrieves for the seller's releasable orders that keep nothing, the earliest ship-by first.

        Raises:
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        in_hand = self._in_hand(seller)
        if in_hand:
            return Outcome(done=self._seal(in_hand), more=True)
        due = self._due(seller, now)
        reader = self.amazon.recipients(seller)
        done = 0
        for batch in _batches(due[:BATCH], reader):
            outcome = self._batch(batch, reader)
            done += outcome.done
            if outcome.again_at is not None:
                return Outcome(done=done, again_at=outcome.again_at)
        again_at = self.storage.orders.next_try(OrderState.RELEASABLE, seller, after=now)
        checked = self._address_check().run(seller)
        passed = self.vault.passing.orders(seller)
        tried = due[:BATCH]
        look_again(
            self.storage, self.trail, seller=seller, actor=RETRIEVER, now=now, tried=tried, passed=passed
        )
        return Outcome(
            done=done + checked.done,
            more=len(due) > BATCH,
            again_at=earliest(again_at, checked.again_at),
        )

    def _due(self, seller: SellerId, now: datetime) -> list[Order]:
        due = partial(
            self.storage.orders.due,
            OrderState.RELEASABLE,
            now=now,
            seller=seller,
            sealed=False,
            but=self.vault.passing.orders(seller),
            limit=BATCH + 1,
        )
        found = due()
        spared = self._not_at() if found else frozenset()
        return due(not_at=spared) if any(order.warehouse in spared for order in found) else found

    def _not_at(self) -> frozenset[WarehouseId]:
        return self.without_recipient() | self.vault.passing.full()

    def _in_hand(self, seller: SellerId) -> list[Order]:
        """Returns the first releasable orders that keep nothing and whose personal data is in the hand."""
        order_ids = self.hand.orders(seller)
        not_at = self._not_at()
        found: list[Order] = []
        for start in range(0, len(order_ids), _LOOK_UP):
            known = self.storage.orders.among(seller, order_ids[start : start + _LOOK_UP])
            for order in known.values():
                if order.state in OVER:
                    self.hand.take(order)  # cancelled or erased since: it is given up at once
                elif self._lacks(order) and order.warehouse not in not_at:
                    found.append(order)
            if len(found) >= BATCH:
                break
        return found[:BATCH]

    def _lacks(self, order: Order) -> bool:
        sealed = order.sealed_until is not None and order.sealed_until > self.clock.now()
        return order.state is OrderState.RELEASABLE and not sealed

    def _seal(self, orders: Sequence[Order]) -> int:
        """Seals what is in the hand for these orders; what is too old by now is left to be read anew."""
        done, role = 0, RoleSeen(self.storage, orders[0].seller)
        for order in orders:
            recipient = self.hand.take(order)
            if recipient is None:
                continue
            changed = self._under_grant(order, _given(recipient), source="ahead")
            _see(role, changed)
            done += bool(changed)
        return done

    def _address_check(self) -> AddressCheck:
        return AddressCheck(
            storage=self.storage,
            vault=self.vault,
            trail=self.trail,
            reader=self.amazon.recipients,
            grants=self.grants,
            clock=self.clock,
        )

    def _batch(self, orders: Sequence[Order], reader: RecipientReader, *, gifts: bool = True) -> Outcome:
        """Works through orders that share a token; `again_at` is set if Amazon stopped it."""
        try:
            rdt = self._token(orders, reader, gifts=gifts)
        except _LATER as fault:
            return self._stopped(orders[0], fault)
        except CredentialRefused:
            raise
        except (RoleMissing, AmazonError) as fault:
            return self._without_token(orders, reader, fault, gifts=gifts)
        done = in_a_row = 0
        waits: list[datetime] = []
        role = RoleSeen(self.storage, orders[0].seller)
        certain = self._certain(orders[0].seller)
        for order in orders:
            if in_a_row >= certain:
                # The role is missing: asking Amazon for each of ten thousand orders would tell nothing else.
                done += self._hold(order, role_missing(order))
                continue
            try:
                changed = self._retrieve(order, reader, rdt=rdt, gifts=gifts)
                _see(role, changed)
                done += bool(changed)
                in_a_row = in_a_row + 1 if changed == ROLE_MISSING else 0
                waits.clear()
            except AmazonThrottled as throttled:
                return Outcome(done=done, again_at=throttled.until)
            except (AmazonUnavailable, OutcomeUnknown):
                waits.append(self._park(order))
                if len(waits) == FAILURES_IN_A_ROW:
                    return Outcome(done=done, again_at=min(waits))
        return Outcome(done=done)

    def _certain(self, seller: SellerId) -> int:
        """Returns after how many orders without a name in a row the role is known to be missing."""
        return 1 if self.storage.orders.held_for([ROLE_MISSING], seller) else FAILURES_IN_A_ROW

    def _token(self, orders: Sequence[Order], reader: RecipientReader, *, gifts: bool) -> Secret | None:
        resources = tuple(
            path for order in orders for path in reader.resources(order.id, needed(order.amazon, gifts=gifts))
        )
        if not resources:
            return None
        seller = orders[0].seller
        issued = self.amazon.issue(seller, resources)
        with self.storage.transaction():
            self.trail.record(
                Tag.TOKEN_RDT_ISSUED,
                actor=RETRIEVER,
                seller=seller,
                resources=len(resources),
                expires_at=issued.expires_at,
            )
        return issued.token

    def _without_token(
        self,
        orders: Sequence[Order],
        reader: RecipientReader,
        fault: RoleMissing | AmazonError,
        *,
        gifts: bool,
    ) -> Outcome:
        """Holds an order Amazon gives no token for; of many, finds out for which by asking one by one."""
        if isinstance(fault, RoleMissing) and gifts and any(map(_has_gift, orders)):
            # In Orders v0 gift messages need a tax role besides: a parcel can go without one.
            return self._batch(orders, reader, gifts=False)
        if len(orders) == 1 or isinstance(fault, RoleMissing | AccessDenied):
            return Outcome(done=sum(self._hold(order, _hold_of(order, fault)) for order in orders))
        done = 0
        for order in orders:
            outcome = self._batch([order], reader, gifts=gifts)
            done += outcome.done
            if outcome.again_at is not None:
                return replace(outcome, done=done)
        return Outcome(done=done)

    def _retrieve(self, order: Order, reader: RecipientReader, *, rdt: Secret | None, gifts: bool) -> str:
        """Reads and seals one order; see `_under_grant`."""
        fields = needed(order.amazon, gifts=gifts)
        return self._under_grant(
            order, lambda: reader.read(order.id, fields, rdt), source="order", gifts=gifts
        )

    def _under_grant(
        self, order: Order, read: Callable[[], Recipient], *, source: str, gifts: bool = True
    ) -> str:
        """Reads and seals one order; returns what became of it: `kept`, a hold's code, or nothing.

        Raises:
            AmazonThrottled: the quota is spent.
            AmazonUnavailable: Amazon is down.
            CredentialRefused: the seller's credentials ended.
        """
        grant = self.grants.issue(RETRIEVER, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            recipient = read().only(grant.fields | FOUND_BY)
            return self._keep(order, recipient, grant=grant, source=source, gifts=gifts)
        except (*_LATER, CredentialRefused):
            raise
        except (RoleMissing, AmazonError) as fault:
            hold = _hold_of(order, fault)
            return hold.code if self._hold(order, hold) else ""
        except MoveRefused:
            return ""  # changed meanwhile: the next run takes it as it is
        except PastDeadline:
            return LEFT_LONG_AGO.code if self._hold(order, LEFT_LONG_AGO) else ""
        except KeyDestroyed:
            self._park(order)  # the clock went back over the end of an epoch: it must catch up first
            return ""
        finally:
            self.grants.end(grant)

    def _keep(self, order: Order, recipient: Recipient, *, grant: Grant, source: str, gifts: bool) -> str:
        names = recipient.fields()
        hold = hold_for(order, recipient)
        with self.storage.transaction():
            self.trail.record(
                Tag.ORDER_DATA_RETRIEVED,
                actor=RETRIEVER,
                order=order.ref,
                seller=order.seller,
                purpose=grant.purpose,
                source=source,
                grant=grant.id,
                fields=len(names),
                **({"field_names": ",".join(sorted(names))} if names else {}),
            )
            if hold is not None:
                self._move(order, hold)
        self.vault.metrics.retrieved.inc()
        if hold is None:
            note_what_a_try_lacked(self.vault, order, recipient, grant)
            kept = self.vault.keep(order, recipient)
            if not gifts and _has_gift(order):
                self.storage.orders.change(kept, attention=gift_missing(order))
        return hold.code if hold is not None else KEPT

    def _hold(self, order: Order, hold: Hold) -> bool:
        try:
            with self.storage.transaction():
                self._move(order, hold)
        except MoveRefused:
            return False
        return True

    def _move(self, order: Order, hold: Hold) -> None:
        again_at = tried_again_at(hold, self.clock.now())
        self.storage.orders.move(order, OrderState.HELD, hold=hold, next_try=again_at)
        self.trail.record(
            Tag.ORDER_LIFE_HELD, actor=RETRIEVER, order=order.ref, seller=order.seller, code=hold.code
        )

    def _stopped(self, order: Order, fault: AmazonError) -> Outcome:
        """Ends the run for want of a token; the first order waits, so that its batch is cut anew."""
        if isinstance(fault, AmazonThrottled):
            return Outcome(again_at=fault.until)
        return Outcome(again_at=self._park(order))

    def _park(self, order: Order) -> datetime:
        wait = longer_wait(order.tries, first=FIRST_WAIT, longest=LONGEST_WAIT)
        next_try = self.clock.now() + wait
        with contextlib.suppress(MoveRefused):
            self.storage.orders.change(order, next_try=next_try, tries=order.tries + 1)
        return next_try


def _given(recipient: Recipient) -> Callable[[], Recipient]:
    return lambda: recipient


def _see(role: RoleSeen, changed: str) -> None:
    if changed in {KEPT, ROLE_MISSING}:
        role.see(readable=changed == KEPT)


def _has_gift(order: Order) -> bool:
    return order.amazon.has_gift_message


def _batches(orders: Sequence[Order], reader: RecipientReader) -> list[list[Order]]:
    """Splits orders so that one token covers each part; all are one part if none is needed."""
    batches: list[list[Order]] = []
    room = 0
    for order in orders:
        paths = len(reader.resources(order.id, needed(order.amazon)))
        if paths > room or not batches:
            batches.append([])
            room = MOST_RESOURCES
        batches[-1].append(order)
        room -= paths
    return batches


def _hold_of(order: Order, fault: RoleMissing | AmazonError) -> Hold:
    if isinstance(fault, RoleMissing):
        return role_missing(order)
    if isinstance(fault, AmazonRefused):
        return amazon_says_no(order, fault)
    return Hold(
        code="address_unreadable",
        sentence=f"{fault}. Look at order {order.id} in Seller Central, then {examine(order)}.",
    )
