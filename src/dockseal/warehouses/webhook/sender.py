"""Sends hand-overs to a warehouse's URL and reads its answers."""

import json
import re
from typing import Self

import httpx

from dockseal import USER_AGENT
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.recipient import Recipient
from dockseal.errors import WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.port import AdapterParts, HandOver, Receipt, StopAnswer, StopRequest
from dockseal.warehouses.reasons import safe_reason
from dockseal.warehouses.webhook.address import webhook_url
from dockseal.warehouses.webhook.payload import ask_payload, payload, stop_payload
from dockseal.warehouses.webhook.signing import signer

TIMEOUT = 10.0
"""Seconds to connect, and between two pieces of an answer."""
LARGEST_ANSWER = 16_384
"""Bytes of an answer that are read."""

_PASSING = frozenset({408, 425, 429})
_MISDIRECTED = frozenset({401, 404, 405})
"""Answers about our url or secret, not about the order: holding every order would not mend them."""
_GONE = 410
"""Standard Webhooks: nobody wants anything at this url any more."""
_ASKED = 202
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}")


class Webhook:
    """Pushes orders to one warehouse by signed POSTs (Standard Webhooks 1.0).

    `webhook-id` is the release reference, so a warehouse that keeps to the specification takes a re-sent
    order once. Redirects are not followed and proxies of the environment are not used: the addresses go to
    the configured host and nowhere else. A warehouse with the option `ask=yes` can be asked too.
    """

    works_without_recipient = True
    pushed_to = True
    signs = True

    def __new__(cls, parts: AdapterParts) -> Self:
        """Makes one that can ask, where the warehouse answers that."""
        return super().__new__(AskedWebhook if parts.warehouse.option("ask") == "yes" else cls)  # type: ignore[return-value]  # mypy does not take a subclass for Self

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
        about = f"order {hand_over.amazon_order_id}"
        status, body = self._post(hand_over.reference, payload(hand_over), about)
        if 200 <= status < 300:
            return Receipt(reference_at_warehouse=own_id(body, hand_over.recipient))
        if _refuses(status):
            reason = safe_reason(_entry(body, "error"), hand_over.recipient)
            raise WarehouseRefused(f"warehouse {self._warehouse} refused {about} ({status}): {reason}")
        raise self._unavailable(status, about)

    def stop(self, request: StopRequest) -> StopAnswer:
        """Posts the wish not to ship an order, under a webhook-id of its own, the same each time.

        Raises:
            WarehouseUnavailable: no answer, 3xx, 5xx, or a 4xx that is not about this order.
        """
        about = f"the stop of order {request.amazon_order_id}"
        status, body = self._post(f"stop-{request.reference}", stop_payload(request), about)
        if 200 <= status < 300:
            stopped = _entry(body, "stopped") if status != _ASKED else None
            answers = {True: StopAnswer.STOPPED, False: StopAnswer.TOO_LATE}
            return answers[stopped] if isinstance(stopped, bool) else StopAnswer.ASKED
        if _refuses(status):
            return StopAnswer.TOO_LATE
        raise self._unavailable(status, about)

    def _post(self, webhook_id: str, content: bytes, about: str) -> tuple[int, bytes]:
        headers = self._headers(webhook_id, content)
        try:
            with self._http.stream("POST", self._url, content=content, headers=headers) as answer:
                return answer.status_code, _beginning(answer)
        except httpx.HTTPError as fault:
            what = type(fault).__name__
        # Raised out here, the error does not carry httpx's, whose request holds the address, as its context.
        raise WarehouseUnavailable(
            f"warehouse {self._warehouse} gave no answer to {about} ({what}); it is sent again"
        )

    def _unavailable(self, status: int, about: str) -> WarehouseUnavailable:
        if status == _GONE:
            what = (
                "wants no more webhooks at its url (410): ask it for the one to use now, and give it that url"
            )
        elif status in _MISDIRECTED:
            what = f"answered {status}: check its url and its webhook secret"
        else:
            return WarehouseUnavailable(
                f"warehouse {self._warehouse} answered {status} to {about}; it is sent again"
            )
        return WarehouseUnavailable(f"warehouse {self._warehouse} {what}; {about} is sent again")

    def _headers(self, webhook_id: str, content: bytes) -> dict[str, str]:
        now = self._clock.now()
        # Standard Webhooks: one signature for each live secret, so that a warehouse may change over any time.
        signatures = [each.sign(webhook_id, now, content.decode()) for each in self._signers]
        return {
            "content-type": "application/json",
            "user-agent": USER_AGENT,
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


class AskedWebhook(Webhook):
    """One whose warehouse says, when asked, whether it has an order."""

    def ask(self, reference: ReleaseRef) -> Receipt | None:
        """Posts the question under a webhook-id that is new each time: an earlier answer says nothing.

        Raises:
            WarehouseUnavailable: no answer, or one that does not say `known`.
        """
        about = f"the question for {reference}"
        at = self._clock.now().strftime("%Y%m%dT%H%M%S%f")
        status, body = self._post(f"ask-{reference}-{at}", ask_payload(reference), about)
        known = _entry(body, "known") if 200 <= status < 300 else None
        if known is True:
            return Receipt(reference_at_warehouse=own_id(body, Recipient({})))
        if known is False:
            return None
        raise self._unavailable(status, about)


def _refuses(status: int) -> bool:
    """Tells whether an answer is a no to what was sent, and not about the way it was sent."""
    return 400 <= status < 500 and status not in _PASSING | _MISDIRECTED | {_GONE}


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
