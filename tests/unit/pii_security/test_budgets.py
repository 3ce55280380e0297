from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from dockseal.domain.access import Actor, ActorKind, Grant, Purpose
from dockseal.domain.order import Order
from dockseal.errors import BudgetSpent, OpensExhausted
from dockseal.monitoring_audit.checks import Condition
from dockseal.monitoring_audit.health import health
from dockseal.pii_security.budgets import WINDOW, Budgets
from dockseal.pii_security.grants import Grants
from unit.pii_security.safe import NOW, PERSON, Safe

LABEL, SLIP = Purpose.SHIPPING_LABEL, Purpose.PACKING_SLIP
THREE = Budgets(persons=3)


@pytest.fixture
def order(safe: Safe) -> Order:
    """A sealed order in an installation where a person may open three times an hour."""
    safe.vault = replace(safe.vault, budgets=THREE)
    return safe.sealed()


def open_for(safe: Safe, order: Order, purpose: Purpose = LABEL, actor: Actor = PERSON) -> None:
    safe.vault.open(order.ref, safe.grant(order, actor, purpose))


def spend(safe: Safe, order: Order, purpose: Purpose = LABEL) -> None:
    """Opens one address a minute until the budget is spent."""
    for _ in range(THREE.persons):
        open_for(safe, order, purpose)
        safe.clock.advance(timedelta(minutes=1))


def test_past_its_budget_an_open_is_refused_until_the_moment_it_says(safe: Safe, order: Order) -> None:
    spend(safe, order)
    with pytest.raises(BudgetSpent, match="opens again from 09:30:00 UTC on") as refusal:
        open_for(safe, order)
    assert "casey has opened personal data for a shipping label 3 times" in str(refusal.value)
    safe.clock.advance(WINDOW - timedelta(minutes=3, microseconds=1))
    with pytest.raises(BudgetSpent):
        open_for(safe, order)
    safe.clock.advance(timedelta(microseconds=1))
    open_for(safe, order)
    with pytest.raises(BudgetSpent, match="09:31:00"):
        open_for(safe, order)


def test_a_refused_open_leaves_one_row_that_says_why_and_counts_for_nothing(safe: Safe, order: Order) -> None:
    spend(safe, order)
    for _ in range(2):
        with pytest.raises(BudgetSpent):
            open_for(safe, order)
    assert safe.tags(order)[-3:] == ["order:data:opened"] + ["order:data:open_refused"] * 2
    refused = safe.rows(order, tag="order:data:open_refused")[-1]
    assert refused.actor == "person:casey"
    told = dict(refused.fields)
    assert (told["reason"], told["purpose"]) == ("budget_spent", "shipping_label")
    assert len(safe.rows(order, tag="order:data:opened")) == THREE.persons


def test_one_grant_used_again_and_again_is_counted_each_time(safe: Safe, order: Order) -> None:
    grant = safe.grant(order, PERSON, LABEL)
    for _ in range(THREE.persons):
        safe.vault.open(order.ref, grant)
    with pytest.raises(BudgetSpent):
        safe.vault.open(order.ref, grant)


def test_opens_at_the_same_time_share_one_budget(safe: Safe, order: Order) -> None:
    together = Barrier(6)

    def try_one(grant: Grant) -> bool:
        together.wait(timeout=30)
        try:
            safe.vault.open(order.ref, grant)
        except BudgetSpent:
            return False
        finally:
            safe.storage.close_thread()
        return True

    grants = [safe.grant(order, PERSON, LABEL) for _ in range(together.parties)]
    with ThreadPoolExecutor(together.parties) as pool:
        assert sum(pool.map(try_one, grants)) == THREE.persons
    assert len(safe.rows(order, tag="order:data:opened")) == THREE.persons


def test_each_person_and_purpose_has_a_budget_and_services_have_one_of_theirs(
    safe: Safe, order: Order
) -> None:
    spend(safe, order)
    open_for(safe, order, SLIP)
    open_for(safe, order, LABEL, Actor(kind=ActorKind.PERSON, name="robin"))
    for _ in range(THREE.persons + 1):
        safe.vault.open(order.ref, safe.grant(order))


