"""Signed checkpoints (C2SP signed-note, tlog-cosignature), verified without a library."""

import base64
import binascii
import hashlib

from dockseal.monitoring_audit.verifier.tree import Broken

# Ed25519 (RFC 8032, 5.1.7), for the standard library has none. It only verifies, so that no time it takes
# tells a secret.

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_Point = tuple[int, int, int, int]


def _added(a: _Point, b: _Point) -> _Point:
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    t, z = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = high - low, z - t, z + t, high + low
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: _Point) -> _Point:
    total = (0, 1, 1, 0)
    while number:
        total = _added(total, point) if number & 1 else total
        point, number = _added(point, point), number >> 1
    return total


def _point(encoded: bytes) -> _Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def fits(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tells whether an Ed25519 signature of a message is that of a public key."""
    key, nonce, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or len(signature) != 64 or s >= _Q or _BASE is None:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _Q
    left, right = _times(s, _BASE), _added(nonce, _times(h, key))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P
    )


Keys = dict[tuple[str, bytes], tuple[int, bytes]]
"""Kind and public key, by the name and the id that stand in a note."""
LOG, WITNESS = 1, 4
"""How C2SP signed-note names an Ed25519 key, and one whose signatures carry a time (tlog-cosignature)."""


def keys_in(text: str) -> Keys:
    """Reads verifier keys, one a line; returns kind and public key by name and id.

    Raises:
        Broken: a line is none.
    """
    keys = {}
    for line in text.split():
        name, _, rest = line.partition("+")
        try:
            value = base64.b64decode(rest.partition("+")[2], validate=True)
        except (binascii.Error, ValueError):
            value = b""
        told = hashlib.sha256(name.encode() + b"\n" + value).digest()[:4]
        if len(value) != 33 or value[0] not in {LOG, WITNESS} or told.hex() != rest.partition("+")[0]:
            raise Broken(
                0, "the public keys cannot be read: give what `dockseal credentials public-keys` prints"
            )
        keys[name, told] = value[0], value[1:]
    return keys


def signed_at(note: str, keys: Keys) -> list[float]:
    """Returns the times at which keys signed a note; 0 for signatures that carry none."""
    text, _, lines = note.rpartition("\n\n")
    found = []
    for line in lines.splitlines():
        name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        try:
            value = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
        kind, public = keys.get((name, value[:4]), (0, b""))
        if kind == LOG and fits(public, value[4:], f"{text}\n".encode()):
            found.append(0.0)
        if kind == WITNESS:
            at = int.from_bytes(value[4:12], "big")
            if fits(public, value[12:], f"cosignature/v1\ntime {at}\n{text}\n".encode()):
                found.append(float(at))
    return found
