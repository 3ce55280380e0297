"""What only grows is kept small, and forgetting loses nothing."""

from day import Day
from dockseal.domain.order import OrderState
from spapi_simulator import Line


def test_followed_up_notices_are_forgotten_after_no_queue_can_repeat_them(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASED
    notices = day.app.storage.notices
    assert notices.purge_closed(day.clock.now()) > 0, "nothing to forget: this test proves nothing"
    other = day.amazon.place_order(day.account, lines=[Line(sku="MUG-2")])
    day.run(minutes=5)
    day.skip(days=16)
    assert notices.purge_closed(day.clock.now()) == 0
    assert day.order(other).state is OrderState.RELEASED
