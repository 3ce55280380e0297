"""The policies that Dockseal generates, under an AWS (moto) that checks signatures, roles and policies."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from dockseal.amazon.aws import SESSION_NAME, Aws
from dockseal.amazon.aws_policies import (
    Policy,
    anchoring_policy,
    key_policy,
    listening_policy,
    setup_policy,
    trust_policy,
)
from dockseal.amazon.queue import SqsQueue
from dockseal.amazon.queue_setup import AMAZON, QueueSetup
from dockseal.domain.checkpoint import Grown
from dockseal.errors import AccessDenied, AnchorUnavailable
from dockseal.monitoring_audit.anchors.bucket import in_bucket
from dockseal.monitoring_audit.anchors.port import Anchor, Growth
from dockseal.monitoring_audit.verifier.entries import Entry
from dockseal.pii_security.kms_masters import KmsKey

ACCOUNT = "123456789012"
REGION = "eu-west-1"
URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders"
EXTERNAL_ID = "an-invented-external-id"


@dataclass(frozen=True)
class Account:
    """An AWS account with one queue, one user for this machine, and one role."""

    user: str
    role: str

    def aws(self, **changes: Any) -> Aws:
        return Aws(**{"region": REGION, "role": self.role, "external_id": EXTERNAL_ID} | changes)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "first",
        "AWS_SECRET_ACCESS_KEY": "only for making the account",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        iam, sqs = boto3.client("iam", region_name=REGION), boto3.client("sqs", region_name=REGION)
        sqs.create_queue(QueueName="orders")
        sqs.send_message(QueueUrl=URL, MessageBody="{}")
        user = iam.create_user(UserName="this-machine")["User"]["Arn"]
        trust = json.dumps(trust_policy(user, EXTERNAL_ID))
        role = iam.create_role(RoleName="dockseal", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        take = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
        iam.put_user_policy(
            UserName="this-machine",
            PolicyName="take-the-role",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [take]}),
        )
        key = iam.create_access_key(UserName="this-machine")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        yield Account(user=user, role=role)


def allow(policy: dict[str, object]) -> None:
    # AWS lets DeleteMessage cover its batch; moto asks for the batch by its own name.
    text = json.dumps(policy).replace('"sqs:DeleteMessage"', '"sqs:DeleteMessage", "sqs:DeleteMessageBatch"')
    boto3.client("iam", region_name=REGION).put_role_policy(
        RoleName="dockseal", PolicyName="dockseal", PolicyDocument=text
    )


def enforced() -> Any:
    """From here on the account checks who may do what."""
    return set_initial_no_auth_action_count(0)


def receive(aws: Aws) -> list[str]:
    queue = SqsQueue(URL, aws, wait_seconds=0)
    messages = queue.receive()
    queue.delete(messages)
    queue.close()
    return [message.body for message in messages]


def test_the_role_reads_and_deletes_with_the_listening_policy(account: Account) -> None:
    allow(listening_policy([URL]))
    read = enforced()(receive)
    assert read(account.aws()) == ["{}"]
    assert read(account.aws()) == []


def test_the_machine_itself_cannot_read_the_queue(account: Account) -> None:
    allow(listening_policy([URL]))
    with pytest.raises(AccessDenied):
        enforced()(receive)(account.aws(role=""))


def test_the_role_is_not_taken_with_another_external_id(account: Account) -> None:
    allow(listening_policy([URL]))
    with pytest.raises(AccessDenied):
        enforced()(receive)(account.aws(external_id="somebody elses"))


def test_the_policy_opens_no_other_queue(account: Account) -> None:
    allow(listening_policy([f"{URL}-of-somebody-else"]))
    with pytest.raises(AccessDenied):
        enforced()(receive)(account.aws())


def test_a_role_without_the_policy_reads_nothing(account: Account) -> None:
    allow(setup_policy([URL]))
    with pytest.raises(AccessDenied):
        enforced()(receive)(account.aws())


def test_the_listening_policy_does_not_set_queues_up_and_the_setup_policy_does(account: Account) -> None:
    setup = QueueSetup(aws=account.aws())
    ready = enforced()(lambda: setup.ready("orders", URL))
    allow(listening_policy([URL]))
    with pytest.raises(AccessDenied):
        ready()
    allow(setup_policy([URL]))
    assert ready().arn == f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
    sqs = boto3.client("sqs", region_name=REGION)
    attributes = sqs.get_queue_attributes(QueueUrl=URL, AttributeNames=["Policy"])["Attributes"]
    assert f"arn:aws:iam::{AMAZON}:root" in attributes["Policy"]


def test_nobody_but_the_queues_reader_and_deleter_is_let_in(account: Account) -> None:
    allow(listening_policy([URL]))
    sending = account.aws().sqs()
    with pytest.raises(sending.exceptions.ClientError, match="SendMessage"):
        enforced()(lambda: sending.send_message(QueueUrl=URL, MessageBody="{}"))()


def test_the_account_sees_who_took_the_role(account: Account) -> None:
    session = account.aws().sqs()
    credentials = session._request_signer._credentials.get_frozen_credentials()  # type: ignore[attr-defined]  # botocore's own
    sts = boto3.client(
        "sts",
        region_name=REGION,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )
    assert sts.get_caller_identity()["Arn"].endswith(f":assumed-role/dockseal/{SESSION_NAME}")


def leave(policy: Policy) -> Policy:
    """The policy as moto asks for it: it knows no conditions, and asks for leave over every key."""
    statements = cast("list[dict[str, object]]", policy["Statement"])
    return {**policy, "Statement": [{**each, "Resource": "*"} for each in statements]}


@pytest.mark.parametrize("rotating", [False, True], ids=["the service", "who rotates"])
def test_keys_are_wrapped_and_unwrapped_with_the_key_policy_and_nothing_is_done_to_the_key(
    account: Account, rotating: bool
) -> None:
    arn = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["Arn"]
    allow(leave(key_policy([arn], "an-installation", rotating=rotating)))
    key, client = KmsKey.named(arn, account.aws()), account.aws().kms(REGION)
    wrapped = enforced()(lambda: key.wrap(b"k" * 32, {"a": "b"}))()
    assert enforced()(lambda: key.unwrap(wrapped, {"a": "b"}, what="a key"))() == b"k" * 32
    for harm in (
        lambda: client.schedule_key_deletion(KeyId=arn),  # type: ignore[attr-defined]  # not ours to call
        lambda: client.disable_key(KeyId=arn),  # type: ignore[attr-defined]  # not ours to call
        lambda: client.put_key_policy(KeyId=arn, PolicyName="default", Policy="{}"),  # type: ignore[attr-defined]  # not ours to call
        lambda: client.generate_data_key(KeyId=arn, KeySpec="AES_256"),  # type: ignore[attr-defined]  # not ours to call
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            enforced()(harm)()


def test_the_key_policy_names_the_keys_the_installation_and_what_each_may_wrap() -> None:
    arns = [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}" for name in ("new", "before")]
    part, ours = "kms:EncryptionContext:dockseal:part", "kms:EncryptionContext:dockseal:installation"
    service, rotating = (key_policy(arns, "here", rotating=each)["Statement"] for each in (False, True))
    for unwrapping, wrapping in (cast("list[Any]", service), cast("list[Any]", rotating)):
        assert unwrapping["Action"] == ["kms:Decrypt"]
        assert wrapping["Action"] == ["kms:Encrypt"]
        assert (unwrapping["Resource"], wrapping["Resource"]) == (arns, arns[:1])
        assert unwrapping["Condition"]["StringEquals"] == {ours: "here"}
        assert wrapping["Condition"]["StringEquals"] == {ours: "here"}
    parts = [cast("list[Any]", each)[1]["Condition"]["StringLike"][part] for each in (service, rotating)]
    assert parts == [["epoch *"], ["epoch *", "master"]]


def kept(anchor: Anchor) -> list[int]:
    note = "dockseal/test\n1\nAAAA\ntime 2026-11-02T08:00:00+00:00\n\n\u2014 a AAAA\n"
    entry = Entry(place="", size=1, root=b"", at="2026-11-02T08:00:00+00:00", note=note, first=1)
    anchor.put(Growth(entry=entry, before=Grown()))
    return [each.size for each in anchor.entries()]


def test_anchors_are_kept_and_read_with_the_anchoring_policy_and_nobody_unlocks_one(account: Account) -> None:
    client: Any = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="anchors", ObjectLockEnabledForBucket=True)
    anchor = in_bucket("s3://anchors/trail", "us-east-1", account.aws(region="us-east-1"))
    with pytest.raises(AnchorUnavailable, match="AccessDenied"):
        enforced()(kept)(anchor)
    allow(anchoring_policy("anchors", "trail/"))
    assert enforced()(kept)(anchor) == [1]
    ours: Any = account.aws().s3("us-east-1")
    version = client.list_object_versions(Bucket="anchors")["Versions"][0]
    one = {"Bucket": "anchors", "Key": version["Key"]}
    for harm in (
        lambda: ours.delete_object(**one),
        lambda: ours.delete_object(VersionId=version["VersionId"], **one),
        lambda: ours.put_object(Bucket="anchors", Key="elsewhere", Body=b""),
        lambda: ours.put_bucket_versioning(Bucket="anchors", VersioningConfiguration={"Status": "Suspended"}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            enforced()(harm)()
