import json
from typing import Any

import pytest

from dockseal.amazon.queue_setup import policy_for_amazon, with_amazon

ARN = "arn:aws:sqs:us-east-1:000000000000:orders"
OWN = {"Sid": "own", "Effect": "Allow", "Principal": "*", "Action": "sqs:ReceiveMessage", "Resource": ARN}


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_a_queue_without_a_policy_lets_amazon_in_afterwards() -> None:
    assert json.loads(with_amazon("", ARN))["Statement"] == [policy_for_amazon(ARN)]


def test_whoever_was_let_in_stays() -> None:
    assert json.loads(with_amazon(policy(OWN), ARN))["Statement"] == [OWN, policy_for_amazon(ARN)]


def test_a_single_statement_is_kept_as_one_of_a_list() -> None:
    alone = json.dumps({"Version": "2012-10-17", "Statement": OWN})
    assert json.loads(with_amazon(alone, ARN))["Statement"] == [OWN, policy_for_amazon(ARN)]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Principal": {"AWS": "437568002678"}},
        {"Principal": {"AWS": ["arn:aws:iam::437568002678:root"]}},
        {"Action": "SQS:*"},
        {"Action": ["sqs:sendmessage", "sqs:getqueueattributes", "sqs:PurgeQueue"]},
    ],
)
def test_a_policy_that_lets_amazon_in_stays_as_it_is(change: dict[str, Any]) -> None:
    text = policy(OWN, {**policy_for_amazon(ARN), "Sid": "by hand", **change})
    assert with_amazon(text, ARN) == text


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Deny"},
        {"Principal": {"AWS": "000000000000"}},
        {"Action": ["sqs:SendMessage"]},
        {"Resource": "arn:aws:sqs:us-east-1:000000000000:another"},
    ],
)
def test_a_policy_that_lets_amazon_in_by_half_is_mended(change: dict[str, Any]) -> None:
    text = policy({**policy_for_amazon(ARN), **change})
    assert json.loads(with_amazon(text, ARN))["Statement"] == [policy_for_amazon(ARN)]


@pytest.mark.parametrize("text", ["no JSON", "[]", "1"])
def test_what_is_no_policy_is_not_replaced(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        with_amazon(text, ARN)
