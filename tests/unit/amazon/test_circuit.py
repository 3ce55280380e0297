"""Refusals that are outages, and refusals that are not."""

from datetime import UTC, datetime, timedelta

from dockseal.amazon.circuit import Circuits, CircuitsInMemory, Question, question_of
from dockseal.amazon.operations import CONFIRM_SHIPMENT, GET_ORDER, SEARCH_ORDERS
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.outage import Circuit
from dockseal.domain.seller import Region
from dockseal.errors import StorageError

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
A, B = SellerId("acme-jp"), SellerId("bolt-jp")


def question(order: int = 1, *, seller: SellerId = A, region: Region = Region.FE) -> Question:
    path = f"/orders/2026-01-01/orders/111-0000000-{order:07}"
    asked = question_of(
        GET_ORDER, seller, region, path=path, query={"includedData": "FULFILLMENT"}, rdt=False
    )
    assert asked is not None
    return asked


def circuits(*, before: bool = False) -> tuple[Circuits, ManualClock]:
    clock = ManualClock(start=START)
    return Circuits(clock, worked_before=lambda _: before), clock


def test_a_question_that_never_worked_is_refused_for_what_it_is() -> None:
    known, _ = circuits()
    assert not known.refused(question(), 400)
    assert known.outages() == []


def test_a_question_that_worked_is_an_outage_when_it_is_refused_for_twelve_hours() -> None:
    known, clock = circuits()
    known.worked(question(1))
    for number in range(2, 26):
        clock.advance(timedelta(minutes=30))
        assert known.refused(question(number), 400)
    (outage,) = known.outages()
    assert (outage.seller, outage.operation, outage.times) == (A, "getOrder", 24)
    assert "outage" in outage.sentence


def test_after_a_restart_a_seller_that_was_read_before_counts_as_worked() -> None:
    known, _ = circuits(before=True)
    assert known.refused(question(), 400)


def test_one_order_that_is_refused_while_others_are_answered_is_refused_for_itself() -> None:
    known, clock = circuits()
    known.worked(question(1))
    assert known.refused(question(2), 400)
    clock.advance(timedelta(seconds=15))
    known.worked(question(3))
    clock.advance(timedelta(seconds=15))
    assert not known.refused(question(2), 400)
    assert known.outages() == []


def test_a_refusal_of_more_than_a_day_is_one() -> None:
    known, clock = circuits()
    known.worked(question(1))
    for _ in range(48):
        clock.advance(timedelta(minutes=30))
        assert known.refused(question(2), 400)
    clock.advance(timedelta(minutes=30))
    assert not known.refused(question(3), 400)
    clock.advance(timedelta(days=3))
    assert known.refused(question(4), 400), "nobody asked for days: this is another stretch"


def parcel(order: int = 1) -> Question:
    path = f"/orders/v0/orders/111-0000000-{order:07}/shipmentConfirmation"
    asked = question_of(CONFIRM_SHIPMENT, A, Region.FE, path=path, query={}, rdt=False)
    assert asked is not None
    return asked


def test_a_confirmation_that_is_refused_before_any_was_taken_is_refused_for_what_it_is() -> None:
    known, _ = circuits(before=True)
    assert not known.refused(parcel(), 400)


def test_confirmations_that_are_all_refused_after_others_were_taken_are_an_outage_for_twelve_hours() -> None:
    known, clock = circuits()
    known.worked(parcel(1))
    for number in range(2, 26):
        clock.advance(timedelta(minutes=30))
        assert known.refused(parcel(number % 3 + 2), 400)


def test_one_order_whose_parcel_is_refused_alone_is_told_after_an_hour_or_once_another_was_taken() -> None:
    known, clock = circuits()
    known.worked(parcel(1))
    assert known.refused(parcel(2), 400)
    clock.advance(timedelta(minutes=59))
    assert known.refused(parcel(2), 400)
    clock.advance(timedelta(minutes=1))
    assert not known.refused(parcel(2), 400)
    assert known.refused(parcel(3), 400), "now they are two"
    clock.advance(timedelta(minutes=1))
    known.worked(parcel(4))
    assert not known.refused(parcel(3), 400)


def test_what_is_kept_outlives_the_process_and_is_read_by_others() -> None:
    clock, store = ManualClock(start=START), CircuitsInMemory()
    first = Circuits(clock, worked_before=lambda _: False, store=store)
    first.worked(parcel(1))
    for number in (2, 3):
        assert first.refused(parcel(number), 400)
    second = Circuits(clock, worked_before=lambda _: False, store=store)
    (outage,) = second.outages()
    assert (outage.operation, outage.times, outage.status) == ("confirmShipment", 2, 400)
    clock.advance(timedelta(hours=2))
    assert second.refused(parcel(2), 400), "after a restart in the middle of it, too"
    second.worked(parcel(2))
    assert first.outages() == []


def test_a_table_that_cannot_be_written_fails_no_call() -> None:
    class Broken(CircuitsInMemory):
        def put(self, circuit: Circuit) -> None:
            raise StorageError(f"no room for {circuit.operation}")

    known = Circuits(ManualClock(start=START), worked_before=lambda _: False, store=Broken())
    known.worked(question(1))
    assert known.refused(question(2), 400)


def test_an_answer_ends_the_outage() -> None:
    known, _ = circuits()
    known.worked(question(1))
    known.refused(question(2), 400)
    known.refused(question(3), 400)
    assert known.outages()
    known.worked(question(2))
    assert known.outages() == []


def test_403_for_one_seller_while_others_are_answered_is_an_outage_for_an_hour_only() -> None:
    known, clock = circuits()
    known.worked(question(seller=A))
    known.worked(question(seller=B))
    assert known.refused(question(seller=A), 403)
    clock.advance(timedelta(minutes=61))
    known.worked(question(seller=B))
    assert not known.refused(question(2, seller=A), 403)


def test_403_for_everybody_of_a_region_stays_an_outage() -> None:
    known, clock = circuits()
    for seller in (A, B):
        known.worked(question(seller=seller))
        assert known.refused(question(seller=seller), 403)
    clock.advance(timedelta(minutes=61))
    known.worked(question(seller=SellerId("acme-us"), region=Region.NA))
    assert known.refused(question(2, seller=A), 403)


def test_an_unknown_order_is_no_outage() -> None:
    known, _ = circuits()
    known.worked(question(1))
    assert not known.refused(question(2), 404)


def test_page_tokens_and_trials_say_nothing_of_amazon() -> None:
    def asked(operation: object, **query: str) -> object:
        return question_of(operation, A, Region.FE, path="", query=query, rdt=False)  # type: ignore[arg-type]  any operation

    assert asked(SEARCH_ORDERS, paginationToken="t") is None
    assert asked(SEARCH_ORDERS, maxResultsPerPage="1") is None
    assert asked(SEARCH_ORDERS, maxResultsPerPage="100") is not None
