"""The folder adapter: files out, files in."""

import hashlib
import re
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.release import Warehouse
from dockseal.domain.shipment import ShipmentReport
from dockseal.errors import WarehouseRefused
from dockseal.warehouses.folder.incoming import Incoming
from dockseal.warehouses.folder.journal import Journal
from dockseal.warehouses.folder.options import Encrypting, folder_options
from dockseal.warehouses.folder.orders_file import orders_csv, stop_csv
from dockseal.warehouses.folder.sealing import Opening, sealing
from dockseal.warehouses.given_secrets import given_secrets
from dockseal.warehouses.mailboxes import GIVEN, check_mailbox, mailbox_of
from dockseal.warehouses.port import (
    AdapterParts,
    Delivery,
    HandOver,
    Receipt,
    StopAnswer,
    StopRequest,
)

MOST_AT_ONCE = 100
"""Orders in one file."""
_OURS = re.compile(r"(?:ORDERS|STOP)_([0-9]{14})_[0-9a-f]{12}\.csv(?:\.age|\.pgp)?")
_OUT = "out/"
"""Begins the name of a delivery about a file of ours that was not fetched."""


class Folder:
    """Writes orders into CSV files and reads tracking from them, in a directory or on an SFTP server.

    An order lies in one file, once: a note beside it says in which. A file is fetched when the warehouse
    removes it, acknowledges it, or tells of one of its orders; one that is not encrypted is written over and
    removed then, and after a day at the latest.
    """

    works_without_recipient = True
    pushed_to = True
    reports_by_api = False
    given = (*GIVEN, "age_identity", "pgp_key")

    def __init__(self, parts: AdapterParts) -> None:
        self._options = folder_options(parts.warehouse)
        given = given_secrets(parts.secret, parts.warehouse.id)
        self._sealing = sealing(self._options, given.get("pgp_key"))
        self._mailbox = mailbox_of(parts)
        self._clock = parts.clock
        self._journal = Journal(self._mailbox, self._options.out, done_files=self._options.done_files)
        self._incoming = Incoming(
            mailbox=self._mailbox,
            journal=self._journal,
            options=self._options,
            opening=Opening(given.get("age_identity"), parts.warehouse.id),
            clock=parts.clock,
        )
        self._lock = threading.RLock()
        self._told: set[str] = set()

    @staticmethod
    def check_options(warehouse: Warehouse) -> None:
        """Refuses options that cannot work.

        Raises:
            SettingsFault: they cannot.
        """
        folder_options(warehouse)
        check_mailbox(warehouse)

    @property
    def most_at_once(self) -> int:
        """How many orders go into one file at most."""
        return MOST_AT_ONCE

    def close(self) -> None:
        """Ends the connection to the server."""
        self._mailbox.close()

    def submit(self, hand_over: HandOver) -> Receipt:
        """Writes one order into a file of its own.

        Raises:
            WarehouseRefused: its text cannot be written in the encoding that was chosen.
            WarehouseUnavailable: the folder or the server cannot be used now.
        """
        (answer,) = self.submit_all([hand_over])
        if isinstance(answer, WarehouseRefused):
            raise answer
        return answer

    def submit_all(self, hand_overs: Sequence[HandOver]) -> Sequence[Receipt | WarehouseRefused]:
        """Writes orders into one file, but for those that lie in one already.

        Raises:
            WarehouseUnavailable: the folder or the server cannot be used now.
        """
        with self._lock:
            self._journal.settle()
            files = {each.reference: self._journal.file_of(each.reference) for each in hand_overs}
            new = {each.reference: each for each in hand_overs if not files[each.reference]}
            refused = {each: fault for each, order in new.items() if (fault := self._unwritable(order))}
            writing = [order for reference, order in new.items() if reference not in refused]
            if writing:
                name = self._publish("ORDERS", [each.reference for each in writing], orders_csv(writing))
                files |= {each.reference: name for each in writing}
        return [
            refused.get(each.reference) or Receipt(reference_at_warehouse=files[each.reference])
            for each in hand_overs
        ]

    def ask(self, reference: ReleaseRef) -> Receipt | None:
        """Returns the receipt of an order that lies in a file.

        Raises:
            WarehouseUnavailable: the folder or the server cannot be used now.
        """
        with self._lock:
            self._journal.settle()
            name = self._journal.file_of(reference)
        return Receipt(reference_at_warehouse=name) if name else None

    def stop(self, request: StopRequest) -> StopAnswer:
        """Writes a file that asks not to ship an order; the warehouse answers by a file of its own.

        Raises:
            WarehouseUnavailable: the folder or the server cannot be used now.
        """
        note = f"{request.reference}.stop"
        with self._lock:
            self._journal.settle()
            if not self._journal.file_of(note):
                self._publish("STOP", [note], stop_csv(request, self._clock.now()))
        return StopAnswer.ASKED

    def collect(self) -> Iterable[Delivery]:
        """Gives files of ours that were not fetched, and files of the warehouse.

        Raises:
            WarehouseUnavailable: the folder or the server cannot be used now.
        """
        with self._lock:
            self._journal.settle()
            overdue = list(self._overdue())
        yield from overdue
        yield from self._incoming.deliveries()

    def done(self, delivery: Delivery) -> None:
        """Puts a file away, and removes files of ours that it shows were fetched.

        Raises:
            WarehouseUnavailable: it lies there still, and is given again.
        """
        with self._lock:
            if delivery.name.startswith(_OUT):
                name = delivery.name.removeprefix(_OUT)
                self._told.add(name)
                if self._options.encrypting is Encrypting.NONE:
                    self._journal.withdraw(name)
                return
            self._journal.fetched(
                each.release
                for each in delivery.messages
                if not isinstance(each, ShipmentReport) or each.release
            )
            self._incoming.put_away(delivery)

    def _publish(self, kind: str, notes: Sequence[str], text: str) -> str:
        digest = hashlib.sha256("\n".join(sorted(notes)).encode()).hexdigest()[:12]
        name = f"{kind}_{self._clock.now():%Y%m%d%H%M%S}_{digest}.csv{self._sealing.ending}"
        self._journal.publish(name, self._sealing.seal(text.encode(self._options.encoding)), notes)
        return name

    def _unwritable(self, order: HandOver) -> WarehouseRefused | None:
        """Returns why an order cannot be written in the encoding: never a letter is replaced by another."""
        try:
            orders_csv([order]).encode(self._options.encoding)
        except UnicodeEncodeError:
            return WarehouseRefused(
                f"order {order.amazon_order_id} has letters that the encoding of warehouse "
                f"{self._options.warehouse} ({self._options.encoding}) does not have: ask the warehouse "
                "whether it reads UTF-8, and change the option encoding"
            )
        return None

    def _overdue(self) -> Iterable[Delivery]:
        """Gives files of ours that lie there too long; each once."""
        limit = self._clock.now() - timedelta(hours=self._options.fetch_within)
        for name in self._mailbox.names(self._options.out):
            found = _OURS.fullmatch(name)
            if found is None or name in self._told or _instant(found[1]) > limit:
                continue
            orders = len(self._journal.listed(name))
            act = (
                "it is removed, since it is not encrypted; if the warehouse did not read it, release its "
                "orders again"
                if self._options.encrypting is Encrypting.NONE
                else "it still lies there"
            )
            yield Delivery(
                name=_OUT + name,
                messages=(),
                faults=(
                    f"file {name} with {orders} orders was not fetched by warehouse "
                    f"{self._options.warehouse} in {self._options.fetch_within} hours: ask it why; {act}",
                ),
            )


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
