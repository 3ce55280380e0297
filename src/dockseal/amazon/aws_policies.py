"""The AWS policies that Dockseal needs, made of its configuration: these queues and keys, no other actions.

They follow IAM's JSON policy language (AWS, "IAM JSON policy elements reference").
"""

import re
from collections.abc import Iterable
from typing import cast

from dockseal.errors import BadInput

Policy = dict[str, object]
_URL = re.compile(
    r"https://(?:sqs\.(?P<region>[a-z0-9-]+)|(?P<old>[a-z0-9-]+)\.queue)\.amazonaws\.com(?P<china>\.cn)?"
    r"/(?P<account>[0-9]{12})/(?P<name>[A-Za-z0-9_-]{1,80}(?:\.fifo)?)"
)
_LISTEN = ("sqs:DeleteMessage", "sqs:ReceiveMessage")
_SET_UP = ("sqs:CreateQueue", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SetQueueAttributes")


def arn_of(url: str) -> str:
    """Returns the ARN of the queue at a URL.

    Raises:
        BadInput: it is no URL of an SQS queue.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise BadInput(
            f"{url} is no SQS queue of AWS: a policy is made for https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"
        )
    partition = "aws-cn" if match["china"] else "aws"
    return f"arn:{partition}:sqs:{match['region'] or match['old']}:{match['account']}:{match['name']}"


def listening_policy(urls: Iterable[str]) -> Policy:
    """Returns what the running service may do: receive from its queues, and delete what it has taken.

    Raises:
        BadInput: there is no queue, or one that is none of AWS.
    """
    return _policy("DocksealListens", _LISTEN, urls)


def setup_policy(urls: Iterable[str]) -> Policy:
    """Returns what connecting a seller needs besides: to make a queue and to let Amazon send to it.

    Raises:
        BadInput: there is no queue, or one that is none of AWS.
    """
    return _policy("DocksealSetsUp", _SET_UP, urls)


def key_policy(arns: Iterable[str], installation: str, *, rotating: bool = False) -> Policy:
    """Returns what may be done with keys in AWS KMS: wrap and unwrap the keys of one installation.

    Nobody here may disable a key, have it deleted, or change who uses it. The service wraps the keys of
    epochs alone; a master key is wrapped by whoever creates or rotates it.

    Args:
        arns: ARNs of the keys, the one to wrap with first.
        installation: As each call's encryption context names it.
        rotating: For whoever runs `dockseal keys create` and `rotate`.
    """
    every = list(arns)
    context = "kms:EncryptionContext:dockseal:"
    ours = {f"{context}installation": installation}
    parts = ["epoch *", "master"] if rotating else ["epoch *"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DocksealUnwrapsKeys",
                "Effect": "Allow",
                "Action": ["kms:Decrypt"],
                "Resource": every,
                "Condition": {"StringEquals": ours},
            },
            {
                "Sid": "DocksealRotatesKeys" if rotating else "DocksealWrapsKeys",
                "Effect": "Allow",
                "Action": ["kms:Encrypt"],
                "Resource": every[:1],
                "Condition": {"StringEquals": ours, "StringLike": {f"{context}part": parts}},
            },
        ],
    }


def anchoring_policy(bucket: str, prefix: str, *, partition: str = "aws") -> Policy:
    """Returns what may be done in a bucket of anchors: put objects that are locked, and read them.

    Nobody here may delete an object, shorten its lock, or set one aside (s3:BypassGovernanceRetention).

    Args:
        bucket: Its name.
        prefix: What all keys begin with; empty: nothing.
        partition: `aws`, or that of another cloud of AWS.
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    listing: dict[str, object] = {
        "Sid": "DocksealListsAnchors",
        "Effect": "Allow",
        "Action": ["s3:ListBucketVersions"],
        "Resource": [arn],
    }
    if prefix:
        listing["Condition"] = {"StringLike": {"s3:prefix": f"{prefix}*"}}
    keeping: dict[str, object] = {
        "Sid": "DocksealKeepsAnchors",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectRetention"],
        "Resource": [f"{arn}/{prefix}*"],
    }
    return {"Version": "2012-10-17", "Statement": [keeping, listing]}


def together(*policies: Policy) -> Policy:
    """Returns one policy that allows what any of them does."""
    statements = [one for policy in policies for one in cast("list[object]", policy["Statement"])]
    return {"Version": "2012-10-17", "Statement": statements}


def trust_policy(principal: str, external_id: str = "") -> Policy:
    """Returns who may take the role.

    Args:
        principal: ARN of the user or role that the machine has credentials of.
        external_id: What it must say with it; empty: nothing.
    """
    statement: dict[str, object] = {
        "Sid": "DocksealTakesTheRole",
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _policy(sid: str, actions: Iterable[str], urls: Iterable[str]) -> Policy:
    resources = sorted({arn_of(url) for url in urls})
    if not resources:
        raise BadInput("no seller has a queue yet: connect one with a --queue-url, or name the queue")
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}
