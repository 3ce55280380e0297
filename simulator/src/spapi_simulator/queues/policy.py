"""What a queue's access policy allows whom: as much of IAM as a queue for Amazon's notifications needs."""

import json
from fnmatch import fnmatchcase

AMAZON = "437568002678"
"""The AWS account that notifications are sent from."""
NEEDED = ("sqs:SendMessage", "sqs:GetQueueAttributes")


def amazon_may_send(policy: str, arn: str) -> bool:
    """Say whether a policy lets Amazon's account send to a queue and read its attributes.

    A Deny wins over every Allow. Conditions are not weighed: a statement that has one is taken at its word.
    """
    try:
        document = json.loads(policy) if policy else {}
    except (ValueError, RecursionError):
        return False
    statements = _listed(document.get("Statement")) if isinstance(document, dict) else []
    meant = [one for one in statements if isinstance(one, dict) and _is_about(one, arn)]
    return all(_allowed(meant, action) for action in NEEDED)


def policy_for_amazon(arn: str) -> str:
    """Return the policy that Amazon's guide asks for."""
    statement = {
        "Sid": "AmazonSellingPartnerNotifications",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{AMAZON}:root"},
        "Action": list(NEEDED),
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def is_policy(text: str) -> bool:
    """Say whether a text has the form of a policy."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and bool(_listed(document.get("Statement")))


def _allowed(statements: list[dict[str, object]], action: str) -> bool:
    effects = [one.get("Effect") for one in statements if _has(one.get("Action"), action)]
    return "Allow" in effects and "Deny" not in effects


def _is_about(statement: dict[str, object], arn: str) -> bool:
    principal = statement.get("Principal")
    accounts = principal.get("AWS") if isinstance(principal, dict) else principal
    known = ("*", AMAZON, f"arn:aws:iam::{AMAZON}:root")
    resources = [one for one in _listed(statement.get("Resource")) if isinstance(one, str)]
    return any(one in known for one in _listed(accounts)) and any(fnmatchcase(arn, one) for one in resources)


def _has(actions: object, action: str) -> bool:
    """Say whether a list of actions holds one; IAM ignores the case and knows `*` and `?`."""
    patterns = [one.lower() for one in _listed(actions) if isinstance(one, str)]
    return any(fnmatchcase(action.lower(), one) for one in patterns)


def _listed(value: object) -> list[object]:
    """Return what may be one value or a list of them as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
