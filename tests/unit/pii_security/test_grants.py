from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.access import FIELDS, Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.errors import GrantRefused
from dockseal.pii_security.grants import ALLOWED, LIFE, TWO_ASK_FOR, Grants
from unit.pii_security.safe import NOW, RELEASER, SELLER

ORDER = OrderRef("abcdefghjk")


@given(kind=st.sampled_from(ActorKind), purpose=st.sampled_from(Purpose))
def test_only_the_pairs_of_the_table_are_granted_and_with_exactly_their_fields(
    kind: ActorKind, purpose: Purpose
) -> None:
    grants = Grants(ManualClock(start=NOW))
    actor = Actor(kind=kind, name="somebody")
    if purpose in ALLOWED[kind]:
        both = frozenset({"casey", "robin"}) if purpose in TWO_ASK_FOR else frozenset[str]()
        grant = grants.issue(actor, purpose, seller=SELLER, order=ORDER, officers=both)
        assert grant.fields == FIELDS[purpose]
        grants.check(grant, ORDER)
    else:
        with pytest.raises(GrantRefused):
            grants.issue(actor, purpose, seller=SELLER, order=ORDER)


def test_a_warehouse_is_granted_a_hand_over_alone_and_a_person_none() -> None:
    assert ALLOWED[ActorKind.WAREHOUSE] == {Purpose.HAND_OVER}
    assert Purpose.HAND_OVER not in ALLOWED[ActorKind.PERSON]


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(seconds=-1), LIFE + timedelta(seconds=1)])
def test_a_grant_lives_five_minutes_at_most(ttl: timedelta) -> None:
    grants = Grants(ManualClock(start=NOW))
    with pytest.raises(GrantRefused):
        grants.issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER, ttl=ttl)


def test_a_grant_ends_with_its_time_or_when_it_is_ended() -> None:
    clock = ManualClock(start=NOW)
    grants = Grants(clock)
    first = grants.issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER)
    clock.advance(LIFE - timedelta(microseconds=1))
    grants.check(first, ORDER)
    clock.advance(timedelta(microseconds=1))
    with pytest.raises(GrantRefused, match="expired"):
        grants.check(first, ORDER)
    second = grants.issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER)
    grants.end(second)
    with pytest.raises(GrantRefused, match="ended"):
        grants.check(second, ORDER)


def test_a_grant_of_another_process_is_refused() -> None:
    clock = ManualClock(start=NOW)
    foreign = Grants(clock).issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER)
    with pytest.raises(GrantRefused):
        Grants(clock).check(foreign, ORDER)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": Actor(kind=ActorKind.PERSON, name="casey")},
        {"purpose": Purpose.SHIPPING_LABEL},
        {"seller": SellerId("other-us")},
        {"order": OrderRef("zzzzzzzzzz")},
        {"fields": frozenset()},
        {"expires_at": NOW + timedelta(days=1)},
        {"id": "0" * 32},
    ],
)
def test_a_changed_grant_is_refused(change: dict[str, object]) -> None:
    grants = Grants(ManualClock(start=NOW))
    grant = grants.issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER)
    changed = replace(grant, **change)  # type: ignore[arg-type]  # a table of changes by name
    with pytest.raises(GrantRefused):
        grants.check(changed, changed.order)


def test_expired_grants_are_forgotten_and_live_ones_kept() -> None:
    clock = ManualClock(start=NOW)
    grants = Grants(clock)
    old = grants.issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER)
    clock.advance(LIFE)
    for _ in range(1000):
        latest = grants.issue(RELEASER, Purpose.HAND_OVER, seller=SELLER, order=ORDER)
    assert not grants.issued(old)
    grants.check(latest, ORDER)
