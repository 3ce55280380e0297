"""How this machine reaches AWS: with its own credentials, or in a role that it takes with them.

A role's credentials last an hour and are renewed before they end (AWS STS, AssumeRole). A machine's own
credentials then need no more than leave to take the role.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import httpx
from boto3.session import Session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    DeferredRefreshableCredentials,
)
from botocore.session import Session as CoreSession

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SESSION_NAME = "dockseal"
"""What AWS's own log (CloudTrail) shows the role being taken as."""
_STAND_IN_KEY = "stand-in"


class KmsClient(Protocol):
    """What is asked of AWS KMS, as boto3 words it."""

    def encrypt(self, **request: Any) -> dict[str, Any]:
        """Wraps (AWS KMS Encrypt)."""

    def decrypt(self, **request: Any) -> dict[str, Any]:
        """Unwraps (AWS KMS Decrypt)."""


class S3Client(Protocol):
    """What is asked of Amazon S3, as boto3 words it."""

    @property
    def meta(self) -> Any:
        """What the client says of itself, such as its `endpoint_url`."""

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Keeps an object (PutObject)."""

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Reads an object (GetObject)."""

    def get_paginator(self, operation: str) -> Any:
        """Returns what asks for page after page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aws:
    """Makes clients of AWS services.

    Attributes:
        region: AWS region where nothing names another.
        role: ARN of the role to take; empty: the machine's own credentials are used as they are.
        external_id: What the role's trust policy demands of who takes it; empty where it demands nothing.
        transport: Carries the requests in place of the network, such as a simulator's.
        endpoint_url: Base URL that stands in for Amazon SQS; empty: AWS.
    """

    region: str = "us-east-1"
    role: str = ""
    external_id: str = ""
    transport: httpx.BaseTransport | None = None
    endpoint_url: str = ""

    def sqs(self, *, region: str = "", read_timeout: float = 30) -> "SQSClient":
        """Returns a client of Amazon SQS; the role is taken with its first call.

        Args:
            region: Where the queue lies; empty: in the usual region.
            read_timeout: How long an answer may take, in seconds.
        """
        stands_in = self.transport is not None or bool(self.endpoint_url)
        key = _STAND_IN_KEY if stands_in else None
        client = self._session(region or self.region, in_role=not stands_in).client(
            "sqs",
            endpoint_url=self.endpoint_url or None,
            aws_access_key_id=key,
            aws_secret_access_key=key,
            config=Config(
                connect_timeout=10,
                read_timeout=read_timeout,
                retries={"total_max_attempts": 1, "mode": "standard"},
            ),
        )
        if self.transport is not None:
            detour: Callable[..., Any] = _Detour(self.transport)
            client.meta.events.register("before-send.sqs", detour)
        return client

    def kms(self, region: str) -> KmsClient:
        """Returns a client of AWS KMS; the role is taken with its first call.

        Args:
            region: Where the key lies.
        """
        config = Config(
            connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"}
        )
        client: KmsClient = self._session(region, in_role=True).client("kms", config=config)
        return client

    def s3(self, region: str) -> S3Client:
        """Returns a client of Amazon S3; the role is taken with its first call.

        Args:
            region: Where the bucket lies.
        """
        config = Config(
            connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"}
        )
        client: S3Client = self._session(region, in_role=True).client("s3", config=config)
        return client

    def _session(self, region: str, *, in_role: bool) -> Session:
        own = Session(region_name=region)
        credentials = own.get_credentials()
        if not self.role or not in_role or credentials is None:
            return own
        extra = {"RoleSessionName": SESSION_NAME} | (
            {"ExternalId": self.external_id} if self.external_id else {}
        )
        core = CoreSession()
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=core.create_client,
            source_credentials=credentials,
            role_arn=self.role,
            extra_args=extra,
        )
        core.get_component("credential_provider").insert_before("env", _Role(fetcher))
        return Session(botocore_session=core, region_name=region)


class _Role(CredentialProvider):
    """Gives botocore the credentials of a role, which renew themselves."""

    METHOD = "dockseal-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def load(self) -> DeferredRefreshableCredentials:
        """Returns the credentials; the role is taken when they are first needed."""
        return DeferredRefreshableCredentials(
            method=self.METHOD, refresh_using=self._fetcher.fetch_credentials
        )


@dataclass(frozen=True, slots=True)
class _Detour:
    """Carries boto3's requests over an httpx transport (botocore event `before-send`)."""

    transport: httpx.BaseTransport

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent = httpx.Request(
            request.method,
            request.url,
            headers=[(name, _text(value)) for name, value in request.headers.items()],
            content=_bytes(request.body),
        )
        response = self.transport.handle_request(sent)
        try:
            content = response.read()
        finally:
            response.close()
        headers = HTTPHeaders.from_dict(dict(response.headers.items()))
        return AWSResponse(request.url, response.status_code, headers, _Raw(content))


@dataclass(frozen=True, slots=True)
class _Raw:
    """What botocore reads a body from."""

    content: bytes = field(repr=False)

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Yields the whole body at once."""
        yield self.content


def _bytes(body: object) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
