"""What a 945 says: parcels, contents, carriers, days, and what will never come."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.warehouse_message import LateRefusal, StopReply
from edi_counterparty import Box, Order, Packed, packed
from edi_exchange import Exchange

REFERENCE = "testreference2345678-1"
ONE, TWO = "1Z999AA10123456784", "1Z999AA10123456785"
BLUE, RED = "00000000000001", "00000000000002"


class Shipping:
    """An order that was taken, and its advices."""

    def __init__(self, folder: Path, more: str = "", reference: str = REFERENCE) -> None:
        self.exchange = Exchange(folder=folder, more=more)
        (self.order,) = self.exchange.sent(reference)
        self.far = self.exchange.counterparty

    def advised(self, boxes: Sequence[Box], **choices: object) -> list[ShipmentReport]:
        self.far.ship(self.order, boxes, **choices)
        return self.exchange.reports()

    def fault(self, boxes: Sequence[Box], **choices: object) -> str:
        """The only sentence to an advice that tells nothing; it is rejected by our 997 as well."""
        self.far.ship(self.order, boxes, **choices)
        messages, (sentence,) = self.exchange.collected()
        assert messages == []
        self.far.look()
        assert [each[1] for each in self.far.acknowledgements[-1] if each[0] == "AK5"] == ["R"]
        return sentence


@pytest.fixture
def shipping(tmp_path: Path) -> Shipping:
    return Shipping(tmp_path)


def whole(order: Order, tracking: str = ONE) -> list[Box]:
    return [Box(tracking=tracking, lines=packed(order))]


def test_everything_in_one_parcel(shipping: Shipping) -> None:
    (report,) = shipping.advised(whole(shipping.order))
    assert report == ShipmentReport(
        report_id=f"945:{REFERENCE}:BM1:{ONE}",
        warehouse=report.warehouse,
        release=report.release,
        carrier="UPS",
        service="UPS Ground",
        tracking_number=ONE,
        shipped_at=datetime(2026, 11, 3, 1, 0, tzinfo=UTC),
        contents=(Content(order_item_id=BLUE, quantity=2), Content(order_item_id=RED, quantity=1)),
    )
    assert (report.warehouse, report.release) == ("reno", REFERENCE)


def test_the_same_advice_again_has_the_same_report_id(shipping: Shipping) -> None:
    (first,) = shipping.advised(whole(shipping.order))
    (second,) = shipping.advised(whole(shipping.order))
    (other,) = shipping.advised(whole(shipping.order), bill="BM2")
    assert first.report_id == second.report_id != other.report_id


def test_two_parcels(shipping: Shipping) -> None:
    boxes = [
        Box(tracking=ONE, lines=[Packed(sku="MUG-BLUE", shipped=1, ordered=2, item=BLUE)]),
        Box(
            tracking=TWO,
            lines=[
                Packed(sku="MUG-BLUE", shipped=1, ordered=2, item=BLUE),
                Packed(sku="MUG-RED", shipped=1, item=RED),
            ],
        ),
    ]
    first, second = shipping.advised(boxes)
    assert (first.tracking_number, first.contents) == (ONE, (Content(order_item_id=BLUE, quantity=1),))
    assert [content.quantity for content in second.contents] == [1, 1]


def test_loops_of_one_tracking_number_are_one_parcel(shipping: Shipping) -> None:
    boxes = [Box(tracking=ONE, lines=[line]) for line in packed(shipping.order)]
    (report,) = shipping.advised(boxes)
    assert len(report.contents) == 2


def test_boxes_without_a_number_are_a_parcel_where_the_profile_says_so(tmp_path: Path) -> None:
    shipping = Shipping(tmp_path, "[advices]\nuntracked = true\n")
    (report,) = shipping.advised(whole(shipping.order), place="")
    assert (report.tracking_number, len(report.contents)) == ("", 2)


@pytest.mark.parametrize(
    ("more", "choices"),
    [
        ("", {"place": "", "head": [f"N9*2I*{ONE}"]}),
        ("", {"place": "", "head": [f"N9*CN*{ONE}"]}),
        ("", {"place": "N9*2I*"}),
        ('[advices]\ntracking = ["N9*ZZ"]\n', {"place": "", "head": [f"N9*ZZ*{ONE}"]}),
        ('[advices]\ntracking = ["MAN*GM"]\n', {"place": "MAN*GM*"}),
        ('[advices]\npackages = "order"\n', {"place": "", "head": [f"N9*2I*{ONE}"]}),
        ('[advices]\npackages = "MAN"\n', {}),
    ],
)
def test_the_tracking_number_stands_where_the_profile_says(
    tmp_path: Path, more: str, choices: dict[str, object]
) -> None:
    shipping = Shipping(tmp_path, more)
    (report,) = shipping.advised(whole(shipping.order), **choices)
    assert report.tracking_number == ONE
    assert len(report.contents) == 2


def test_parcels_by_man_loops_within_one_lx(tmp_path: Path) -> None:
    shipping = Shipping(tmp_path, '[advices]\npackages = "MAN"\n')
    lines = shipping.far.advice(
        shipping.order,
        [
            Box(tracking=box, lines=[line])
            for box, line in zip((ONE, TWO), packed(shipping.order), strict=True)
        ],
    )
    shipping.far.send("SW", [("945", [line for line in lines if line != "LX*2"])])
    assert [report.tracking_number for report in shipping.exchange.reports()] == [ONE, TWO]


def test_an_advice_without_lx_is_one_parcel(shipping: Shipping) -> None:
    lines = shipping.far.advice(shipping.order, whole(shipping.order), place="", head=[f"N9*2I*{ONE}"])
    shipping.far.send("SW", [("945", [line for line in lines if line[:3] not in {"LX*", "W03"}])])
    (report,) = shipping.exchange.reports()
    assert len(report.contents) == 2


def test_a_warehouse_that_knows_skus_alone(shipping: Shipping) -> None:
    (report,) = shipping.advised([Box(tracking=ONE, lines=[Packed(sku="MUG-BLUE", shipped=2)])])
    assert report.contents == ()
    assert report.by_sku == (SkuContent(sku="MUG-BLUE", quantity=2),)


def test_a_warehouse_that_knows_amazons_order_id_alone(shipping: Shipping) -> None:
    (report,) = shipping.advised(whole(shipping.order), number="113-0000000-0000001")
    assert (report.release, report.order_id) == ("", "113-0000000-0000001")
    (by_purchase_order,) = shipping.advised(whole(shipping.order), number="")
    assert by_purchase_order.order_id == "113-0000000-0000001"


@pytest.mark.parametrize("reference", [REFERENCE, f"{REFERENCE}-2", f"{REFERENCE}1"])
def test_our_reference_comes_back_also_in_capitals_and_when_it_is_long(
    tmp_path: Path, reference: str
) -> None:
    shipping = Shipping(tmp_path, reference=reference)
    (report,) = shipping.advised(whole(shipping.order), number=shipping.order.number.upper())
    assert report.release == reference


def test_short_shipped_lines_are_reported_and_told(shipping: Shipping) -> None:
    boxes = [
        Box(
            tracking=ONE,
            lines=[
                Packed(sku="MUG-BLUE", shipped=1, ordered=2, item=BLUE, status="CP"),
                Packed(sku="MUG-RED", shipped=0, ordered=1, item=RED, status="BO"),
            ],
        )
    ]
    shipping.far.ship(shipping.order, boxes)
    (report,), sentences = shipping.exchange.collected()
    assert isinstance(report, ShipmentReport)
    assert report.contents == (Content(order_item_id=BLUE, quantity=1),)
    first, second = sentences
    assert f"shipped 1 of 2 of {BLUE} of {REFERENCE} and will not ship the rest" in first
    assert f"shipped 0 of 1 of {RED} of {REFERENCE} and says that the rest comes later" in second
    assert shipping.exchange.files("unread") == [], "it was read"


def test_an_advice_of_nothing_is_a_refusal(shipping: Shipping) -> None:
    lines = [Packed(sku="MUG-BLUE", shipped=0, ordered=2, item=BLUE, status="IC")]
    shipping.far.ship(shipping.order, [Box(tracking=ONE, lines=lines)])
    (message,), _ = shipping.exchange.collected()
    assert message == LateRefusal(
        release=message.release, words="its advice says that it ships nothing of it"
    )
    assert message.release == REFERENCE


def test_what_comes_later_is_no_refusal(shipping: Shipping) -> None:
    lines = [Packed(sku="MUG-BLUE", shipped=0, ordered=2, item=BLUE, status="BO")]
    shipping.far.ship(shipping.order, [Box(tracking=ONE, lines=lines)])
    messages, (sentence,) = shipping.exchange.collected()
    assert messages == []
    assert "the rest comes later" in sentence


@pytest.mark.parametrize(("shipped", "stopped"), [(0, True), (2, False)])
def test_the_advice_answers_a_wish_to_stop(shipping: Shipping, shipped: int, stopped: bool) -> None:
    shipping.exchange.edi.stop(shipping.exchange.stop(REFERENCE))
    status = "CC" if shipped else "IC"
    lines = [Packed(sku="MUG-BLUE", shipped=shipped, ordered=2, item=BLUE, status=status)]
    shipping.far.ship(shipping.order, [Box(tracking=ONE, lines=lines)])
    messages, _ = shipping.exchange.collected()
    (reply,) = [message for message in messages if isinstance(message, StopReply)]
    assert (reply.release, reply.stopped) == (REFERENCE, stopped)
    assert len(messages) == 1 + (not stopped), "what shipped is reported all the same"


def test_something_else_in_its_place_is_not_reported_as_what_was_ordered(shipping: Shipping) -> None:
    lines = [
        Packed(sku="MUG-GREEN", shipped=2, item=BLUE, status="CS"),
        Packed(sku="MUG-RED", shipped=1, item=RED),
    ]
    shipping.far.ship(shipping.order, [Box(tracking=ONE, lines=lines)])
    (report,), (sentence,) = shipping.exchange.collected()
    assert isinstance(report, ShipmentReport)
    assert report.contents == (Content(order_item_id=RED, quantity=1),)
    assert f"shipped something else in place of {BLUE}" in sentence


@pytest.mark.parametrize(
    ("w27", "carrier", "service"),
    [
        ("W27*M*USPS", "USPS", ""),
        ("W27*M*FDEG*Home Delivery", "FedEx", "Home Delivery"),
        ("W27*M*ABCD*Placeholder Parcels", "Placeholder Parcels", ""),
        ("W27*M*ABCD", "ABCD", ""),
        ("W27*M*XPED*Fast", "Expedited Ltd", "Fast"),
    ],
)
def test_carriers_by_scac(tmp_path: Path, w27: str, carrier: str, service: str) -> None:
    shipping = Shipping(tmp_path, '[advices.carriers]\nXPED = "Expedited Ltd"\n')
    (report,) = shipping.advised(whole(shipping.order), carrier=w27)
    assert (report.carrier, report.service) == (carrier, service)


@pytest.mark.parametrize(
    ("date", "shipped_at"),
    [
        ("G62*11*20261102*W*0930", datetime(2026, 11, 2, 17, 30, tzinfo=UTC)),
        ("G62*11*20261101", datetime(2026, 11, 2, 7, 59, 59, tzinfo=UTC)),
        ("G62*11*20261102", datetime(2026, 11, 3, 1, 0, tzinfo=UTC)),
        ("G62*11*20261105", datetime(2026, 11, 5, 8, 0, tzinfo=UTC)),
        ("G62*10*20261101", datetime(2026, 11, 3, 1, 0, tzinfo=UTC)),
    ],
    ids=["with a time", "a day that is over", "today: now", "a day to come", "W06 has it"],
)
def test_days_are_the_warehouses(shipping: Shipping, date: str, shipped_at: datetime) -> None:
    (report,) = shipping.advised(whole(shipping.order), date=date)
    assert report.shipped_at == shipped_at


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"place": ""}, "it names no tracking number in MAN*CP, N9*2I, N9*CN; see advices.tracking"),
        ({"place": "", "head": [f"N9*2I*{ONE}", f"N9*2I*{TWO}"]}, "it names 2 tracking numbers for one list"),
        ({"total": "7"}, "its total (W03) is not the 3 that its lines add up to"),
        ({"carrier": "W27*M"}, "it names no carrier"),
        ({"carrier": "N9*XX*1"}, "it has no W27"),
        ({"date": "G62*11*20261399"}, "it names no day of shipping"),
        ({"date": "G62*11*00010101"}, "it names no day of shipping"),
    ],
)
def test_an_advice_that_cannot_be_used_is_rejected_and_said(
    shipping: Shipping, choices: dict[str, object], words: str
) -> None:
    assert words in shipping.fault(whole(shipping.order), **choices)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Packed(sku="MUG-BLUE", shipped=1, status="QQ"), "a status that the profile does not know"),
        (Packed(sku="MUG-BLUE", shipped=1, unit="CA"), "counts in another unit than EA"),
        (Packed(sku="MUG-BLUE", shipped=1, status="IC"), "cancelled and shipped at once"),
        (Packed(sku="", shipped=1), "names neither the item id nor the SKU"),
        (Packed(sku="MUG-BLUE", shipped=-1), "a quantity is no whole number"),
    ],
)
def test_a_line_that_cannot_be_used_is_said(shipping: Shipping, line: Packed, words: str) -> None:
    assert words in shipping.fault([Box(tracking=ONE, lines=[line])])


def test_an_advice_that_names_no_order_is_said(shipping: Shipping) -> None:
    lines = shipping.far.advice(shipping.order, whole(shipping.order))
    shipping.far.send("SW", [("945", ["W06*F*☕*20261102", *lines[1:]])])
    assert shipping.exchange.collected()[1] == [
        "warehouse reno, file SW-0001.x12, interchange 000000501, group 501, document 0001: it names no "
        "order; the warehouse is told so by a 997, and should send it again corrected"
    ]


def test_the_profile_adds_statuses(tmp_path: Path) -> None:
    shipping = Shipping(tmp_path, '[advices.statuses]\nQQ = "shipped"\n')
    boxes = [Box(tracking=ONE, lines=[Packed(sku="MUG-BLUE", shipped=2, item=BLUE, status="QQ")])]
    assert len(shipping.advised(boxes)) == 1
