"""An order report is split: the orders go on, the recipients stay in the room."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from dockseal.amazon.order_report import OrderReport
from dockseal.amazon.tokens import Rdt, Resource
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.order import AmazonOrder, OrderState
from dockseal.domain.order_report import AskedReport, OrdersOfReport
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.errors import DocksealError, RoleMissing
from dockseal.pii_security.reported import Reported
from unit.pii_security.safe import NOW, SELLER, Safe, someone

ASKED = AskedReport(seller=SELLER, marketplace_id="ATVPDKIKX0DER", asked_at=NOW, report_id="report-1")
AS_OF = NOW - timedelta(minutes=30)


@dataclass
class Source:
    """Shows what a test wrote down."""

    shows: OrderReport
    fails: DocksealError | None = None
    resources: list[Resource] = field(default_factory=list)

    def issue(self, seller: SellerId, resources: Sequence[Resource]) -> Rdt:
        if self.fails:
            raise self.fails
        self.resources += resources
        return Rdt(token=Secret("t"), expires_at=NOW + timedelta(hours=1), resources=tuple(resources))

    def order_report(
        self, seller: SellerId, document_id: str, *, marketplace_id: str, rdt: Secret
    ) -> OrderReport:
        assert (seller, marketplace_id) == (SELLER, ASKED.marketplace_id)
        return self.shows


@dataclass
class Palm:
    """A hand that can be looked into."""

    held: list[tuple[AmazonOrder, Recipient]] = field(default_factory=list)

    def put(self, seller: SellerId, reading: AmazonOrder, recipient: Recipient) -> None:
        assert seller == SELLER
        self.held.append((reading, recipient))


def new(safe: Safe, number: int) -> AmazonOrder:
    """An order that is not kept here."""
    return replace(safe.order().amazon, amazon_order_id=AmazonOrderId(f"114-0000000-{number:07}"))


def read(safe: Safe, source: Source, palm: Palm, *passed_over: str) -> OrdersOfReport:
    reported = Reported(storage=safe.storage, trail=safe.trail, amazon=source, hand=palm)
    return reported.read(ASKED, "document-1", as_of=AS_OF, passed_over=frozenset(passed_over))


def shown(*orders: AmazonOrder) -> Source:
    came = someone(buyer_name="Alpha", buyer_email="alpha@marketplace.example")
    return Source(OrderReport(orders=tuple((order, came) for order in orders), left=1))


def test_new_orders_go_on_and_their_recipients_go_into_the_hand(safe: Safe) -> None:
    first, second = new(safe, 1), new(safe, 2)
    source, palm = shown(first, second), Palm()
    assert read(safe, source, palm) == OrdersOfReport(orders=(first, second), left=1)
    assert [reading for reading, _ in palm.held] == [first, second]
    assert all(Field.NAME in recipient.fields() for _, recipient in palm.held)
    assert not any(Field.BUYER_NAME in recipient.fields() for _, recipient in palm.held), "no use for it"
    assert all(Field.BUYER_EMAIL in recipient.fields() for _, recipient in palm.held), "a clue is made of it"


def test_the_token_is_for_the_one_document_and_both_it_and_the_report_are_recorded_once(safe: Safe) -> None:
    source = shown(*(new(safe, number) for number in range(3)))
    read(safe, source, Palm())
    assert [each.path for each in source.resources] == ["/reports/2021-06-30/documents/document-1"]
    issued, ahead = safe.rows(tag="token:rdt:issued"), safe.rows(tag="seller:data:read_ahead")
    assert len(issued) == 1
    assert [dict(row.fields) for row in ahead] == [{"seller": SELLER, "orders": "3", "source": "report"}]


def test_of_an_order_that_is_passed_over_nothing_is_held(safe: Safe) -> None:
    first, second = new(safe, 1), new(safe, 2)
    palm = Palm()
    shows = read(safe, shown(first, second), palm, first.amazon_order_id)
    assert shows == OrdersOfReport(orders=(second,), left=2)
    assert [reading for reading, _ in palm.held] == [second]


@pytest.mark.parametrize(
    ("state", "sealed", "changed_ago", "held"),
    [
        (OrderState.RELEASABLE, False, 31, True),
        (OrderState.ACCEPTED, False, 31, True),
        (OrderState.RELEASABLE, False, 29, False),
        (OrderState.RELEASABLE, True, 31, False),
        (OrderState.RELEASED, False, 31, False),
    ],
)
def test_an_order_that_is_here_is_not_touched_but_what_it_waits_for_is_held(
    safe: Safe, state: OrderState, sealed: bool, changed_ago: float, held: bool
) -> None:
    known = safe.order(
        state,
        updated_at=NOW - timedelta(minutes=changed_ago),
        sealed_until=NOW + timedelta(days=1) if sealed else None,
    )
    palm = Palm()
    assert read(safe, shown(replace(known.amazon, updated_at=NOW - timedelta(days=2))), palm).orders == ()
    assert [reading for reading, _ in palm.held] == ([known.amazon] if held else [])
    assert safe.now_is(known) == known


def test_without_the_role_nothing_is_read_and_nothing_recorded(safe: Safe) -> None:
    source = shown(new(safe, 1))
    source.fails = RoleMissing("no role")
    palm = Palm()
    with pytest.raises(RoleMissing):
        read(safe, source, palm)
    assert palm.held == []
    assert safe.rows(tag="seller:data:read_ahead") == []
