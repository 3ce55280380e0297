"""Orders over many days in the real vault, with a copy of everything at the end of each day."""

import heapq
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from dockseal.domain.clock import ManualClock
from dockseal.domain.ending import Ending
from dockseal.domain.identifiers import OrderRef, WarehouseId
from dockseal.domain.order import AmazonPackage, AmazonStatus, Order, OrderState
from dockseal.domain.sealed import SealedRecord
from dockseal.domain.seller import Region, Seller
from dockseal.pii_security.epochs import Retention
from dockseal.storage.store import DatabasePlaces, Storage
from faults.attacker import CANARY, Attacker
from unit.pii_security.safe import NOW, RETENTION, SELLER, Safe, someone

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
FIRST = NOW.replace(hour=0, minute=0)
POLICY = timedelta(days=30)
"""DPP 2.1, written down here anew: the vault's own arithmetic is what is being tried."""
_LIVES = {"leaves": 60, "left before": 15, "is cancelled": 10, "is read again": 5, "never leaves": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that ends an order, when it happened, and when Dockseal had followed it."""

    what: Ending
    at: datetime
    followed_at: datetime

    def ends_at(self) -> datetime:
        return self.at if self.what is Ending.CANCELLED else self.at + POLICY


@dataclass(kw_only=True, repr=False)
class Shop:
    """A seller's orders, and how well Dockseal is run: the fields beside the folder are what can go wrong."""

    folder: Path
    orders: int
    """In all."""
    days: int = 45
    retention: Retention = RETENTION
    key_life: timedelta = RETENTION.key_backups
    """For how long copies of the key store are really kept."""
    shreds: bool = True
    shortens: bool = True
    seed: int = 6

    sealed: dict[tuple[OrderRef, int], datetime] = field(default_factory=dict)
    news: dict[OrderRef, list[News]] = field(default_factory=dict)
    _plan: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random, self._numbers = Random(self.seed), count()
        self.clock = ManualClock(start=FIRST)
        places = DatabasePlaces(
            operations=self.folder / "operations.sqlite3", vault=self.folder / "vault.sqlite3"
        )
        self.storage = Storage.open(places, secret_key="only for tests")
        self.safe = Safe(folder=self.folder, storage=self.storage, clock=self.clock, retention=self.retention)
        self.storage.sellers.add(
            Seller(
                id=SELLER,
                region=Region.NA,
                marketplaces=("ATVPDKIKX0DER",),
                selling_partner_id="A00EXAMPLE",
                warehouse=WarehouseId("reno"),
            )
        )
        self.attacker = Attacker(promise=self.promised, canaries={})

    def promised(self, record: SealedRecord, copied_at: datetime) -> datetime:
        """What decision 0012 says of a row: what was followed before the copy counts, later news does not."""
        followed = [each for each in self.news.get(record.order, []) if each.followed_at <= copied_at]
        sealed_at = self.sealed[record.order, record.version]
        return min([sealed_at + POLICY, *(each.ends_at() for each in followed)])

    def run(self) -> Attacker:
        """Lets orders come for `days`, and goes on until nobody may read any of them.

        Each night, at the very end of an epoch, the lanes run. The day's copy is taken a second before, so
        that the keys of that epoch are in it and live on for as long as a copy may.
        """
        began, last = FIRST, FIRST + self.days * DAY
        while began < last or self._plan or began <= max(self.sealed.values()) + POLICY:
            self._at(began)
            self._lanes()
            self._copy(key_life=timedelta(0))
            for _ in range(self._arriving((began - FIRST) // DAY)):
                self._later(began + self._between(SECOND, DAY - 2 * SECOND), self._arrive)
            self._until(began + DAY - SECOND)
            self._copy(key_life=self.key_life)
            began += DAY
        self.storage.close()
        return self.attacker

    def _arriving(self, day: int) -> int:
        so_far, then = (self.orders * min(each, self.days) // self.days for each in (day, day + 1))
        return then - so_far

    def _lanes(self) -> None:
        while self.shortens and self.safe.shortening.run().more:
            pass
        while self.shreds and self.safe.shredding.run().more:
            pass

    def _copy(self, *, key_life: timedelta) -> None:
        """Gives the attacker a copy, from now on or for this moment alone, and has it attack."""
        place = self.folder / "copy"
        place.mkdir()
        for name in ("operations", "vault"):
            for file in self.folder.glob(f"{name}.sqlite3*"):
                shutil.copy2(file, place)
        shutil.copytree(self.folder / "keys", place / "keys")
        now = self.clock.now()
        self.attacker.take(place, now, key_life=key_life)
        self.attacker.attack(now)
        shutil.rmtree(place)

    def _until(self, end: datetime) -> None:
        """Does what is planned before `end`, in order; what happens may plan more."""
        while self._plan and self._plan[0][0] < end:
            at, _, step = heapq.heappop(self._plan)
            self._at(at)
            step()
        self._at(end)

    def _later(self, at: datetime, step: Callable[[], object]) -> None:
        heapq.heappush(self._plan, (at, next(self._numbers), step))

    def _at(self, instant: datetime) -> None:
        self.clock.advance(instant - self.clock.now())

    def _between(self, least: timedelta, most: timedelta) -> timedelta:
        return timedelta(seconds=self.random.uniform(least.total_seconds(), most.total_seconds()))

    def _arrive(self) -> None:
        """An order is released with its data sealed; what becomes of it is planned."""
        now = self.clock.now()
        ref = self.safe.order(OrderState.RELEASED, read_at=now, updated_at=now, accepted_at=now).ref
        self.attacker.canaries[ref] = f"{CANARY} {len(self.attacker.canaries)}"
        self._seal(ref)
        (life,) = self.random.choices(list(_LIVES), weights=list(_LIVES.values()))
        if life == "leaves":
            told = now + self._between(12 * HOUR, 4 * DAY)
            left = told - self._between(SECOND, 2 * HOUR)
            self._later(told, lambda: self._ship(ref, left))
            arrived = told + self._between(DAY, 6 * DAY)
            self._later(arrived + HOUR, lambda: self._deliver(ref, arrived))
        elif life == "left before":
            left = now - self._between(HOUR, 35 * DAY)
            self._later(now + self._between(HOUR, 6 * DAY), lambda: self._ship(ref, left))
        elif life == "is cancelled":
            self._later(now + self._between(HOUR, 8 * DAY), lambda: self._cancel(ref))
        elif life == "is read again":
            self._later(now + self._between(DAY, 5 * DAY), lambda: self._seal(ref))

    def _seal(self, ref: OrderRef) -> None:
        kept = self.storage.orders.get(ref)
        self.safe.vault.seal(kept, someone(name=self.attacker.canaries[ref]))
        self.sealed[ref, 2 if (ref, 1) in self.sealed else 1] = self.clock.now()

    def _ship(self, ref: OrderRef, left: datetime) -> None:
        self._move(ref, OrderState.SHIPPED, Ending.SHIPPED, left, shipped_at=left)

    def _deliver(self, ref: OrderRef, arrived: datetime) -> None:
        parcel = AmazonPackage(reference_id="1", status="DELIVERED")
        amazon = replace(
            self.storage.orders.get(ref).amazon,
            status=AmazonStatus.SHIPPED,
            packages=(parcel,),
            updated_at=arrived,
        )
        self._move(ref, OrderState.CONFIRMED, Ending.DELIVERED, arrived, amazon=amazon)
        self.safe.to(self.storage.orders.get(ref), OrderState.VERIFIED)

    def _cancel(self, ref: OrderRef) -> None:
        now = self.clock.now()
        self._move(ref, OrderState.CANCELLED, Ending.CANCELLED, now, read_at=now)

    def _move(self, ref: OrderRef, to: OrderState, what: Ending, at: datetime, **changes: object) -> Order:
        night = FIRST + ((self.clock.now() - FIRST) // DAY + 1) * DAY
        self.news.setdefault(ref, []).append(News(what=what, at=at, followed_at=night))
        with self.storage.transaction():
            return self.storage.orders.move(self.storage.orders.get(ref), to, **changes)
