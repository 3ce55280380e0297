"""Finds out whether the delivery address of an order changed after a warehouse got it.

Amazon (Orders v2026-01-01) says that something changed, and shows no address without personal data. So it is
retrieved once more and compared with the sealed one. Only where they differ the warehouse is to be stopped,
and a person is told which fields do, never what they hold.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.amazon.recipients import RecipientReader
from dockseal.domain.access import Actor, ActorKind, Grant, Purpose
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import Outcome, longer_wait
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.stop import WHAT_HAPPENS, WHAT_HAPPENS_TO_THE_REST, StopReason
from dockseal.errors import (
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
    CredentialRefused,
    MoveRefused,
    OutcomeUnknown,
    VaultError,
)
from dockseal.monitoring_audit.stop_wishes import want_stops
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.differing import address_differs, in_words
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.missing import is_hidden
from dockseal.pii_security.needed import needed
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage

CHECKER = Actor(kind=ActorKind.SERVICE, name="address-check")
AT_ONCE = 10
"""So few in one run: what is not released yet comes first."""
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCheck:
    """Compares the address of orders at a warehouse that Amazon changed since they were handed over."""

    storage: Storage
    vault: Vault
    trail: Trail
    reader: Callable[[SellerId], RecipientReader]
    grants: Grants
    clock: Clock

    def run(self, seller: SellerId) -> Outcome:
        """Compares the orders that are due.

        Raises:
            CredentialRefused: the seller's credentials ended.
        """
        due = self.storage.orders.touched(seller, now=self.clock.now(), limit=AT_ONCE)
        done = 0
        for order in due:
            try:
                done += self._check(order)
            except AmazonThrottled as throttled:
                return Outcome(done=done, again_at=throttled.until)
            except (AmazonUnavailable, OutcomeUnknown):
                wait = longer_wait(order.tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
                self._change(order, next_try=self.clock.now() + wait, tries=order.tries + 1)
            except CredentialRefused:
                raise
            except (AmazonError, VaultError):
                self._settle(order)  # without both addresses there is nothing to compare
            except MoveRefused:
                continue  # changed meanwhile; the next run takes it as it is
        return Outcome(done=done)

    def _check(self, order: Order) -> bool:
        """Compares one order; tells whether its address differs."""
        reader = self.reader(order.seller)
        fields = needed(order.amazon)
        if order.sealed_until is None or reader.resources(order.id, fields):
            self._settle(order)
            return False
        grant = self.grants.issue(CHECKER, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            now = reader.read(order.id, fields).only(grant.fields)
            self._retrieved(order, now, grant)
            if is_hidden(now):
                self._settle(order)  # Amazon shows it to nobody any more
                return False
            differing = address_differs(self.vault.open(order.ref, grant), now)
        finally:
            self.grants.end(grant)
        if not differing:
            self._settle(order)
            return False
        self._tell(order, now, differing)
        return True

    def _tell(self, order: Order, now: Recipient, differing: frozenset[Field]) -> None:
        """Has the warehouse stopped, and seals the new address in place of the old one."""
        partly = order.state is OrderState.PARTLY_SHIPPED
        words = WHAT_HAPPENS_TO_THE_REST if partly else WHAT_HAPPENS
        sentence = words[StopReason.ADDRESS].format(fields=in_words(differing))
        attention = with_earlier(order.attention, [sentence])
        with self.storage.transaction():
            told = self.storage.orders.change(order, attention=attention)
            want_stops(self.storage, self.trail, told, StopReason.ADDRESS, actor=CHECKER, at=self.clock.now())
        self.vault.seal(told, now)

    def _retrieved(self, order: Order, recipient: Recipient, grant: Grant) -> None:
        names = recipient.fields()
        with self.storage.transaction():
            self.trail.record(
                Tag.ORDER_DATA_RETRIEVED,
                actor=CHECKER,
                order=order.ref,
                seller=order.seller,
                purpose=grant.purpose,
                grant=grant.id,
                fields=len(names),
                **({"field_names": ",".join(sorted(names))} if names else {}),
            )
        self.vault.metrics.retrieved.inc()

    def _settle(self, order: Order) -> None:
        self._change(order, next_try=None, tries=0)

    def _change(self, order: Order, **changes: datetime | int | None) -> None:
        with contextlib.suppress(MoveRefused):
            self.storage.orders.change(order, **changes)
