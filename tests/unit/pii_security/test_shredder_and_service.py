"""The service beside a shredder that stands apart: rotation, the lane, and what happens before a start."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.audit import Seen
from dockseal.domain.order import OrderState
from dockseal.errors import KeyDestroyed, NothingSealed, SealBroken, StorageUnavailable, TwoPersonsNeeded
from dockseal.pii_security.asks import Act, SignedAsk
from dockseal.pii_security.beside_keys import BesideKeys
from dockseal.pii_security.destroying import Destroying
from dockseal.pii_security.epochs import end_of
from dockseal.pii_security.key_asks import FINISH, ROTATE, finish_text, rotate_text
from dockseal.pii_security.key_store import label_of
from dockseal.pii_security.masters import Masters
from dockseal.pii_security.officers import FOLDER, Officers
from dockseal.pii_security.rotating_keys import KeyRotation
from dockseal.pii_security.shredding import LOOK_AGAIN, PATIENCE
from dockseal.pii_security.two_persons import TwoPersons
from dockseal.storage.store import Storage
from unit.pii_security.apart import Apart, Waking
from unit.pii_security.safe import NOW, PERSON, Safe, someone
from unit.pii_security.test_credentials import SELLER, login
from unit.pii_security.test_rotating_keys import DONE, KILLED, killed_at, rotate
from unit.pii_security.two import Two


@pytest.fixture
def apart(tmp_path: Path) -> Apart:
    return Apart(folder=tmp_path / "apart")


@pytest.fixture
def safe(apart: Apart, storage: Storage, tmp_path: Path) -> Safe:
    """The service's side, over databases of its own."""
    return Safe(folder=tmp_path, storage=storage, clock=apart.clock, store=apart.service)


def rotation(safe: Safe) -> KeyRotation:
    return KeyRotation(storage=safe.storage, keys=safe.keys, credentials=safe.credentials, trail=safe.trail)


def test_an_order_waits_for_its_key_and_is_sealed_once_it_is_made(apart: Apart, safe: Safe) -> None:
    order = safe.order()
    for _ in range(2):
        with pytest.raises(StorageUnavailable, match="start `dockseal shredder`"):
            safe.vault.seal(order, someone())
    assert safe.now_is(order) == order, "it waits as it was"
    assert safe.tags() == [], "and nobody says that a key was made"
    apart.round()
    sealed = safe.vault.seal(order, someone())
    assert safe.vault.open(order.ref, safe.grant(sealed)).fields()


def test_the_lane_asks_and_goes_on_once_the_key_is_gone(apart: Apart, safe: Safe) -> None:
    apart.round()
    order = safe.sealed()
    assert order.sealed_until is not None
    epoch = safe.retention.epoch_of(order.sealed_until)
    safe.clock.advance(order.sealed_until - NOW)
    for _ in range(2):
        outcome = safe.shredding.run()
        assert outcome.again_at == safe.clock.now() + LOOK_AGAIN
    assert f"{epoch}.ask" in apart.files()
    assert safe.tags().count("key:epoch:shred_intended") == len(apart.files())
    assert safe.storage.sealed.count() == 1
    apart.round()
    safe.shredding.run()
    assert safe.storage.sealed.count() == 0
    assert safe.now_is(order).sealed_until is None
    (row,) = (row for row in safe.rows(tag="key:epoch:shredded") if dict(row.fields)["epoch"] == epoch)
    assert dict(row.fields) == {"epoch": epoch, "records": "1", "by": f"user:{apart.keys.owner()}"}
    again = safe.shredding.run()
    assert again.done == 0
    assert again.again_at == end_of(apart.service.epochs()[0])


