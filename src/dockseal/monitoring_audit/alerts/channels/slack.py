"""Slack's incoming webhook, and what takes the same: its address is the secret."""

import json

import httpx

from dockseal.domain.alert import Message
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.alerts.channels.posting import post
from dockseal.monitoring_audit.alerts.texts import subject, text

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Slack, Formatting text: these three alone; a `<` would begin a link or call a channel together."""


class Slack:
    """Posts messages as `{"text": …}`."""

    def __init__(self, http: httpx.Client, *, url: Secret, runbooks: str) -> None:
        self._http, self._url, self._runbooks = http, url, runbooks

    def send(self, message: Message) -> None:
        """Posts one message. Slack knows no key that makes a second one harmless: it names its reference.

        Raises:
            ChannelFailed: no answer, or one that is not 2xx.
        """
        words = f"{subject(message)}\n{text(message, self._runbooks)}Message {message.ref}"
        body = json.dumps({"text": words.translate(_ESCAPED)})
        post(self._http, self._url.reveal(), body.encode(), {"content-type": "application/json"})

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
