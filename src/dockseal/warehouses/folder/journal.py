"""Which orders lie at the far side: each goes out in one file, whatever breaks in between.

Three folders beside the warehouse's own hold our notes, of references and names of files alone::

    sending/NAME.list   the references in a file that is on its way: the intent
    sending/NAME        the file, whole, before it is published
    sent/REFERENCE      the name of the file that holds an order
    lists/NAME.list     the references in a file that was published

A file is published by one rename out of `sending`. What still lies there after a stop never was published,
and is taken apart before anything else is sent.
"""

import re
from collections.abc import Iterable, Sequence

from dockseal.warehouses.mailbox import Mailbox

SENDING, SENT, LISTS = "sending", "sent", "lists"
_LIST = ".list"
_DONE = ".done"
_NOTE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")


class Journal:
    """Publishes files, and knows which orders it published. One process, in one thread at a time, uses it."""

    def __init__(self, mailbox: Mailbox, out: str, *, done_files: bool) -> None:
        self._mailbox = mailbox
        self._out = out
        self._done_files = done_files
        self._is_tidy = False
        """Whether nothing lies half done: unknown until it was looked at once, and after a fault."""

    def file_of(self, note: str) -> str:
        """Returns the name of the file that holds an order; empty if none does."""
        if not _NOTE.fullmatch(note):
            return ""
        return (self._mailbox.read(SENT, note) or b"").decode("ascii", "replace")

    def listed(self, name: str) -> list[str]:
        """Returns the references in a published file; empty if it is not known."""
        return (self._mailbox.read(LISTS, name + _LIST) or b"").decode("ascii", "replace").split()

    def publish(self, name: str, content: bytes, notes: Sequence[str]) -> None:
        """Puts a file where the warehouse looks, and notes which orders it holds."""
        self._is_tidy = False
        self._mailbox.put(SENDING, name + _LIST, "\n".join(notes).encode())
        self._mailbox.put(SENDING, name, content)
        for each in notes:
            self._mailbox.put(SENT, each, name.encode())
        self._mailbox.move(SENDING, name, self._out)
        self._finish(name)
        self._is_tidy = True

    def settle(self) -> None:
        """Takes apart what a stop left half done: what was not published is as if it never had been begun."""
        if self._is_tidy:
            return
        self._mailbox.sweep(SENDING)
        left = self._mailbox.names(SENDING)
        for list_name in (each for each in left if each.endswith(_LIST)):
            name = list_name.removesuffix(_LIST)
            content = self._mailbox.read(SENDING, list_name) or b""
            mine = [each for each in content.decode("ascii", "replace").split() if self.file_of(each) == name]
            if name in left:
                for each in mine:
                    self._mailbox.remove(SENT, each)
                self._mailbox.shred(SENDING, name)
                self._mailbox.remove(SENDING, list_name)
            elif mine:
                self._finish(name)
            else:
                self._mailbox.remove(SENDING, list_name)
        self._is_tidy = True

    def fetched(self, notes: Iterable[str]) -> None:
        """Removes the files that hold these orders: the warehouse has them."""
        lying = set(self._mailbox.names(self._out))
        for each in notes:
            if not lying:
                return
            name = self.file_of(each)
            if name in lying:
                self.withdraw(name)
                lying.discard(name)

    def withdraw(self, name: str) -> None:
        """Removes a file from where the warehouse looks, content and all."""
        self._mailbox.remove(self._out, name + _DONE)
        self._mailbox.shred(self._out, name)

    def _finish(self, name: str) -> None:
        if self._done_files and name in self._mailbox.names(self._out):
            self._mailbox.put(self._out, name + _DONE, b"")
        self._mailbox.move(SENDING, name + _LIST, LISTS)
