"""One suite over both generations of the Orders API: whichever reads a seller, the port means the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from dockseal.amazon.client import Amazon
from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.orders import OrdersPage, OrdersReader
from dockseal.domain.access import FIELDS, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.order import AmazonStatus, FulfilledBy, OrdersApi
from dockseal.domain.quota import BucketState
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import ClientCredentials, LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Content
from dockseal.errors import (
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    CredentialRefused,
    OrderUnknown,
    OutcomeUnknown,
    RoleMissing,
)
from spapi_simulator import Behaviours, Fault, Line, ManualClock, Role, Simulator

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SELLER = SellerId("acme-us")
US = "ATVPDKIKX0DER"


class Buckets:
    """Keeps buckets in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[SellerId, str], BucketState] = {}

    def load(self, seller: SellerId, operation: str) -> BucketState | None:
        return self.kept.get((seller, operation))

    def save(self, seller: SellerId, operation: str, state: BucketState) -> None:
        self.kept[seller, operation] = state


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What the simulator gave the seller."""

    known: LwaCredentials

    def lwa(self, seller: SellerId) -> LwaCredentials:
        return self.known

    def application(self, application: str) -> ClientCredentials:
        return self.known.client


class Scene:
    """A seller at a simulated Amazon, read with one generation of the Orders API."""

    def __init__(
        self, api: OrdersApi, *, behaviours: Behaviours | None = None, roles: set[Role] | None = None
    ) -> None:
        self.clock = ManualClock(START)
        self.simulator = Simulator(clock=self.clock, seed=7, behaviours=behaviours or Behaviours())
        application = self.simulator.add_application(name="Dockseal")
        self.account = self.simulator.add_seller(region="NA", marketplaces=(US,))
        self.refresh_token = self.simulator.authorize(application, self.account, roles=roles)
        self.queue_url = self.simulator.add_queue("orders")
        self.simulator.subscribe(application, self.account, self.queue_url)
        seller = Seller(
            id=SELLER,
            region=Region.NA,
            marketplaces=(US,),
            selling_partner_id=self.account.seller_id,
            orders_api=api,
            warehouse=WarehouseId("reno"),
        )
        credentials = LwaCredentials(
            client_id=application.client_id,
            client_secret=Secret(application.client_secret),
            refresh_token=Secret(self.refresh_token),
        )
        self.amazon = Amazon(
            clock=self.clock,
            buckets=Buckets(),
            sellers={SELLER: seller}.__getitem__,
            credentials=Credentials(known=credentials),
            transport=self.simulator.transport,
            queue_wait_seconds=0,
        )

    @property
    def reader(self) -> OrdersReader:
        return self.amazon.orders(SELLER)

    def place(self, *lines: Line, **more: object) -> AmazonOrderId:
        chosen = list(lines) or [Line(sku="MUG-1", quantity=2, title="Mug")]
        return AmazonOrderId(
            self.simulator.place_order(self.account, marketplace_id=US, lines=chosen, **more)
        )

    def confirm(self, order_id: AmazonOrderId, *, reference: int = 1, quantity: int | None = None) -> None:
        lines = self.reader.get(order_id).lines
        self.amazon.confirm(
            SELLER,
            order_id,
            ConfirmRequest(
                marketplace_id=US,
                reference=str(reference),
                carrier_code="UPS",
                tracking_number="1Z999AA10123456784",
                ship_date=self.clock.now(),
                contents=tuple(
                    Content(order_item_id=line.order_item_id, quantity=quantity or line.ordered)
                    for line in lines
                ),
            ),
        )

    def recipient(self, order_id: AmazonOrderId, fields: frozenset[Field]) -> Recipient:
        reader = self.amazon.recipients(SELLER)
        resources = reader.resources(order_id, fields)
        rdt = self.amazon.issue(SELLER, resources).token if resources else None
        return reader.read(order_id, fields, rdt)

    def pages(self, since: datetime) -> Iterator[OrdersPage]:
        page = self.reader.search(since=since)
        yield page
        while page.next_token:
            page = self.reader.search(since=since, page_token=page.next_token)
            yield page


@pytest.fixture(params=list(OrdersApi), ids=str)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    built = Scene(request.param)
    yield built
    built.amazon.close()


def test_an_order_is_read_with_its_lines_and_dates(scene: Scene) -> None:
    order_id = scene.place(Line(sku="MUG-1", quantity=2, title="Mug"), Line(sku="TEA-9", quantity=1))
    order = scene.reader.get(order_id)
    assert (order.status, order.fulfilled_by) == (AmazonStatus.UNSHIPPED, FulfilledBy.MERCHANT)
    assert [(line.sku, line.ordered, line.shipped) for line in order.lines] == [
        ("MUG-1", 2, 0),
        ("TEA-9", 1, 0),
    ]
    assert (order.marketplace_id, order.purchased_at) == (US, START)
    assert order.ship_by is not None
    assert order.ship_by > START


def test_a_reading_carries_nothing_of_the_person(scene: Scene) -> None:
    order_id = scene.place(gift_message="Happy birthday from Testperson")
    order = scene.reader.get(order_id)
    person = scene.simulator.order(order_id).recipient
    assert order.has_gift_message
    for text in (person.name, person.address_line_1, person.postal_code, "Happy birthday"):
        assert text not in repr(order)


def test_an_unpaid_order_is_pending_and_then_is_not(scene: Scene) -> None:
    order_id = scene.place(pending=True)
    assert scene.reader.get(order_id).status is AmazonStatus.PENDING
    scene.simulator.authorise_payment(order_id)
    assert scene.reader.get(order_id).status is AmazonStatus.UNSHIPPED


def test_a_cancelled_order_is_cancelled(scene: Scene) -> None:
    order_id = scene.place()
    scene.simulator.cancel(order_id)
    assert scene.reader.get(order_id).status is AmazonStatus.CANCELLED


def test_a_buyers_wish_to_cancel_is_seen(scene: Scene) -> None:
    order_id = scene.place()
    scene.simulator.request_cancel(order_id)
    assert scene.reader.get(order_id).buyer_wants_cancel


def test_programs_have_the_same_names(scene: Scene) -> None:
    order_id = scene.place(programs=("PRIME", "AMAZON_BUSINESS", "FBM_SHIP_PLUS"))
    assert scene.reader.get(order_id).programs == {"PRIME", "AMAZON_BUSINESS", "FBM_SHIP_PLUS"}


def test_a_confirmed_parcel_is_shown_back(scene: Scene) -> None:
    order_id = scene.place()
    scene.confirm(order_id, quantity=1)
    part = scene.reader.get(order_id)
    assert (part.status, part.lines[0].shipped) == (AmazonStatus.PARTIALLY_SHIPPED, 1)
    scene.confirm(order_id, reference=2, quantity=1)
    whole = scene.reader.get(order_id)
    assert (whole.status, whole.lines[0].shipped) == (AmazonStatus.SHIPPED, 2)
    if scene.reader.api is OrdersApi.V0:
        assert whole.packages is None
    else:
        assert whole.packages is not None
        assert [(each.reference_id, each.tracking_number) for each in whole.packages] == [
            ("1", "1Z999AA10123456784"),
            ("2", "1Z999AA10123456784"),
        ]
        assert whole.packages[0].contents == ((whole.lines[0].order_item_id, 1),)


def test_the_same_reference_again_edits_the_package(scene: Scene) -> None:
    order_id = scene.place()
    scene.confirm(order_id)
    scene.confirm(order_id)
    (package,) = scene.simulator.order(order_id).packages
    assert (package.package_reference_id, package.edits) == ("1", 1)


def test_a_lost_answer_to_a_confirmation_leaves_open_whether_it_was_done(scene: Scene) -> None:
    order_id = scene.place()
    scene.simulator.faults.add(Fault(operation="confirmShipment", status=None, effect="after", times=1))
    with pytest.raises(OutcomeUnknown):
        scene.confirm(order_id)
    assert scene.reader.get(order_id).status is AmazonStatus.SHIPPED


def test_a_confirmation_that_never_left_is_known_not_to_be_done(scene: Scene) -> None:
    order_id = scene.place()
    scene.simulator.faults.add(Fault(operation="confirmShipment", status=None, effect="before", times=1))
    with pytest.raises(AmazonUnavailable):
        scene.confirm(order_id)
    assert scene.simulator.order(order_id).packages == []


def test_a_confirmation_of_a_cancelled_order_is_refused(scene: Scene) -> None:
    order_id = scene.place()
    scene.simulator.cancel(order_id)
    with pytest.raises(AmazonRefused) as caught:
        scene.confirm(order_id, quantity=1)
    assert (caught.value.status, bool(caught.value.message)) == (400, True)


def test_an_order_of_nobody_is_unknown(scene: Scene) -> None:
    with pytest.raises(OrderUnknown):
        scene.reader.get(AmazonOrderId("113-0000000-0000000"))


def test_a_search_finds_every_merchant_order_once_over_all_pages(scene: Scene) -> None:
    wanted = {scene.place() for _ in range(230)}
    scene.place(fulfilled_by="AMAZON")
    scene.clock.advance(timedelta(minutes=5))
    pages = list(scene.pages(START - timedelta(minutes=1)))
    found = [order.amazon_order_id for page in pages for order in page.orders]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert len(pages) == 3
    assert not any(page.unreadable for page in pages)


def test_a_search_says_how_far_it_is_complete(scene: Scene) -> None:
    scene.clock.advance(timedelta(minutes=5))
    young = scene.place()
    page = scene.reader.search(since=START)
    assert page.complete_to is not None
    assert page.complete_to <= scene.clock.now() - timedelta(minutes=2)
    assert young not in [order.amazon_order_id for order in page.orders]


def test_quotas_are_used_up_and_never_overdrawn(scene: Scene) -> None:
    scene.clock.advance(timedelta(minutes=5))
    until = None
    for _ in range(30):
        try:
            scene.reader.search(since=START)
        except AmazonThrottled as throttled:
            until = throttled.until
            break
    assert until is not None
    scene.clock.set(until)
    scene.reader.search(since=START)
    assert sum(scene.simulator.throttled.values()) == 0
    lists = [call for call in scene.simulator.calls if call.operation in {"searchOrders", "getOrders"}]
    assert len(lists) == 21


def test_access_tokens_that_all_expired_are_replaced_without_a_word(scene: Scene) -> None:
    order_id = scene.place()
    scene.reader.get(order_id)
    scene.simulator.expire_access_tokens()
    assert scene.reader.get(order_id).amazon_order_id == order_id


def test_a_revoked_seller_needs_a_person(scene: Scene) -> None:
    order_id = scene.place()
    scene.reader.get(order_id)
    scene.simulator.revoke(scene.refresh_token)
    scene.simulator.expire_access_tokens()
    with pytest.raises(CredentialRefused, match="acme-us"):
        scene.reader.get(order_id)


@pytest.mark.parametrize("body", ["html", "json", None])
def test_an_outage_is_amazon_being_unavailable(scene: Scene, body: str | None) -> None:
    order_id = scene.place()
    scene.simulator.faults.add(Fault(operation="*", status=503, body=body, times=1))
    with pytest.raises(AmazonUnavailable):
        scene.reader.get(order_id)
    assert scene.reader.get(order_id).amazon_order_id == order_id


def test_the_delivery_address_is_read(scene: Scene) -> None:
    order_id = scene.place()
    told = scene.recipient(order_id, FIELDS[Purpose.SHIPPING_LABEL]).disclose()
    person = scene.simulator.order(order_id).recipient
    assert told["name"] == person.name
    assert told["address_line_1"] == person.address_line_1
    assert (told["city"], told["postal_code"]) == (person.city, person.postal_code)
    assert told["country"] == person.country_code
    assert "buyer_email" not in told


def test_the_gift_message_is_read(scene: Scene) -> None:
    order_id = scene.place(gift_message="Enjoy your mugs")
    told = scene.recipient(order_id, frozenset({Field.GIFT_MESSAGE})).disclose()
    assert told == {"gift_message": "Enjoy your mugs"}


def test_a_notification_of_an_order_reaches_the_queue(scene: Scene) -> None:
    order_id = scene.place()
    queue = scene.amazon.queue(scene.queue_url)
    messages = queue.receive()
    assert [order_id in message.body for message in messages] == [True]
    queue.delete(messages)
    scene.clock.advance(timedelta(hours=1))
    assert queue.receive() == []


def test_without_the_role_v2026_leaves_the_name_and_the_street_out() -> None:
    scene = Scene(OrdersApi.V2026, roles={Role.INVENTORY_AND_ORDER_TRACKING})
    fields = scene.recipient(scene.place(), FIELDS[Purpose.SHIPPING_LABEL]).fields()
    assert Field.CITY in fields
    assert not fields & {Field.NAME, Field.ADDRESS_LINE_1, Field.PHONE}


def test_without_the_role_v0_gives_no_token_and_says_why() -> None:
    scene = Scene(OrdersApi.V0, roles={Role.INVENTORY_AND_ORDER_TRACKING})
    with pytest.raises(RoleMissing, match="Application do not have access"):
        scene.recipient(scene.place(), FIELDS[Purpose.SHIPPING_LABEL])


def test_a_gift_message_that_needs_the_buyer_is_read_too() -> None:
    needs = frozenset({"FULFILLMENT", "BUYER"})
    scene = Scene(OrdersApi.V2026, behaviours=Behaviours(gift_message_needs=needs))
    order_id = scene.place(gift_message="Enjoy your mugs")
    told = scene.recipient(order_id, FIELDS[Purpose.HAND_OVER]).disclose()
    assert told["gift_message"] == "Enjoy your mugs"
    assert "buyer_email" in told, "it came along; the vault makes a clue of it and does not seal it"
