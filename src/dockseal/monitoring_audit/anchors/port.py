"""What a place outside does with the audit trail's checkpoints."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from dockseal.domain.checkpoint import Grown
from dockseal.monitoring_audit.verifier.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the trail has grown since a place was told last."""

    entry: Entry
    """A checkpoint, and the hashes of the rows since then."""
    before: Grown
    """The tree over the rows until then."""


class Anchor(Protocol):
    """A place outside. Whoever can change the trail should not be able to change what it keeps."""

    @property
    def place(self) -> str:
        """Its name, such as `folder /mnt/anchors`; carries no secret."""

    def put(self, growth: Growth) -> str:
        """Keeps a checkpoint; one that it has already changes nothing.

        Returns:
            The note as it is now: a witness signs it too.

        Raises:
            AnchorUnavailable: it cannot be reached, or not be written.
            AnchorRefused: it knows another trail.
        """

    def entries(self) -> Iterator[Entry] | None:
        """Reads back what it keeps, by size; None: it cannot be read.

        Raises:
            AnchorUnavailable: it cannot be reached.
            Broken: what it keeps was altered.
        """
