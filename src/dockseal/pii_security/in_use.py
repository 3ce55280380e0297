"""Knows the recipients that are in use this moment, so that no log line repeats one."""

import threading
import weakref

from dockseal.domain.recipient import Recipient


class InUse:
    """The recipients of one vault that somebody still holds.

    It keeps none alive: what its holder drops is gone from here, so that nothing is in memory for longer.
    """

    def __init__(self) -> None:
        self._held: weakref.WeakSet[Recipient] = weakref.WeakSet()
        self._lock = threading.Lock()

    def note(self, recipient: Recipient) -> Recipient:
        """Watches for a recipient's values from now on; returns the same one."""
        with self._lock:
            self._held.add(recipient)
        return recipient

    def repeated_in(self, text: str) -> bool:
        """Tells whether a text repeats a value of any of them."""
        with self._lock:
            held = list(self._held)
        return any(each.repeated_in(text) for each in held)
