"""Programs, regulated articles, pre-orders, stores, gifts, business buyers: what makes an order special."""

from datetime import timedelta
from typing import Any

import pytest
from shop import START, US, Shop, error, open_shop

from spapi_simulator import Behaviours, Line, Recipient, Role, Terms

V0 = "/orders/v0/orders"
V2026 = "/orders/2026-01-01/orders"
DATA = "FULFILLMENT,RECIPIENT,BUYER,PACKAGES,PROCEEDS,EXPENSE,PROMOTION,TAX,PAYMENT,FULFILLMENT_ORDERS"
PERSON = Recipient(
    name="Testperson Larkspindle",
    address_line_1="1 Sample Row",
    city="Sampleton",
    postal_code="00042",
    country_code="US",
    address_type="PickupPoint",
    company="Example Bakery",
    buyer_name="Testperson Larkspindle",
    buyer_email="relay@marketplace.example",
    drop_off="Locker",
    instructions="Code on the app",
)
BUSINESS = Terms(company="Example Bakery Ltd", tax_number="XX000000001", purchase_order_number="PO-7")


def rdt(shop: Shop, order_id: str, path: str = "", *elements: str) -> str:
    resource = {"method": "GET", "path": f"{V0}/{order_id}{path}", "dataElements": list(elements)}
    return str(shop.rdt(resource).json()["restrictedDataToken"])


def v0(shop: Shop, order_id: str, *elements: str) -> Any:
    token = rdt(shop, order_id, "", *elements) if elements else None
    return shop.get(f"{V0}/{order_id}", token=token).json()["payload"]


def items(shop: Shop, order_id: str) -> Any:
    token = rdt(shop, order_id, "/orderItems", "buyerInfo")
    return shop.get(f"{V0}/{order_id}/orderItems", token=token).json()["payload"]["OrderItems"]


def v2026(shop: Shop, order_id: str, data: str = DATA) -> Any:
    return shop.get(f"{V2026}/{order_id}", includedData=data).json()["order"]


def place(shop: Shop, line: Line | None = None, **choices: Any) -> str:
    return shop.sim.place_order(shop.seller, lines=[line or Line(sku="MUG-1")], **choices)


