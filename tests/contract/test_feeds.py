"""Feeds at a simulated Amazon, whose answers are checked against Amazon's model: sent, looked for, read."""

from datetime import timedelta

import pytest

from contract.test_orders_port import SELLER, START, US, Scene
from dockseal.amazon.acknowledgement_feed import CancelMessage, acknowledgement_feed
from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.feeds import FeedStatus
from dockseal.amazon.fulfillment_feed import PackageMessage, fulfillment_feed
from dockseal.amazon.processing_report import ProcessingReport, processing_report
from dockseal.domain.feed import FeedKind
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import AmazonStatus, OrdersApi
from dockseal.domain.shipment import Content
from dockseal.errors import AmazonUnavailable, AnswerUnreadable, OutcomeUnknown
from spapi_simulator import Behaviours, Fault, Line

KIND = FeedKind.ACKNOWLEDGEMENT


def scene(**behaviours: object) -> Scene:
    return Scene(OrdersApi.V2026, behaviours=Behaviours(**behaviours))  # type: ignore[arg-type]  by name


def message(there: Scene, number: int, order_id: AmazonOrderId, reason: str = "NoInventory") -> CancelMessage:
    items = tuple(item.order_item_id for item in there.simulator.order(order_id).items)
    return CancelMessage(number=number, order_id=order_id, items=items, reason=reason)


def sent(there: Scene, *messages: CancelMessage, merchant: str = "") -> str:
    content = acknowledgement_feed(merchant or there.account.seller_id, messages)
    document = there.amazon.feeds.upload(SELLER, content)
    return there.amazon.feeds.create(SELLER, KIND, marketplaces=(US,), document_id=document)


def heard(there: Scene, feed_id: str) -> tuple[FeedStatus, ProcessingReport]:
    feeds = there.amazon.feeds
    assert feeds.standing(SELLER, feed_id).status is FeedStatus.UNDER_WAY
    for _ in range(5):
        there.clock.advance(timedelta(minutes=1))
    standing = feeds.standing(SELLER, feed_id)
    return standing.status, feeds.report(SELLER, standing.document_id)


@pytest.mark.parametrize("gzip_from", [0, 65_536], ids=["gzip", "plain"])
def test_one_feed_cancels_many_orders_and_says_of_each_what_became_of_it(gzip_from: int) -> None:
    there = scene(feed_report_gzip_from_bytes=gzip_from)
    first, second, gone = there.place(), there.place(Line(sku="A"), Line(sku="B")), there.place()
    there.simulator.ship(gone)
    feed_id = sent(there, message(there, 7, first), message(there, 8, second), message(there, 9, gone))
    status, report = heard(there, feed_id)
    assert (status, report.processed) == (FeedStatus.DONE, 3)
    assert (report.fault_of(7), report.fault_of(8)) == ("", "")
    assert "cannot be cancelled" in report.fault_of(9)
    assert [there.reader.get(each).status for each in (first, second, gone)] == [
        AmazonStatus.CANCELLED,
        AmazonStatus.CANCELLED,
        AmazonStatus.SHIPPED,
    ]


def test_of_an_order_only_the_items_that_are_named_are_cancelled() -> None:
    there = scene()
    order_id = there.place(Line(sku="A"), Line(sku="B", quantity=2))
    one = message(there, 1, order_id)
    _, report = heard(
        there,
        sent(there, CancelMessage(number=1, order_id=order_id, items=one.items[:1], reason=one.reason)),
    )
    assert report.faults == {}
    assert [line.ordered for line in there.reader.get(order_id).lines] == [0, 2]


def test_a_file_that_is_wrong_as_a_whole_is_a_fault_of_every_message() -> None:
    there = scene()
    status, report = heard(there, sent(there, message(there, 1, there.place()), merchant="A0SOMEBODYELSE"))
    assert status is FeedStatus.FATAL
    assert report.fault_of(1)
    assert report.fault_of(1) == report.fault_of(99)


def test_a_feed_whose_answer_was_lost_is_found_among_those_created_since() -> None:
    there = scene()
    order_id = there.place()
    before = sent(there, message(there, 1, order_id))
    there.clock.advance(timedelta(minutes=1))
    since = there.clock.now()
    there.simulator.faults.add(Fault(operation="createFeed", status=None, effect="after", times=1))
    with pytest.raises(OutcomeUnknown):
        sent(there, message(there, 2, order_id))
    (found,) = there.amazon.feeds.since(SELLER, KIND, since)
    assert found != before
    assert there.amazon.feeds.since(SELLER, KIND, START) == (before, found)


