"""Numbers that Amazon shows already, and what is said of those it does not take any more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.order import AmazonOrder, AmazonPackage, AmazonStatus, FulfilledBy, Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.errors import AmazonRefused
from dockseal.shipment_confirmation.already_shown import already_shown, what_to_do

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PACKAGE = Package(
    order=OrderRef("ref"),
    reference_id=1,
    carrier="UPS",
    tracking_number="1Z 999",
    shipped_at=NOW,
    contents=(Content(order_item_id="i1", quantity=2),),
    state=PackageState.REPORTED,
    report_id="r1",
)
SHOWN = AmazonPackage(reference_id="70", carrier="UPS", tracking_number="1Z999", contents=(("i1", 2),))
ORDER = Order(
    ref=OrderRef("ref"),
    seller=SellerId("acme-us"),
    state=OrderState.SHIPPED,
    amazon=AmazonOrder(
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
        status=AmazonStatus.SHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=NOW,
        packages=(SHOWN,),
    ),
    read_at=NOW,
    accepted_at=NOW,
)


def showing(*packages: AmazonPackage) -> Order:
    return replace(ORDER, amazon=replace(ORDER.amazon, packages=packages))


def test_the_same_number_with_the_same_contents_is_shown_whoever_sent_it() -> None:
    assert already_shown(ORDER, PACKAGE)
    assert already_shown(showing(replace(SHOWN, contents=())), PACKAGE)


@pytest.mark.parametrize(
    "order",
    [
        showing(),
        showing(replace(SHOWN, tracking_number="1Z998")),
        showing(replace(SHOWN, tracking_number="")),
        showing(replace(SHOWN, contents=(("i1", 1),))),
        replace(ORDER, amazon=replace(ORDER.amazon, packages=None)),
    ],
)
def test_anything_else_has_amazon_told(order: Order) -> None:
    assert not already_shown(order, PACKAGE)


def test_a_correction_is_told_whatever_amazon_shows() -> None:
    assert not already_shown(ORDER, replace(PACKAGE, confirmed_at=NOW))


def test_what_was_corrected_after_an_answer_was_lost_is_told_again() -> None:
    told = replace(PACKAGE, told_carrier="UPS", told_number="1Z999")
    assert not already_shown(ORDER, told)
    elsewhere = replace(told, told_number="1Z998")
    assert already_shown(ORDER, elsewhere), "Amazon was told another number, and somebody entered this one"


def test_a_lost_answer_is_settled_by_what_shows_all_that_was_told() -> None:
    told = replace(PACKAGE, state=PackageState.INTENDED, told_carrier="UPS", told_number="1Z999")
    assert already_shown(ORDER, told)
    assert not already_shown(showing(replace(SHOWN, carrier="FedEx")), told)


def test_no_number_is_never_the_same_number() -> None:
    assert not already_shown(
        showing(replace(SHOWN, tracking_number="")), replace(PACKAGE, tracking_number="")
    )


def test_a_shipped_order_that_takes_no_more_parcels_says_where_the_number_is_to_be_entered() -> None:
    words = "not finding a matching package or order already fulfilled: PackageToUpdateNotFound"
    refused = AmazonRefused("confirmShipment", status=400, code="InvalidInput", message=words)
    told = what_to_do(ORDER, PACKAGE, refused)
    assert "counts the order as shipped with UPS 1Z999" in told
    assert "Edit shipment" in told
    assert "new report id" not in told


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("InvalidInput", "Wrong.", "parcel 1 (InvalidInput: Wrong.): "),
        ("InvalidInput", "", "parcel 1 (InvalidInput): "),
        ("", "", "parcel 1 (400, without a reason): "),
    ],
)
def test_a_refusal_without_words_is_said_without_holes(code: str, message: str, said: str) -> None:
    refused = AmazonRefused("confirmShipment", status=400, code=code, message=message)
    assert said in what_to_do(ORDER, PACKAGE, refused)


def test_any_other_refusal_asks_for_a_corrected_report() -> None:
    refused = AmazonRefused(
        "confirmShipment", status=400, code="InvalidInput", message="OrderItemId is invalid"
    )
    assert "correct it, or have the warehouse report it again" in what_to_do(ORDER, PACKAGE, refused)


def test_what_amazon_was_told_of_another_parcel_is_not_this_one() -> None:
    first = replace(PACKAGE, told_carrier="UPS", told_number="1Z999", state=PackageState.CONFIRMED)
    second = replace(PACKAGE, reference_id=2)
    assert not already_shown(ORDER, second, among=[first, second])
    by_hand = replace(SHOWN, reference_id="71")
    assert already_shown(showing(SHOWN, by_hand), second, among=[first, second])
