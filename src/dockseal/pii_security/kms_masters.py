"""Keys that a key in AWS KMS wraps, which never leaves it: the wrapping of the `aws-kms` provider.

Each call names this installation and what is wrapped in its encryption context (AWS KMS Encrypt, Decrypt), so
that a key of another installation or epoch opens nothing, and CloudTrail shows which was asked for.
"""

import json
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from dockseal.amazon.aws import Aws, KmsClient
from dockseal.errors import SealBroken, SettingsFault, StorageUnavailable
from dockseal.pii_security.files import FOLDER_MODE, refuse_if_open, write_new
from dockseal.pii_security.masters import Masters

_INSTALLATION = "installation"
_ARN = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:key/(?P<id>[A-Za-z0-9-]+)")
_BROKEN = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_MOST_KEPT = 100
"""There is a key for each day of a month; more are unwrapped anew."""


@dataclass(frozen=True)
class KmsKey:
    """Keys in AWS KMS: what is new is wrapped by the first; what any of them wrapped is unwrapped.

    A key file that names any other key is refused: else whoever can write the folder could have us seal under
    a key of theirs.

    Attributes:
        arns: ARNs of the keys, the one to wrap with first.
        aws: How AWS is reached.
    """

    arns: tuple[str, ...]
    aws: Aws

    @classmethod
    def named(cls, at: str, aws: Aws) -> "KmsKey":
        """Returns the keys whose ARNs stand in a text, separated by spaces.

        Raises:
            SettingsFault: there is none, or one is no ARN of a key.
        """
        arns = tuple(at.split())
        if not arns or not all(_ARN.fullmatch(arn) for arn in arns):
            raise SettingsFault(
                (
                    "DOCKSEAL_KEY_AT must name the key in AWS KMS by its ARN, such as "
                    "arn:aws:kms:REGION:ACCOUNT:key/ID; aliases can be turned elsewhere and are not taken",
                )
            )
        return cls(arns, aws)

    @property
    def label(self) -> str:
        """Label of the key that wraps what is new."""
        return label_of(self.arns[0])

    def wrap(self, plain: bytes, context: dict[str, str]) -> bytes:
        """Returns what is kept of a wrapped key.

        Raises:
            StorageUnavailable: AWS KMS does not wrap it.
        """
        arn = self.arns[0]
        try:
            answer = self._client(arn).encrypt(KeyId=arn, Plaintext=plain, EncryptionContext=context)
        except (ClientError, BotoCoreError) as fault:
            raise _passing(fault, "Encrypt") from None
        return json.dumps({"kms": arn, "wrapped": answer["CiphertextBlob"].hex()}).encode()

    def unwrap(self, contents: bytes, context: dict[str, str], *, what: str) -> bytes:
        """Undoes `wrap`.

        Raises:
            SealBroken: it was altered, or belongs to another key, epoch or installation.
            StorageUnavailable: AWS KMS does not unwrap it.
        """
        arn, wrapped = self._read(contents, what)
        broken = SealBroken(f"{what} was altered or moved: restore it from a backup")
        try:
            answer = self._client(arn).decrypt(KeyId=arn, CiphertextBlob=wrapped, EncryptionContext=context)
        except ClientError as fault:
            if fault.response["Error"]["Code"] in _BROKEN:
                raise broken from None
            raise _passing(fault, "Decrypt") from None
        except BotoCoreError as fault:
            raise _passing(fault, "Decrypt") from None
        plain: bytes = answer["Plaintext"]
        return plain

    def wrapped_by(self, contents: bytes, what: str) -> str:
        """Returns the label of the key that wrapped this. Raises SealBroken."""
        return label_of(self._read(contents, what)[0])

    def _read(self, contents: bytes, what: str) -> tuple[str, bytes]:
        try:
            facts = json.loads(contents)
            arn, wrapped = str(facts["kms"]), bytes.fromhex(facts["wrapped"])
        except (ValueError, KeyError, TypeError):
            raise SealBroken(f"{what} is damaged: restore it from a backup") from None
        if arn not in self.arns:
            raise SealBroken(
                f"{what} names a key in AWS KMS that DOCKSEAL_KEY_AT does not: add it there, if it is yours"
            )
        return arn, wrapped

    def _client(self, arn: str) -> KmsClient:
        match = _ARN.fullmatch(arn)
        region = match["region"] if match else ""
        if region not in self._clients:
            self._clients[region] = self.aws.kms(region)
        return self._clients[region]

    @cached_property
    def _clients(self) -> dict[str, KmsClient]:
        return {}


