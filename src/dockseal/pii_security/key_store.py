"""What every key store does, wherever it keeps its keys."""

from typing import Protocol


class KeyStore(Protocol):
    """Keeps keys apart from what they open."""

    def epoch_key(self, epoch: str) -> bytes:
        """Returns the key of an epoch to seal with; makes it at first use. Raises KeyDestroyed."""

    def existing_key(self, epoch: str) -> bytes:
        """Returns the key of an epoch to open with; never makes one. Raises KeyDestroyed."""

    def has(self, epoch: str) -> bool:
        """Tells whether there is a key of this epoch that was not destroyed."""

    def makes(self, epoch: str) -> bool:
        """Tells whether `epoch_key` would make the key of this epoch."""

    def destroy(self, epoch: str, *, ask: str = "") -> None:
        """Destroys the key of an epoch, or asks for that; safe to run again.

        Args:
            epoch: Which one.
            ask: What two officers signed, where the epoch has not ended.
        """

    def destroyed_by(self, epoch: str) -> str | None:
        """Names the user of this machine that destroyed the key of an epoch; None: it is not destroyed."""

    def epochs(self) -> list[str]:
        """Returns the epochs of which any trace of a key is left."""

    def derive(self, purpose: str) -> bytes:
        """Returns 32 bytes for one purpose, the same each time until the master key is rotated."""

    def derived(self, purpose: str) -> list[bytes]:
        """Returns those of every master key in use, the newest first; more than one during a rotation."""

    def masters(self) -> dict[str, str]:
        """Returns the label of the master key that each epoch's key lies under; empty: none opens it."""

    def master(self) -> str:
        """Returns the label of the master key that new keys lie under."""

    def begin_rotation(self) -> str:
        """Begins a rotation of the master key, or joins the one begun; returns the next one's label."""

    def rewrap(self) -> int:
        """Wraps the epoch keys under the newest master key; returns how many lie under it."""

    def finish_rotation(self, label: str) -> int:
        """Rewraps what is left and destroys the master key before; returns how many epoch keys there are."""


def label_of(keys: KeyStore) -> str:
    """Names the newest master key of a store, without telling anything of it."""
    return keys.derive("label").hex()[:8]
