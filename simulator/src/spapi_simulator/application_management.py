"""Application Management API v2023-11-30: rotating client secrets, and the warnings before they expire."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from spapi_simulator.front.answers import JSON, Reply, refuse_input
from spapi_simulator.front.dates import millis
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import ROTATION_SCOPE, Operation
from spapi_simulator.world.accounts import Accounts, Application, ClientSecret
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.present import Present

NEW_SECRET = "APPLICATION_OAUTH_CLIENT_NEW_SECRET"  # noqa: S105  the type of a notification
SECRET_EXPIRY = "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY"  # noqa: S105  likewise
_VERSION = "2023-11-30"
_WARNED_BEFORE = timedelta(days=90)
_WARNED_EVERY = timedelta(days=7)
_NOT_ENROLLED = (
    "Application is not enrolled for rotation notification. "
    "Please update application notification preference in Developer console."
)

OPERATIONS = (
    Operation(
        "rotateApplicationClientSecret", "POST", "/applications/2023-11-30/clientSecret", 0.0167, 1,
        api="application_2023-11-30", scope=ROTATION_SCOPE,
    ),
)  # fmt: skip

TellApplication = Callable[[Application, str, str, JSON], bool]
"""Sends (application, notification type, payload version, payload); False when there is no queue for it."""


class ApplicationManagement:
    """Gives applications new client secrets through their rotation queue, never in an answer."""

    def __init__(
        self,
        accounts: Accounts,
        present: Present,
        behaviours: Behaviours,
        tell_application: TellApplication,
    ) -> None:
        self._accounts = accounts
        self._present = present
        self._behaviours = behaviours
        self._tell = tell_application

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"rotateApplicationClientSecret": self.rotate}

    def rotate(self, ask: Ask) -> Reply:
        """Answer rotateApplicationClientSecret: 204 and no body; the old secret lives on for a while."""
        application = ask.caller.application
        if ask.sandbox:
            raise refuse_input(message=_NOT_ENROLLED)
        new = self._accounts.new_secret()
        old = self._ending(application)
        payload: JSON = {
            "clientId": application.client_id,
            "newClientSecret": new.value,
            "newClientSecretExpiryTime": millis(new.expires_at),
            "oldClientSecretExpiryTime": millis(old.expires_at if old else self._present.now()),
        }
        if not self._tell(application, NEW_SECRET, _VERSION, {"applicationOAuthClientNewSecret": payload}):
            raise refuse_input(message=_NOT_ENROLLED)
        self._accounts.replace_secret(application, old, new)
        self.watch(application)
        return Reply(status=204)

    def watch(self, application: Application) -> None:
        """Plan the warnings that the newest secret of an application will expire: weekly, from 90 days on."""
        for secret in self._accounts.secrets_of(application)[-1:]:
            if secret.expires:
                warn = partial(self._warn, application, secret)
                self._present.at(secret.expires_at - _WARNED_BEFORE, warn)

    def _ending(self, application: Application) -> ClientSecret | None:
        """Return the newest secret with the time that a rotation leaves it; None when it is dead already."""
        live = self._accounts.secrets_of(application)
        if not live:
            return None
        ends = self._present.now() + timedelta(days=self._behaviours.old_client_secret_days)
        return ClientSecret(value=live[-1].value, expires_at=min(live[-1].expires_at, ends))

    def _warn(self, application: Application, secret: ClientSecret) -> None:
        if self._accounts.secrets_of(application)[-1:] != (secret,):
            return
        payload: JSON = {
            "clientId": application.client_id,
            "clientSecretExpiryTime": millis(secret.expires_at),
            "clientSecretExpiryReason": "PERIODIC_ROTATION",
        }
        self._tell(application, SECRET_EXPIRY, _VERSION, {"applicationOAuthClientSecretExpiry": payload})
        self._present.after(_WARNED_EVERY.total_seconds(), partial(self._warn, application, secret))
