"""What a person still has to see to once Amazon shows everything as it was sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dockseal.domain.attention import with_earlier
from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.order import Hold, Order
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.stop import Stop, StopReason, StopState
from dockseal.fulfillment_processing.labelling import WHAT_BECAME
from dockseal.fulfillment_processing.obstacles import sent_before_elsewhere
from dockseal.fulfillment_processing.stop_endings import end_of
from dockseal.fulfillment_processing.stop_words import (
    answered_twice,
    shipped_all_the_same,
    shipped_though_given_back,
    shipped_though_held,
)
from dockseal.shipment_confirmation.confirmation import CANCELLED_SINCE
from dockseal.shipment_confirmation.lasting import lasting
from unit.shipment_confirmation.judged import order, package

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
OVER = ("Amazon shows parcel 1 otherwise than it was sent.", "Tell the warehouse the new date.")
RELEASE = Release(
    ref=ReleaseRef("ref-1"),
    order=OrderRef("ref"),
    warehouse=WarehouseId("reno"),
    state=ReleaseState.ACCEPTED,
    intended_at=NOW,
    differing="city",
)


def stop(reason: StopReason, state: StopState = StopState.TOO_LATE, ref: str = "ref-1") -> Stop:
    return Stop(
        release=ReleaseRef(ref),
        order=OrderRef("ref"),
        warehouse=WarehouseId("reno"),
        reason=reason,
        state=state,
        wanted_at=NOW,
    )


def too_late(reason: StopReason, *more: Stop) -> Callable[[Order], str]:
    return lambda of: end_of(of, [stop(reason), *more]).sentence


@pytest.mark.parametrize(
    "said",
    [
        too_late(StopReason.BUYER, stop(StopReason.BUYER, StopState.STOPPED, "ref-2")),
        too_late(StopReason.ADDRESS),
        too_late(StopReason.ITEMS),
        too_late(StopReason.PERSON),
        lambda of: sent_before_elsewhere(of, RELEASE),
        lambda of: shipped_all_the_same(of, RELEASE),
        lambda of: answered_twice(of, stop(StopReason.BUYER)),
        lambda of: shipped_though_held(of, RELEASE, Hold(code="hazmat", sentence="Look at it.")),
        lambda of: shipped_though_given_back(of, RELEASE),
        lambda _: CANCELLED_SINCE.format(package=package()),
        *(lambda _, words=words: words for words in WHAT_BECAME.values()),
    ],
)
def test_what_lies_outside_of_what_amazon_shows_stays(said: Callable[[Order], str]) -> None:
    sentence = said(order())
    assert sentence
    assert lasting(with_earlier("", [OVER[0], sentence, OVER[1]])) == [sentence]


def test_nothing_else_stays() -> None:
    assert lasting(" ".join(OVER)) == []
    assert lasting("") == []


def test_each_of_several_stays() -> None:
    sentences = [shipped_all_the_same(order(), replace(RELEASE, ref=ReleaseRef(ref))) for ref in ("a", "b")]
    assert lasting(with_earlier("", sentences)) == sentences