def test_a_key_that_two_officers_had_destroyed_takes_its_rows_with_it(apart: Apart, safe: Safe) -> None:
    apart.approved = lambda epoch, ask: None
    apart.round()
    order, other = safe.sealed(), safe.sealed()
    (epoch,) = safe.storage.sealed.epochs()
    assert safe.shredding.run().done == 0, "nothing has ended"
    apart.asks.put(epoch, "signed by two")
    apart.round()
    assert safe.shredding.run().done == 1
    for each in (order, other):
        with pytest.raises((NothingSealed, KeyDestroyed)):
            safe.vault.open(each.ref, safe.grant(each))
        assert safe.now_is(each).sealed_until is None
    assert safe.shredding.run().done == 0


def test_two_officers_have_a_key_destroyed_that_the_service_asks_for(apart: Apart, safe: Safe) -> None:
    two = Two(folder=apart.keys).registered()
    apart.round()
    order = safe.sealed(OrderState.RELEASED)
    (epoch,) = safe.storage.sealed.epochs()
    service = Officers(apart.keys / FOLDER, used=apart.folder / "used")
    decided = TwoPersons(
        officers=service, storage=safe.storage, trail=safe.trail, clock=safe.clock, kept_apart=True
    )
    destroying = Destroying(shredding=safe.shredding, two=decided)
    apart.clock.meanwhile = apart.round
    for by in (("casey",), ()):
        with pytest.raises(TwoPersonsNeeded):
            destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch, by=by), PERSON)
    assert safe.keys.has(epoch)
    done = destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch), PERSON)
    assert done.records == 1
    assert not safe.keys.has(epoch)
    assert safe.storage.sealed.get(order.ref) is None
    assert apart.files() == set()
    rows = {row.tag: dict(row.fields) for row in safe.rows()}
    assert rows["key:epoch:destroy_asked"]["officers"] == "casey/robin"
    assert safe.tags().count("officer:registry:added") == 3, "what the shredder's registry tells is on record"
    assert rows["key:epoch:shredded"]["by"] == f"user:{apart.keys.owner()}"


def test_what_two_officers_signed_is_done_once_the_shredder_is_back(apart: Apart, safe: Safe) -> None:
    two = Two(folder=apart.keys).registered()
    apart.round()
    epoch = apart.service.epochs()[5]
    with pytest.raises(StorageUnavailable, match="it is done once it does"):
        safe.keys.destroy(epoch, ask=two.asked(Act.KEY_DESTROY, epoch).as_text())
    apart.round()
    assert not safe.keys.has(epoch)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda two, epoch: two.asked(Act.KEY_DESTROY, epoch, by=("sam",)),
        lambda two, epoch: two.asked(Act.KEY_DESTROY, "20261110T000000Z"),
        lambda two, epoch: two.asked(Act.OFFICER_REMOVE, epoch),
        lambda two, epoch: two.asked(Act.KEY_DESTROY, epoch, now=NOW - timedelta(days=2)),
    ],
    ids=["one officer", "another epoch", "another act", "too late"],
)
def test_the_shredder_looks_for_itself_whether_two_officers_signed_exactly_this(
    apart: Apart, safe: Safe, wrong: Callable[[Two, str], SignedAsk]
) -> None:
    two = Two(folder=apart.keys).registered()
    apart.round()
    epoch = apart.service.epochs()[5]
    apart.clock.meanwhile = apart.round
    with pytest.raises(StorageUnavailable, match="the shredder refused it"):
        safe.keys.destroy(epoch, ask=wrong(two, epoch).as_text())
    assert safe.keys.has(epoch)
    apart.asks.put(epoch, "not even \udcff".encode(errors="surrogateescape").decode("latin-1"))
    apart.round()
    assert "this is no ask" in apart.asks.refusal(epoch)


