"""Signed notes: a text and an Ed25519 signature of it in one file, in the format of C2SP signed-note.

    the text, as many lines as it has
                                             an empty line
    — name base64(key id, signature)         U+2014 and a space begin it

Who verifies needs the verifier key alone, `name+key id+base64(1, public key)`, or the public key as PEM.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from dockseal.errors import BadInput, SignatureRefused

_ED25519 = b"\x01"
_ID_BYTES = 4
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key, and whose it is."""

    name: str
    """Empty: known by the key alone, as PEM has it; then any name may stand in a note."""
    public: bytes

    def id_as(self, name: str) -> bytes:
        """Returns the four bytes that a signature names the key by."""
        return hashlib.sha256(name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The verifier key (vkey) as C2SP writes it."""
        encoded = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.id_as(self.name).hex()}+{encoded}"

    @property
    def pem(self) -> str:
        """The public key as PEM (RFC 8410)."""
        key = Ed25519PublicKey.from_public_bytes(self.public)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def verifier_keys(text: str) -> list[VerifierKey]:
    """Reads verifier keys, one a line, or one public key in PEM.

    Raises:
        BadInput: it is neither.
    """
    if text.lstrip().startswith("-----BEGIN PUBLIC KEY"):
        return [_from_pem(text)]
    keys = [_from_text(line) for line in text.split()]
    if not keys:
        raise BadInput("no public key stands there: give what `dockseal credentials public-keys` prints")
    return keys


def public_of(seed: bytes) -> bytes:
    """Returns the public key of a private one."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def signed(text: str, *, name: str, seed: bytes) -> str:
    """Returns a text as a signed note.

    Args:
        text: Lines, the last of which ends too.
        name: Whose key it is; without spaces and `+`.
        seed: The private key, 32 bytes.
    """
    key = VerifierKey(name=name, public=public_of(seed))
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"{text}\n{_DASH}{name} {base64.b64encode(key.id_as(name) + signature).decode()}\n"


def verified(note: str, keys: Iterable[VerifierKey]) -> tuple[str, VerifierKey]:
    """Returns the text of a signed note, and which of the keys signed it.

    Raises:
        SignatureRefused: it is no signed note, none of the keys signed it, or it was altered.
    """
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.startswith(_DASH) or not lines.endswith("\n"):
        raise SignatureRefused("it is no signed note: its end, or all of it, is missing")
    text += "\n"
    known, met = list(keys), False
    for name, id_and_signature in [_signature(line) for line in lines[:-1].split("\n")]:
        for key in known:
            if key.name not in {"", name} or key.id_as(name) != id_and_signature[:_ID_BYTES]:
                continue
            met = True
            if _fits(key, text, id_and_signature[_ID_BYTES:]):
                return text, key
    if met:
        raise SignatureRefused("its signature does not fit: it was altered after it was signed")
    raise SignatureRefused("none of these keys signed it: get the public key from whoever gave it to you")


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, encoded = [*line.split(" "), "", ""][:3]
    try:
        signature = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if f"{dash} " != _DASH or not name or not signature or line.count(" ") != 2:
        raise SignatureRefused("its signature cannot be read: it was altered after it was signed")
    return name, signature


def _fits(key: VerifierKey, text: str, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _from_text(text: str) -> VerifierKey:
    name, _, rest = text.partition("+")
    told, _, encoded = rest.partition("+")
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        value = b""
    key = VerifierKey(name=name, public=value[1:])
    if not name or len(value) != 33 or value[:1] != _ED25519 or key.id_as(name).hex() != told:
        raise BadInput(
            "this is no verifier key of Ed25519: give what `dockseal credentials public-keys` prints"
        )
    return key


def _from_pem(text: str) -> VerifierKey:
    try:
        key = load_pem_public_key(text.encode())
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput("this PEM holds no public key of Ed25519")
    return VerifierKey(name="", public=key.public_bytes(Encoding.Raw, PublicFormat.Raw))
