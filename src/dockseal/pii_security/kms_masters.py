"""A key in AWS KMS, which never leaves it: what the `aws-kms` provider wraps keys with.

Each call names this installation and what is wrapped in its encryption context (AWS KMS Encrypt, Decrypt), so
that a key of another installation or epoch opens nothing, and CloudTrail shows which was asked for.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError

from dockseal.amazon.aws import Aws, KmsClient
from dockseal.errors import SealBroken, SettingsFault, StorageUnavailable

_ARN = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:key/(?P<id>[A-Za-z0-9-]+)")
_BROKEN = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


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

    def renew(self) -> None:
        """Does nothing: AWS KMS renews a key's material by itself, and keeps what it was."""

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
