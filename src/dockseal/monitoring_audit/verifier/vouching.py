"""Whether the newest checkpoints are signed: the root that each signs binds all rows before it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from dockseal.monitoring_audit.verifier.entries import Entry
from dockseal.monitoring_audit.verifier.signatures import Keys, signed_at
from dockseal.monitoring_audit.verifier.tree import Broken

WITNESS_SLACK = 300.0
"""So many seconds a checkpoint's own time may differ from that of its witness."""


class Vouching:
    """Looks at checkpoints as they go by."""

    def __init__(self, keys: Keys, witnesses: Keys) -> None:
        """Begins.

        Args:
            keys: That checkpoints are signed with.
            witnesses: That cosign them; empty: nobody has to.
        """
        self._keys = keys
        self._witnesses = witnesses
        self._names = [f"\n\u2014 {name} " for name, _ in witnesses]
        self._newest: dict[str, Entry] = {}
        self._cosigned: Entry | None = None

    def through(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yields entries of one place as they are, and notes them."""
        for entry in entries:
            self._newest[entry.place] = entry
            found = self._cosigned
            if (found is None or found.size < entry.size) and any(name in entry.note for name in self._names):
                self._cosigned = entry
            yield entry

    def end(self) -> int:
        """Looks at the newest of each place, and at the newest that a witness signed too.

        Returns:
            Up to which row a witness signed; 0: there is none.

        Raises:
            Broken: none of the keys signed it, or its time is not that of the witness.
        """
        for newest in self._newest.values():
            if not signed_at(newest.note, self._keys):
                raise Broken(
                    0, f"{newest.place}: none of the keys signed the checkpoint of size {newest.size}"
                )
        if not self._witnesses:
            return 0
        if self._cosigned is None:
            raise Broken(0, "no witness signed any checkpoint")
        return self._witnessed(self._cosigned)

    def _witnessed(self, entry: Entry) -> int:
        if not (times := signed_at(entry.note, self._witnesses)) or not signed_at(entry.note, self._keys):
            raise Broken(0, f"{entry.place}: the witness did not sign the checkpoint of size {entry.size}")
        own = datetime.fromisoformat(entry.at).timestamp() if entry.at else 0.0
        for at in times:
            if abs(at - own) > WITNESS_SLACK:
                raise Broken(0, f"{entry.place}: the clock is {own - at:.0f} s off that of the witness")
        return entry.size
