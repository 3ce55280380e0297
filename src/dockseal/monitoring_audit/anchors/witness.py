"""A witness over HTTP (C2SP tlog-witness): it signs a checkpoint only if it goes on from the one before."""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from dockseal.errors import AnchorRefused, AnchorUnavailable, TrailBroken
from dockseal.monitoring_audit.anchors.port import Growth
from dockseal.monitoring_audit.consistency import consistency
from dockseal.monitoring_audit.grown import tree_of
from dockseal.monitoring_audit.verifier.entries import HASH_BYTES, Entry
from dockseal.monitoring_audit.verifier.place import cut
from dockseal.monitoring_audit.verifier.signatures import keys_in, signed_at
from dockseal.monitoring_audit.verifier.tree import Tree

_DASH = "\u2014 "
_SEE = "see docs/audit-trail.md"
_LONGEST = 100_000
_SIZE = re.compile(r"([0-9]{1,18})\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessAnchor:
    """Asks a witness; what it knows cannot be read back, but its signature is kept with the checkpoint."""

    url: str
    key: str
    """Its verifier key."""
    grown: Callable[[int, int], tuple[Tree, Sequence[bytes]]]
    """Makes the tree over the rows up to one, and reads the hashes of those after it up to another."""
    transport: httpx.BaseTransport | None = None

    @property
    def place(self) -> str:
        """Its name."""
        return f"witness {self.key.partition('+')[0]}"

    def put(self, growth: Growth) -> str:
        """Has a checkpoint signed.

        Raises:
            AnchorUnavailable: the witness does not answer, or fails.
            AnchorRefused: it knows another trail, or its signature is another's.
        """
        entry, before = growth.entry, growth.before
        answer = self._asked(entry, before.size, tree_of(before), cut(entry.rows, HASH_BYTES))
        if answer.status_code == HTTPStatus.CONFLICT and (known := _SIZE.fullmatch(answer.text)):
            # It signed, and its answer was lost; or it begins anew.
            answer = self._asked(entry, int(known[1]), *self._from(int(known[1]), entry))
        if answer.status_code != HTTPStatus.OK:
            raise self._fault(answer.status_code)
        lines = [line for line in answer.text.splitlines() if line.startswith(_DASH)]
        note = "".join([entry.note, *(f"{line}\n" for line in lines)])
        if not signed_at(note, keys_in(self.key)):
            raise AnchorRefused(f"{self.place}: its signature is not that of the key in the settings")
        return note

    def entries(self) -> None:
        """Reads nothing: a witness only signs."""

    def _from(self, known: int, entry: Entry) -> tuple[Tree, Sequence[bytes]]:
        """Returns what is proved to a witness that knows so many rows. Raises AnchorRefused."""
        if known > entry.size:
            raise AnchorRefused(
                f"{self.place} knows {known} rows, and there are {entry.size}: rows are gone; {_SEE}"
            )
        if known == 0:
            return Tree(), ()  # nothing to prove
        try:
            return self.grown(known, entry.size)
        except TrailBroken as broken:
            raise AnchorRefused(
                f"{self.place} knows no rows after {known}, and they are not in the table ({broken}): {_SEE}"
            ) from None

    def _asked(self, entry: Entry, known: int, tree: Tree, added: Sequence[bytes]) -> httpx.Response:
        proof = [base64.b64encode(each).decode() for each in consistency(tree, added)]
        body = "\n".join([f"old {known}", *proof, "", entry.note])
        try:
            with httpx.Client(transport=self.transport, timeout=10, follow_redirects=False) as client:
                answer = client.post(f"{self.url.rstrip('/')}/add-checkpoint", content=body.encode())
        except httpx.HTTPError as fault:
            raise AnchorUnavailable(
                f"{self.place} cannot be reached ({type(fault).__name__}): see that it runs"
            ) from None
        if len(answer.content) > _LONGEST:
            raise AnchorRefused(f"{self.place} answers with {len(answer.content)} bytes: it is no witness")
        return answer

    def _fault(self, status: int) -> AnchorRefused | AnchorUnavailable:
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return AnchorUnavailable(f"{self.place} answers {status}: see that it is well")
        reasons: dict[int, str] = {
            HTTPStatus.CONFLICT: f"knows another trail of this size: two histories were signed; {_SEE}",
            HTTPStatus.UNPROCESSABLE_ENTITY: "finds that this trail does not go on from the one it knows: "
            f"rows were changed after they were signed; {_SEE}",
            HTTPStatus.NOT_FOUND: "does not know this installation: have its public key entered there",
            HTTPStatus.FORBIDDEN: "knows another key of this installation: have the new one entered there",
        }
        return AnchorRefused(f"{self.place} {reasons.get(status, f'answers {status}')}")