@pytest.mark.parametrize("operation", ["createFeedDocument", "putDocument"])
def test_a_file_that_could_not_be_uploaded_was_surely_not_sent(operation: str) -> None:
    there = scene()
    order_id = there.place()
    there.simulator.faults.add(Fault(operation=operation, status=503, times=1))
    with pytest.raises(AmazonUnavailable):
        sent(there, message(there, 1, order_id))
    assert there.amazon.feeds.since(SELLER, KIND, START) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no XML",
        b"<AmazonEnvelope/>",
        b"<AmazonEnvelope><Message><ProcessingReport>",
        b"<!DOCTYPE a><AmazonEnvelope><Message><ProcessingReport/></Message></AmazonEnvelope>",
        b"<a>" * 1000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_processing_report_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable, match="look at the feed in Seller Central"):
        processing_report(content, "a processing report of seller acme-us")


def test_warnings_are_no_faults_and_a_fault_without_words_is_one() -> None:
    result = "<Result><MessageID>{}</MessageID><ResultCode>{}</ResultCode></Result>"
    content = (
        "<AmazonEnvelope><Message><ProcessingReport><ProcessingSummary><MessagesProcessed>3</MessagesProcessed>"
        "</ProcessingSummary>"
        + result.format(1, "Warning")
        + result.format("002", "Error")
        + "</ProcessingReport></Message></AmazonEnvelope>"
    )
    report = processing_report(content.encode(), "a report")
    assert (report.processed, report.fault_of(1), report.fault_of(2)) == (3, "", "Amazon gave no reason")


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-1"])
def test_a_report_in_another_encoding_than_it_says_is_read(encoding: str) -> None:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><Message><ProcessingReport><ProcessingSummary>'
        "<MessagesProcessed>2</MessagesProcessed><MessagesWithError>1</MessagesWithError></ProcessingSummary>"
        "<Result><MessageID>2</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>1</ResultMessageCode>"
        "<ResultDescription>Gerät</ResultDescription></Result></ProcessingReport></Message></AmazonEnvelope>"
    )
    report = processing_report(content.encode(encoding), "a report")
    assert (report.processed, report.failed, report.fault_of(2)) == (2, 1, "1: Gerät")


def test_warnings_are_told_apart() -> None:
    content = (
        "<AmazonEnvelope><Message><ProcessingReport><Result><MessageID>1</MessageID><ResultCode>Warning"
        "</ResultCode><ResultDescription>mind the gap</ResultDescription></Result></ProcessingReport>"
        "</Message></AmazonEnvelope>"
    )
    assert processing_report(content.encode(), "a report").warnings == {"1": "mind the gap"}


def parcel(there: Scene, number: int, order_id: AmazonOrderId, **changes: object) -> PackageMessage:
    (item,) = there.simulator.order(order_id).items
    codes = tuple(f"AZ{each:027}" for each in range(item.quantity_ordered)) if item.transparency else ()
    values: dict[str, object] = {
        "marketplace_id": US,
        "reference": "1",
        "carrier_code": "UPS",
        "tracking_number": f"T-{number}",
        "ship_date": there.clock.now(),
        "contents": (
            Content(
                order_item_id=item.order_item_id, quantity=item.quantity_ordered, transparency_codes=codes
            ),
        ),
    }
    request = ConfirmRequest(**{**values, **changes})  # type: ignore[arg-type]  # a table of values by name
    return PackageMessage(number=number, order_id=order_id, request=request)


@pytest.mark.parametrize("gzip_from", [0, 65_536], ids=["gzip", "plain"])
def test_one_feed_confirms_many_packages_and_says_of_each_what_became_of_it(gzip_from: int) -> None:
    there = scene(feed_report_gzip_from_bytes=gzip_from)
    first, second, gone, coded = there.place(), there.place(), there.place(), there.place()
    there.simulator.ship(gone)
    messages = [
        parcel(there, 7, first, shipping_method="Ground"),
        parcel(there, 8, second, carrier_code="Other", carrier_name="Bits & Bobs", tracking_number=""),
        parcel(there, 9, gone),
        parcel(there, 10, coded, supply_source="source-1"),
    ]
    content = fulfillment_feed(there.account.seller_id, messages)
    document = there.amazon.feeds.upload(SELLER, content)
    kind = FeedKind.FULFILLMENT
    feed_id = there.amazon.feeds.create(SELLER, kind, marketplaces=(US,), document_id=document)
    status, report = heard(there, feed_id)
    assert (status, report.processed, report.failed) == (FeedStatus.DONE, 4, 1)
    assert list(report.faults) == ["9"]
    shown = {each: there.reader.get(each).packages for each in (first, second, coded)}
    assert [package.tracking_number for packages in shown.values() for package in packages or ()] == [
        "T-7",
        "",
        "T-10",
    ]
    (whole,) = there.simulator.order(second).packages
    assert (whole.carrier_code, whole.carrier_name) == ("Other", "Bits & Bobs")
    assert there.simulator.order(first).packages[0].shipping_method == "Ground"
    assert there.simulator.order(coded).packages[0].supply_source_id == "source-1"
