"""Whatever is put into the vault or among the keys, nothing opens but what was sealed there last.

Copies of every row and key file are taken at each point of a few orders' lives. Then each is put wherever
it fits, whole or with parts of others, cut, or under another name.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.erased import Reason
from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.secret import Secret
from dockseal.errors import KeyDestroyed, MoveRefused, SealBroken, VaultError
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.rotating_keys import KeyRotation
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe, someone

DAY = timedelta(days=1)
OTHER = SellerId("other-us")
S = OrderState
Row = tuple[str, str, int, str, str, str, bytes, bytes]
ORDER, OWNER, VERSION, EPOCH, DEADLINE, SEALED_AT, WRAPPED, CIPHERTEXT = range(8)
_COLUMNS = "order_ref, seller, version, epoch, deadline, sealed_at, wrapped_key, ciphertext"


def vault_of(safe: Safe) -> sqlite3.Connection:
    """The vault, as somebody reaches it who can write to its file."""
    vault = sqlite3.connect(safe.folder / "vault.sqlite3", isolation_level=None)
    vault.execute("PRAGMA synchronous=OFF")
    return vault


def rows_of(safe: Safe) -> dict[str, Row]:
    """Every sealed row, by its order."""
    with closing(vault_of(safe)) as vault:
        return {row[ORDER]: row for row in vault.execute(f"SELECT {_COLUMNS} FROM vault_sealed")}


def put_in(safe: Safe, row: Row) -> None:
    """Puts a row in the place of its order's."""
    with closing(vault_of(safe)) as vault:
        vault.execute("BEGIN")
        vault.execute("DELETE FROM vault_sealed WHERE order_ref = ?", (row[ORDER],))
        vault.execute(f"INSERT INTO vault_sealed ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        vault.execute("COMMIT")


def take_out(safe: Safe, order: str) -> None:
    """Deletes the row of an order."""
    with closing(vault_of(safe)) as vault:
        vault.execute("DELETE FROM vault_sealed WHERE order_ref = ?", (order,))


def opened(safe: Safe, order: Order) -> str | None:
    """The name that an order's personal data opens with; None: it is refused."""
    try:
        return safe.vault.open(order.ref, safe.grant(order)).disclose()["name"]
    except VaultError:
        return None


def let_go(safe: Safe, order: Order) -> None:
    """Deletes what is sealed of an order, as for a deadline that news put into the past."""
    kept = safe.now_is(order)
    assert erase(safe.storage, safe.trail, order=order.ref, actor=PERSON, reason="past_deadline", known=kept)


@dataclass
class Past:
    """Every row there ever was, and what each order opens with in the end."""

    safe: Safe
    rows: set[Row] = field(default_factory=set)
    orders: list[Order] = field(default_factory=list)
    opens: dict[OrderRef, str] = field(default_factory=dict)
    sealed: int = 0

    def seal(self, order: Order) -> Order:
        """Seals a new address of an order, whose row is copied."""
        self.sealed += 1
        self.opens[order.ref] = f"Testperson {self.sealed}"
        changed = self.safe.vault.seal(order, someone(name=self.opens[order.ref]))
        self.copy()
        return changed

    def copy(self) -> None:
        """Takes a copy of all that is in the vault."""
        self.rows |= set(rows_of(self.safe).values())

    def order(self, *, times: int, seller: SellerId = SELLER) -> Order:
        """An order that was sealed so many times."""
        order = self.safe.order(S.RELEASED, seller=seller)
        for _ in range(times):
            order = self.seal(order)
        self.orders.append(order)
        return order

    def leaves_early(self, order: Order) -> None:
        """Its deadline is moved earlier."""
        with self.safe.storage.transaction():
            self.safe.storage.orders.move(order, S.SHIPPED, shipped_at=NOW - 5 * DAY)
        assert self.safe.shortening.run().done == 1
        self.copy()

    def erased(self, order: Order) -> None:
        """Somebody asked for that."""
        self.safe.erasure.order(order.ref, actor=PERSON, reason=Reason.BUYER)
        del self.opens[order.ref]

    def let_go(self, order: Order) -> Order:
        """Its row is deleted, and may be sealed anew."""
        let_go(self.safe, order)
        del self.opens[order.ref]
        return self.safe.now_is(order)

    def cut_off(self, order: Order) -> None:
        """Its row is sealed, and then the order is found to be another one than was read."""
        with pytest.raises(MoveRefused):
            self.safe.vault.seal(replace(order, tries=7), someone(name="Testperson cut off"))
        self.copy()


def lived(safe: Safe) -> Past:
    """Orders at the end of lives of several kinds, and copies of all their rows."""
    safe.storage.sellers.add(replace(safe.storage.sellers.get(SELLER), id=OTHER))
    past = Past(safe)
    past.order(times=1)
    past.order(times=3)
    past.order(times=2, seller=OTHER)
    past.leaves_early(past.order(times=2))
    past.erased(past.order(times=2))
    again = past.order(times=2)
    past.seal(past.let_go(again))
    past.cut_off(safe.now_is(again))
    take_out(safe, again.ref)
    past.seal(safe.now_is(again))
    past.orders.append(safe.order(S.RELEASED))
    return past


def variants(row: Row, others: set[Row], target: Row | None, order: Order) -> Iterator[Row]:
    """A row in the place of an order's: moved, renamed, renumbered, with parts of others, cut."""
    whole = (order.ref, *row[1:])
    yield row if row[ORDER] == order.ref else whole
    for column, values in {
        OWNER: {order.seller},
        VERSION: {*range(1, order.sealed_version + 2), 2**31 - 1},
        EPOCH: {other[EPOCH] for other in others} | {"../master", ""},
        DEADLINE: {other[DEADLINE] for other in others} | {"2030-01-01 00:00:00"},
        SEALED_AT: {other[SEALED_AT] for other in others},
        WRAPPED: {row[WRAPPED][:-1], row[WRAPPED][:11], b"", row[WRAPPED] + b"0"},
        CIPHERTEXT: {row[CIPHERTEXT][:-1], row[CIPHERTEXT][:-512], b"", row[CIPHERTEXT] + b"0"},
    }.items():
        for value in values:
            yield (*whole[:column], value, *whole[column + 1 :])  # type: ignore[misc]  # a row, column by column
    if target is not None:
        for column in range(1, 8):
            yield (*target[:column], row[column], *target[column + 1 :])  # type: ignore[misc]  # as above
            yield (*whole[:column], target[column], *whole[column + 1 :])  # type: ignore[misc]  # as above


def test_of_all_that_was_ever_sealed_only_the_last_opens_and_only_in_its_place(
    safe: Safe, capsys: pytest.CaptureFixture[str]
) -> None:
    past = lived(safe)
    now = rows_of(safe)
    assert {order.ref: opened(safe, order) for order in past.orders if opened(safe, order)} == past.opens
    tried, wrong = 0, []
    for order in past.orders:
        target, kept = now.get(order.ref), safe.now_is(order)
        tampered = {each for row in past.rows for each in variants(row, past.rows, target, kept)} - {target}
        for row in tampered:
            put_in(safe, row)
            tried += 1
            if opened(safe, order) is not None:
                wrong.append((order, row))
        take_out(safe, order.ref)
        if target is not None:
            put_in(safe, target)
            assert opened(safe, order) == past.opens[order.ref]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{tried} sealed rows replayed, moved, mixed, cut or renumbered: {len(wrong)} opened\n"
        )
    assert wrong == []
    assert tried > 2000


