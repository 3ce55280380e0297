"""Callbacks are verified as the specification's own library signs them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks

from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.errors import SignatureRefused
from dockseal.warehouses.webhook.signing import verified_id

OLD, NEW, OTHERS = ("whsec_" + base64.b64encode(bytes(range(n, n + 32))).decode() for n in (0, 32, 64))
NOW = datetime(2026, 11, 2, 8, 0, 30, tzinfo=UTC)
BODY = b'{"type":"order.taken","reference":"k7w2"}'
LIVE = LiveSecrets(newest=Secret(NEW), before=Secret(OLD))


def headers(*secrets: str, at: datetime = NOW, body: bytes = BODY, **others: str) -> dict[str, str]:
    signatures = [standardwebhooks.Webhook(each).sign("m-1", at, body.decode()) for each in secrets]
    found = {
        "webhook-id": "m-1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return found | {name.replace("_", "-"): value for name, value in others.items()}


def verify(given: dict[str, str], body: bytes = BODY, secrets: LiveSecrets = LIVE) -> str:
    return verified_id(given, body, secrets=secrets, warehouse="reno", now=NOW)


@pytest.mark.parametrize("signed_with", [[NEW], [OLD], [OTHERS, NEW], [NEW, OLD]])
def test_either_live_secret_verifies(signed_with: list[str]) -> None:
    assert verify(headers(*signed_with)) == "m-1"


def test_once_the_time_to_change_over_is_past_the_secret_before_verifies_no_more() -> None:
    with pytest.raises(SignatureRefused, match="fits no live secret"):
        verify(headers(OLD), secrets=LiveSecrets(newest=Secret(NEW)))


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_five_minutes_are_tolerated(minutes: int) -> None:
    assert verify(headers(NEW, at=NOW + timedelta(minutes=minutes))) == "m-1"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_more_is_not(seconds: int) -> None:
    with pytest.raises(SignatureRefused, match="over 5 minutes off"):
        verify(headers(NEW, at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "given",
    [
        {},
        headers(OTHERS),
        headers(NEW, webhook_id="m-2"),
        headers(NEW, webhook_id=""),
        headers(NEW, webhook_id="m" * 201),
        headers(NEW, webhook_id="m\n1"),
        headers(NEW, webhook_timestamp="1793606431"),
        headers(NEW, webhook_timestamp="now"),
        headers(NEW, webhook_timestamp="9" * 40),
        headers(NEW, webhook_timestamp="-1"),
        headers(NEW, webhook_signature=""),
        headers(NEW, webhook_signature="v1,"),
        headers(NEW, webhook_signature=headers(NEW)["webhook-signature"].replace("v1,", "v1a,")),
        headers(NEW, webhook_signature=headers(NEW)["webhook-signature"].replace("v1,", "")),
        headers(NEW, webhook_signature="v1,é"),
    ],
)
def test_anything_else_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        verify(given)


@pytest.mark.parametrize("body", [BODY + b" ", b"", b"\xff\xfe"])
def test_another_body_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureRefused):
        verify(headers(NEW), body)
