"""Calls to warehouses are told of once they are over, however they end."""

from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.calls import Act, Calls, WarehouseCall, untold

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
RENO = WarehouseId("reno")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (WarehouseRefused("no such SKU"), "refused"),
        (WarehouseUnavailable("down"), "unavailable"),
        (RuntimeError("a bug of the adapter's"), "broken"),
        (KeyboardInterrupt(), "broken"),
    ],
)
def test_a_call_that_fails_is_told_of_and_its_failure_goes_on(fault: BaseException, result: str) -> None:
    told: list[WarehouseCall] = []
    clock = ManualClock(start=START)

    def stop() -> None:
        with Calls(clock=clock, observe=told.append)(RENO, Act.STOP):
            clock.advance(timedelta(seconds=3))
            raise fault

    with pytest.raises(type(fault)):
        stop()
    (call,) = told
    assert (call.warehouse, call.act, call.result, call.orders) == (RENO, Act.STOP, result, 1)
    assert (call.at, call.seconds) == (START + timedelta(seconds=3), 3)
    assert call.error is (fault if isinstance(fault, RuntimeError) else None)


def test_a_call_that_is_done_is_told_of_with_how_many_orders_it_was_about() -> None:
    told: list[WarehouseCall] = []
    with Calls(clock=ManualClock(start=START), observe=told.append)(RENO, Act.SUBMIT, 20):
        assert told == []
    assert [(call.result, call.orders, call.error) for call in told] == [("done", 20, None)]


def test_where_nobody_is_told_a_call_is_made_all_the_same() -> None:
    with pytest.raises(WarehouseUnavailable), untold(RENO, Act.ASK):
        raise WarehouseUnavailable("down")
