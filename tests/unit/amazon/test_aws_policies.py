from typing import Any, cast

import pytest

from dockseal.amazon.aws_policies import arn_of, listening_policy, setup_policy, trust_policy
from dockseal.errors import BadInput

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"


def only_statement(policy: dict[str, object]) -> dict[str, Any]:
    (statement,) = cast("list[dict[str, Any]]", policy["Statement"])
    return statement


@pytest.mark.parametrize(
    ("url", "arn"),
    [
        (URL, "arn:aws:sqs:eu-west-1:123456789012:orders"),
        (
            "https://us-east-1.queue.amazonaws.com/123456789012/a_b-c",
            "arn:aws:sqs:us-east-1:123456789012:a_b-c",
        ),
        (
            "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders",
            "arn:aws-cn:sqs:cn-north-1:123456789012:orders",
        ),
    ],
)
def test_a_queues_url_names_its_arn(url: str, arn: str) -> None:
    assert arn_of(url) == arn


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1:8080/123456789012/orders", f"{URL}/more", "arn:aws:sqs:x"]
)
def test_what_is_no_queue_of_aws_gets_no_policy(url: str) -> None:
    with pytest.raises(BadInput, match=r"https://sqs\.REGION"):
        listening_policy([url])


def test_a_policy_names_each_queue_once_and_no_wildcard() -> None:
    for policy in (listening_policy([URL, URL]), setup_policy([URL])):
        assert only_statement(policy)["Resource"] == [arn_of(URL)]
        assert "*" not in str(policy)


def test_no_queue_is_no_policy() -> None:
    with pytest.raises(BadInput, match="no seller has a queue yet"):
        listening_policy([])


def test_a_role_is_trusted_to_one_principal_with_its_external_id() -> None:
    assert "Condition" not in only_statement(trust_policy("arn:aws:iam::123456789012:user/x"))
    strict = only_statement(trust_policy("arn:aws:iam::123456789012:user/x", "e"))
    assert strict["Condition"] == {"StringEquals": {"sts:ExternalId": "e"}}
