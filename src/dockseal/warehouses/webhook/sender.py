"""Sends hand-overs to a warehouse's URL and reads its answers."""

import base64
import binascii
import json
import re

import httpx
import standardwebhooks

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault, WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.port import AdapterParts, HandOver, Receipt
from dockseal.warehouses.reasons import safe_reason
from dockseal.warehouses.webhook.address import webhook_url
from dockseal.warehouses.webhook.payload import payload

TIMEOUT = 10.0
"""Seconds to connect, and between two pieces of an answer."""
LARGEST_ANSWER = 16_384
"""Bytes of an answer that are read."""

_PASSING = frozenset({408, 425, 429})
_MISDIRECTED = frozenset({401, 404, 405})
"""Answers about our url or secret, not about the order: holding every order would not mend them."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}")


class Webhook:
    """Pushes orders to one warehouse by signed POSTs (Standard Webhooks 1.0).

    `webhook-id` is the release reference, so a warehouse that keeps to the specification takes a re-sent
    order once. Redirects are not followed and proxies of the environment are not used: the addresses go to
    the configured host and nowhere else.
    """

    works_without_recipient = True
    pushed_to = True
    signs = True

    def __init__(self, parts: AdapterParts) -> None:
        self._warehouse = parts.warehouse.id
        self._url = webhook_url(parts.warehouse.option("url"), self._warehouse)
        self._signers = [signer(parts.secret, self._warehouse)]
        if parts.secret_before is not None:
            self._signers.append(signer(parts.secret_before, self._warehouse))
        self._clock: Clock = parts.clock
        self._http = httpx.Client(
            transport=parts.transport, timeout=TIMEOUT, follow_redirects=False, trust_env=False
        )

    def close(self) -> None:
        """Closes the connections to the warehouse."""
        self._http.close()

    def submit(self, hand_over: HandOver) -> Receipt:
        """Posts one order.

        Raises:
            WarehouseRefused: the answer is 4xx; its `error` sentence is passed on if it is safe to keep.
            WarehouseUnavailable: no answer, 3xx, 5xx, or a 4xx that is not about this order.
        """
        status, body = self._post(hand_over)
        if 200 <= status < 300:
            return Receipt(reference_at_warehouse=own_id(body, hand_over.recipient))
        if status in _MISDIRECTED:
            raise WarehouseUnavailable(
                f"warehouse {self._warehouse} answered {status}: check its url and its webhook secret; "
                f"order {hand_over.amazon_order_id} is sent again"
            )
        if 400 <= status < 500 and status not in _PASSING:
            reason = safe_reason(_entry(body, "error"), hand_over.recipient)
            raise WarehouseRefused(
                f"warehouse {self._warehouse} refused order {hand_over.amazon_order_id} ({status}): {reason}"
            )
        raise WarehouseUnavailable(
            f"warehouse {self._warehouse} answered {status} to order {hand_over.amazon_order_id}; "
            "it is sent again"
        )

    def _post(self, hand_over: HandOver) -> tuple[int, bytes]:
        content = payload(hand_over)
        headers = self._headers(hand_over.reference, content)
        try:
            with self._http.stream("POST", self._url, content=content, headers=headers) as answer:
                return answer.status_code, _beginning(answer)
        except httpx.HTTPError as fault:
            what = type(fault).__name__
        # Raised out here, the error does not carry httpx's, whose request holds the address, as its context.
        raise WarehouseUnavailable(
            f"warehouse {self._warehouse} gave no answer to order {hand_over.amazon_order_id} ({what}); "
            "it is sent again"
        )

    def _headers(self, reference: ReleaseRef, content: bytes) -> dict[str, str]:
        now = self._clock.now()
        # Standard Webhooks: one signature for each live secret, so that a warehouse may change over any time.
        signatures = [each.sign(reference, now, content.decode()) for each in self._signers]
        return {
            "content-type": "application/json",
            "user-agent": "Dockseal/0.1",
            "webhook-id": reference,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


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


def own_id(body: bytes, recipient: Recipient) -> str:
    """Returns the `id` of a warehouse's answer; empty if there is none that can be kept."""
    found = _entry(body, "id")
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not _PLAIN_ID.fullmatch(found):
        return ""
    return found if safe_reason(found, recipient) == found else ""


def _entry(body: bytes, name: str) -> object:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value.get(name) if isinstance(value, dict) else None


def _beginning(answer: httpx.Response) -> bytes:
    taken = b""
    for piece in answer.iter_bytes():
        taken += piece
        if len(taken) > LARGEST_ANSWER:
            return b""
    return taken
