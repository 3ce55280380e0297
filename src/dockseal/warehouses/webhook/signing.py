"""Signatures by Standard Webhooks 1.0: ours for a warehouse, and those of its callbacks."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import standardwebhooks

from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.errors import SettingsFault, SignatureRefused

TOLERANCE = timedelta(minutes=5)
"""How far the time of a callback may lie from ours."""
LONGEST_ID = 200
"""Most characters of a webhook-id."""


def signer(secret: Secret | None, warehouse: str) -> standardwebhooks.Webhook:
    """Returns what signs for a warehouse.

    Raises:
        SettingsFault: there is no secret, or it is not `whsec_` and 24 to 64 bytes in base64.
    """
    if secret is None:
        raise SettingsFault((f"warehouse {warehouse} has no webhook secret; store one for it",))
    text = secret.reveal()
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise SettingsFault(
            (
                f"the webhook secret of warehouse {warehouse} is not whsec_ and 24 to 64 bytes in base64; "
                "store a new one",
            )
        )
    return standardwebhooks.Webhook(text)


def verified_id(
    headers: Mapping[str, str], body: bytes, *, secrets: LiveSecrets, warehouse: str, now: datetime
) -> str:
    """Returns the webhook-id of a callback that a warehouse signed, with either of its live secrets.

    Args:
        headers: Those of the request; names in small letters.
        body: As it came, byte for byte.
        secrets: What the warehouse may have signed with.
        warehouse: Whose callback it says it is.
        now: The time; the library's own check of it reads the machine's.

    Raises:
        SignatureRefused: a header is missing, the time is more than five minutes off, or nobody with a live
            secret signed this.
        SettingsFault: a secret of the warehouse cannot sign.
    """
    webhook_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 0 < len(webhook_id) <= LONGEST_ID or not webhook_id.isascii() or not webhook_id.isprintable():
        raise SignatureRefused(f"a callback has a webhook-id of 1 to {LONGEST_ID} plain characters; send one")
    at = _instant(stamp)
    if at is None or abs(now - at) > TOLERANCE:
        raise SignatureRefused("webhook-timestamp is missing or over 5 minutes off; check the sender's clock")
    said = headers.get("webhook-signature", "").split(" ")
    given = [each.removeprefix("v1,").encode() for each in said if each.startswith("v1,")]
    for ours in _signatures(webhook_id, at, body, secrets=secrets, warehouse=warehouse):
        if any(hmac.compare_digest(ours, each) for each in given):
            return webhook_id
    raise SignatureRefused(
        "webhook-signature fits no live secret of this warehouse; sign the body exactly as it is sent"
    )


def _signatures(
    webhook_id: str, at: datetime, body: bytes, *, secrets: LiveSecrets, warehouse: str
) -> list[bytes]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return []
    live = [each for each in (secrets.newest, secrets.before) if each is not None]
    signed = [signer(each, warehouse).sign(webhook_id, at, text) for each in live]
    return [each.removeprefix("v1,").encode() for each in signed]


def _instant(stamp: str) -> datetime | None:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 11:
        return None
    return datetime.fromtimestamp(int(stamp), tz=UTC)
