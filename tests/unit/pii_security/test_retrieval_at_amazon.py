"""Retrieval through Dockseal's own client from a simulated Amazon, in both versions of the Orders API."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

import spapi_simulator
from dockseal.amazon.client import Amazon
from dockseal.amazon.endpoints import AMAZON
from dockseal.domain.access import Actor
from dockseal.domain.clue import ClueKind
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.lane import Outcome
from dockseal.domain.order import Order, OrdersApi, OrderState
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.errors import CredentialRefused
from dockseal.pii_security.blind_words import asked_for
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.retrieval import Retrieval
from spapi_simulator import Fault, Line, Role, Simulator
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe

US = "ATVPDKIKX0DER"


@dataclass(kw_only=True)
class Shop:
    """A seller at the simulated Amazon, and the lane that retrieves for it."""

    safe: Safe
    far: Simulator
    account: Any
    token: str
    amazon: Amazon

    def order(self, **changes: Any) -> Order:
        """Places an order at Amazon, and takes it in as a releasable one."""
        number = self.far.place_order(self.account, lines=[Line(sku="MUG-1", quantity=1)], **changes)
        reading = self.amazon.orders(SELLER).get(AmazonOrderId(number))
        order = self.safe.order()
        with self.safe.storage.transaction():
            return self.safe.storage.orders.change(order, amazon=reading)

    def run(self) -> Outcome:
        return Retrieval(
            storage=self.safe.storage,
            vault=self.safe.vault,
            trail=self.safe.trail,
            amazon=self.amazon,
            grants=self.safe.grants,
            clock=self.safe.clock,
            hand=Hand(self.safe.clock),
        ).run(SELLER)

    def open(self, order: Order) -> dict[str, str]:
        return self.safe.vault.open(order.ref, self.safe.grant(order)).disclose()

    def asked(self) -> list[str]:
        return [call.operation for call in self.far.calls]


MakeShop = Callable[..., Shop]


@pytest.fixture
def make_shop(safe: Safe, person: Actor) -> MakeShop:
    def make(api: OrdersApi, roles: Any = None) -> Shop:
        far = Simulator(clock=spapi_simulator.ManualClock(NOW), seed=7)
        far.limits.off()
        account = far.add_seller(region="NA", marketplaces=(US,))
        application = far.add_application(name="Dockseal")
        token = far.authorize(application, account, roles=roles)
        seller = safe.storage.sellers.get(SELLER)
        safe.storage.sellers.change(seller, orders_api=api, selling_partner_id=account.seller_id)
        login = LwaCredentials(
            client_id=application.client_id,
            client_secret=Secret(application.client_secret),
            refresh_token=Secret(token),
        )
        safe.credentials.store_lwa(SELLER, login, person)
        amazon = Amazon(
            clock=safe.clock,
            endpoints=AMAZON,
            buckets=safe.storage.buckets,
            sellers=safe.storage.sellers.get,
            credentials=safe.credentials,
            transport=far.transport,
        )
        return Shop(safe=safe, far=far, account=account, token=token, amazon=amazon)

    return make


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def api(request: pytest.FixtureRequest) -> OrdersApi:
    found: OrdersApi = request.param
    return found


def test_what_the_buyer_gave_is_sealed_and_opens_as_it_was(make_shop: MakeShop, api: OrdersApi) -> None:
    shop = make_shop(api)
    order = shop.order()
    assert shop.run().done == 1
    opened = shop.open(order)
    person = shop.far.order(order.id).recipient
    assert opened[Field.NAME] == person.name
    assert opened[Field.ADDRESS_LINE_1] == person.address_line_1
    assert opened[Field.CITY] == person.city
    assert opened[Field.COUNTRY] == person.country_code


def test_the_buyer_is_found_by_phone_number_and_no_email_address_is_asked_for(
    make_shop: MakeShop, api: OrdersApi
) -> None:
    shop = make_shop(api)
    order = shop.order()
    shop.run()
    person = shop.far.order(order.id).recipient
    kinds = {clue.kind for clue in shop.safe.storage.blind_index.of_order(order.ref)}
    assert kinds == {ClueKind.PHONE, ClueKind.ORDER}
    found = shop.safe.erasure.find_buyer(SELLER, asked_for(person.phone), actor=PERSON)
    assert found.orders == (order.ref,)


def test_v0_asks_for_one_token_for_many_orders_and_v2026_for_none(
    make_shop: MakeShop, api: OrdersApi
) -> None:
    shop = make_shop(api)
    for _ in range(5):
        shop.order()
    assert shop.run().done == 5
    assert shop.asked().count("createRestrictedDataToken") == (1 if api is OrdersApi.V0 else 0)


def test_without_the_role_the_order_is_held_with_a_sentence_that_helps(
    make_shop: MakeShop, api: OrdersApi
) -> None:
    shop = make_shop(api, roles={Role.INVENTORY_AND_ORDER_TRACKING})
    order = shop.order()
    shop.run()
    kept = shop.safe.now_is(order)
    assert kept.state is OrderState.HELD
    assert kept.hold is not None
    assert kept.hold.code == "address_role_missing"
    assert "acme-us" in kept.hold.sentence
    assert "Direct-to-Consumer Shipping (Restricted)" in kept.hold.sentence
    assert shop.safe.storage.sealed.count() == 0
    assert shop.safe.tags(order)[-1] == "order:life:held"


def test_a_gift_message_is_sealed_with_the_address(make_shop: MakeShop, api: OrdersApi) -> None:
    shop = make_shop(api)
    order = shop.order(gift_message="Happy inventing day")
    if not order.amazon.has_gift_message:  # Orders v0 shows that there is one only in the item
        order = shop.safe.storage.orders.change(order, amazon=replace(order.amazon, has_gift_message=True))
    shop.run()
    assert shop.open(order)[Field.GIFT_MESSAGE] == "Happy inventing day"


def test_amazons_outage_is_waited_out(make_shop: MakeShop, api: OrdersApi) -> None:
    shop = make_shop(api)
    order = shop.order()
    shop.far.faults.add(Fault(operation="*", status=503, times=1))
    first = shop.run()
    assert first.done == 0
    assert first.again_at is not None
    shop.safe.clock.advance(first.again_at - shop.safe.clock.now())
    assert shop.run().done == 1
    assert shop.open(order)


def test_an_order_amazon_does_not_know_is_held_and_the_others_flow_on(
    make_shop: MakeShop, api: OrdersApi
) -> None:
    shop = make_shop(api)
    good, unknown = shop.order(), shop.safe.order()
    shop.run()
    assert shop.safe.now_is(good).sealed_until is not None
    kept = shop.safe.now_is(unknown)
    assert kept.hold is not None
    assert kept.hold.code in {"order_unknown", "address_refused", "address_denied"}


def test_revoked_credentials_reach_the_lane_runner(make_shop: MakeShop, api: OrdersApi) -> None:
    shop = make_shop(api)
    order = shop.order()
    shop.far.revoke(shop.token)
    shop.far.expire_access_tokens()
    with pytest.raises(CredentialRefused):
        shop.run()
    assert shop.safe.now_is(order) == order
