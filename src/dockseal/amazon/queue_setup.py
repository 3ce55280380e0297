"""Makes the SQS queue of notifications ready: found or created, and open to Amazon's account alone.

Amazon sends from its account 437568002678, which the queue's policy must let in (SP-API, "Set up
notifications with Amazon SQS"). A key of one's own (SSE-KMS) must let it in too; the key that AWS manages
cannot.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dockseal.amazon.aws import Aws
from dockseal.amazon.queue import asked, region_of
from dockseal.errors import AmazonRefused, BadInput

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AMAZON = "437568002678"
_ACTIONS = ("sqs:SendMessage", "sqs:GetQueueAttributes")
_SID = "AmazonSellingPartnerNotifications"
_LONGEST_KEPT = "1209600"
"""14 days in seconds, as long as SQS keeps a message."""
_UNKNOWN = ("NonExistentQueue", "QueueDoesNotExist")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_AWS_MANAGED = "alias/aws/sqs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyQueue:
    """A queue of notifications."""

    url: str
    arn: str
    note: str = ""
    """What a person must still see to; empty when nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSetup:
    """Reaches SQS as the machine's AWS credentials, or its role, allow.

    Attributes:
        aws: Makes the client; new queues lie in its usual region.
    """

    aws: Aws

    def ready(self, name: str, url: str = "") -> ReadyQueue:
        """Returns a queue that Amazon may send to; makes it, and opens it to Amazon, where that is missing.

        Args:
            name: What a new queue is called.
            url: The queue to use; empty: the one of that name.

        Raises:
            AccessDenied: the machine's AWS credentials do not allow a step of it.
            AmazonRefused: there is no queue at this URL, or its policy cannot be changed.
            AmazonUnavailable: SQS is down or cannot be reached.
        """
        if not url and not _NAME.fullmatch(name):
            raise BadInput(f"a queue cannot be called {name}: use letters, digits, hyphens and underscores")
        client = self.aws.sqs(region=region_of(url))
        try:
            return _ready(client, url or _found(client, name) or _created(client, name))
        finally:
            client.close()


def policy_for_amazon(arn: str) -> dict[str, object]:
    """Returns the statement that lets Amazon send to a queue."""
    return {
        "Sid": _SID,
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{AMAZON}:root"},
        "Action": list(_ACTIONS),
        "Resource": arn,
    }


def with_amazon(policy: str, arn: str) -> str:
    """Returns a policy that lets Amazon in, and whoever it let in before; the same text if it did already.

    Raises:
        ValueError: the policy is no JSON object.
    """
    document = json.loads(policy) if policy else {"Version": "2012-10-17"}
    if not isinstance(document, dict):
        raise ValueError("a policy is a JSON object")  # noqa: TRY004 - one error for every unusable policy
    kept = document.get("Statement") or []
    statements = kept if isinstance(kept, list) else [kept]
    if any(_lets_in(each, arn) for each in statements):
        return policy
    others = [each for each in statements if not (isinstance(each, dict) and each.get("Sid") == _SID)]
    return json.dumps({**document, "Statement": [*others, policy_for_amazon(arn)]})


def _lets_in(statement: object, arn: str) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    who = principal.get("AWS") if isinstance(principal, Mapping) else principal
    actions = {action.lower() for action in _texts(statement.get("Action"))}
    wanted = {action.lower() for action in _ACTIONS}
    return (
        bool({AMAZON, f"arn:aws:iam::{AMAZON}:root"} & set(_texts(who)))
        and arn in _texts(statement.get("Resource"))
        and (wanted <= actions or bool({"sqs:*", "*"} & actions))
    )


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _found(client: "SQSClient", name: str) -> str:
    try:
        return asked("GetQueueUrl", lambda: client.get_queue_url(QueueName=name))["QueueUrl"]
    except AmazonRefused as refused:
        if any(code in refused.code for code in _UNKNOWN):
            return ""
        raise


def _created(client: "SQSClient", name: str) -> str:
    return asked(
        "CreateQueue",
        lambda: client.create_queue(
            QueueName=name,
            Attributes={"MessageRetentionPeriod": _LONGEST_KEPT, "SqsManagedSseEnabled": "true"},
        ),
    )["QueueUrl"]


def _ready(client: "SQSClient", url: str) -> ReadyQueue:
    answer = asked(
        "GetQueueAttributes",
        lambda: client.get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn", "Policy", "KmsMasterKeyId"]
        ),
    )
    known = {str(name): text for name, text in answer.get("Attributes", {}).items()}
    arn, policy = known.get("QueueArn", ""), known.get("Policy", "")
    try:
        wanted = with_amazon(policy, arn)
    except ValueError:
        raise BadInput(
            f"the policy of queue {arn} is no JSON: put this statement into it: "
            f"{json.dumps(policy_for_amazon(arn))}"
        ) from None
    if wanted != policy:
        asked(
            "SetQueueAttributes",
            lambda: client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": wanted}),
        )
    return ReadyQueue(url=url, arn=arn, note=_key_note(known.get("KmsMasterKeyId", "")))


def _key_note(key: str) -> str:
    if not key:
        return ""
    if _AWS_MANAGED in key:
        return (
            f"it is encrypted with {_AWS_MANAGED}, which no other account may use: switch it to SSE-SQS, or "
            "to a key of your own"
        )
    return f"let account {AMAZON} use kms:GenerateDataKey and kms:Decrypt in the policy of its key"
