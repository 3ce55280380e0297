"""Reads an order report where personal data may be seen, and splits it: the recipients stay in this room.

Each recipient goes into a hand, where the retrieval finds it when its order is about to be released; the
orders, without personal data, go on. Nothing of either is written anywhere here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dockseal.amazon.order_report import OrderReport
from dockseal.amazon.report_document import document_resource
from dockseal.amazon.tokens import Rdt, Resource
from dockseal.domain.access import FIELDS, FOUND_BY, Actor, ActorKind, Purpose
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import AmazonOrder, Order, OrderState
from dockseal.domain.order_report import AskedReport, OrdersOfReport
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

READER = Actor(kind=ActorKind.SERVICE, name="order-report")
_CHUNK = 500
_BEFORE_RELEASE = frozenset({OrderState.ACCEPTED, OrderState.RELEASABLE})


class ReportSource(Protocol):
    """What of Amazon is needed here."""

    def issue(self, seller: SellerId, resources: Sequence[Resource]) -> Rdt:
        """Asks for a Restricted Data Token (createRestrictedDataToken)."""

    def order_report(
        self, seller: SellerId, document_id: str, *, marketplace_id: str, rdt: Secret
    ) -> OrderReport:
        """Reads an order report."""


class Hand(Protocol):
    """Holds, in memory and for a while, the recipients of orders that were read ahead."""

    def put(self, seller: SellerId, reading: AmazonOrder, recipient: Recipient) -> None:
        """Holds the recipient that belongs to one reading of an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Reads order reports."""

    storage: Storage
    trail: Trail
    amazon: ReportSource
    hand: Hand

    def read(
        self, report: AskedReport, document_id: str, *, as_of: datetime, passed_over: frozenset[str]
    ) -> OrdersOfReport:
        """Reads a finished report; returns the orders that are new here.

        An order that is here already is not given on. If it still waits for its recipient, and Amazon has not
        changed it since, its recipient is taken from the report too.

        Args:
            report: Which one.
            document_id: Amazon's id of what it shows.
            as_of: It shows everything that happened before this instant.
            passed_over: Orders of which nothing is taken from it.

        Raises:
            RoleMissing: the roles do not cover it.
            AnswerUnreadable: it cannot be read at all.
            AmazonThrottled: a quota is spent.
            AmazonUnavailable: Amazon is down.
        """
        rdt = self._token(report.seller, document_id)
        shown = self.amazon.order_report(
            report.seller, document_id, marketplace_id=report.marketplace_id, rdt=rdt
        )
        fresh: list[AmazonOrder] = []
        held: list[tuple[AmazonOrder, Recipient]] = []
        for order, recipient, known in self._beside_known(report.seller, shown):
            if order.amazon_order_id in passed_over:
                continue
            if known is None:
                fresh.append(order)
                held.append((order, recipient))
            elif _waits(known) and known.amazon.updated_at <= as_of:
                held.append((known.amazon, recipient))
        self._hold(report.seller, held)
        return OrdersOfReport(orders=tuple(fresh), left=shown.left + len(shown.orders) - len(fresh))

    def _token(self, seller: SellerId, document_id: str) -> Secret:
        issued = self.amazon.issue(seller, (document_resource(document_id),))
        with self.storage.transaction():
            self.trail.record(
                Tag.TOKEN_RDT_ISSUED,
                actor=READER,
                seller=seller,
                resources=1,
                expires_at=issued.expires_at,
            )
        return issued.token

    def _beside_known(
        self, seller: SellerId, shown: OrderReport
    ) -> Iterator[tuple[AmazonOrder, Recipient, Order | None]]:
        """Yields each order of a report with what is kept of it."""
        for start in range(0, len(shown.orders), _CHUNK):
            chunk = shown.orders[start : start + _CHUNK]
            known = self.storage.orders.among(seller, [order.amazon_order_id for order, _ in chunk])
            for order, recipient in chunk:
                yield order, recipient, known.get(order.amazon_order_id)

    def _hold(self, seller: SellerId, held: Sequence[tuple[AmazonOrder, Recipient]]) -> None:
        with self.storage.transaction():
            self.trail.record(
                Tag.SELLER_DATA_READ_AHEAD, actor=READER, seller=seller, orders=len(held), source="report"
            )
        for reading, recipient in held:
            self.hand.put(seller, reading, recipient.only(FIELDS[Purpose.HAND_OVER] | FOUND_BY))


def _waits(order: Order) -> bool:
    return order.state in _BEFORE_RELEASE and order.sealed_until is None
