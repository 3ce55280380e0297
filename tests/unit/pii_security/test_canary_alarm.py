"""Whoever asks for a canary is locked, and has a case: with the open's own row, or not at all."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.incident import EVERYBODY, Source
from dockseal.domain.order import Order
from dockseal.errors import (
    ActorLocked,
    BudgetSpent,
    GrantRefused,
    OpensStopped,
    RegisterBroken,
    StorageUnavailable,
    TwoPersonsNeeded,
)
from dockseal.pii_security.asks import Act
from dockseal.pii_security.budgets import Budgets
from dockseal.pii_security.canaries import NAME, Canaries
from dockseal.pii_security.two_persons import TwoPersons
from unit.pii_security.killing import kills
from unit.pii_security.safe import PERSON, SELLER, Safe
from unit.pii_security.two import Two

LABEL = Purpose.SHIPPING_LABEL
ROBIN = Actor(kind=ActorKind.PERSON, name="robin")
WHAT_RINGS = [
    "incident:case:opened",
    "incident:canary:opened",
    "access:lock:put",
]


def canary(safe: Safe) -> Order:
    order = safe.sealed()
    safe.canaries.add(order.ref)
    return order


def opened(safe: Safe, order: Order, actor: Actor = PERSON) -> dict[str, str]:
    return safe.vault.open(order.ref, safe.grant(order, actor, LABEL)).disclose()


def test_an_open_of_a_canary_locks_who_did_it_and_opens_a_case_with_its_own_row(safe: Safe) -> None:
    bird, real = canary(safe), safe.sealed()
    before = len(safe.rows())
    assert opened(safe, bird)["name"] == "Testperson Alpha"
    assert [row.tag for row in safe.rows()[before:]] == ["order:data:opened", *WHAT_RINGS]
    (case,) = safe.storage.incidents.all()
    assert (case.source, case.actor, case.order) == (Source.CANARY, str(PERSON), bird.ref)
    assert case.detected_at == safe.clock.now()
    with pytest.raises(ActorLocked, match=f"person:casey is locked because of incident {case.id}"):
        opened(safe, real)
    assert opened(safe, real, ROBIN)


def test_a_real_order_rings_nothing(safe: Safe) -> None:
    canary(safe)
    assert opened(safe, safe.sealed())
    assert safe.storage.incidents.all() == []
    assert safe.storage.locks.all() == []


def test_asked_for_again_it_is_the_same_case(safe: Safe) -> None:
    bird, other = canary(safe), canary(safe)
    opened(safe, bird)
    for order in (bird, other):
        with pytest.raises(ActorLocked):
            opened(safe, order)
    assert len(safe.storage.incidents.all()) == 1


def test_where_the_budget_takes_the_open_back_the_alarm_is_kept_with_the_refusal(safe: Safe) -> None:
    safe.vault = replace(safe.vault, budgets=Budgets(persons=1))
    bird = canary(safe)
    opened(safe, safe.sealed())
    with pytest.raises(BudgetSpent):
        opened(safe, bird)
    assert [row.tag for row in safe.rows()[-4:]] == ["order:data:open_refused", *WHAT_RINGS]
    with pytest.raises(ActorLocked):
        opened(safe, safe.sealed())


def test_an_expired_grant_for_a_canary_rings_all_the_same(safe: Safe) -> None:
    bird = canary(safe)
    grant = safe.grant(bird, PERSON, LABEL)
    safe.clock.advance(timedelta(minutes=6))
    with pytest.raises(GrantRefused):
        safe.vault.open(bird.ref, grant)
    assert [each.actor for each in safe.storage.incidents.all()] == [str(PERSON)]


def test_a_grant_made_by_hand_opens_a_case_and_locks_nobody_it_names(safe: Safe) -> None:
    bird = canary(safe)
    forged = replace(safe.grant(bird, PERSON, LABEL), actor=ROBIN)
    with pytest.raises(GrantRefused):
        safe.vault.open(bird.ref, forged)
    (case,) = safe.storage.incidents.all()
    assert (case.actor, safe.storage.locks.all()) == ("", [])
    assert opened(safe, safe.sealed(), ROBIN)


def test_a_second_name_that_opens_a_canary_stops_all_opening(safe: Safe) -> None:
    opened(safe, canary(safe))
    opened(safe, canary(safe), ROBIN)
    assert {lock.subject for lock in safe.storage.locks.all()} == {str(PERSON), str(ROBIN), EVERYBODY}
    order = safe.sealed()
    with pytest.raises(OpensStopped) as stopped:
        safe.vault.open(order.ref, safe.grant(order))
    assert stopped.value.until > safe.clock.now()
    assert safe.rows(order)[-1].fields[2] == ("reason", "opens_stopped")


def test_two_other_officers_let_an_actor_open_again_and_one_does_not(safe: Safe) -> None:
    two = Two(folder=safe.folder / "keys").recorded(safe)
    persons = TwoPersons(officers=two.officers, storage=safe.storage, trail=safe.trail, clock=safe.clock)
    opened(safe, canary(safe))
    locks = safe.vault.alarm.cases.locks
    with pytest.raises(TwoPersonsNeeded):
        locks.lift(str(PERSON), two.asked(Act.OPENS_ALLOW, str(PERSON), by=("robin",)), persons, ROBIN)
    with pytest.raises(TwoPersonsNeeded):
        locks.lift(str(PERSON), two.asked(Act.OPENS_ALLOW, EVERYBODY), persons, ROBIN)
    with pytest.raises(TwoPersonsNeeded, match="casey is who it is done to"):
        locks.lift(str(PERSON), two.asked(Act.OPENS_ALLOW, str(PERSON)), persons, ROBIN)
    others = two.asked(Act.OPENS_ALLOW, str(PERSON), by=("robin", "sam"))
    locks.lift(str(PERSON), others, persons, ROBIN)
    assert opened(safe, safe.sealed())
    assert dict(safe.rows(tag="access:lock:lifted")[0].fields)["officers"] == "robin/sam"
    assert len(safe.rows(tag="officer:ask:refused")) == 3


def test_two_who_open_canaries_under_one_name_at_the_same_moment_are_one_case(safe: Safe) -> None:
    birds = [canary(safe) for _ in range(6)]

    def open_one(order: Order) -> None:
        with contextlib.suppress(ActorLocked, StorageUnavailable):
            opened(safe, order)
        safe.storage.close_thread()

    with ThreadPoolExecutor(max_workers=3) as threads:
        list(threads.map(open_one, birds))
    assert [each.actor for each in safe.storage.incidents.all()] == [str(PERSON)]
    assert [lock.subject for lock in safe.storage.locks.all()] == [str(PERSON)]


def test_killed_before_any_change_an_open_has_its_case_or_never_happened(safe: Safe) -> None:
    bird = canary(safe)
    act: Callable[[], object] = lambda: opened(safe, bird)  # noqa: E731 - a story of one line
    steps = 0
    for _ in kills(safe.storage, safe.folder, act):
        steps += 1
        tags = [row.tag for row in safe.rows()]
        rung = [tag in tags for tag in ("order:data:opened", *WHAT_RINGS)]
        assert all(rung) or not any(rung)
        assert len(safe.storage.incidents.all()) == len(safe.storage.locks.all()) == rung.count(True) // 4
        safe.storage.close()
    assert steps > 8
    assert len(safe.storage.incidents.all()) == 1


def test_with_an_earlier_register_people_open_nothing_until_it_is_renewed_and_our_services_go_on(
    safe: Safe,
) -> None:
    birds, kept = Canaries(safe.credentials), safe.sealed()
    safe.vault = replace(safe.vault, canaries=birds)
    birds.add({kept.ref: SELLER}, PERSON)
    copy = safe.storage.credentials.latest(NAME)
    birds.add({safe.sealed().ref: SELLER}, PERSON)
    newest = safe.storage.credentials.latest(NAME)
    assert copy is not None
    assert newest is not None
    safe.storage.credentials.delete(NAME)
    safe.storage.credentials.put(copy)
    order = safe.sealed()  # what comes in is sealed all the same
    with pytest.raises(RegisterBroken) as broken:
        opened(safe, order, ROBIN)
    assert broken.value.until > safe.clock.now()
    assert ("reason", "register_broken") in safe.rows(order)[-1].fields
    assert safe.vault.open(order.ref, safe.grant(order)).disclose()["name"] == "Testperson Alpha"
    assert Canaries(safe.credentials).renew(PERSON) == 1
    assert opened(safe, safe.sealed(), ROBIN)
    assert birds() == {kept.ref}