def test_a_replay_is_refused_by_name_and_on_record(safe: Safe) -> None:
    order = safe.sealed()
    old = rows_of(safe)[order.ref]
    order = safe.vault.seal(order, someone(name="Testperson Beta"))
    put_in(safe, old)
    with pytest.raises(SealBroken, match="put back"):
        safe.vault.open(order.ref, safe.grant(order))
    (row,) = safe.rows(order, tag="order:data:open_refused")
    assert dict(row.fields)["reason"] == "seal_broken"
    assert "order:data:opened" not in safe.tags(order)
    sealed = safe.vault.seal(order, someone(name="Testperson Gamma"))
    assert opened(safe, sealed) == "Testperson Gamma"
    assert sealed.sealed_version == 3, "what was put back does not turn the count back"


def test_versions_are_not_used_again_once_a_record_was_erased(safe: Safe) -> None:
    order = safe.sealed(S.RELEASED)
    old = rows_of(safe)[order.ref]
    let_go(safe, order)
    put_in(safe, old)
    assert opened(safe, order) is None
    take_out(safe, order.ref)
    sealed = safe.vault.seal(safe.now_is(order), someone(name="Testperson Beta"))
    assert sealed.sealed_version == 2
    put_in(safe, old)
    assert opened(safe, order) is None


def test_an_order_from_before_versions_were_kept_opens_with_its_record_but_no_later_deadline(
    safe: Safe,
) -> None:
    order = safe.sealed(S.RELEASED)
    with safe.storage.transaction():
        order = safe.storage.orders.change(order, sealed_version=0, sealed_mark="")
    assert opened(safe, order) == "Testperson Alpha"
    with safe.storage.transaction():
        assert order.sealed_until is not None
        safe.storage.orders.change(order, sealed_until=order.sealed_until - DAY)
    assert opened(safe, order) is None


