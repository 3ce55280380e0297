"""Random grants, clocks, orders, ends and opens against a small model: nothing opens that it refuses."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dockseal.domain.access import FIELDS, Actor, ActorKind, Grant, Purpose
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Field
from dockseal.errors import GrantRefused, VaultError
from dockseal.pii_security.budgets import Budgets
from unit.pii_security.safe import RELEASER, SELLER, Safe, someone

MAY = {
    (ActorKind.SERVICE, Purpose.HAND_OVER),
    (ActorKind.PERSON, Purpose.SHIPPING_LABEL),
    (ActorKind.PERSON, Purpose.PACKING_SLIP),
    (ActorKind.WAREHOUSE, Purpose.HAND_OVER),
}
"""Written out once more, so that the table in the code cannot agree with itself."""
BUDGET = 2
TICK = timedelta(microseconds=1)
OTHER = SellerId("other-us")
PACKER, SECOND = (Actor(kind=ActorKind.PERSON, name=name) for name in ("casey", "robin"))
ACTORS = (RELEASER, PACKER, SECOND, Actor(kind=ActorKind.WAREHOUSE, name="reno"))
TAMPERINGS: tuple[Callable[[Grant], Grant], ...] = (
    lambda grant: replace(grant, id="0" * 32),
    lambda grant: replace(grant, actor=SECOND if grant.actor == PACKER else PACKER),
    lambda grant: replace(grant, fields=grant.fields | {Field.BUYER_EMAIL}),
    lambda grant: replace(grant, seller=OTHER if grant.seller == SELLER else SELLER),
    lambda grant: replace(grant, expires_at=grant.expires_at + timedelta(days=1)),
)


@dataclass
class Tally:
    """What all runs did, to see that they tried both."""

    opened: int = 0
    refused: int = 0
    locked_out: int = 0
    failures: dict[Actor, tuple[int, datetime | None]] = field(default_factory=dict)
    """How often each person failed in a row, and until when they are locked out: no run begins that anew."""


@dataclass
class Held:
    """A grant, and what the model knows of it."""

    grant: Grant
    until: datetime
    honest: bool = True


@dataclass
class Kept:
    """An order, and what the model knows of it."""

    order: Order
    due: datetime | None
    over: bool = False


@dataclass
class Model:
    """What should be."""

    failures: dict[Actor, tuple[int, datetime | None]]
    opens: list[tuple[Actor, Purpose, datetime]] = field(default_factory=list)

    def opens_for(self, held: Held, kept: Kept, now: datetime) -> bool:
        """Tells whether an open is allowed; a person who fails ten times in a row is locked out."""
        grant = held.grant
        covered = now < held.until and grant.order == kept.order.ref
        there = (
            grant.seller == kept.order.seller and kept.due is not None and now < kept.due and not kept.over
        )
        if grant.actor.kind is not ActorKind.PERSON or not held.honest:
            return held.honest and covered and there
        locked = self.locked(grant.actor, now)
        allowed = covered and there and not locked and self._spent(grant, now) < BUDGET
        if allowed:
            self.failures.pop(grant.actor, None)
        elif not covered or not (there or locked):
            self._fails(grant.actor, now)
        return allowed

    def locked(self, actor: Actor, now: datetime) -> bool:
        """Tells whether a person is locked out."""
        _, until = self.failures.get(actor, (0, None))
        return until is not None and now < until

    def _fails(self, actor: Actor, now: datetime) -> None:
        """Counts as the vault does."""
        failed, until = self.failures.get(actor, (0, None))
        if until is not None and now >= until:
            failed, until = 0, None
        failed += 1
        self.failures[actor] = failed, now + timedelta(minutes=30) if failed == 10 else until

    def _spent(self, grant: Grant, now: datetime) -> int:
        within = [opened for opened in self.opens if opened[2] > now - timedelta(hours=1)]
        return sum((actor, purpose) == (grant.actor, grant.purpose) for actor, purpose, _ in within)


class Opening(RuleBasedStateMachine):
    """Does at random what callers may do, right or wrong."""

    def __init__(self, safe: Safe, tally: Tally) -> None:
        super().__init__()
        self.safe, self.tally, self.model = safe, tally, Model(failures=tally.failures)
        self.orders: list[Kept] = []
        self.grants: list[Held] = []

    @initialize()
    def begin(self) -> None:
        self.safe.clock.advance(timedelta(hours=1))  # what the run before opened is in no budget any more
        self.seal_one()
        self.seal_one()
        self.orders.append(Kept(self.safe.order(), due=None))

    def seal_one(self) -> Kept:
        order = self.safe.vault.seal(self.safe.order(), someone())
        self.orders.append(Kept(order, due=order.sealed_until))
        return self.orders[-1]

    @rule(which=st.integers(0, 3), seller=st.sampled_from([SELLER, OTHER]), minutes=st.integers(-1, 6))
    def everybody_asks(self, which: int, seller: SellerId, minutes: int) -> None:
        order = self.orders[-1 - which % len(self.orders)].order
        life = timedelta(minutes=minutes)
        for actor, purpose in product(ACTORS, Purpose):
            allowed = (actor.kind, purpose) in MAY and 0 < minutes <= 5
            try:
                grant = self.safe.grants.issue(actor, purpose, seller=seller, order=order.ref, ttl=life)
            except GrantRefused:
                assert not allowed
            else:
                assert allowed
                assert grant.fields == FIELDS[purpose]
                self.grants.append(Held(grant, until=self.safe.clock.now() + life))

    @rule(actor=st.sampled_from([PACKER, RELEASER]), which=st.integers(0, 3), times=st.integers(1, 3))
    def ask_and_open(self, actor: Actor, which: int, times: int) -> None:
        kept = self.orders[-1 - which % len(self.orders)]
        purpose = Purpose.HAND_OVER if actor == RELEASER else Purpose.SHIPPING_LABEL
        held = self._granted(kept, actor, purpose)
        for _ in range(times):
            self._open(held, kept)

    @precondition(lambda self: self.grants)
    @rule(which=st.integers(0, 5), change=st.sampled_from(TAMPERINGS))
    def tamper(self, which: int, change: Callable[[Grant], Grant]) -> None:
        held = self.grants[-1 - which % len(self.grants)]
        self.grants.append(Held(change(held.grant), until=held.until, honest=False))

    @precondition(lambda self: self.grants)
    @rule(which=st.integers(0, 5))
    def end(self, which: int) -> None:
        held = self.grants[-1 - which % len(self.grants)]
        self.safe.grants.end(held.grant)
        for each in self.grants:
            each.honest = each.honest and each.grant.id != held.grant.id
        self._open(held, self._own(held))

    @rule(seconds=st.sampled_from([1, 60, 299, 1200, 2400]))
    def wait(self, seconds: int) -> None:
        self.safe.clock.advance(timedelta(seconds=seconds))

    @rule(late=st.booleans())
    def open_as_it_expires(self, late: bool) -> None:
        kept = self.seal_one()
        held = self._granted(kept)
        self._wait_until(held.until if late else held.until - TICK)
        self._open(held, kept)

    @rule(late=st.booleans())
    def open_at_the_deadline(self, late: bool) -> None:
        kept = self.seal_one()
        assert kept.due is not None
        self._wait_until(kept.due - TICK)
        held = self._granted(kept)
        self._wait_until(kept.due if late else kept.due - TICK)
        self._open(held, kept)

    @rule(
        wrong=st.sampled_from(["nothing", "order", "grant", "cancelled"]), change=st.sampled_from(TAMPERINGS)
    )
    def open_with_one_thing_wrong(self, wrong: str, change: Callable[[Grant], Grant]) -> None:
        other, kept = self.seal_one(), self.seal_one()
        held = self._granted(kept)
        if wrong == "order":
            kept = other
        elif wrong == "grant":
            held = Held(change(held.grant), until=held.until, honest=False)
        elif wrong == "cancelled":
            self._cancel(kept)
        self._open(held, kept)

    @rule(seller=st.sampled_from([SELLER, OTHER]))
    def open_for_a_seller(self, seller: SellerId) -> None:
        kept = self.seal_one()
        self._open(self._granted(kept, seller=seller), kept)

    @rule(minutes=st.integers(25, 65))
    def spend_and_come_back(self, minutes: int) -> None:
        kept = self.seal_one()
        for _ in range(BUDGET):
            self._open(self._granted(kept, PACKER, Purpose.PACKING_SLIP), kept)
        self.safe.clock.advance(timedelta(minutes=minutes))
        self._open(self._granted(kept, PACKER, Purpose.PACKING_SLIP), kept)

    @rule(minutes=st.sampled_from([0, 29, 30]))
    def fail_and_come_back(self, minutes: int) -> None:
        other, kept = self.seal_one(), self.seal_one()
        for times, waits in ((9, 0), (10, minutes)):
            held = self._granted(kept, SECOND, Purpose.PACKING_SLIP)
            for _ in range(times):
                self._open(held, other)
            self.safe.clock.advance(timedelta(minutes=waits))
            self._open(self._granted(kept, SECOND, Purpose.PACKING_SLIP), kept)

    @rule(which=st.integers(0, 3))
    def cancel(self, which: int) -> None:
        kept = self.orders[-1 - which % len(self.orders)]
        if not kept.over:
            self._cancel(kept)

    @precondition(lambda self: self.grants)
    @rule(which=st.integers(0, 5), of=st.integers(0, 3), its_own=st.booleans())
    def open(self, which: int, of: int, its_own: bool) -> None:
        held = self.grants[-1 - which % len(self.grants)]
        self._open(held, self._own(held) if its_own else self.orders[-1 - of % len(self.orders)])

    def _cancel(self, kept: Kept) -> None:
        self.safe.to(kept.order, OrderState.CANCELLED)
        kept.over = True

    def _granted(
        self,
        kept: Kept,
        actor: Actor = RELEASER,
        purpose: Purpose = Purpose.HAND_OVER,
        seller: SellerId = SELLER,
    ) -> Held:
        grant = self.safe.grants.issue(actor, purpose, seller=seller, order=kept.order.ref)
        self.grants.append(Held(grant, until=self.safe.clock.now() + timedelta(minutes=5)))
        return self.grants[-1]

    def _own(self, held: Held) -> Kept:
        return next(kept for kept in self.orders if kept.order.ref == held.grant.order)

    def _wait_until(self, moment: datetime) -> None:
        self.safe.clock.advance(max(moment - self.safe.clock.now(), timedelta(0)))

    def _open(self, held: Held, kept: Kept) -> None:
        now = self.safe.clock.now()
        self.tally.locked_out += held.honest and self.model.locked(held.grant.actor, now)
        allowed = self.model.opens_for(held, kept, now)
        before = self.safe.tags(kept.order)
        try:
            recipient = self.safe.vault.open(kept.order.ref, held.grant)
        except VaultError:
            assert not allowed
            assert self.safe.tags(kept.order) == [*before, "order:data:open_refused"]
            self.tally.refused += 1
        else:
            assert allowed
            assert recipient.fields() <= held.grant.fields
            assert self.safe.tags(kept.order) == [*before, "order:data:opened"]
            self.model.opens.append((held.grant.actor, held.grant.purpose, self.safe.clock.now()))
            self.tally.opened += 1


def test_nothing_opens_that_the_model_refuses_and_every_open_has_its_row(
    safe: Safe, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    safe.vault = replace(safe.vault, budgets=Budgets(persons=BUDGET))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # Hypothesis leaves it untyped
        lambda: Opening(safe, tally),
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # each step commits to a real database: shrinking would take minutes
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    rows = safe.storage.audit.search(tag="order:data:opened", limit=100_000)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{tally.opened} opened, {tally.refused} refused ({tally.locked_out} of them locked out), "
            f"{len(rows)} audit rows of opens\n"
        )
    assert len(rows) == tally.opened
    assert tally.opened > 50
    assert tally.refused > 50
    assert tally.locked_out > 0