def test_a_pre_order_waits_for_its_day_then_for_its_payment(shop: Shop) -> None:
    order_id = place(shop, terms=Terms(available_from=START + timedelta(days=2)), programs=["PREORDER"])
    assert v0(shop, order_id)["OrderStatus"] == "PendingAvailability"
    assert v0(shop, order_id)["OrderType"] == "Preorder"
    shop.clock.advance(timedelta(days=2))
    assert v0(shop, order_id)["OrderStatus"] == "Pending"
    shop.clock.advance(timedelta(hours=1))
    assert v2026(shop, order_id)["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"


def test_a_parcel_is_scanned_then_delivered_and_each_is_an_update_of_v2026_alone(shop: Shop) -> None:
    order_id = place(shop)
    shop.confirm(order_id)

    def state() -> tuple[str, str, str]:
        (package,) = v2026(shop, order_id)["packages"]
        updates = v0(shop, order_id)["LastUpdateDate"], v2026(shop, order_id)["lastUpdatedTime"]
        return package["packageStatus"]["status"], *updates

    at_once = state()
    shop.clock.advance(timedelta(hours=6))
    scanned = state()
    shop.clock.advance(timedelta(days=3))
    delivered = state()
    assert [at_once[0], scanned[0], delivered[0]] == ["SHIPPED", "IN_TRANSIT", "DELIVERED"]
    assert at_once[1] == scanned[1] == delivered[1]
    assert (scanned[2], delivered[2]) == ("2026-11-02T14:00:00.000Z", "2026-11-05T08:00:00.000Z")


def test_a_parcel_that_cannot_be_delivered_is_not_delivered_later(shop: Shop) -> None:
    order_id = place(shop)
    shop.confirm(order_id)
    shop.sim.move_package(order_id, "1", "UNDELIVERABLE", "LOST")
    shop.clock.advance(timedelta(days=4))
    (package,) = v2026(shop, order_id)["packages"]
    assert package["packageStatus"] == {"status": "UNDELIVERABLE"}


def test_the_carriers_detail_is_shown_where_that_is_switched_on() -> None:
    shop = open_shop(behaviours=Behaviours(detailed_package_status=True))
    order_id = place(shop)
    shop.confirm(order_id)
    shop.clock.advance(timedelta(days=4))
    (package,) = v2026(shop, order_id)["packages"]
    assert package["packageStatus"] == {"status": "DELIVERED", "detailedStatus": "DELIVERED"}


def test_an_edited_package_keeps_where_it_is(shop: Shop) -> None:
    order_id = place(shop)
    shop.confirm(order_id)
    shop.clock.advance(timedelta(days=4))
    shop.confirm(order_id, trackingNumber="1Z999AA10123456785")
    (package,) = v2026(shop, order_id)["packages"]
    assert (package["trackingNumber"], package["packageStatus"]["status"]) == (
        "1Z999AA10123456785",
        "DELIVERED",
    )


def test_personal_data_goes_some_days_after_delivery() -> None:
    shop = open_shop(behaviours=Behaviours(redact_after_days=30))
    order_id = place(shop)
    shop.confirm(order_id)
    shop.clock.advance(timedelta(days=32))
    assert "name" in v2026(shop, order_id)["recipient"]["deliveryAddress"]
    shop.clock.advance(timedelta(days=2))
    address = v2026(shop, order_id)["recipient"]["deliveryAddress"]
    assert ("name" in address, "city" in address) == (False, True)
    assert "Name" not in v0(shop, order_id, "shippingAddress")["ShippingAddress"]


def test_a_business_order_shows_its_company_to_tax_roles_alone() -> None:
    shop = open_shop()
    order_id = place(shop, terms=BUSINESS, programs=["AMAZON_BUSINESS"])
    buyer = v0(shop, order_id, "buyerInfo")["BuyerInfo"]
    assert buyer["PurchaseOrderNumber"] == "PO-7"
    assert buyer["BuyerTaxInfo"]["TaxClassifications"] == [{"Name": "VATNumber", "Value": "XX000000001"}]
    assert "BuyerInfo" not in v0(shop, order_id)
    assert v2026(shop, order_id)["tax"]["taxRegistrations"][0]["taxRegistrationNumber"] == "XX000000001"
    assert v2026(shop, order_id)["buyer"]["buyerCompanyName"] == "Example Bakery Ltd"
    without = open_shop(roles=[Role.DIRECT_TO_CONSUMER_SHIPPING])
    assert "tax" not in v2026(without, place(without, terms=BUSINESS))


def test_a_gift_that_is_customised(shop: Shop) -> None:
    order_id = place(shop, Line(sku="MUG-1", gift_message="With love, invented", customized=True))
    (item,) = items(shop, order_id)
    assert item["BuyerInfo"]["GiftMessageText"] == "With love, invented"
    assert item["BuyerInfo"]["BuyerCustomizedInfo"]["CustomizedURL"].endswith(".zip")
    (same,) = v2026(shop, order_id)["orderItems"]
    assert same["product"]["customization"]["customizedUrl"].endswith(".zip")
    assert "customization" not in v2026(shop, order_id, "FULFILLMENT")["orderItems"][0]["product"]


def test_what_a_line_says_of_shipping_it(shop: Shop) -> None:
    window = (START + timedelta(days=5), START + timedelta(days=5, hours=4))
    line = Line(
        sku="SOFA-1",
        constraints=("SignatureConfirmation", "RecipientAgeVerification"),
        ioss_number="IM0000000001",
        delivery_window=window,
        serial_number_required=True,
        subscribe_and_save=True,
        condition_note="As new",
    )
    order_id = place(shop, line)
    (item,) = items(shop, order_id)
    assert item["ShippingConstraints"]["SignatureConfirmation"] == "MANDATORY"
    assert (item["IossNumber"], item["SerialNumberRequired"]) == ("IM0000000001", True)
    assert item["ScheduledDeliveryStartDate"] == "2026-11-07T08:00:00Z"
    assert item["AmazonPrograms"]["Programs"] == ["SUBSCRIBE_AND_SAVE"]
    (same,) = v2026(shop, order_id)["orderItems"]
    shipping = same["fulfillment"]["shipping"]
    assert shipping["shippingConstraints"] == {
        "signatureConfirmation": "MANDATORY",
        "recipientAgeVerification": "MANDATORY",
    }
    assert shipping["internationalShipping"]["iossNumber"] == "IM0000000001"


def test_the_money_of_an_order_adds_up(shop: Shop) -> None:
    line = Line(
        sku="MUG-1", quantity=2, price="12.50", shipping="3.00", tax="1.10", discount="2.00",
        promotion_ids=("SAVE-2",), points=120,
    )  # fmt: skip
    order_id = place(shop, line)
    assert v0(shop, order_id)["OrderTotal"] == {"CurrencyCode": "USD", "Amount": "27.10"}
    order = v2026(shop, order_id)
    assert order["proceeds"]["grandTotal"]["amount"] == "27.10"
    parts = {one["type"]: one["subtotal"]["amount"] for one in order["proceeds"]["breakdowns"]}
    assert parts == {"ITEM": "25.00", "SHIPPING": "3.00", "TAX": "1.10", "DISCOUNT": "-2.00"}
    (item,) = order["orderItems"]
    assert item["promotion"]["breakdowns"] == [{"promotionId": "SAVE-2"}]
    assert item["expense"]["pointsCost"]["pointsGranted"]["pointsNumber"] == 120
    assert order["payment"]["paymentExecutions"][0]["paymentAmount"]["amount"] == "27.10"


def test_cash_on_delivery_and_replacements(shop: Shop) -> None:
    first = place(shop, terms=Terms(payment_method="COD"))
    again = place(shop, terms=Terms(replaces=first, seller_order_id="S-1001", service_level="NEXT_DAY"))
    assert v0(shop, first)["PaymentExecutionDetail"][0]["PaymentMethod"] == "COD"
    replaced = v0(shop, again)
    assert (replaced["ReplacedOrderId"], replaced["IsReplacementOrder"]) == (first, True)
    assert (replaced["SellerOrderId"], replaced["ShipmentServiceLevelCategory"]) == ("S-1001", "NextDay")
    newer = v2026(shop, again)
    assert newer["associatedOrders"] == [{"orderId": first, "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    assert newer["orderAliases"][0]["aliasId"] == "S-1001"
    assert newer["fulfillment"]["fulfillmentServiceLevel"] == "NEXT_DAY"


def test_an_access_point_and_what_the_buyer_asks_of_the_driver(shop: Shop) -> None:
    order_id = place(shop, recipient=PERSON)
    assert v0(shop, order_id)["IsAccessPointOrder"] is True
    recipient = v2026(shop, order_id)["recipient"]
    assert recipient["deliveryAddress"]["addressType"] == "PICKUP_POINT"
    assert recipient["deliveryPreference"] == {
        "dropOffLocation": "Locker",
        "addressInstruction": "Code on the app",
    }


def test_a_company_name_may_stand_in_the_address_alone() -> None:
    shop = open_shop(behaviours=Behaviours(company_only_in_address=True))
    order_id = place(shop, recipient=PERSON)
    assert "CompanyName" not in v0(shop, order_id, "shippingAddress")["ShippingAddress"]
    token = rdt(shop, order_id, "/address")
    address = shop.get(f"{V0}/{order_id}/address", token=token).json()["payload"]["ShippingAddress"]
    assert address["CompanyName"] == "Example Bakery"


def test_an_address_in_brazil_has_its_parts() -> None:
    shop = open_shop()
    seller = shop.sim.add_seller(marketplaces=["A2Q3Y263D00KWC"])
    token = shop.sim.authorize(shop.app, seller)
    order_id = shop.sim.place_order(seller, lines=[Line(sku="MUG-1")])
    access = shop.login(refresh_token=token).json()["access_token"]
    order = shop.get(f"{V2026}/{order_id}", token=access, includedData="RECIPIENT").json()["order"]
    assert order["recipient"]["deliveryAddress"]["extendedFields"]["neighborhood"] == "Bairro Exemplo"


def test_an_invoice_keeps_a_shipped_order_open_in_v0_alone(shop: Shop) -> None:
    order_id = place(shop, terms=Terms(invoice_confirmation=True))
    shop.confirm(order_id)
    assert v0(shop, order_id)["OrderStatus"] == "InvoiceUnconfirmed"
    assert v2026(shop, order_id)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    shop.clock.advance(seconds=121)
    listed = shop.get(
        V0, MarketplaceIds=US, CreatedAfter="2026-11-01T00:00:00Z", OrderStatuses="InvoiceUnconfirmed"
    )
    assert [one["AmazonOrderId"] for one in listed.json()["payload"]["Orders"]] == [order_id]
    shop.sim.confirm_invoice(order_id)
    assert v0(shop, order_id)["OrderStatus"] == "Shipped"
    assert v0(shop, order_id)["ElectronicInvoiceStatus"] == "Accepted"


@pytest.mark.parametrize("program", ["FBM_SHIP_PLUS", "AMAZON_EASY_SHIP", "IN_STORE_PICK_UP"])
def test_orders_that_others_ship_cannot_be_confirmed(shop: Shop, program: str) -> None:
    assert error(shop.confirm(place(shop, programs=[program])))[0] == 400


def test_easy_ship_is_shipped_when_amazon_picks_it_up(shop: Shop) -> None:
    order_id = place(shop, programs=["AMAZON_EASY_SHIP"])
    assert v0(shop, order_id)["EasyShipShipmentStatus"] == "PendingSchedule"
    assert v2026(shop, order_id)["fulfillmentOrders"] == [{"fulfillmentOrderId": f"{order_id}-1"}]
    shop.sim.move_easy_ship(order_id, "PickedUp")
    assert v0(shop, order_id)["OrderStatus"] == "Shipped"


class TestFilters:
    def ids(self, shop: Shop, **query: str) -> list[str]:
        answer = shop.get(V0, MarketplaceIds=US, CreatedAfter="2026-11-01T00:00:00Z", **query)
        return [one["AmazonOrderId"] for one in answer.json()["payload"]["Orders"]]

    def test_each_filter_of_v0_finds_its_own(self, shop: Shop) -> None:
        plain = place(shop)
        store = place(shop, programs=["IN_STORE_PICK_UP"], terms=Terms(store_id="STORE-1"))
        easy = place(shop, programs=["AMAZON_EASY_SHIP"])
        cash = place(shop, terms=Terms(payment_method="COD", supply_source_id="SOURCE-1"))
        invoice = place(shop, terms=Terms(invoice_confirmation=True, seller_order_id="S-9"))
        late = place(shop, ship_by=START + timedelta(days=20))
        shop.clock.advance(seconds=121)
        assert self.ids(shop, IsISPU="true") == [store]
        assert self.ids(shop, StoreChainStoreId="STORE-1") == [store]
        assert self.ids(shop, EasyShipShipmentStatuses="PendingSchedule,PickedUp") == [easy]
        assert self.ids(shop, PaymentMethods="COD") == [cash]
        assert self.ids(shop, ActualFulfillmentSupplySourceId="SOURCE-1") == [cash]
        assert self.ids(shop, ElectronicInvoiceStatuses="NotFound") == [invoice]
        assert self.ids(shop, SellerOrderId="S-9") == [invoice]
        email = shop.sim.order(plain).recipient.buyer_email
        assert self.ids(shop, BuyerEmail=email) == [plain]
        bound = "2026-11-15T00:00:00Z"
        assert self.ids(shop, LatestDeliveryDateAfter=bound, EarliestDeliveryDateAfter=bound) == [late]
        assert late not in self.ids(shop, LatestDeliveryDateBefore=bound, EarliestDeliveryDateBefore=bound)

    @pytest.mark.parametrize(
        "query",
        [
            {"IsISPU": "yes"},
            {"EasyShipShipmentStatuses": "Gone"},
            {"LatestDeliveryDateBefore": "soon"},
            {"SellerOrderId": "S-9", "BuyerEmail": "x@example.com"},
        ],
    )
    def test_a_filter_that_makes_no_sense_is_refused(self, shop: Shop, query: dict[str, str]) -> None:
        answer = shop.get(V0, MarketplaceIds=US, CreatedAfter="2026-11-01T00:00:00Z", **query)
        assert error(answer)[:2] == (400, "InvalidInput")


def test_items_come_in_pages() -> None:
    shop = open_shop(behaviours=Behaviours(items_per_page=2))
    order_id, other = shop.place(1, 1, 1, 1, 1), shop.place(1, 1, 1)
    path, seen, token = f"{V0}/{order_id}/orderItems", [], ""
    while True:
        payload = shop.get(path, **({"NextToken": token} if token else {})).json()["payload"]
        seen += [one["SellerSKU"] for one in payload["OrderItems"]]
        if not (token := payload.get("NextToken", "")):
            break
        assert error(shop.get(f"{V0}/{other}/orderItems", NextToken=token))[0] == 400
    assert seen == [f"SKU-{n}" for n in range(5)]
    buyers = shop.get(f"{V0}/{order_id}/orderItems/buyerInfo").json()["payload"]
    assert (len(buyers["OrderItems"]), "NextToken" in buyers) == (2, True)
