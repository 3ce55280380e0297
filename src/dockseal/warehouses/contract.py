"""The contract of warehouse adapters, as tests: subclass it next to your adapter and run it with pytest.

    class TestMyAdapter(WarehouseContract):
        def adapter(self): return MyAdapter(…)              # talks to a far side that takes everything
        def taken(self): return far_side.references         # what the far side has, None if it keeps nothing
        def refusing(self): return MyAdapter(…)             # its far side says no, in words with `REFUSAL`
        def failing(self): return [MyAdapter(…), …]         # far sides that are down, slow, broken

A hook that returns None, or an empty list, skips the tests that need it: for adapters without a far side.

What an adapter can do beside taking orders is tested where it has the methods of `Stopping`, `Asking` or
`Batching`. One that is `Collecting` is tested where this hook is given, too:

        def tells(self): return […]                         # makes the far side report, says what it tells
"""

import unittest
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

from dockseal.domain.identifiers import AmazonOrderId, ReleaseRef, WarehouseId
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import WarehouseError, WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.port import (
    Asking,
    Batching,
    Collecting,
    HandOver,
    Receipt,
    StopAnswer,
    Stopping,
    StopRequest,
    WarehouseAdapter,
)
from dockseal.warehouses.reasons import repeats

REFUSAL = "we do not stock MUG-BLUE"
"""What a refusing far side says, next to whatever else it says."""

PERSONAL = {
    Field.NAME: "Testperson Quillfeather",
    Field.ADDRESS_LINE_1: "12 Sample Row",
    Field.CITY: "Exampleton",
    Field.REGION: "NV",
    Field.POSTAL_CODE: "89999",
    Field.COUNTRY: "US",
    Field.PHONE: "+1 555 0100",
    Field.GIFT_MESSAGE: "Happy inventing day, says Aunt Placeholder",
}
"""An invented recipient."""


def hand_over(reference: str = "testreference2345678-1", *, warehouse: Warehouse | None = None) -> HandOver:
    """Returns an invented order on its way to a warehouse."""
    return HandOver(
        reference=ReleaseRef(reference),
        warehouse=warehouse or Warehouse(id=WarehouseId("reno"), adapter="contract"),
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
        marketplace_id="ATVPDKIKX0DER",
        ship_by=datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC),
        deliver_by=datetime(2026, 11, 6, 7, 59, 59, tzinfo=UTC),
        programs=frozenset({"PRIME"}),
        lines=(
            OrderLine(order_item_id="00000000000001", sku="MUG-BLUE", title="Blue mug ☕", ordered=2),
            OrderLine(order_item_id="00000000000002", sku="MUG-RED", title="Red mug", ordered=1),
        ),
        recipient=Recipient(PERSONAL),
    )


def stop_request(order: HandOver) -> StopRequest:
    """Returns the wish that an invented order is not shipped."""
    return StopRequest(
        reference=order.reference, warehouse=order.warehouse, amazon_order_id=order.amazon_order_id
    )


