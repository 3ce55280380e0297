"""The order report of a simulated Amazon: asked for, followed, and read under a token for it alone."""

from datetime import timedelta

import pytest

from contract.test_orders_port import SELLER, START, US, Scene
from dockseal.amazon.order_report import OrderReport
from dockseal.amazon.report_document import document_resource
from dockseal.amazon.reports import ReportState
from dockseal.domain.fields import Field
from dockseal.domain.order import OrdersApi
from dockseal.errors import AccessDenied, AmazonRefused, AmazonUnavailable, AnswerUnreadable, RoleMissing
from spapi_simulator import Behaviours, Fault, Line, Role
from spapi_simulator.world.people import Recipient

ADA = Recipient(
    name="Testperson Müller",
    address_line_1="1 Sample Street",
    city="Exampleton",
    postal_code="00001",
    country_code="US",
    state="WA",
)


def scene(**behaviours: object) -> Scene:
    return Scene(OrdersApi.V2026, behaviours=Behaviours(**behaviours))  # type: ignore[arg-type]  by name


def made(there: Scene) -> str:
    """Asks for a report and waits for it; returns the id of its document."""
    report_id = there.amazon.reports.ask(SELLER, US, START - timedelta(days=7))
    assert there.amazon.reports.standing(SELLER, report_id).state is ReportState.BEING_MADE
    there.clock.advance(timedelta(minutes=2))
    standing = there.amazon.reports.standing(SELLER, report_id)
    assert standing.state is ReportState.DONE
    return standing.document_id


def read(there: Scene, document_id: str) -> OrderReport:
    rdt = there.amazon.issue(SELLER, [document_resource(document_id)]).token
    return there.amazon.order_report(SELLER, document_id, marketplace_id=US, rdt=rdt)


@pytest.mark.parametrize("gzip_from", [0, 65_536], ids=["gzip", "plain"])
def test_a_report_says_of_an_order_what_a_reading_says_of_it(gzip_from: int) -> None:
    there = scene(report_gzip_from_bytes=gzip_from)
    order_id = there.place(Line(sku="MUG-1", quantity=2, title="Mug"), Line(sku="TEA-9"), recipient=ADA)
    shipped = there.place()
    there.confirm(shipped)
    ((order, recipient),) = read(there, made(there)).orders
    reading = there.reader.get(order_id)
    for same in ("amazon_order_id", "marketplace_id", "status", "fulfilled_by", "purchased_at", "ship_by"):
        assert getattr(order, same) == getattr(reading, same), same
    assert order.lines == reading.lines
    assert order.updated_at < reading.updated_at
    both = recipient.fields()
    assert not recipient.differing(there.recipient(order_id, both), both)
    assert Field.ADDRESS_LINE_1 in both


@pytest.mark.parametrize(
    ("charset", "name"),
    [("Cp1252", "Testperson Müller"), ("Shift_JIS", "試験 太郎"), ("UTF-8", "試験 Müller")],
)
def test_the_charset_that_the_document_declares_is_obeyed(charset: str, name: str) -> None:
    there = scene(report_charset=charset)
    there.place(recipient=Recipient(**{**_fields(ADA), "name": name}))
    ((_, recipient),) = read(there, made(there)).orders
    assert recipient.disclose()["name"] == name


def test_a_name_that_the_charset_lacks_is_not_taken_for_one() -> None:
    there = scene(report_charset="Cp1252")
    there.place(recipient=Recipient(**{**_fields(ADA), "name": "試験 太郎"}))
    fine = there.place(recipient=ADA)
    report = read(there, made(there))
    assert [order.amazon_order_id for order, _ in report.orders] == [fine]
    assert report.left == 1


def test_a_report_with_nothing_in_it_is_cancelled() -> None:
    there = scene()
    report_id = there.amazon.reports.ask(SELLER, US, START - timedelta(days=7))
    there.clock.advance(timedelta(minutes=2))
    assert there.amazon.reports.standing(SELLER, report_id).state is ReportState.CANCELLED


def test_a_token_for_another_document_opens_nothing() -> None:
    there = scene()
    there.place(recipient=ADA)
    document_id = made(there)
    other = made(there)
    rdt = there.amazon.issue(SELLER, [document_resource(other)]).token
    with pytest.raises(AccessDenied):
        there.amazon.order_report(SELLER, document_id, marketplace_id=US, rdt=rdt)


def test_without_the_role_neither_the_report_nor_a_token_is_given() -> None:
    there = Scene(OrdersApi.V2026, roles={Role.INVENTORY_AND_ORDER_TRACKING})
    with pytest.raises(AccessDenied):
        there.amazon.reports.ask(SELLER, US, START - timedelta(days=7))
    with pytest.raises((RoleMissing, AmazonRefused)):
        there.amazon.issue(SELLER, [document_resource("amzn1.spdoc.1.4.na.invented")])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(operation="getDocument", status=503, times=1),
        Fault(operation="getDocument", status=None, times=1),
        Fault(operation="getDocument", effect="cut", times=1),
    ],
    ids=["503", "no answer", "cut off"],
)
def test_a_document_that_cannot_be_fetched_now_is_fetched_later(fault: Fault) -> None:
    there = scene(report_gzip_from_bytes=0)
    order_id = there.place(recipient=ADA)
    document_id = made(there)
    there.simulator.faults.add(fault)
    with pytest.raises(AmazonUnavailable):
        read(there, document_id)
    there.clock.advance(timedelta(minutes=2))
    assert [order.amazon_order_id for order, _ in read(there, document_id).orders] == [order_id]


def test_a_document_in_a_charset_nobody_knows_is_left() -> None:
    there = scene(report_charset="utf-16")
    there.place(recipient=ADA)
    with pytest.raises(AnswerUnreadable, match="charset"):
        read(there, made(there))


def _fields(who: Recipient) -> dict[str, str]:
    return {name: getattr(who, name) for name in ("name", "address_line_1", "city", "postal_code")} | {
        "country_code": who.country_code,
        "state": who.state,
    }
