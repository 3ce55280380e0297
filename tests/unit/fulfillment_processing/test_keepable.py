"""What of a message is kept for a person."""

from datetime import UTC, datetime

import pytest

from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.shipment import ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.keepable import keepable
from dockseal.fulfillment_processing.reports import check_report
from dockseal.shipment_confirmation.tracking_numbers.normalising import (
    Fault,
    Number,
    Refusal,
    normalised,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
NUMBER = "00340433836442636597"
LINK = f"https://www.dhl.com/us-en/home/tracking/tracking-ecommerce.html?submit=1&tracking-id={NUMBER}"


def told(number: str) -> ShipmentReport:
    return ShipmentReport(
        report_id="r-1",
        warehouse=WarehouseId("reno"),
        release=ReleaseRef("none-of-ours"),
        carrier="DHL",
        tracking_number=number,
        shipped_at=NOW,
    )


def kept(number: str) -> str:
    report = keepable(told(number))
    assert isinstance(report, ShipmentReport)
    return report.tracking_number


def test_the_link_of_a_carrier_is_taken_as_long_as_it_is() -> None:
    assert len(LINK) > 100
    check_report(told(LINK), NOW)
    assert normalised(kept(LINK)) == Number(text=NUMBER)


@pytest.mark.parametrize("link", [f"{LINK}{'0' * 150}", f"https://dhl.example/{'x' * 170}/{NUMBER}"])
def test_a_number_that_is_cut_off_can_be_taken_for_none(link: str) -> None:
    with pytest.raises(BadInput, match="at most 200"):
        check_report(told(link), NOW)
    assert len(kept(link)) == 200
    assert normalised(kept(link)) == Fault(refusal=Refusal.UNREADABLE)
    check_report(told(kept(link)), NOW)