def test_a_service_goes_on_at_the_minute_it_is_told(safe: Safe, order: Order) -> None:
    safe.vault = replace(safe.vault, budgets=Budgets(services=3))
    for _ in range(3):
        safe.vault.open(order.ref, safe.grant(order))
        safe.clock.advance(timedelta(seconds=90))
    with pytest.raises(OpensExhausted) as refusal:
        safe.vault.open(order.ref, safe.grant(order))
    assert "service:release opened personal data 3 times" in str(refusal.value)
    assert len(safe.rows(order, tag="order:data:opened")) == 3
    assert refusal.value.until == NOW + WINDOW + timedelta(minutes=1)
    safe.clock.advance(refusal.value.until - safe.clock.now() - timedelta(microseconds=1))
    with pytest.raises(OpensExhausted):
        safe.vault.open(order.ref, safe.grant(order))
    safe.clock.advance(timedelta(microseconds=1))
    safe.vault.open(order.ref, safe.grant(order))


def test_each_service_and_purpose_has_a_budget_that_no_restart_renews(safe: Safe, order: Order) -> None:
    safe.vault = replace(safe.vault, budgets=Budgets(services=1))
    safe.vault.open(order.ref, safe.grant(order))
    safe.storage.close()
    with pytest.raises(OpensExhausted):
        safe.vault.open(order.ref, safe.grant(order))
    safe.vault.open(order.ref, safe.grant(order, Actor(kind=ActorKind.SERVICE, name="address-check")))
    open_for(safe, order)


def test_opens_of_services_at_the_same_time_share_one_budget(safe: Safe, order: Order) -> None:
    safe.vault = replace(safe.vault, budgets=Budgets(services=3))
    together = Barrier(6)

    def try_one(grant: Grant) -> bool:
        together.wait(timeout=30)
        try:
            safe.vault.open(order.ref, grant)
        except OpensExhausted:
            return False
        finally:
            safe.storage.close_thread()
        return True

    grants = [safe.grant(order) for _ in range(together.parties)]
    with ThreadPoolExecutor(together.parties) as pool:
        assert sum(pool.map(try_one, grants)) == 3


def test_what_was_counted_longer_ago_is_deleted(safe: Safe, order: Order) -> None:
    for _ in range(200):
        safe.vault.open(order.ref, safe.grant(order))
        safe.clock.advance(timedelta(minutes=1))
    kept = safe.storage.open_counts.since("service:release", "hand_over", NOW - timedelta(days=1))
    assert 60 <= kept <= 62


def test_health_tells_of_a_service_that_waits(safe: Safe, order: Order) -> None:
    safe.vault = replace(safe.vault, budgets=Budgets(services=1))
    safe.vault.open(order.ref, safe.grant(order))
    with pytest.raises(OpensExhausted):
        safe.vault.open(order.ref, safe.grant(order))
    assert "its orders wait" in _bad(safe)["openings service:release"]


def test_a_restart_gives_nobody_a_new_budget(safe: Safe, order: Order) -> None:
    spend(safe, order)
    safe.grants = Grants(safe.clock)
    safe.vault = replace(safe.vault, grants=safe.grants)
    with pytest.raises(BudgetSpent):
        open_for(safe, order)


def test_health_tells_of_who_asked_for_too_much_for_an_hour(safe: Safe, order: Order) -> None:
    spend(safe, order)
    assert "openings person:casey" not in _bad(safe)
    with pytest.raises(BudgetSpent):
        open_for(safe, order)
    assert "more personal data within an hour than one person may" in _bad(safe)["openings person:casey"]
    assert health(safe.storage, [], safe.clock).verdict is Condition.DEGRADED
    safe.clock.advance(WINDOW)
    assert "openings person:casey" not in _bad(safe)


def test_health_tells_of_more_opens_than_orders_explain(safe: Safe, order: Order) -> None:
    for _ in range(3):
        safe.vault.open(order.ref, safe.grant(order))
    assert "openings in all" not in _bad(safe, many=3)
    safe.vault.open(order.ref, safe.grant(order))
    assert "opened more than 3 times within an hour" in _bad(safe, many=3)["openings in all"]
    safe.clock.advance(WINDOW)
    assert "openings in all" not in _bad(safe, many=3)


def _bad(safe: Safe, many: int = 1000) -> dict[str, str]:
    found = health(safe.storage, [], safe.clock, many_opens=many)
    return {check.name: check.sentence for check in found.checks if not check.ok}