def credentials_of(safe: Safe) -> set[tuple[str, int, str, bytes]]:
    """Every version of every credential."""
    with closing(vault_of(safe)) as vault:
        return set(vault.execute("SELECT name, version, stored_at, ciphertext FROM vault_credential"))


def test_of_all_credentials_that_were_ever_stored_only_the_last_is_used(
    safe: Safe, person: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouses = [WarehouseId(name) for name in ("reno", "direct", "left")]
    names = {f"warehouse/{name}/secret": name for name in warehouses}
    copies: set[tuple[str, int, str, bytes]] = set()
    for number, name in enumerate([*warehouses, *warehouses, warehouses[0]]):
        safe.credentials.store_warehouse(name, Secret(f"invented secret {number}"), person)
        copies |= credentials_of(safe)
    left = safe.storage.credentials.latest("warehouse/left/secret")
    assert left is not None
    with safe.storage.transaction():
        safe.storage.credential_marks.erase("warehouse/left/", [left])
    safe.storage.credentials.delete("warehouse/left/")
    genuine = {name: safe.credentials.warehouse(name) for name in warehouses}
    assert list(genuine.values()) == [Secret("invented secret 6"), Secret("invented secret 4"), None]
    tried, wrong = 0, 0
    now = credentials_of(safe)
    for name, copy, version in product(names, sorted(copies), range(5)):
        for cut in (copy[3], copy[3][:-1], copy[3][:12], b""):
            for only in (False, True):
                with closing(vault_of(safe)) as vault:
                    vault.execute("BEGIN")
                    vault.execute("DELETE FROM vault_credential")
                    kept = {} if only else {row[:2]: row for row in now}
                    kept[name, version] = (name, version, copy[2], cut)
                    vault.executemany(
                        "INSERT INTO vault_credential (name, version, stored_at, ciphertext) "
                        "VALUES (?, ?, ?, ?)",
                        kept.values(),
                    )
                    vault.execute("COMMIT")
                tried += 1
                try:
                    wrong += safe.credentials.warehouse(names[name]) != genuine[names[name]]
                except SealBroken:
                    continue
    with capsys.disabled():
        sys.stdout.write(f"\n{tried} credentials rolled back, moved, cut or renumbered: {wrong} came out\n")
    assert wrong == 0
    assert tried > 500


def test_of_all_key_files_that_ever_were_only_the_last_opens_and_only_in_its_place(
    safe: Safe, person: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = safe.folder / "keys" / "epochs"
    past = Past(safe)
    far, near = past.order(times=1), past.order(times=1)
    past.leaves_early(near)
    rotation = KeyRotation(
        storage=safe.storage, keys=safe.keys, credentials=safe.credentials, trail=safe.trail
    )
    old = {place.name: place.read_bytes() for place in folder.glob("*.key")}
    rotation.run(person)
    now = {place.name: place.read_bytes() for place in folder.glob("*.key")}
    assert len(old) == len(now) == 2
    tried = 0
    for place, (name, contents) in product(now, [*old.items(), *now.items()]):
        for held in (contents, contents[:-1], contents[:12], b""):
            if held == now[place]:
                continue
            (folder / place).write_bytes(held)
            tried += 1
            with pytest.raises(SealBroken):
                safe.keys.existing_key(place.removesuffix(".key"))
            assert [opened(safe, order) for order in (far, near)].count(None) == 1, (name, place)
        (folder / place).write_bytes(now[place])
    assert {opened(safe, order) for order in (far, near)} == set(past.opens.values())

    rows = rows_of(safe)
    safe.clock.advance(24 * DAY)
    safe.shredding.run()
    (gone,) = {*now} - {place.name for place in folder.glob("*.key")}
    (folder / gone).with_suffix(".destroyed").unlink()
    put_in(safe, rows[near.ref])
    for held in (old[gone], now[gone]):
        (folder / gone).write_bytes(held)
        (folder / gone).chmod(0o600)
        tried += 1
        with pytest.raises(KeyDestroyed):
            safe.keys.existing_key(gone.removesuffix(".key"))
        assert opened(safe, near) is None
        safe.clock.advance(-3 * DAY)  # and the machine's clock put back
        assert opened(safe, near) is None, "the order knows that it was shredded"
        safe.clock.advance(3 * DAY)
    with capsys.disabled():
        sys.stdout.write(f"\n{tried} key files replayed, swapped or cut: 0 opened\n")
    assert tried > 20
