"""Makes, opens and deletes archives: a legal hold (DPP 2.1) that touches no deadline of the vault.

Personal data is copied out of the vault while it may be opened, under a grant and an audit row for each
order, into a file that is no database's. The vault shreds its own in time: a hold never makes that later.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from dockseal.domain.access import FIELDS, Actor, ActorKind, Purpose
from dockseal.domain.clock import Clock
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.recipient import Recipient
from dockseal.errors import (
    BadInput,
    DocksealError,
    PastDeadline,
    SealBroken,
    StorageUnavailable,
    TwoPersonsNeeded,
)
from dockseal.monitoring_audit.archives import Archived, archives
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.archive import Archive, Entry, Head
from dockseal.pii_security.asks import Act, SignedAsk
from dockseal.pii_security.files import destroy_file, write_new
from dockseal.pii_security.officer_keys import OfficerKey
from dockseal.pii_security.two_persons import TwoPersons, signers
from dockseal.pii_security.vault import Vault

ARCHIVER = Actor(kind=ActorKind.SERVICE, name="archive")
LONGEST = timedelta(days=11 * 366)
"""No law that is known to us demands more than ten full years."""
_BASIS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{1,59}")
_REASONS: dict[type[DocksealError], str] = {
    TwoPersonsNeeded: "two_persons_needed",
    PastDeadline: "past_deadline",
    SealBroken: "seal_broken",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What shall be kept, why, and until when.

    Attributes:
        orders: Which orders.
        basis: The law that demands it, as a reference without spaces, such as `AO-147` or `HGB-257`.
        until: Its end.
        fields: Which fields; no others than the purpose has.
    """

    orders: tuple[OrderRef, ...]
    basis: str
    until: datetime
    fields: frozenset[Field] = field(default=FIELDS[Purpose.LEGAL_RECORD])

    @property
    def subject(self) -> str:
        """Returns what an ask for it names: all of it."""
        return (
            f"basis={self.basis} until={self.until.astimezone(UTC):%Y-%m-%d} "
            f"fields={','.join(sorted(self.fields))} orders={','.join(sorted(set(self.orders)))}"
        )

    def check(self, now: datetime) -> None:
        """Refuses terms that cannot be.

        Raises:
            BadInput: says which part of them, and what to do.
        """
        if not _BASIS.fullmatch(self.basis):
            raise BadInput("the basis names a law, without spaces, such as AO-147 or 26-CFR-1.6001-1")
        if not now < self.until <= now + LONGEST:
            raise BadInput("an archive ends on a day to come, within eleven years")
        if excess := sorted(self.fields - FIELDS[Purpose.LEGAL_RECORD]):
            raise BadInput(f"no law that is known to us demands {', '.join(excess)}: leave that out")
        if not self.fields or not self.orders:
            raise BadInput("an archive holds at least one field of at least one order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """Makes, opens and deletes archives."""

    vault: Vault
    two: TwoPersons

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        return self.vault.clock

    def make(self, terms: Terms, ask: SignedAsk | None, place: Path, actor: Actor) -> Archived:
        """Makes an archive of what is sealed of some orders.

        Args:
            terms: What is kept.
            ask: What two officers signed.
            place: A new file.
            actor: Who does it.

        Raises:
            BadInput: an order is unknown, the terms cannot be, or there is a file already.
            TwoPersonsNeeded: two officers did not ask for exactly this.
            VaultError: the personal data of one of the orders is not opened any more; no file is made.
            StorageError: a database, the keys or the file cannot be used.
        """
        terms.check(self.clock.now())
        if place.exists():
            raise BadInput(f"{place} is there already: name a new file")
        orders = [self.vault.storage.orders.get(ref) for ref in sorted(set(terms.orders))]
        told = self.two.decided(ask, what=Act.ARCHIVE_MAKE, subject=terms.subject, actor=actor)
        entries = [
            Entry(
                order=order.ref,
                amazon_order_id=order.id,
                seller=order.seller,
                recipient=self._opened(order.ref, told).only(terms.fields),
            )
            for order in orders
        ]
        head = Head(
            id=secrets.token_hex(8),
            basis=terms.basis,
            made_at=self.clock.now(),
            until=terms.until,
            fields=terms.fields,
            orders=len(entries),
        )
        text = Archive.seal(head, entries, self.two.officers.all()).as_text()
        self._note_made(head, entries, told, actor)
        self._write(head, place, text, actor)
        return next(each for each in archives(self.vault.storage) if each.id == head.id)

    def open(self, archive: Archive, one: OfficerKey, other: OfficerKey, actor: Actor) -> list[Entry]:
        """Opens an archive with the keys of two officers. The audit row is committed before that.

        Raises:
            TwoPersonsNeeded: these are not the keys of two different officers of today.
            PastDeadline: its end has come, or it was deleted.
            SealBroken: it was altered, or is not sealed to these two.
            SettingsFault, StorageError: the officers or the trail cannot be read or written.
        """
        try:
            self._check_keys(one, other)
            self._check_end(archive.head)
        except (TwoPersonsNeeded, PastDeadline) as fault:
            self._refuse(archive.head, actor, fault)
        with self.vault.storage.transaction():
            self.vault.trail.record(
                Tag.ARCHIVE_FILE_OPENED,
                actor=actor,
                archive=archive.head.id,
                officers="/".join(sorted((one.name, other.name))),
                orders=archive.head.orders,
            )
        try:
            return archive.open(one, other)
        except SealBroken as fault:
            self._refuse(archive.head, actor, fault)

    def all(self) -> list[Archived]:
        """Returns every archive that was made, the newest first."""
        return archives(self.vault.storage)

    def delete(self, archive: Archive, place: Path, ask: SignedAsk | None, actor: Actor) -> None:
        """Overwrites and removes the file of an archive; before its end two officers must ask for it.

        Raises:
            BadInput: this installation made no such archive, or it was deleted.
            TwoPersonsNeeded: its end has not come, and two officers did not ask for it.
            StorageError: a database or the file cannot be used; run again.
        """
        known = next((each for each in self.all() if each.id == archive.head.id), None)
        if known is None:
            raise BadInput(f"archive {archive.head.id} was not made by this installation")
        told: dict[str, str] = {}
        # What the file says of its end is not believed here: nothing has opened it.
        if known.deleted_at is None and not known.overdue(self.clock.now()):
            told = self.two.decided(ask, what=Act.ARCHIVE_DELETE, subject=known.id, actor=actor)
        self._note_deleted(known.id, actor, reason="early" if told else "ended", told=told)
        try:
            destroy_file(place)
        except OSError as fault:
            raise StorageUnavailable(f"{place} cannot be deleted: {fault.strerror}") from None

    def _opened(self, ref: OrderRef, told: dict[str, str]) -> Recipient:
        order = self.vault.storage.orders.get(ref)
        grant = self.vault.grants.issue(
            ARCHIVER, Purpose.LEGAL_RECORD, seller=order.seller, order=ref, officers=signers(told)
        )
        try:
            return self.vault.open(ref, grant)
        finally:
            self.vault.grants.end(grant)

    def _check_keys(self, one: OfficerKey, other: OfficerKey) -> None:
        if one.name == other.name:
            raise TwoPersonsNeeded(f"both keys are those of {one.name}: another officer must give the second")
        known = self.two.officers.all()
        for key in (one, other):
            if key.public() not in known:
                raise TwoPersonsNeeded(f"this key of {key.name} is no officer's here: see `officers list`")

    def _check_end(self, head: Head) -> None:
        if self.clock.now() >= head.until:
            raise PastDeadline(
                f"archive {head.id} was kept until {head.until:%Y-%m-%d}: delete it, and every copy"
            )
        if any(each.id == head.id and each.deleted_at is not None for each in self.all()):
            raise PastDeadline(f"archive {head.id} was deleted: this is a copy that was left; delete it too")

    def _note_made(self, head: Head, entries: list[Entry], told: dict[str, str], actor: Actor) -> None:
        with self.vault.storage.transaction():
            self.vault.trail.record(
                Tag.ARCHIVE_FILE_MADE,
                actor=actor,
                order=None,
                archive=head.id,
                basis=head.basis,
                until=head.until,
                orders=len(entries),
                field_names=",".join(sorted(head.fields)),
                **told,
            )
            for entry in entries:
                self.vault.trail.record(
                    Tag.ORDER_DATA_ARCHIVED,
                    actor=actor,
                    order=entry.order,
                    seller=entry.seller,
                    archive=head.id,
                    basis=head.basis,
                    until=head.until,
                )

    def _write(self, head: Head, place: Path, text: str, actor: Actor) -> None:
        try:
            write_new(place.absolute(), text.encode())
        except OSError as fault:
            self._note_deleted(head.id, actor, reason="not_written", told={})
            reason = fault.strerror or type(fault).__name__
            raise StorageUnavailable(f"the archive cannot be written to {place}: {reason}") from None

    def _note_deleted(self, archive: str, actor: Actor, *, reason: str, told: dict[str, str]) -> None:
        with self.vault.storage.transaction():
            self.vault.trail.record(
                Tag.ARCHIVE_FILE_DELETED, actor=actor, order=None, archive=archive, reason=reason, **told
            )

    def _refuse(self, head: Head, actor: Actor, fault: DocksealError) -> NoReturn:
        with self.vault.storage.transaction():
            self.vault.trail.record(
                Tag.ARCHIVE_FILE_OPEN_REFUSED, actor=actor, archive=head.id, reason=_REASONS[type(fault)]
            )
        raise fault
