"""Hands orders over as X12 files in a mailbox, and collects the partner's advices and acknowledgements."""

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.release import Warehouse
from dockseal.errors import WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.edi import acknowledgement, order_940
from dockseal.warehouses.edi.incoming import Incoming, Reader
from dockseal.warehouses.edi.ledger import SENT, Entry, Kind, seconds
from dockseal.warehouses.edi.order_940 import cancel_document, order_document
from dockseal.warehouses.edi.outbox import Outbox
from dockseal.warehouses.edi.profile import profile_of
from dockseal.warehouses.edi.syntax import Document, set_number
from dockseal.warehouses.mailboxes import GIVEN, check_mailbox, mailbox_of
from dockseal.warehouses.port import AdapterParts, Delivery, HandOver, Receipt, StopAnswer, StopRequest

STATE = "state"
UNREAD = "unread"
UNREAD_KEPT = timedelta(days=14)
"""So long a file that could not be read is kept for a person to look at; it may hold addresses."""
PATIENCE = timedelta(minutes=2)
"""So long a file that has no end is left alone: it may still be being written."""

_ALARM = "unanswered-"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Edi:
    """Exchanges X12 files with one warehouse; its partner profile says how.

    Options: those of its mailbox (`root`, or `sftp` and what goes with it), and `profile`, the path of the
    partner's TOML file.
    """

    works_without_recipient = True
    reports_by_api = False
    given = GIVEN

    @staticmethod
    def check_options(warehouse: Warehouse) -> None:
        """Refuses options that cannot work, when a warehouse is added.

        Raises:
            SettingsFault: the profile or the mailbox is missing or bad; each fault names its key.
        """
        check_mailbox(warehouse)
        profile_of(warehouse.option("profile"), warehouse.id)

    def __init__(self, parts: AdapterParts) -> None:
        self._warehouse = parts.warehouse
        self._clock: Clock = parts.clock
        self._profile = profile_of(parts.warehouse.option("profile"), parts.warehouse.id)
        self._mailbox = mailbox_of(parts)
        self._outbox = Outbox(
            self._mailbox,
            out=self._profile.folders.out,
            warehouse=parts.warehouse.id,
            clock=parts.clock,
            answered=self._profile.ack_hours > 0,
        )
        self._unfinished: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Ends the connection to the mailbox."""
        self._mailbox.close()

    @property
    def most_at_once(self) -> int:
        """How many orders one interchange takes."""
        return self._profile.orders.most

    def submit(self, hand_over: HandOver) -> Receipt:
        """Sends one order in an interchange of its own.

        Raises:
            WarehouseRefused: something of it cannot be written in X12 as the profile has it.
            WarehouseUnavailable: the mailbox cannot be used.
        """
        (answer,) = self.submit_all([hand_over])
        if isinstance(answer, WarehouseRefused):
            raise answer
        return answer

    def submit_all(self, hand_overs: Sequence[HandOver]) -> Sequence[Receipt | WarehouseRefused]:
        """Sends orders in one interchange; what was sent before is not sent again.

        Raises:
            WarehouseUnavailable: the mailbox cannot be used; whether the orders left is in its ledger.
        """
        answers: list[Receipt | WarehouseRefused] = []
        with self._lock:
            self._outbox.settle()
            known = set(self._outbox.ledger.carried(Kind.ORDERS))
            documents: dict[str, Document] = {}
            for each in hand_overs:
                answer = Receipt() if each.reference in known else self._written(each)
                if isinstance(answer, Document):
                    documents[each.reference] = answer
                    answer = Receipt()
                answers.append(answer)
            if documents:
                self._publish(Kind.ORDERS, order_940.GROUP, documents)
        return answers

    def ask(self, reference: ReleaseRef) -> Receipt | None:
        """Tells whether an order was sent; None: it surely was not, or the partner rejected it.

        Raises:
            WarehouseUnavailable: the mailbox cannot be used.
        """
        with self._lock:
            self._outbox.settle()
            return Receipt() if reference in self._outbox.ledger.carried(Kind.ORDERS) else None

    def stop(self, request: StopRequest) -> StopAnswer:
        """Sends a cancellation; the 945 tells later what became of it.

        Raises:
            WarehouseUnavailable: the mailbox cannot be used.
        """
        with self._lock:
            self._outbox.settle()
            ledger = self._outbox.ledger
            sent = ledger.carried(Kind.ORDERS)
            # An empty ledger was lost, perhaps, and says nothing of what was sent.
            if sent and request.reference not in sent:
                return StopAnswer.STOPPED
            if not self._profile.orders.cancel:
                return StopAnswer.TOO_LATE
            if request.reference not in ledger.carried(Kind.STOP):
                document = cancel_document(request, self._profile)
                self._publish(Kind.STOP, order_940.GROUP, {request.reference: document})
            return StopAnswer.ASKED

    def collect(self) -> Iterable[Delivery]:
        """Gives what the partner's files tell, and once a day which orders it left unanswered.

        Raises:
            WarehouseUnavailable: the mailbox cannot be used.
        """
        with self._lock:
            with contextlib.suppress(WarehouseUnavailable):
                self._outbox.settle()
            self._outbox.prune()
            reader = self._reader()
            found = []
            seen = set()
            for name in self._mailbox.names(self._profile.folders.in_):
                content = self._mailbox.read(self._profile.folders.in_, name)
                if content is None:
                    continue
                read = reader.read(name, content)
                named = _named(name, content)
                seen.add(named)
                if read.whole or self._waited_for(named):
                    faults = (*read.faults, *read.notes)
                    found.append(Delivery(name=named, messages=tuple(read.messages), faults=faults))
            self._unfinished = {each: at for each, at in self._unfinished.items() if each in seen}
            return [*found, *self._alarm()]

    def done(self, delivery: Delivery) -> None:
        """Answers a file by a 997 and removes it; one that was replaced meanwhile is given again.

        Raises:
            WarehouseUnavailable: it lies there still, and is given again.
        """
        with self._lock:
            if delivery.name.startswith(_ALARM):
                self._alarmed(delivery.name)
                return
            # What the ledger says of our 997s holds only once nothing of it lies in staging.
            self._outbox.settle()
            found = self._found(delivery.name)
            if found is None:
                return
            name, content = found
            read = self._reader().read(name, content)
            self._answer(read, delivery.name)
            for entry, rejected in read.settled:
                self._outbox.ledger.answered(entry, rejected)
                self._outbox.withdraw(entry)
            if read.faults:
                self._mailbox.put(UNREAD, f"{seconds(self._clock.now()):09}-{name}", content)
            self._mailbox.remove(self._profile.folders.in_, name)
            self._forget_unread()

    def _found(self, named: str) -> tuple[str, bytes] | None:
        """Returns name and content of the file that a delivery was made of; None if it is there no longer."""
        folder = self._profile.folders.in_
        for name in self._mailbox.names(folder):
            if _shown(name) == named.rpartition("#")[0]:
                content = self._mailbox.read(folder, name)
                if content is not None and _named(name, content) == named:
                    return name, content
        return None

    def _written(self, each: HandOver) -> Document | WarehouseRefused:
        try:
            return order_document(each, self._profile)
        except WarehouseRefused as refused:
            words = str(refused)
        # A new one: that which was raised holds on to the frames that know the address.
        return WarehouseRefused(words)

    def _publish(self, kind: Kind, group: str, documents: dict[str, Document]) -> Entry:
        def build(number: int, now: datetime) -> bytes:
            at = now.astimezone(self._profile.zone)
            return self._profile.envelope.wrap(group, number, at, documents=list(documents.values()))

        keys = {set_number(position): key for position, key in enumerate(documents, 1)}
        return self._outbox.publish(kind, keys, build)

    def _reader(self) -> Reader:
        ledger = self._outbox.ledger
        return Reader(
            profile=self._profile,
            warehouse=self._warehouse.id,
            now=self._clock.now(),
            numbered={entry.number: entry for entry in ledger.all()},
            asked_to_stop=frozenset(ledger.carried(Kind.STOP)),
        )

    def _waited_for(self, named: str) -> bool:
        now = self._clock.now()
        return now - self._unfinished.setdefault(named, now) >= PATIENCE

    def _answer(self, read: Incoming, name: str) -> None:
        """Sends our 997s, unless they were sent today for this very file."""
        key = f"{self._clock.now():%Y%m%d} {hashlib.sha256(name.encode()).hexdigest()[:16]}"
        if not read.answers or f"{key} 1" in self._outbox.ledger.carried(Kind.ANSWER):
            return
        documents = {f"{key} {at}": answer for at, answer in enumerate(read.answers, 1)}
        self._publish(Kind.ANSWER, acknowledgement.GROUP, documents)

    def _alarm(self) -> list[Delivery]:
        """Returns a sentence for each interchange that waits too long for its 997, once a day."""
        hours = self._profile.ack_hours
        now = self._clock.now()
        name = f"{_ALARM}{now:%Y-%m-%d}"
        late = [
            entry
            for entry in self._outbox.ledger.entries(SENT)
            if hours and now - entry.at >= timedelta(hours=hours)
        ]
        if not late or name in self._mailbox.names(STATE):
            return []
        return [Delivery(name=name, messages=(), faults=tuple(self._unanswered(entry) for entry in late))]

    def _unanswered(self, entry: Entry) -> str:
        what = "the wish not to ship release" if entry.kind is Kind.STOP else "release"
        where = (
            f"its file still lies in {self._profile.folders.out}: see that the warehouse takes files away"
            if self._outbox.waits(entry)
            else "its file was taken away: ask the warehouse whether it has the orders"
        )
        return (
            f"warehouse {self._warehouse.id} has not acknowledged interchange {entry.number:09} of "
            f"{entry.at:%Y-%m-%d %H:%M} UTC with {what} {', '.join(entry.keys.values())}; {where}; nothing "
            "is sent again by itself"
        )

    def _alarmed(self, name: str) -> None:
        self._mailbox.put(STATE, name, b"")
        for earlier in self._mailbox.names(STATE):
            if earlier.startswith(_ALARM) and earlier < name:
                self._mailbox.remove(STATE, earlier)

    def _forget_unread(self) -> None:
        oldest = seconds(self._clock.now() - UNREAD_KEPT)
        for name in self._mailbox.names(UNREAD):
            number = name.partition("-")[0]
            if number.isascii() and number.isdigit() and int(number) < oldest:
                self._mailbox.remove(UNREAD, name)


def _named(name: str, content: bytes) -> str:
    """Names a file with what it holds: some partners give each file the same name."""
    return f"{_shown(name)}#{hashlib.sha256(content).hexdigest()[:16]}"


def _shown(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else "(unreadable)"
