"""Anchors in a bucket of Amazon S3 whose objects are locked: nobody deletes them before their time."""

import collections
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError

from dockseal.amazon.aws import Aws, S3Client
from dockseal.domain.policy import LONGEST_IMPERSONAL
from dockseal.errors import AnchorRefused, AnchorUnavailable
from dockseal.monitoring_audit.anchors.port import Growth
from dockseal.monitoring_audit.verifier.entries import Entry, entry_of, line_of_entry
from dockseal.monitoring_audit.verifier.tree import Broken

_THERE = "PreconditionFailed"


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

    @property
    def endpoint(self) -> str:
        """The base URL its requests go to, wherever this machine's own configuration has AWS be."""
        return str(self._s3.meta.endpoint_url)

    def put(self, growth: Growth) -> str:
        """Puts an object, unless it is there.

        Raises:
            AnchorUnavailable: S3 does not take it.
            AnchorRefused: it has another one of this size.
        """
        entry = growth.entry
        key = f"{self.prefix}{entry.size:015}.jsonl"
        try:
            self._s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=line_of_entry(entry),
                ContentType="application/jsonl",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=datetime.fromisoformat(entry.at) + LONGEST_IMPERSONAL,
            )
        except (ClientError, BotoCoreError) as fault:
            if not isinstance(fault, ClientError) or fault.response["Error"]["Code"] != _THERE:
                raise self._unavailable(fault, "PutObject") from None
            self._refuse_another(key, entry)
        return entry.note

    def _refuse_another(self, key: str, entry: Entry) -> None:
        """Refuses what is kept under a key, if it is not this entry."""
        try:
            kept = next(self._read(key))
        except (StopIteration, Broken):
            kept = None
        if kept is None or kept.root != entry.root:
            raise AnchorRefused(
                f"{self.place} knows another trail of {entry.size} rows: run `dockseal audit verify`"
            )

    def entries(self) -> Iterator[Entry]:
        """Reads every object, by size.

        Raises:
            AnchorUnavailable: S3 does not give them.
            Broken: one is no entry.
        """
        return self._read(self.prefix)

    def _read(self, prefix: str) -> Iterator[Entry]:
        try:
            for key, version in self._oldest(prefix):
                got = self._s3.get_object(Bucket=self.bucket, Key=key, VersionId=version)
                body: bytes = got["Body"].read()
                yield entry_of(body.decode("utf-8", "replace"), self.place)
        except (ClientError, BotoCoreError) as fault:
            raise self._unavailable(fault, "GetObject") from None

    def _oldest(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yields each key with its oldest version.

        Whoever may put an object may put another one over it, or a mark that it is deleted, but not take the
        first one away. Versions come by key, the newest first (S3 ListObjectVersions); their times are those
        of whole seconds, and say too little.
        """
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix)
        versions = (
            (each["Key"], each["VersionId"])
            for page in pages
            for each in page.get("Versions", ())
            if each["Key"].endswith(".jsonl")
        )
        for _, of_key in itertools.groupby(versions, key=lambda each: each[0]):
            yield collections.deque(of_key, maxlen=1)[0]

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


def place_in(url: str) -> tuple[str, str]:
    """Reads `s3://bucket/prefix`; returns the bucket, and what keys begin with."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return bucket, f"{prefix.rstrip('/')}/" if prefix else ""


def in_bucket(url: str, region: str, aws: Aws) -> BucketAnchor:
    """Returns the anchor at `s3://bucket/prefix`."""
    bucket, prefix = place_in(url)
    return BucketAnchor(bucket=bucket, prefix=prefix, region=region, aws=aws)
