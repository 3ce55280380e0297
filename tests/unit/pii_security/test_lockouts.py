"""Who is refused ten times in a row is locked out, for a while or until somebody lifts it."""

from datetime import timedelta

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.order import Order
from dockseal.domain.policy import MOST_FAILURES as MOST
from dockseal.errors import BadInput, DocksealError, GrantRefused, LockedOut, SealBroken
from dockseal.monitoring_audit.health import health
from dockseal.pii_security.lockouts import LOCKED_FOR
from dockseal.storage.router import VAULT
from unit.pii_security.safe import PERSON, Safe
from unit.pii_security.test_failing_closed import run

ROBIN = Actor(kind=ActorKind.PERSON, name="robin")
LABEL = Purpose.SHIPPING_LABEL


def open_it(safe: Safe, order: Order, actor: Actor = PERSON) -> None:
    safe.vault.open(order.ref, safe.grant(order, actor, LABEL))


def fail(safe: Safe, times: int, actor: Actor = PERSON) -> None:
    """Asks for an order with the grant for another one, again and again."""
    order, other = safe.order(), safe.order()
    for _ in range(times):
        with pytest.raises(GrantRefused, match="the grant is for order"):
            safe.vault.open(other.ref, safe.grant(order, actor, LABEL))


def test_the_tenth_refusal_in_a_row_locks_a_person_out_for_half_an_hour(safe: Safe) -> None:
    order = safe.sealed()
    fail(safe, MOST - 1)
    open_it(safe, order)
    fail(safe, MOST)
    with pytest.raises(LockedOut, match="locked out until 09:00:00 UTC"):
        open_it(safe, order)
    open_it(safe, order, ROBIN)
    safe.vault.open(order.ref, safe.grant(order))
    safe.clock.advance(LOCKED_FOR - timedelta(microseconds=1))
    with pytest.raises(LockedOut):
        open_it(safe, order)
    safe.clock.advance(timedelta(microseconds=1))
    fail(safe, 1)
    open_it(safe, order)


def test_it_is_on_record_and_health_tells(safe: Safe) -> None:
    order = safe.sealed()
    fail(safe, MOST)
    with pytest.raises(LockedOut):
        open_it(safe, order)
    (row,) = safe.rows(tag="access:lockout:begun")
    assert (row.actor, dict(row.fields)["source"]) == ("person:casey", "person:casey")
    assert dict(safe.rows(order)[-1].fields)["reason"] == "locked_out"
    assert "locked out until 09:00 UTC" in bad(safe)["lockout person:casey"]
    safe.clock.advance(LOCKED_FOR)
    assert "lockout person:casey" not in bad(safe)


def test_an_administrator_lifts_it_and_that_is_on_record(safe: Safe) -> None:
    order = safe.sealed()
    fail(safe, MOST)
    safe.vault.lockouts.clear("person:casey", ROBIN)
    open_it(safe, order)
    (row,) = safe.rows(tag="access:lockout:cleared")
    assert row.actor == "person:robin"
    with pytest.raises(BadInput, match="has not failed"):
        safe.vault.lockouts.clear("person:casey", ROBIN)


def test_a_restart_forgets_no_failure(safe: Safe) -> None:
    order = safe.sealed()
    fail(safe, MOST - 1)
    safe.storage.close()
    fail(safe, 1)
    with pytest.raises(LockedOut):
        open_it(safe, order)


def test_a_fault_of_ours_counts_against_nobody(safe: Safe) -> None:
    order = safe.sealed()
    run(VAULT, "UPDATE vault_sealed SET ciphertext = zeroblob(600)")
    for _ in range(MOST + 1):
        with pytest.raises(SealBroken):
            open_it(safe, order)
    assert safe.storage.lockouts.get("person:casey") is None


def test_what_somebody_else_claims_in_a_persons_name_does_not_lock_that_person(safe: Safe) -> None:
    order = safe.sealed()
    grant = safe.grant(order, PERSON, LABEL)
    safe.grants.end(grant)
    for _ in range(MOST + 1):
        with pytest.raises(GrantRefused, match="not issued"):
            safe.vault.open(order.ref, grant)
    open_it(safe, order)


def test_a_service_is_not_locked_out_so_that_orders_flow(safe: Safe) -> None:
    order, gone = safe.sealed(), safe.order()
    for _ in range(MOST + 1):
        with pytest.raises(DocksealError):
            safe.vault.open(gone.ref, safe.grant(gone))
    safe.vault.open(order.ref, safe.grant(order))


def test_addresses_that_failed_are_forgotten_after_a_day_and_persons_are_not(safe: Safe) -> None:
    for source in ("api/192.0.2.7", "person:casey"):
        with safe.storage.transaction():
            safe.vault.lockouts.failed(source, actor=ROBIN)
    safe.clock.advance(timedelta(days=1, seconds=1))
    with safe.storage.transaction():
        safe.vault.lockouts.failed("api/192.0.2.8", actor=ROBIN)
    assert {each.source for each in safe.vault.lockouts.all()} == {"person:casey", "api/192.0.2.8"}


def bad(safe: Safe) -> dict[str, str]:
    found = health(safe.storage, [], safe.clock)
    return {check.name: check.sentence for check in found.checks if not check.ok}


def test_a_trial_finds_when_a_source_is_locked_out_and_leaves_nothing(safe: Safe) -> None:
    before = safe.storage.audit.noted_head()
    assert safe.vault.lockouts.trial() == MOST
    assert safe.vault.lockouts.all() == []
    assert safe.storage.audit.noted_head() == before