@dataclass(frozen=True)
class KmsGuard:
    """Puts master keys under a key in AWS KMS."""

    key: KmsKey
    directory: Path

    def open(self, contents: bytes, place: Path) -> bytes:
        """Returns the master key that a file holds. Raises SealBroken and StorageUnavailable."""
        return self.key.unwrap(contents, self.context("master"), what=f"the master key in {place}")

    def close_like(self, before: bytes, place: Path, master: bytes) -> bytes:  # noqa: ARG002 - as every guard
        """Returns what the file of the next master key holds. Raises StorageUnavailable."""
        return self.close(master)

    def close(self, master: bytes) -> bytes:
        """Returns what the file of a master key holds. Raises StorageUnavailable."""
        return self.key.wrap(master, self.context("master"))

    def context(self, part: str) -> dict[str, str]:
        """Returns the encryption context of one part of this installation."""
        return {"dockseal:installation": self._installation, "dockseal:part": part}

    @cached_property
    def _installation(self) -> str:
        place = self.directory / _INSTALLATION
        try:
            refuse_if_open(place)
            return place.read_text()
        except FileNotFoundError:
            raise SettingsFault(
                (f"there is no {place}, so these keys are not of AWS KMS: check DOCKSEAL_KEY_PROVIDER",)
            ) from None


class KmsMasters:
    """The wrapping of the `aws-kms` provider; what it unwrapped it keeps in memory until it is forgotten."""

    def __init__(self, directory: Path, guard: KmsGuard) -> None:
        self._guard = guard
        self._masters = Masters(directory, guard)
        self._kept: dict[str, tuple[bytes, bytes]] = {}

    def wrap(self, epoch: str, key: bytes) -> bytes:
        """Returns the key wrapped in AWS KMS, bound to the epoch. Raises StorageUnavailable."""
        return self._guard.key.wrap(key, self._guard.context(f"epoch {epoch}"))

    def unwrap(self, epoch: str, wrapped: bytes) -> bytes:
        """Undoes `wrap`. Raises SealBroken and StorageUnavailable."""
        kept = self._kept.get(epoch)
        if kept is not None and kept[0] == wrapped:
            return kept[1]
        what = f"the key of epoch {epoch}"
        key = self._guard.key.unwrap(wrapped, self._guard.context(f"epoch {epoch}"), what=what)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[epoch] = (wrapped, key)
        return key

    def forget(self, epoch: str) -> None:
        """Drops the key of an epoch from memory."""
        self._kept.pop(epoch, None)

    def master_of(self, epoch: str, wrapped: bytes) -> str:
        """Returns the label of the key in AWS KMS that wrapped this. Raises SealBroken."""
        self.unwrap(epoch, wrapped)
        return self._guard.key.wrapped_by(wrapped, f"the key of epoch {epoch}")

    def newest(self) -> str:
        """Returns the label of the key in AWS KMS that wraps what is new."""
        return self._guard.key.label

    def derived(self, purpose: str) -> list[bytes]:
        """Returns 32 bytes for one purpose of each master key in use, the newest first."""
        return self._masters.derived(purpose)

    def begin(self) -> str:
        """Begins a rotation of the master key, or joins the one begun; returns its label."""
        return self._masters.begin()

    def finish(self, label: str) -> None:
        """Puts the next master key in the place of the one before."""
        self._masters.finish(label)


def make_installation(directory: Path) -> Path:
    """Makes the folder, and a name that the installation's encryption contexts tell; keeps one it has.

    Raises:
        SettingsFault: the folder cannot be made.
    """
    place = directory / _INSTALLATION
    try:
        directory.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if not place.exists():
            write_new(place, secrets.token_hex(8).encode())
    except OSError as fault:
        raise SettingsFault((f"keys cannot be kept in {directory}: {fault.strerror}",)) from None
    return directory


def label_of(arn: str) -> str:
    """Names a key in AWS KMS by the end of its id."""
    return arn[-8:]


def _passing(fault: ClientError | BotoCoreError, call: str) -> StorageUnavailable:
    if isinstance(fault, ClientError):
        code = fault.response["Error"]["Code"]
        return StorageUnavailable(
            f"AWS KMS answers {call} with {code}: allow kms:{call}, and see that the key is enabled"
        )
    return StorageUnavailable(
        f"AWS KMS cannot be reached ({type(fault).__name__}): check the network and the credentials"
    )
