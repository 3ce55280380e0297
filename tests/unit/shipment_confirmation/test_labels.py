"""What a parcel's label says, and when it is not believed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import OrderRef, WarehouseId
from dockseal.shipment_confirmation.labels import number_of, use_of
from unit.shipment_confirmation.judged import DE, UPS, code, facts, order, package, sent

IMPB = "9400111899223197428497"
"""A number of USPS's own documents."""
GB = "A1F83G8C2ARO7P"


def told(what: str, number: str, *, service: str = "", where: str = "ATVPDKIKX0DER") -> tuple[str, str, str]:
    request = sent(
        order(marketplace_id=where), package(carrier=what, service=service, tracking_number=number)
    ).request
    return request.carrier_code, request.carrier_name, request.shipping_method


def test_the_service_is_told_apart_from_the_carrier() -> None:
    assert told("UPS Ground", UPS) == ("UPS", "", "Ground")
    assert told("usps", IMPB) == ("USPS", "", "")
    assert told("Royal Mail 24", "RF123456785GB", where=GB) == ("Royal Mail", "", "24")


def test_a_service_that_the_warehouse_told_apart_is_kept() -> None:
    assert told("UPS Ground", UPS, service="Standard") == ("UPS", "", "Standard")


@pytest.mark.parametrize(("carrier", "service"), [("UPS", "Express Saver " * 7), ("Express Saver " * 7, "")])
def test_a_service_is_told_no_longer_than_amazon_takes_it(carrier: str, service: str) -> None:
    assert told(carrier, UPS, service=service.strip()) == (
        "UPS",
        "",
        "Express Saver Express Saver Express Saver Express",
    )


@pytest.mark.parametrize(
    "number",
    [
        "1Z 999 AA1 01 2345 6784",
        "1z999aa10123456784",
        "Tracking: 1Z999AA10123456784",
        "https://www.ups.com/track?tracknum=1Z999AA10123456784&loc=en_US",
        "\u200b1Z999AA10123456784 ",
    ],
)
def test_amazon_gets_the_number_alone(number: str) -> None:
    written = package(tracking_number=number)
    assert sent(order(), written).request.tracking_number == number_of(written) == UPS


def test_two_numbers_are_held_and_so_is_what_is_none() -> None:
    assert code(order(), package(tracking_number=f"{UPS} / {IMPB}")) == "number_unusable"
    assert code(order(), package(tracking_number="1.0E+12")) == "number_unusable"
    assert code(order(), package(tracking_number="113-0000000-0000001")) == "number_unusable"


def test_what_a_person_looked_at_is_told_as_it_is() -> None:
    local = package(carrier="UPS", tracking_number="B 12", cleared=frozenset({"number_unusable"}))
    assert sent(order(), local).request.tracking_number == "B 12"


def test_a_mistyped_number_is_held_until_a_person_looked_at_it() -> None:
    mistyped = package(tracking_number="1Z999AA10123456785")
    assert code(order(), mistyped) == "number_wrong"
    cleared = replace(mistyped, cleared=frozenset({"number_wrong"}))
    assert sent(order(), cleared).request.tracking_number == "1Z999AA10123456785"


def test_the_number_of_another_carrier_is_held_and_says_whose_it_is() -> None:
    wrong = package(carrier="FedEx", tracking_number=UPS)
    assert code(order(), wrong) == "carrier_contradicted"
    assert sent(
        order(), replace(wrong, cleared=frozenset({"carrier_contradicted"}))
    ).request.carrier_code == ("FedEx")


@pytest.mark.parametrize("named", ["other", "", "carrier", "n/a"])
def test_a_carrier_that_was_not_named_is_read_from_its_number(named: str) -> None:
    assert told(named, UPS) == ("UPS", "", "")


def test_a_service_alone_goes_with_the_carrier_that_the_number_shows() -> None:
    assert told("Express", UPS) == ("UPS", "", "Express")


def test_a_carrier_that_nobody_can_know_is_held_whatever_its_number_is() -> None:
    assert code(order(), package(carrier="other", tracking_number="AB12345678")) == "carrier_unknown"
    assert code(order(), package(carrier="Brown Truck", tracking_number=UPS)) == "carrier_unknown"


def test_what_was_taught_for_the_warehouse_is_meant() -> None:
    known = facts(taught={"brown truck": Carrier(code="UPS")})
    assert sent(order(), package(carrier="Brown Truck"), known).request.carrier_code == "UPS"


@pytest.mark.parametrize("number", ["", "n/a", "untracked", "-"])
def test_an_untracked_parcel_goes_without_a_number_in_europe_and_a_person_is_told(number: str) -> None:
    judged = sent(order(marketplace_id=DE), package(carrier="Deutsche Post", tracking_number=number))
    assert (judged.request.tracking_number, judged.only_by_feed) == ("", True)
    assert judged.warnings


def test_elsewhere_a_parcel_without_a_number_is_held_until_a_person_looked_at_it() -> None:
    untracked = package(tracking_number="")
    assert code(order(), untracked) == "number_missing"
    assert sent(order(), replace(untracked, cleared=frozenset({"number_missing"}))).only_by_feed


def test_a_shape_that_the_carrier_does_not_have_is_only_warned_of() -> None:
    judged = sent(order(), package(tracking_number="AB12345678"))
    assert judged.request.tracking_number == "AB12345678"
    assert "UPS" in judged.warnings[0]


def test_the_number_of_another_order_is_held_and_one_of_the_same_hour_only_warned_of() -> None:
    other = replace(order(), ref=OrderRef("other"))
    days_ago = package(order=other.ref, shipped_at=package().shipped_at - timedelta(days=3))
    assert code(order(), package(), facts(same_number=(use_of(other, days_ago, UPS),))) == "number_used"
    together = package(order=other.ref, shipped_at=package().shipped_at - timedelta(minutes=5))
    judged = sent(order(), package(), facts(same_number=(use_of(other, together, UPS),)))
    assert len(judged.warnings) == 1


def test_a_number_is_believed_once_it_was_looked_at_however_often_it_was_used() -> None:
    elsewhere = use_of(
        replace(order(), ref=OrderRef("other")),
        package(order=OrderRef("other"), warehouse=WarehouseId("sparks")),
        UPS,
    )
    looked_at = package(cleared=frozenset({"number_used"}))
    assert sent(order(), looked_at, facts(same_number=(elsewhere,))).request.tracking_number == UPS


@pytest.mark.parametrize(
    ("told", "carrier", "held"),
    [("DPD", "GLS", True), ("UPS Ground", "UPS Standard", False), ("DHL", "Deutsche Post", False)],
)
def test_one_number_of_two_carriers_in_an_order_is_held(told: str, carrier: str, held: bool) -> None:
    number = "12345678901256"
    first = package(tracking_number=number, told_number=number, told_carrier=told)
    second = package(reference_id=2, carrier=carrier, service="", tracking_number=number)
    known = facts(beside=(first,))
    of = order(marketplace_id=DE)
    if held:
        assert code(of, second, known) == "number_used"
        second = replace(second, cleared=frozenset({"number_used"}))
    assert sent(of, second, known).request.tracking_number == number