def test_a_start_waits_until_the_shredder_destroyed_what_came_back_with_a_copy(
    apart: Apart, safe: Safe
) -> None:
    apart.round()
    safe.clock.advance(timedelta(days=10))
    assert len([epoch for epoch in safe.keys.epochs() if end_of(epoch) <= safe.clock.now()]) == 10
    before = safe.clock.now()
    with pytest.raises(StorageUnavailable, match="start `dockseal shredder`"):
        safe.shredding.before_all()
    assert safe.clock.now() - before == PATIENCE
    apart.clock.meanwhile = apart.round
    safe.shredding.before_all()
    assert all(end_of(epoch) > safe.clock.now() for epoch in safe.keys.epochs())
    assert safe.tags().count("key:epoch:shredded") == 10


def test_no_start_with_a_key_that_two_officers_had_destroyed_and_that_came_back(
    apart: Apart, safe: Safe
) -> None:
    apart.approved = lambda epoch, ask: None
    apart.round()
    safe.sealed()
    (epoch,) = safe.storage.sealed.epochs()
    place = apart.keys / "epochs" / f"{epoch}.key"
    copy = place.read_bytes()
    apart.asks.put(epoch, "signed by two")
    apart.round()
    safe.shredding.run()
    place.with_suffix(".destroyed").unlink()
    place.write_bytes(copy)

    def refuses(epoch: str, ask: bytes) -> None:
        raise SealBroken("nobody signed this")

    apart.approved, apart.clock.meanwhile = refuses, apart.round
    with pytest.raises(StorageUnavailable, match=f"key of epoch {epoch}"):
        safe.shredding.before_all()


def test_the_shredder_rotates_the_master_key_when_the_service_asks(
    apart: Apart, safe: Safe, person: Actor
) -> None:
    apart.round()
    order = safe.sealed()
    safe.credentials.store_lwa(SELLER, login("one"), person)
    before, master = label_of(apart.service), (apart.keys / "master.key").read_bytes()
    apart.clock.meanwhile = apart.round
    done = rotation(safe).run(person)
    assert (done.epochs, done.credentials) == (35, 1)
    assert done.master == label_of(apart.service) != before
    assert set(apart.service.masters().values()) == {done.master}
    assert safe.credentials.lwa(SELLER) == login("one")
    assert safe.vault.open(order.ref, safe.grant(order)).fields()
    assert apart.files() == set()
    (apart.keys / "master.key").write_bytes(master)
    with pytest.raises(SealBroken):
        safe.credentials.lwa(SELLER)


def test_a_rotation_without_the_shredder_ends_with_what_to_do_and_goes_on_later(
    apart: Apart, safe: Safe, person: Actor
) -> None:
    apart.round()
    safe.credentials.store_lwa(SELLER, login("one"), person)
    with pytest.raises(StorageUnavailable, match="see that `dockseal shredder` runs"):
        rotation(safe).run(person)
    assert safe.credentials.lwa(SELLER) == login("one")
    apart.round()
    assert len(apart.service.derived("label")) == 2, "it was begun"
    with pytest.raises(StorageUnavailable):
        rotation(safe).run(person)
    begun = label_of(apart.service)
    apart.clock.meanwhile = apart.round
    assert rotation(safe).run(person).master == begun
    assert len(apart.service.derived("label")) == 1
    assert safe.credentials.lwa(SELLER) == login("one")


def test_an_ask_to_rotate_that_was_kept_back_rotates_nothing_again(apart: Apart, safe: Safe) -> None:
    before = label_of(apart.service)
    apart.clock.meanwhile = apart.round
    apart.service.finish_rotation(apart.service.begin_rotation())
    after = label_of(apart.service)
    apart.asks.put(ROTATE, rotate_text(before))
    assert apart.round().said == ()
    assert label_of(apart.service) == after
    assert len(apart.service.derived("label")) == 1


def test_a_rotation_that_meets_a_broken_key_is_refused_with_its_reason(apart: Apart) -> None:
    apart.round()
    place = apart.keys / "epochs" / f"{apart.service.epochs()[0]}.key"
    whole = place.read_bytes()
    place.write_bytes(whole[::-1])
    apart.clock.meanwhile = apart.round
    label = apart.service.begin_rotation()
    with pytest.raises(StorageUnavailable, match="the shredder refused it: the key of epoch"):
        apart.service.finish_rotation(label)
    place.write_bytes(whole)
    assert apart.service.finish_rotation(label) == 35


