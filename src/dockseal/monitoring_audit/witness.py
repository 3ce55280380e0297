"""A witness: it signs how far a trail is, if that goes on from what it signed before (C2SP tlog-witness).

It runs where those who run Dockseal have no power, and knows no row: sizes and roots only.
"""

import base64
import hashlib
import json
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from dockseal.domain.clock import Clock
from dockseal.errors import BadInput
from dockseal.monitoring_audit.consistency import consistent
from dockseal.monitoring_audit.verifier.entries import entry_of
from dockseal.monitoring_audit.verifier.signatures import WITNESS, Keys, keys_in, signed_at
from dockseal.monitoring_audit.verifier.tree import Broken

_NAME = re.compile(r"[a-z0-9][a-z0-9./-]{0,60}")
_OLD = re.compile(r"old (0|[1-9][0-9]{0,17})")
_MOST_PROOF = 63
_KEY, _SEEN, _LOGS = "witness.key", "seen.json", "logs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a witness answers."""

    status: HTTPStatus
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """Signs for the installations whose keys it was given. Its state is a folder."""

    folder: Path
    name: str
    seed: bytes
    clock: Clock
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @classmethod
    def made(cls, folder: Path, name: str, clock: Clock) -> Self:
        """Makes a witness with a new key.

        Raises:
            BadInput: there is one already, or the name does not do.
        """
        if not _NAME.fullmatch(name):
            raise BadInput("a witness is named as a host is, such as witness.example/dockseal")
        folder.mkdir(parents=True, exist_ok=True)
        seed = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        try:
            handle = os.open(folder / _KEY, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            raise BadInput(f"{folder} holds a witness already") from None
        with os.fdopen(handle, "w") as file:
            json.dump({"name": name, "seed": base64.b64encode(seed).decode()}, file)
        return cls(folder=folder, name=name, seed=seed, clock=clock)

    @classmethod
    def kept(cls, folder: Path, clock: Clock) -> Self:
        """Opens a witness.

        Raises:
            BadInput: there is none.
        """
        try:
            told = json.loads((folder / _KEY).read_text())
        except (OSError, ValueError):
            raise BadInput(f"{folder} holds no witness: make one with `dockseal witness make`") from None
        return cls(folder=folder, name=told["name"], seed=base64.b64decode(told["seed"]), clock=clock)

    @property
    def key(self) -> str:
        """Its verifier key (C2SP tlog-cosignature: kind 4)."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        value = bytes([WITNESS]) + public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"{self.name}+{self._id(value).hex()}+{base64.b64encode(value).decode()}"

    def knows(self, keys: str) -> list[str]:
        """Signs for an installation from now on; returns the names in its keys.

        Raises:
            BadInput: they are no keys.
        """
        try:
            names = sorted({name for name, _ in keys_in(keys)})
        except Broken as broken:
            raise BadInput(broken.what) from None
        for name in names:
            lines = [line for line in keys.split() if line.startswith(f"{name}+")]
            file = self.folder / _LOGS / f"{hashlib.sha256(name.encode()).hexdigest()}.keys"
            file.parent.mkdir(exist_ok=True)
            file.write_text("".join(f"{line}\n" for line in lines))
        return names

    def answer(self, body: str) -> Answer:
        """Answers `add-checkpoint`.

        Args:
            body: `old SIZE`, the lines of a consistency proof, an empty line, the checkpoint.
        """
        head, gap, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        try:
            proof = [base64.b64decode(line, validate=True) for line in lines]
            entry = entry_of(json.dumps({"checkpoint": note}), "the checkpoint")
        except (ValueError, Broken):
            return Answer(status=HTTPStatus.BAD_REQUEST)
        if old is None or not gap or len(proof) > _MOST_PROOF or int(old[1]) > entry.size:
            return Answer(status=HTTPStatus.BAD_REQUEST)
        origin = note.partition("\n")[0]
        keys = self._keys(origin)
        if not keys:
            return Answer(status=HTTPStatus.NOT_FOUND)
        if not signed_at(note, keys):
            return Answer(status=HTTPStatus.FORBIDDEN)
        with self._lock:
            return self._signed(origin, int(old[1]), (entry.size, entry.root), proof, note)

    def _signed(
        self, origin: str, old: int, new: tuple[int, bytes], proof: Sequence[bytes], note: str
    ) -> Answer:
        seen = self._seen()
        size, root = seen.get(origin, (0, ""))
        if old != size:
            return Answer(status=HTTPStatus.CONFLICT, text=f"{size}\n")
        if old == new[0] and root != new[1].hex():
            return Answer(status=HTTPStatus.CONFLICT)
        if not consistent((size, bytes.fromhex(root)), new, proof):
            return Answer(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self._see(seen | {origin: (new[0], new[1].hex())})
        at = int(self.clock.now().timestamp())
        text = note.rpartition("\n\n")[0]
        message = f"cosignature/v1\ntime {at}\n{text}\n".encode()
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        value = bytes.fromhex(self.key.split("+")[1]) + at.to_bytes(8, "big") + signature
        return Answer(status=HTTPStatus.OK, text=f"\u2014 {self.name} {base64.b64encode(value).decode()}\n")

    def _id(self, value: bytes) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + value).digest()[:4]

    def _keys(self, origin: str) -> Keys:
        file = self.folder / _LOGS / f"{hashlib.sha256(origin.encode()).hexdigest()}.keys"
        return keys_in(file.read_text()) if file.exists() else {}

    def _seen(self) -> dict[str, tuple[int, str]]:
        file = self.folder / _SEEN
        told = json.loads(file.read_text()) if file.exists() else {}
        return {origin: (int(size), str(root)) for origin, (size, root) in told.items()}

    def _see(self, seen: dict[str, tuple[int, str]]) -> None:
        new = self.folder / f"{_SEEN}.new"
        with new.open("w") as file:
            json.dump(seen, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / _SEEN)
