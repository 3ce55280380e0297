"""Anchors in a bucket of Amazon S3 whose objects are locked: nobody deletes them before their time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError

from dockseal.amazon.aws import Aws, S3Client
from dockseal.errors import AnchorUnavailable
from dockseal.monitoring_audit.anchors.port import Growth
from dockseal.monitoring_audit.verifier.entries import Entry, entry_of, line_of_entry

LOCKED = timedelta(days=548)
"""18 months: as long as rows are kept at most."""
_THERE = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True, kw_only=True)
class BucketAnchor:
    """An object for each entry, locked in compliance mode (S3 PutObject, ObjectLockMode)."""

    bucket: str
    prefix: str
    region: str
    aws: Aws

    @property
    def place(self) -> str:
        """Its name."""
        return f"s3://{self.bucket}/{self.prefix}"

    def put(self, growth: Growth) -> str:
        """Puts an object, unless it is there.

        Raises:
            AnchorUnavailable: S3 does not take it.
        """
        entry = growth.entry
        try:
            self._s3.put_object(
                Bucket=self.bucket,
                Key=f"{self.prefix}{entry.size:015}.jsonl",
                Body=line_of_entry(entry),
                ContentType="application/jsonl",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=datetime.fromisoformat(entry.at) + LOCKED,
            )
        except (ClientError, BotoCoreError) as fault:
            if not isinstance(fault, ClientError) or fault.response["Error"]["Code"] not in _THERE:
                raise self._unavailable(fault, "PutObject") from None
        return entry.note

    def entries(self) -> Iterator[Entry]:
        """Reads every object, by size.

        Raises:
            AnchorUnavailable: S3 does not give them.
            Broken: one is no entry.
        """
        try:
            for key in self._keys():
                # The first version: whoever may put an object may put another over it, but not take it away.
                yield entry_of(self._first(key).decode("utf-8", "replace"), self.place)
        except (ClientError, BotoCoreError) as fault:
            raise self._unavailable(fault, "GetObject") from None

    def _keys(self) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for page in pages:
            yield from (each["Key"] for each in page.get("Contents", ()) if each["Key"].endswith(".jsonl"))

    def _first(self, key: str) -> bytes:
        versions = self._s3.list_object_versions(Bucket=self.bucket, Prefix=key).get("Versions", ())
        oldest = min(versions, key=lambda each: each["LastModified"])["VersionId"]
        body: bytes = self._s3.get_object(Bucket=self.bucket, Key=key, VersionId=oldest)["Body"].read()
        return body

    @cached_property
    def _s3(self) -> S3Client:
        return self.aws.s3(self.region)

    def _unavailable(self, fault: ClientError | BotoCoreError, call: str) -> AnchorUnavailable:
        if isinstance(fault, ClientError):
            code = fault.response["Error"]["Code"]
            return AnchorUnavailable(
                f"{self.place} answers {call} with {code}: allow s3:{call} (and s3:PutObjectRetention, "
                "s3:ListBucketVersions), and make the bucket with object lock"
            )
        return AnchorUnavailable(
            f"{self.place} cannot be reached ({type(fault).__name__}): check the network and the credentials"
        )


def in_bucket(url: str, region: str, aws: Aws) -> BucketAnchor:
    """Reads `s3://bucket/prefix`."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    return BucketAnchor(bucket=bucket, prefix=prefix, region=region, aws=aws)
