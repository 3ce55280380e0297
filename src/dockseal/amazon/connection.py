"""What connecting a seller asks of Amazon, in one place: from the consent to the subscription."""

from collections.abc import Sequence

from dockseal.amazon import notifications, participations, rotation, trying
from dockseal.amazon.consent import consent_url
from dockseal.amazon.endpoints import Endpoints
from dockseal.amazon.login import Login
from dockseal.amazon.queue_setup import QueueSetup, ReadyQueue
from dockseal.amazon.session import Session
from dockseal.amazon.tokens import RestrictedDataTokens
from dockseal.domain.application import Application
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region, Seller


class Connection:
    """Asks Amazon what a new seller needs. Every method raises the errors of `Session.call`."""

    def __init__(
        self,
        session: Session,
        login: Login,
        tokens: RestrictedDataTokens,
        *,
        clock: Clock,
        endpoints: Endpoints,
        queues: QueueSetup,
    ) -> None:
        self._session = session
        self._login = login
        self._tokens = tokens
        self._clock = clock
        self._endpoints = endpoints
        self._queues = queues

    def consent_url(
        self, application: Application, region: Region, marketplaces: Sequence[str], state: str
    ) -> str:
        """Returns the address of the page that asks a seller for its consent."""
        return consent_url(self._endpoints, application, region, marketplaces, state=state)

    def exchange(self, application: Application, code: Secret) -> Secret:
        """Exchanges the code of a consent, once, for the seller's refresh token."""
        return self._login.exchange(application.id, code, application.redirect_uri)

    def consented(self, seller: SellerId) -> None:
        """Forgets what was logged in with before: the next call of this seller uses its new consent."""
        self._login.forget(seller)

    def participations(self, seller: SellerId) -> tuple[participations.Participation, ...]:
        """Returns the marketplaces of a seller."""
        return participations.participations(self._session, seller)

    def may_read(self, seller: Seller) -> frozenset[str]:
        """Returns what Amazon lets us read of a seller; see `trying`."""
        return trying.may_read(self._session, self._tokens, seller, self._clock.now())

    def ready_queue(self, name: str, url: str) -> ReadyQueue:
        """Returns a queue that Amazon may send to; see `QueueSetup.ready`."""
        return self._queues.ready(name, url)

    def destination_of(self, application: str, region: Region, *, name: str, arn: str) -> str:
        """Returns the id of the destination that a queue is to an application."""
        return notifications.destination_of(self._session, application, region, name=name, arn=arn)

    def subscribe(self, seller: SellerId, destination: str) -> str:
        """Subscribes a seller's notifications; returns the id of the destination they go to."""
        return notifications.subscribe(self._session, seller, destination)

    def ask_for_secret(self, application: str, region: Region) -> None:
        """Asks for a new client secret; it arrives in the rotation queue."""
        rotation.ask_for_secret(self._session, application, region)