class WarehouseContract:
    """What holds for every adapter."""

    def adapter(self) -> WarehouseAdapter:
        """Returns the adapter, with a far side that takes every order."""
        raise NotImplementedError

    def unanswering(self) -> Sequence[WarehouseAdapter]:
        """Returns adapters whose far sides cannot be asked for an order: those that fail, or some of them."""
        return self.failing()

    def taken(self) -> Sequence[str] | None:
        """Returns the references of the orders at the far side, each as often as it lies there."""
        raise NotImplementedError

    def refusing(self) -> WarehouseAdapter | None:
        """Returns an adapter whose far side refuses every order, saying `REFUSAL`."""
        raise NotImplementedError

    def failing(self) -> Sequence[WarehouseAdapter]:
        """Returns adapters whose far sides are down, slow, broken or talking nonsense."""
        raise NotImplementedError

    def tells(self) -> Sequence[WarehouseMessage] | None:
        """Has the far side report something, and returns all that it tells with that, in order."""
        return None

    def test_it_takes_an_order(self) -> None:
        """An order arrives, and there is a receipt for it."""
        order = hand_over()
        receipt = self.adapter().submit(order)
        _expect(isinstance(receipt, Receipt), "submit returns a Receipt")
        _expect(list(self._known_taken()) == [order.reference], "the order lies at the warehouse once")

    def test_the_same_reference_again_is_taken_once(self) -> None:
        """What is sent again after a lost answer does not ship twice."""
        adapter, order = self.adapter(), hand_over()
        first = adapter.submit(order)
        _expect(adapter.submit(order) == first, "the second receipt is the first one again")
        _expect(list(self._known_taken()) == [order.reference], "the order lies at the warehouse once")

    def test_two_references_are_two_orders(self) -> None:
        """Orders are told apart by their reference alone."""
        adapter = self.adapter()
        adapter.submit(hand_over("firstreference234567-1"))
        adapter.submit(hand_over("secondreference23456-1"))
        expected = ["firstreference234567-1", "secondreference23456-1"]
        _expect(sorted(self._known_taken()) == expected, "both orders lie at the warehouse")

    def test_threads_may_share_it(self) -> None:
        """Several lanes may hand over to one warehouse at once."""
        adapter = self.adapter()
        references = [f"threadreference{n:05}-1" for n in range(12)]
        with ThreadPoolExecutor(4) as pool:
            receipts = list(pool.map(lambda reference: adapter.submit(hand_over(reference)), references))
        _expect(len(receipts) == len(references), "every order has a receipt")
        _expect(sorted(self._known_taken()) == references, "every order lies at the warehouse once")

    def test_a_receipt_holds_nothing_of_the_buyer(self) -> None:
        """Receipts are kept with the order, where no personal data may be."""
        receipt = self.adapter().submit(hand_over())
        _expect(_clean(receipt.reference_at_warehouse), "the receipt names nobody")
        _expect(len(receipt.reference_at_warehouse) <= 100, "the receipt is short")

    def test_a_refusal_says_why(self) -> None:
        """A refused order is held with the warehouse's own sentence."""
        adapter = self.refusing()
        if adapter is None:
            raise unittest.SkipTest("this adapter's warehouse refuses nothing")
        error = _error(adapter)
        _expect(isinstance(error, WarehouseRefused), "a refusal is a WarehouseRefused")
        _expect(REFUSAL in str(error), "a refusal passes the warehouse's words on")
        _expect(_clean(str(error)), "a refusal names nobody")

    def test_a_failing_warehouse_is_unavailable(self) -> None:
        """Whatever goes wrong on the way leaves as one error, which can be tried again."""
        adapters = self.failing()
        if not adapters:
            raise unittest.SkipTest("this adapter has no far side that could fail")
        for adapter in adapters:
            error = _error(adapter)
            _expect(isinstance(error, WarehouseUnavailable), f"a WarehouseUnavailable, not {type(error)}")
            _expect(_clean(str(error)), "an error names nobody")
            _expect(error.__context__ is None, "an error carries no other one, which could hold the request")

    def test_a_wish_to_stop_is_answered_and_may_be_repeated(self) -> None:
        """A warehouse is asked not to ship; asked again, it says so again."""
        adapter, order = self.adapter(), hand_over()
        if not isinstance(adapter, Stopping):
            raise unittest.SkipTest("this adapter's warehouse cannot be asked to stop")
        adapter.submit(order)
        answer = adapter.stop(stop_request(order))
        _expect(isinstance(answer, StopAnswer), "stop returns a StopAnswer")
        again = adapter.stop(stop_request(order))
        _expect(again in {answer, StopAnswer.ASKED}, "the same wish again is answered as before")

    def test_a_failing_warehouse_was_perhaps_asked_to_stop(self) -> None:
        """A wish that was not answered is one that can be sent again, not a yes and not a no."""
        adapters = [each for each in self.failing() if isinstance(each, Stopping)]
        if not adapters:
            raise unittest.SkipTest("this adapter has no far side that could fail to stop")
        for adapter in adapters:
            _expect_unavailable(partial(adapter.stop, stop_request(hand_over())))

    def test_it_says_which_orders_it_has(self) -> None:
        """After a lost answer the warehouse is asked: it has an order, or surely does not."""
        adapter, order = self.adapter(), hand_over()
        if not isinstance(adapter, Asking):
            raise unittest.SkipTest("this adapter's warehouse cannot be asked")
        _expect(adapter.ask(order.reference) is None, "an order that was not sent is not there")
        receipt = adapter.submit(order)
        _expect(
            adapter.ask(order.reference) == receipt, "an order that was taken is there, as its receipt says"
        )

    def test_a_failing_warehouse_says_nothing_of_an_order(self) -> None:
        """No answer is not the answer that the order is not there: it would be sent twice."""
        adapters = [each for each in self.unanswering() if isinstance(each, Asking)]
        if not adapters:
            raise unittest.SkipTest("this adapter has no far side that could fail to answer")
        for adapter in adapters:
            _expect_unavailable(partial(adapter.ask, hand_over().reference))

    def test_many_orders_go_at_once_and_each_is_taken_once(self) -> None:
        """A batch that is sent again after a lost answer ships nothing twice."""
        adapter = self.adapter()
        if not isinstance(adapter, Batching):
            raise unittest.SkipTest("this adapter hands over one order at a time")
        _expect(adapter.most_at_once > 0, "at least one order goes at once")
        orders = [hand_over(f"batchreference{n:06}-1") for n in range(min(3, adapter.most_at_once))]
        answers = list(adapter.submit_all(orders))
        _expect(len(answers) == len(orders), "each order has an answer")
        _expect(all(isinstance(each, Receipt) for each in answers), "a warehouse that takes all refuses none")
        _expect(list(adapter.submit_all(orders)) == answers, "the same batch again is answered the same")
        _expect(sorted(self._known_taken()) == [each.reference for each in orders], "each lies there once")

    def test_what_is_not_put_away_is_given_again(self) -> None:
        """A report is lost neither by a crash after it was read nor by one after it was put away."""
        adapter, told = self.adapter(), self.tells()
        if told is None or not isinstance(adapter, Collecting):
            raise unittest.SkipTest("this adapter's warehouse is not looked at for reports")
        deliveries = list(adapter.collect())
        _expect([each for one in deliveries for each in one.messages] == list(told), "it gives what was told")
        again = list(adapter.collect())
        _expect(again == deliveries, "what is not put away is given again")
        for delivery in deliveries:
            adapter.done(delivery)
            adapter.done(delivery)
        _expect(list(adapter.collect()) == [], "what was put away is not given again")

    def _known_taken(self) -> Sequence[str]:
        taken = self.taken()
        if taken is None:
            raise unittest.SkipTest("this adapter's warehouse keeps nothing to count")
        return taken


def _error(adapter: WarehouseAdapter) -> WarehouseError:
    try:
        adapter.submit(hand_over())
    except WarehouseError as error:
        return error
    raise AssertionError("the order was taken")


def _expect_unavailable(call: Callable[[], object]) -> None:
    try:
        call()
    except WarehouseUnavailable as error:
        _expect(_clean(str(error)), "an error names nobody")
        _expect(error.__context__ is None, "an error carries no other one, which could hold the request")
    else:
        raise AssertionError("a warehouse that fails has answered")


def _clean(text: str) -> bool:
    return not repeats(text, {field.value: value for field, value in PERSONAL.items()})


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)
