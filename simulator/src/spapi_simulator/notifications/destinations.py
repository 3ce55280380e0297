"""Where notifications go: SQS queues, and partner event sources of EventBridge."""

from dataclasses import dataclass, field

from spapi_simulator.front.answers import JSON, Refusal, refuse_unknown
from spapi_simulator.queues.queue import Queue
from spapi_simulator.world.accounts import Application
from spapi_simulator.world.seeded import Seeded


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """A partner event source, with the events it was given, oldest first."""

    account_id: str
    region: str
    name: str
    events: list[JSON] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One destination of one application: `target` is a queue or a partner event source."""

    destination_id: str
    application: Application
    name: str
    target: Queue | EventSource

    def shape(self) -> JSON:
        """Return it as the Notifications API does."""
        target = self.target
        resource: JSON = {"sqs": {"arn": target.arn}} if isinstance(target, Queue) else {
            "eventBridge": {"accountId": target.account_id, "region": target.region, "name": target.name}
        }  # fmt: skip
        return {"destinationId": self.destination_id, "name": self.name, "resource": resource}


class Destinations:
    """Every destination; an application sees its own alone."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._destinations: dict[str, Destination] = {}

    def add_queue(self, application: Application, name: str, queue: Queue) -> Destination:
        """Make a queue a destination.

        Raises:
            Refusal: 409 when it is one of this application already.
        """
        if self.of_queue(application, queue) is not None:
            raise _conflict(application, queue.arn)
        return self._add(application, name, queue)

    def add_event_source(
        self, application: Application, name: str, *, account_id: str, region: str
    ) -> Destination:
        """Create the partner event source of an AWS account in a region.

        Raises:
            Refusal: 409 when there is one for this application already.
        """
        source = f"aws.partner/sellingpartnerapi.amazon.com/{account_id}/{application.application_id}"
        for one in self.of(application):
            known = one.target
            if isinstance(known, EventSource) and (known.name, known.region) == (source, region):
                raise _conflict(application, source)
        return self._add(application, name, EventSource(account_id=account_id, region=region, name=source))

    def of(self, application: Application) -> list[Destination]:
        """Return the destinations of an application in the order they were created."""
        return [one for one in self._destinations.values() if one.application == application]

    def of_queue(self, application: Application, queue: Queue) -> Destination | None:
        """Return the destination that a queue is to an application."""
        return next((one for one in self.of(application) if one.target is queue), None)

    def get(self, application: Application, destination_id: str) -> Destination:
        """Return a destination of an application.

        Raises:
            Refusal: 404 when there is none, or when it is another application's.
        """
        found = self._destinations.get(destination_id)
        if found is None or found.application != application:
            raise refuse_unknown()
        return found

    def remove(self, destination: Destination) -> None:
        """Forget a destination."""
        del self._destinations[destination.destination_id]

    def events(self, source: str) -> list[JSON]:
        """Return what a partner event source was given in any region, by the name of the source."""
        targets = [one.target for one in self._destinations.values()]
        sources = [one for one in targets if isinstance(one, EventSource) and one.name == source]
        return [event for one in sources for event in one.events]

    def _add(self, application: Application, name: str, target: Queue | EventSource) -> Destination:
        destination = Destination(
            destination_id=self._seeded.uuid("destination"),
            application=application,
            name=name,
            target=target,
        )
        self._destinations[destination.destination_id] = destination
        return destination


def _conflict(application: Application, arn: str) -> Refusal:
    message = f"A destination with arn {arn} already exists for the application {application.application_id}."
    return Refusal(409, "Conflict", message=message)
