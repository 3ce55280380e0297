"""What the envelope costs: seals and unseals per second of one processor, and beside bare AES-256-GCM."""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dockseal.domain.identifiers import new_order_ref
from dockseal.pii_security.envelope import KEY_BYTES, NONCE_BYTES, Identity, seal, unseal
from unit.pii_security.safe import NOW, RETENTION, SELLER, someone

_CALLS = 2000
_TIMES = 20
"""The best of so many: what else the machine does makes a processor slower too."""


def rows() -> Iterator[tuple[str, str]]:
    """Yields a row for each number."""
    deadline = RETENTION.deadline(NOW + timedelta(days=1))
    identity = Identity(
        order=new_order_ref(),
        seller=SELLER,
        version=1,
        epoch=RETENTION.epoch_of(deadline),
        deadline=deadline,
        sealed_at=NOW,
    )
    person, key = someone(), secrets.token_bytes(KEY_BYTES)
    record = seal(person, identity=identity, epoch_key=key)
    bare = _bare(key, record.ciphertext)
    sealing = _seconds(lambda: seal(person, identity=identity, epoch_key=key))
    opening = _seconds(lambda: unseal(record, key))
    yield "envelope: seals / s of one processor", f"{1 / sealing:,.0f}"
    yield "envelope: unseals / s of one processor", f"{1 / opening:,.0f}"
    yield "… a seal / two bare AES-256-GCM encryptions with fresh keys and nonces", f"{sealing / bare:.1f}"


def _bare(key: bytes, contents: bytes) -> float:
    def encrypt() -> None:
        data_key = secrets.token_bytes(KEY_BYTES)
        AESGCM(key).encrypt(secrets.token_bytes(NONCE_BYTES), data_key, None)
        AESGCM(data_key).encrypt(secrets.token_bytes(NONCE_BYTES), contents, None)

    return _seconds(encrypt)


def _seconds(act: Callable[[], object]) -> float:
    """Returns the processor seconds of one call."""
    best = float("inf")
    for _ in range(_TIMES):
        started = time.process_time()
        for _ in range(_CALLS):
            act()
        best = min(best, (time.process_time() - started) / _CALLS)
    return best
