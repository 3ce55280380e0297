"""Publishes interchanges, each exactly once, whatever is cut off in between.

An interchange is written to `staging`, then noted in the ledger, then moved to the partner's folder in one
step. So one that still lies in `staging` surely never left, and one that is noted and does not lie there
surely did. What never left is dropped, with its note, and its orders go out in a new one.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.errors import WarehouseUnavailable
from dockseal.warehouses.edi.ledger import ANSWERED, SENT, Entry, Kind, Ledger, seconds
from dockseal.warehouses.mailbox import Mailbox

STAGING = "staging"
OTHERS = timedelta(minutes=10)
"""So long another process may be about to publish what lies in staging."""
KEPT = timedelta(days=90)
"""So long an answered interchange is remembered; nothing is handed over again after that."""

_TRIES = 5


class Outbox:
    """The way out to one partner. Not for two threads at once: its adapter sees to that.

    Args:
        mailbox: Where files are exchanged.
        out: The folder that the partner looks into.
        warehouse: Its name, for sentences.
        clock: Tells the time.
        answered: Whether the partner acknowledges what it is sent.
    """

    def __init__(self, mailbox: Mailbox, *, out: str, warehouse: str, clock: Clock, answered: bool) -> None:
        self._mailbox = mailbox
        self._out = out
        self._warehouse = warehouse
        self._clock = clock
        self._answered = answered
        self._token = secrets.token_hex(4)
        self.ledger = Ledger(mailbox, warehouse)

    def settle(self) -> None:
        """Drops what never left.

        Raises:
            WarehouseUnavailable: the mailbox cannot be used, or another process is about to publish.
        """
        for name in self._mailbox.names(STAGING):
            number, token = _parsed(name)
            # A number is about the second in which it was drawn.
            age = timedelta(seconds=abs(seconds(self._clock.now()) - number))
            if token != self._token and age < OTHERS:
                raise WarehouseUnavailable(
                    f"another process writes to warehouse {self._warehouse}, or was cut off within the last "
                    f"{OTHERS.seconds // 60} minutes; it is tried again"
                )
            self.ledger.forget(f"{number:09}-{token}")
            self._mailbox.remove(STAGING, name)

    def publish(self, kind: Kind, keys: Mapping[str, str], build: Callable[[int, datetime], bytes]) -> Entry:
        """Sends one interchange.

        Args:
            kind: What it carries.
            keys: Control number of each of its sets, and what that carries.
            build: Makes its bytes for a control number and an instant.

        Raises:
            WarehouseUnavailable: it did not leave, or may have; `settle` and the ledger know which.
        """
        for _ in range(_TRIES):
            now = self._clock.now()
            number = self.ledger.next_number(now)
            entry = Entry(number=number, token=self._token, kind=kind, at=now, keys=keys)
            name = file_name(entry)
            self._mailbox.put(STAGING, name, build(number, now))
            # An answer of ours is never answered.
            waits = self._answered and kind is not Kind.ANSWER
            self.ledger.write(entry, SENT if waits else ANSWERED)
            if self.ledger.names(number) == [entry.name]:
                self._mailbox.move(STAGING, name, self._out)
                # Were it dropped by another process meanwhile, its entry would be gone as well.
                if entry.name in self.ledger.names(number):
                    return entry
                break
            # Two writers chose one number; of these two at least one sees the other, and steps back.
            self.ledger.forget(entry.name)
            self._mailbox.remove(STAGING, name)
        raise WarehouseUnavailable(
            f"several processes write to warehouse {self._warehouse} at once; it is tried again"
        )

    def withdraw(self, entry: Entry) -> None:
        """Removes a file that the partner has read and left lying: it holds addresses."""
        self._mailbox.remove(self._out, file_name(entry))

    def waits(self, entry: Entry) -> bool:
        """Tells whether the partner has not taken a file away."""
        return file_name(entry) in self._mailbox.names(self._out)

    def prune(self) -> None:
        """Forgets what was answered long ago."""
        self.ledger.prune(self._clock.now() - KEPT)


def file_name(entry: Entry) -> str:
    """Returns the name of an interchange's file."""
    return f"{_PREFIX[entry.kind]}-{entry.name}.edi"


_PREFIX = {Kind.ORDERS: "940", Kind.STOP: "940", Kind.ANSWER: "997"}


def _parsed(name: str) -> tuple[int, str]:
    """Returns control number and token of a file in staging; one that is not ours is dropped as number 0."""
    pieces = name.removesuffix(".edi").split("-")
    if len(pieces) == 3 and pieces[1].isascii() and pieces[1].isdigit():
        return int(pieces[1]), pieces[2]
    return 0, ""
