"""A backup put in the place of any store: nothing that was erased or shredded since opens or comes back."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.erased import Reason
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput, DocksealError, StorageError
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.retrieval import Retrieval
from dockseal.pii_security.rollback import Store
from unit.pii_security.safe import PERSON, SELLER, Safe, someone
from unit.pii_security.scripted import ScriptedAmazon

S = OrderState
DAY = timedelta(days=1)
OTHER = SellerId("other-us")
PLACES = {
    Store.OPERATIONS: "operations.sqlite3",
    Store.VAULT: "vault.sqlite3",
    Store.KEYS: "keys",
}


def copied(safe: Safe, stores: Iterable[Store], source: Path, target: Path) -> None:
    """Copies the files of stores, as a backup program does while Dockseal stands still."""
    safe.storage.close()
    for store in stores:
        for place in sorted(source.glob(f"{PLACES[store]}*")):
            copy = target / place.name
            if copy.is_dir():
                shutil.rmtree(copy)
            if place.is_dir():
                shutil.copytree(place, copy)
            else:
                shutil.copy2(place, copy)


@dataclass
class Lived:
    """Orders, a backup of all stores, and what happened after it was made."""

    safe: Safe
    backup: Path
    stays: Order = field(init=False)
    erased: dict[str, Order] = field(default_factory=dict)
    of_other: Order = field(init=False)

    def live(self) -> None:
        """Seals, makes the backup, erases and goes on."""
        safe = self.safe
        safe.storage.sellers.add(replace(safe.storage.sellers.get(SELLER), id=OTHER))
        for seller in (SELLER, OTHER):
            safe.credentials.store_consent(seller, "app", Secret(f"Atzr|invented {seller}"), PERSON)
        self.stays = safe.sealed()
        self.erased = {state.value: safe.sealed(state) for state in (S.RELEASABLE, S.RELEASED, S.VERIFIED)}
        self.of_other = safe.vault.seal(safe.order(seller=OTHER), someone())
        safe.rollback.note()
        copied(safe, Store, safe.folder, self.backup)
        safe.clock.advance(timedelta(hours=1))
        for order in self.erased.values():
            safe.erasure.order(order.ref, actor=PERSON, reason=Reason.BUYER, stop=True)
        safe.erasure.seller(OTHER, actor=PERSON, reason=Reason.SELLER)

    def restore(self, *stores: Store) -> None:
        """Puts the backup of these stores in their place."""
        copied(self.safe, stores, self.backup, self.safe.folder)

    def all_erased(self) -> list[Order]:
        return [*self.erased.values(), self.of_other]


@pytest.fixture
def lived(safe: Safe, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    found = Lived(safe, tmp_path_factory.mktemp("backup"))
    found.live()
    return found


def opens(safe: Safe, order: Order) -> bool:
    try:
        return bool(safe.vault.open(order.ref, safe.grant(order)).fields())
    except DocksealError:
        return False


def retrieve(safe: Safe) -> list[str]:
    """Lets the lane retrieve whatever it finds to retrieve; returns of which orders."""
    amazon = ScriptedAmazon()
    Retrieval(
        storage=safe.storage,
        vault=safe.vault,
        trail=safe.trail,
        amazon=amazon,
        grants=safe.grants,
        clock=safe.clock,
        hand=Hand(safe.clock),
    ).run(SELLER)
    return [order_id for order_id, _ in amazon.read_]


RESTORES = [combination for number in (1, 2) for combination in combinations(Store, number)]


def found_old(stores: Iterable[Store]) -> set[Store]:
    """What is told of two stores of the same instant: of these the one that is told first knows no more."""
    return set(stores) - ({Store.KEYS} if Store.OPERATIONS in stores else set())


@pytest.mark.parametrize("stores", RESTORES, ids="+".join)
def test_nothing_is_served_until_a_restore_was_made_up_for_and_then_nothing_erased_is_there(
    lived: Lived, person: Actor, stores: tuple[Store, ...]
) -> None:
    safe = lived.safe
    lived.restore(*stores)
    assert safe.rollback.old() == found_old(stores)
    assert safe.rollback.faults(), "and `serve` does not start"
    safe.rollback.note()
    assert safe.rollback.faults(), "no lane talks it away"
    if Store.OPERATIONS not in stores:
        assert not any(opens(safe, order) for order in lived.all_erased()), "not even before that"
    done = safe.restoring.run(person)
    assert done.old
    assert safe.rollback.faults() == ()
    assert safe.rollback.old() == frozenset()
    for order in lived.all_erased():
        assert safe.storage.sealed.get(order.ref) is None
        assert not opens(safe, order)
        kept = safe.now_is(order)
        assert kept.sealed_until is None
        assert kept.state not in {S.ACCEPTED, S.HELD, S.RELEASABLE}, "it is not retrieved again"
    assert safe.storage.credentials.names() == [f"seller/{SELLER}/lwa"]
    assert safe.storage.sellers.awake() == [SELLER]
    assert set(retrieve(safe)) <= {lived.stays.id}
    assert opens(safe, lived.stays)
    assert "service:stores:restored" in safe.tags()
    verify(safe.storage)
    assert safe.restoring.replay() == 0, "once is enough"
    assert safe.restoring.run(person).records == 0


@pytest.mark.parametrize("stores", RESTORES, ids="+".join)
def test_what_has_ended_since_the_backup_is_shredded_before_anything_is_served(
    lived: Lived, stores: tuple[Store, ...]
) -> None:
    safe = lived.safe
    safe.clock.advance(40 * DAY)
    safe.shredding.run()
    safe.rollback.note()
    lived.restore(*stores)
    safe.restoring.replay()
    assert safe.storage.sealed.count() == 0
    assert safe.keys.epochs() == []
    assert not opens(safe, lived.stays)


def test_three_stores_of_one_instant_look_like_that_instant(lived: Lived) -> None:
    lived.restore(*Store)
    assert lived.safe.rollback.faults() == (), "as the page on restoring says"


def test_a_restart_without_a_restore_finds_nothing_to_do(lived: Lived) -> None:
    safe = lived.safe
    rows = len(safe.rows())
    assert (safe.rollback.faults(), safe.restoring.replay()) == ((), 0)
    assert len(safe.rows()) == rows


def test_an_erasure_that_was_killed_is_finished_by_the_next_start(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe = lived.safe
    order = safe.sealed(S.RELEASED)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(type(safe.storage.sealed), "delete", crash)
        with pytest.raises(SystemExit):
            safe.erasure.order(order.ref, actor=PERSON, reason=Reason.BUYER)
    assert safe.storage.sealed.get(order.ref) is not None
    assert safe.restoring.replay() == 1
    assert safe.storage.sealed.get(order.ref) is None
    assert safe.now_is(order).sealed_until is None


def test_a_seller_who_came_back_keeps_what_is_new_and_loses_what_is_from_before(
    lived: Lived, person: Actor
) -> None:
    safe = lived.safe
    safe.clock.advance(timedelta(hours=1))
    safe.credentials.store_consent(OTHER, "app", Secret("Atzr|given anew"), PERSON)
    seller = safe.storage.sellers.get(OTHER)
    with safe.storage.transaction():
        safe.storage.sellers.change(seller, rests_because="")
    new = safe.vault.seal(safe.order(seller=OTHER, accepted_at=safe.clock.now()), someone())
    assert safe.restoring.replay() == 0
    safe.rollback.note()
    old_rows = lived.backup / "vault.sqlite3"
    assert old_rows.exists()
    lived.restore(Store.VAULT)
    done = safe.restoring.run(person)
    assert done.credentials == (f"seller/{OTHER}/lwa",), "the vault has the login from before alone"
    assert safe.storage.sealed.get(lived.of_other.ref) is None
    assert safe.now_is(new).sealed_until is None, "it is retrieved anew"
    assert safe.now_is(new).state is S.RELEASABLE
    assert safe.storage.sellers.awake() == [SELLER, OTHER]


def test_an_order_that_an_old_database_took_in_once_more_is_found_by_amazons_id(
    lived: Lived, person: Actor
) -> None:
    safe = lived.safe
    new = safe.sealed()
    safe.erasure.order(new.ref, actor=PERSON, reason=Reason.BUYER, stop=True)
    lived.restore(Store.OPERATIONS)
    with pytest.raises(BadInput):
        safe.now_is(new)
    safe.restoring.run(person)
    again = safe.order(amazon_order_id=new.id)
    assert again.ref != new.ref
    retrieve(safe)
    kept = safe.now_is(again)
    assert kept.hold is not None
    assert (kept.state, kept.hold.code) == (S.HELD, "left_long_ago"), "it is not sealed or passed on again"
    assert safe.storage.sealed.get(again.ref) is None
    assert safe.restoring.replay() == 1
    assert safe.now_is(again).state is S.SHREDDED


def test_credentials_an_old_database_does_not_know_are_taken_over(lived: Lived, person: Actor) -> None:
    safe = lived.safe
    safe.credentials.store_consent(SELLER, "app", Secret("Atzr|newer"), person)
    safe.rollback.note()
    lived.restore(Store.OPERATIONS)
    assert safe.restoring.run(person).credentials == ()
    kept = safe.storage.credentials.latest(f"seller/{SELLER}/lwa")
    assert kept is not None
    mark = safe.storage.credential_marks.get(kept.name)
    assert mark is not None
    assert (mark.version, mark.mark) == (kept.version, kept.mark)


def test_a_damaged_list_of_what_was_erased_lets_nothing_be_served(lived: Lived) -> None:
    place = lived.safe.folder / "keys" / "erased"
    place.write_bytes(place.read_bytes()[:-20])
    with pytest.raises(StorageError, match="damaged"):
        lived.safe.restoring.replay()


def test_the_list_names_nobody_and_is_dropped_in_time(lived: Lived) -> None:
    safe = lived.safe
    text = (safe.folder / "keys" / "erased").read_text()
    assert len(text.splitlines()) == 4
    assert "Testperson" not in text
    assert (safe.folder / "keys" / "erased").stat().st_mode & 0o077 == 0
    safe.clock.advance(61 * DAY)
    safe.erasure.order(lived.stays.ref, actor=PERSON, reason=Reason.BUYER, stop=True)
    assert [one.subject for one in safe.beside.erased()] == [lived.stays.ref]
