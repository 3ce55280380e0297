"""Application Management API v2023-11-30: a new client secret, and the messages that bring it.

The answer carries no secret: it arrives in the queue that the application registered for it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from dockseal.amazon.login import ROTATION_SCOPE
from dockseal.amazon.operations import ROTATE_SECRET
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Session
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region
from dockseal.errors import AnswerUnreadable

NEW_SECRET = "APPLICATION_OAUTH_CLIENT_NEW_SECRET"  # noqa: S105 - the type of a notification
SECRET_EXPIRY = "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY"  # noqa: S105 - the type of a notification


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A rotation is under way: this secret lives beside the one before."""

    client_id: str
    secret: Secret
    expires_at: datetime
    former_until: datetime | None = None
    """Until when the one before is taken; None: Amazon did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretEnds:
    """Amazon warns that the newest secret ends."""

    client_id: str
    expires_at: datetime


def ask_for_secret(session: Session, application: str, region: Region) -> None:
    """Asks Amazon for a new client secret (rotateApplicationClientSecret); it arrives in the rotation queue.

    Raises:
        AmazonRefused: the application has no rotation queue registered.
        OutcomeUnknown: the answer was lost: the queue tells whether it was done.
    """
    session.call_grantless(ROTATE_SECRET, application, region, scope=ROTATION_SCOPE, write=True)


def told_in(body: str) -> NewSecret | SecretEnds | None:
    """Reads one message of a rotation queue; None for a type that is not about secrets.

    Raises:
        AnswerUnreadable: it is no notification, or lacks what it must say; the text never shows a value.
    """
    envelope = _envelope(body)
    kind = envelope.text("notificationType") or envelope.text("NotificationType")
    payload = envelope.piece("payload" if envelope.has("payload") else "Payload")
    if kind == NEW_SECRET:
        told = payload.piece("applicationOAuthClientNewSecret")
        return NewSecret(
            client_id=told.needed_text("clientId"),
            secret=Secret(told.needed_text("newClientSecret")),
            expires_at=told.needed_instant("newClientSecretExpiryTime"),
            former_until=told.instant("oldClientSecretExpiryTime"),
        )
    if kind == SECRET_EXPIRY:
        told = payload.piece("applicationOAuthClientSecretExpiry")
        return SecretEnds(
            client_id=told.needed_text("clientId"),
            expires_at=told.needed_instant("clientSecretExpiryTime"),
        )
    return None


def _envelope(body: str) -> Piece:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise AnswerUnreadable("a message of the rotation queue is no JSON object: see what writes to it")
    return Piece(whose="a message of the rotation queue", values=values)