def test_killed_at_any_step_of_a_rotation_all_stays_readable_and_the_next_round_goes_on(
    tmp_path: Path,
) -> None:
    apart = Apart(folder=tmp_path)
    apart.round()
    kept = {epoch: apart.service.existing_key(epoch) for epoch in apart.service.epochs()[:3]}
    for epoch in apart.service.epochs()[3:]:
        apart.written().destroy(epoch)
    steps, ends = 0, [KILLED]
    while KILLED in ends:
        apart.clock.meanwhile = apart.round
        before = label_of(apart.service)
        apart.asks.put(ROTATE, rotate_text(before))
        ends = [killed_at(steps, apart.round)]
        assert {epoch: apart.service.existing_key(epoch) for epoch in kept} == kept, steps
        label = apart.service.begin_rotation()
        assert label != before
        apart.asks.put(FINISH, finish_text(label))
        ends.append(killed_at(steps, apart.round))
        assert {epoch: apart.service.existing_key(epoch) for epoch in kept} == kept, steps
        assert apart.service.finish_rotation(label) == len(kept)
        assert len(apart.service.derived("label")) == 1
        steps += 1
    assert ends == [DONE, DONE]
    assert steps > 10


@pytest.mark.parametrize("act", ["unwrap", "derived"])
def test_what_a_rotation_tore_is_read_again(apart: Apart, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    apart.round()
    epoch = apart.service.epochs()[0]
    key, pending, read = apart.service.existing_key(epoch), ["once"], getattr(Masters, act)

    def torn(masters: Masters, *given: Any) -> Any:
        early = read(masters, *given) if act == "derived" else None
        if pending:
            pending.clear()
            rotate(apart.written())
        return early or read(masters, *given)

    monkeypatch.setattr(Masters, act, torn)
    found = apart.service.existing_key(epoch), apart.service.derive("credentials")
    assert pending == []
    monkeypatch.undo()
    assert found == (key, apart.written().derive("credentials"))


def test_who_reads_without_the_lock_meets_no_error_while_the_master_key_is_rotated(tmp_path: Path) -> None:
    apart = Apart(folder=tmp_path)
    apart.round()
    kept = {epoch: apart.service.existing_key(epoch) for epoch in apart.service.epochs()[:3]}
    for epoch in apart.service.epochs()[3:]:
        apart.written().destroy(epoch)
    faults: list[BaseException] = []
    stop, reads = threading.Event(), [0, 0]

    def work(number: int) -> None:
        service = Apart(folder=tmp_path, clock=Waking(start=NOW)).service
        try:
            while not stop.is_set():
                assert {epoch: service.existing_key(epoch) for epoch in kept} == kept
                assert len(service.derived("credentials")[0]) == 32
                assert "" not in service.masters().values()
                reads[number] += 1
        except BaseException as fault:  # noqa: BLE001 - shown by the test itself
            faults.append(fault)

    readers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for reader in readers:
        reader.start()
    apart.clock.meanwhile = apart.round
    rounds = 0
    while (min(reads) < 20 or rounds < 8) and not faults:
        apart.service.finish_rotation(apart.service.begin_rotation())
        rounds += 1
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []


def test_the_notes_of_the_service_beside_the_asks_are_left_alone(tmp_path: Path) -> None:
    apart = Apart(folder=tmp_path)
    apart.round()
    beside = tmp_path / "asks" / "beside"
    assert (apart.round().said, beside.is_dir()) == ((), True)
    BesideKeys(beside).note(Seen(seq=7, hash="ab"))
    assert apart.round().said == ()
    assert BesideKeys(beside).seen() == Seen(seq=7, hash="ab")
