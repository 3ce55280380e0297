"""A provider whose shredder stands apart and answers at once: what the service has of its keys."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Self

from dockseal.pii_security.key_asks import KeyAsks
from dockseal.pii_security.key_providers import KeyParts, provider
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.keys import FolderKeyStore
from dockseal.pii_security.keys_apart import ReadingKeyStore, SharedKeyStore
from dockseal.pii_security.shredder import Shredder
from unit.pii_security.safe import RETENTION


class Answering(Shredder):
    """A shredder that makes only the keys which a test names."""

    def _make_ahead(self, faults: list[str]) -> Iterator[str]:
        return iter(())


class Together(ReadingKeyStore):
    """The service's store, with a shredder that makes what is missing and answers before anybody waits."""

    def checked(self) -> Self:
        return FolderKeyStore.checked(self)  # one user runs the tests, and may do everything

    def epoch_key(self, epoch: str) -> bytes:
        if self._shredder().keys.makes(epoch):
            self._shredder().keys.epoch_key(epoch)
        return super().epoch_key(epoch)

    def destroy(self, epoch: str, *, ask: str = "") -> None:
        super().destroy(epoch, ask=ask)
        self._shredder().run()

    def _wait(self, ask: str, done: Callable[[], bool], *, later: str = "") -> None:
        self._shredder().run()
        super()._wait(ask, done, later=later)

    def _shredder(self) -> Shredder:
        written = SharedKeyStore(self._directory, self._clock, wrapping=self._wrapping)
        return Answering(
            keys=written,
            asks=self._asks,
            retention=RETENTION,
            clock=self._clock,
            approved=lambda epoch, ask: None,
        )


class ApartKeys:
    """The `file` provider, from the service's side of it."""

    def create(self, parts: KeyParts) -> KeyStore:
        self._asks(parts).made()
        provider("file").create(replace(parts, store=SharedKeyStore))
        return self.open(parts)

    def open(self, parts: KeyParts) -> KeyStore:
        return provider("file").open(replace(parts, store=partial(Together, asks=self._asks(parts))))

    def _asks(self, parts: KeyParts) -> KeyAsks:
        return KeyAsks(parts.directory.with_name("asks"))
