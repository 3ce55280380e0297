"""Whom a case is about and whom a measure locks: actors that the trail knows, however much others opened."""

import pytest

from day import SELLER, MakeDay
from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.errors import ActorLocked, BadInput
from dockseal.monitoring_audit.tags import Tag
from harvesting import ME, checks, harvest, orders

INSIDER = Actor(kind=ActorKind.PERSON, name="insider")


@pytest.mark.parametrize(
    "actor",
    [
        "person:Testperson Alpha",
        "person:alpha@example.com",
        "person:+1-775-555-0100",
        "person:113-0000000-0000001",
        "person:7755550100",
        "robin",
        "person:-",
        "person:nobody-here",
        "warehouse:nowhere",
    ],
)
def test_a_case_is_about_no_free_text_and_repeats_none(make_day: MakeDay, actor: str) -> None:
    day = make_day()
    with pytest.raises(BadInput) as refused:
        day.app.incidents.open("Somebody saw a list of addresses.", ME, actor=actor)
    assert actor not in str(refused.value)
    assert day.app.storage.incidents.all() == []


def test_a_case_is_about_an_actor_of_the_trail_or_a_warehouse(make_day: MakeDay) -> None:
    day = make_day()
    for actor in ("warehouse:reno", "service:order-synchronization", str(ME)):
        orders(day, 1)
        day.app.incidents.open("Somebody saw a list of addresses.", ME, actor=actor)
    assert checks(day)


def test_an_insider_can_be_locked_behind_whom_others_opened_more_than_five_hundred_times(
    make_day: MakeDay,
) -> None:
    day = make_day(adapter="by_hand")
    real = orders(day, 2)
    harvest(day, real[:1], INSIDER)
    with day.app.storage.transaction():
        for _ in range(510):
            day.app.trail.record(
                Tag.ORDER_DATA_OPENED,
                actor=ME,
                order=real[0].ref,
                seller=SELLER,
                purpose=Purpose.PACKING_SLIP,
            )
    case = day.app.incidents.open("Somebody saw a list of addresses.", ME)
    assert str(INSIDER) in day.app.incidents.measures.named("lock_actor").choices()
    day.app.incidents.take(case.id, "lock_actor", str(INSIDER), ME)
    grant = day.app.grants.issue(INSIDER, Purpose.SHIPPING_LABEL, seller=SELLER, order=real[1].ref)
    with pytest.raises(ActorLocked):
        day.app.vault.open(real[1].ref, grant)


def test_who_opened_nothing_for_a_month_is_locked_by_name(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand")
    harvest(day, orders(day, 1), INSIDER)
    day.skip(days=31)
    case = day.app.incidents.open("Somebody saw a list of addresses.", ME)
    assert str(INSIDER) not in day.app.incidents.measures.named("lock_actor").choices()
    assert "was locked" in day.app.incidents.take(case.id, "lock_actor", str(INSIDER), ME)
