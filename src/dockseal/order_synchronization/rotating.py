"""Rotation of client secrets: asked for in good time, taken from the application's queue, never in an answer.

Amazon ends a client secret after 180 days. Ninety days before, a new one is asked for; it arrives in the
rotation queue, is sealed beside the one before, and only then its message is deleted. Both secrets live for
some days, and the login tries the newer first, so that no call fails.

It is written down before Amazon is asked, and Amazon is not asked again before that secret has arrived: a
second rotation would end the secret that is in use.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from dockseal.amazon.queue import Message
from dockseal.amazon.rotation import NewSecret, SecretEnds, told_in
from dockseal.domain.access import Actor
from dockseal.domain.application import Application
from dockseal.domain.clock import Clock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.secret import ClientCredentials, Secret
from dockseal.domain.seller import Region
from dockseal.errors import (
    AmazonError,
    AnswerUnreadable,
    BadInput,
    CredentialRefused,
    MoveRefused,
    OutcomeUnknown,
)
from dockseal.monitoring_audit.rotations import last_rotation
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.checklist import unfinished
from dockseal.order_synchronization.keeping import ACTOR
from dockseal.storage.store import Storage

BEFORE_END = timedelta(days=90)
_AFTER_REFUSAL = timedelta(hours=23)

log = structlog.get_logger(__name__)


class Queue(Protocol):
    """A queue of messages about secrets."""

    def receive(self) -> list[Message]:
        """Waits for up to ten messages."""

    def delete(self, messages: list[Message]) -> None:
        """Deletes received messages."""


class Amazon(Protocol):
    """What a rotation asks of Amazon."""

    def ask_for_secret(self, application: str, region: Region) -> None:
        """Asks for a new client secret; it arrives in the rotation queue."""


class Vault(Protocol):
    """Keeps the secrets of applications."""

    def application(self, application: str) -> ClientCredentials:
        """Returns what an application logs in with."""

    def store_application(self, application: str, client: ClientCredentials, actor: Actor) -> None:
        """Seals what an application logs in with."""

    def replace_secret(
        self, application: str, secret: Secret, actor: Actor, *, until: datetime | None = None
    ) -> bool:
        """Seals a new secret beside the one before; tells whether it was new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotating:
    """Rotates the client secrets of applications.

    Attributes:
        queue: Opens a queue by its URL.
    """

    storage: Storage
    amazon: Amazon
    vault: Vault
    queue: Callable[[str], Queue]
    trail: Trail
    clock: Clock

    def add(self, application: Application, client: ClientCredentials, actor: Actor) -> None:
        """Keeps an application and seals its credentials, in place of what was kept under this name.

        Sellers that rest are tried again: theirs may be the secret that ended.
        """
        with self.storage.transaction():
            self.storage.applications.put(application)
            self.vault.store_application(application.id, client, actor)
            self.trail.record(Tag.APPLICATION_ACCOUNT_ADDED, actor=actor, application=application.id)
            self._resume(application.id, actor)

    def names(self) -> list[str]:
        """Returns the applications whose secret is rotated by Dockseal: those with a rotation queue."""
        return [each.id for each in self.storage.applications.all() if each.rotation_queue_url]

    def urls(self) -> list[str]:
        """Returns the rotation queues; several applications may share one."""
        return sorted(
            {each.rotation_queue_url for each in self.storage.applications.all() if each.rotation_queue_url}
        )

    def run(self, name: str) -> Outcome:
        """Asks Amazon for a new secret of an application, if it is time and none is on its way."""
        application, now = self.storage.applications.get(name), self.clock.now()
        reason = why_rotate(application, now)
        last = last_rotation(self.storage, name)
        if not reason or (last and last.refused and now - last.at < _AFTER_REFUSAL):
            return NOTHING
        if last is not None and last.open:
            log.warning("secret.not_arrived", application=name, reason="look at its rotation queue's policy")
            return NOTHING
        try:
            self._ask(name, reason, ACTOR)
        except OutcomeUnknown:  # it may be on its way; asking again could end the secret in use
            log.warning("secret.asked", application=name, reason="the answer was lost; the queue will tell")
            return Outcome(done=1)
        except AmazonError as error:
            log.warning("secret.not_rotated", application=name, sentence=str(error))
            return NOTHING
        return Outcome(done=1)

    def ask(self, name: str, actor: Actor) -> None:
        """Asks Amazon for a new secret of an application, whatever the age of the one in use.

        Raises:
            BadInput: it has no rotation queue, or a new secret was asked for and has not arrived.
            OutcomeUnknown: the answer was lost; the queue tells whether it was done.
            AmazonError: Amazon gives none.
        """
        application, last = self.storage.applications.get(name), last_rotation(self.storage, name)
        if not application.rotation_queue_url:
            raise BadInput(f"application {name} has no rotation queue: give a new secret with --secrets-file")
        if last is not None and last.open:
            raise BadInput(
                f"a new secret of application {name} was asked for on {last.at:%Y-%m-%d} and has not "
                "arrived: look at its rotation queue and its policy"
            )
        self._ask(name, "asked_by_a_person", actor)

    def replace(self, name: str, secret: Secret, actor: Actor) -> None:
        """Seals a secret that was made by hand beside the one before; sellers that rest are tried again.

        Raises:
            BadInput: no application has this name, or it has this secret already.
            MoveRefused: somebody else stored a version at the same moment; replace it again.
        """
        self.storage.applications.get(name)
        with self.storage.transaction():
            if not self.vault.replace_secret(name, secret, actor):
                raise BadInput(f"application {name} has this client secret already: make a new one")
            self.storage.applications.change(name, secret_expires_at=None)
            self._resume(name, actor)

    def _ask(self, name: str, reason: str, actor: Actor) -> None:
        self._record(Tag.APPLICATION_SECRET_ROTATION_INTENDED, name, reason, actor)
        try:
            self.amazon.ask_for_secret(name, self._region(name))
        except OutcomeUnknown:
            raise
        except AmazonError as error:
            code = "credentials" if isinstance(error, CredentialRefused) else type(error).__name__.lower()
            self._record(Tag.APPLICATION_SECRET_ROTATION_REFUSED, name, code, actor)
            raise

    def listen(self, url: str) -> Outcome:
        """Takes one batch from a rotation queue: each secret is sealed before its message is deleted.

        Raises:
            AmazonUnavailable: the queue cannot be read.
        """
        queue = self.queue(url)
        messages = queue.receive()
        settled = [message for message in messages if self._settle(message)]
        if settled:
            queue.delete(settled)
        return Outcome(done=len(settled), more=bool(settled))

    def _settle(self, message: Message) -> bool:
        """Takes in one message; tells whether it may be deleted. What cannot be used stays for a person."""
        try:
            told = told_in(message.body)
            if told is None:
                log.info("rotation.not_for_us", reason="it tells of no secret")
                return True
            self._take(self._of_client(told.client_id), told)
        except (AnswerUnreadable, BadInput, MoveRefused) as error:
            log.warning("rotation.left_in_queue", sentence=str(error), count=message.receive_count)
            return False
        return True

    def _take(self, application: Application, told: NewSecret | SecretEnds) -> None:
        known = application.secret_expires_at
        with self.storage.transaction():
            if isinstance(told, NewSecret):
                if known is not None and told.expires_at < known:
                    log.info("rotation.late", application=application.id, reason="a newer secret is kept")
                    return
                if not self.vault.replace_secret(application.id, told.secret, ACTOR, until=told.former_until):
                    return
                self._keep_end(Tag.APPLICATION_SECRET_ROTATED, application, told.expires_at)
                self._resume(application.id, ACTOR)
            elif known is None or told.expires_at > known:
                # An earlier end is that of a secret which was replaced: warnings come in any order.
                self._keep_end(Tag.APPLICATION_SECRET_END_TOLD, application, told.expires_at)

    def _keep_end(self, tag: Tag, application: Application, expires_at: datetime) -> None:
        self.storage.applications.change(application.id, secret_expires_at=expires_at)
        self.trail.record(tag, actor=ACTOR, application=application.id, expires_at=expires_at)

    def _of_client(self, client_id: str) -> Application:
        for application in self.storage.applications.all():
            if self._client_id(application) == client_id:
                return application
        raise BadInput(
            "a message of the rotation queue is for an application that is not kept here: add it with "
            "`dockseal applications add`"
        )

    def _client_id(self, application: Application) -> str:
        try:
            return self.vault.application(application.id).client_id
        except CredentialRefused:  # it was added, and its credentials are not sealed yet
            return ""

    def _region(self, name: str) -> Region:
        own = (seller.region for seller in self.storage.sellers.all() if seller.application == name)
        return next(own, Region.NA)

    def _record(self, tag: Tag, name: str, reason: str, actor: Actor) -> None:
        with self.storage.transaction():
            self.trail.record(tag, actor=actor, application=name, reason=reason)

    def _resume(self, name: str, actor: Actor) -> None:
        """Lets the sellers of an application go on that rest; whose own consent ended will rest again.

        Those that an incident stopped stay so.
        """
        for seller in self.storage.sellers.all():
            rests = seller.application == name and seller.rests_because not in {"", unfinished(seller.id)}
            if rests and not self.storage.sellers.change(seller, rests_because="").rests_because:
                self.trail.record(Tag.SELLER_ACCOUNT_RESUMED, actor=actor, seller=seller.id)


def why_rotate(application: Application, now: datetime) -> str:
    """Returns why the secret is to be rotated now, as a code; empty when it is not."""
    if application.secret_expires_at is None:
        return "age_unknown"
    return "ends_soon" if application.secret_expires_at - now <= BEFORE_END else ""
