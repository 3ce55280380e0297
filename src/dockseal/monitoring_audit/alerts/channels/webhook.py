"""A webhook, signed by the Standard Webhooks specification 1.0: `webhook-id` is the message's reference."""

import json

import httpx
import standardwebhooks

from dockseal import USER_AGENT
from dockseal.domain.alert import Message
from dockseal.domain.clock import Clock
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.alerts.channels.posting import post
from dockseal.monitoring_audit.alerts.texts import data


class Webhook:
    """Posts messages as JSON. A receiver that keeps to the specification takes a re-sent one once."""

    def __init__(self, http: httpx.Client, clock: Clock, *, url: Secret, key: Secret, runbooks: str) -> None:
        self._http, self._clock, self._url, self._runbooks = http, clock, url, runbooks
        self._signer = standardwebhooks.Webhook(key.reveal())

    def send(self, message: Message) -> None:
        """Posts one message.

        Raises:
            ChannelFailed: no answer, or one that is not 2xx.
        """
        body = json.dumps(data(message, self._runbooks), ensure_ascii=False, separators=(",", ":"))
        now = self._clock.now()
        headers = {
            "content-type": "application/json",
            "user-agent": USER_AGENT,
            "webhook-id": message.ref,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(message.ref, now, body),
        }
        post(self._http, self._url.reveal(), body.encode(), headers)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
