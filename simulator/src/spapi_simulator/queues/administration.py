"""The actions of SQS on queues: create, list, look at, change, purge and delete them."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from spapi_simulator.front.answers import JSON
from spapi_simulator.queues.attributes import DEFAULTS, READABLE, SETTABLE, read_attributes, redrive_of
from spapi_simulator.queues.faults import SqsFault, invalid, mapping, names, whole
from spapi_simulator.queues.queue import Queue, Queues

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ALL = "All"
_PAGE = 1000
_AFTER_DELETING = _AFTER_PURGING = timedelta(seconds=60)


class Administration:
    """The queues as their owner sees them."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def create(self, given: JSON, *, region: str, now: datetime) -> JSON:
        """Answer CreateQueue; the same queue with the same attributes may be created again."""
        name = given.get("QueueName")
        if isinstance(name, str) and name.endswith(".fifo"):
            raise SqsFault("UnsupportedOperation", "Only standard queues are kept here.")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise invalid("QueueName", "may hold 80 letters, digits, hyphens and underscores.")
        attributes = read_attributes(mapping(given, "Attributes"))
        existing = self._queues.find(name)
        if existing is not None:
            if any(_current(existing, key) != value for key, value in attributes.items()):
                raise SqsFault(
                    "QueueNameExists", "A queue already exists with the same name and different attributes."
                )
            return {"QueueUrl": existing.url}
        deleted_at = self._queues.deleted_at(name)
        if deleted_at is not None and now - deleted_at < _AFTER_DELETING:
            raise SqsFault("QueueDeletedRecently", "Wait 60 seconds after deleting a queue of the same name.")
        self._check_target(attributes)
        return {"QueueUrl": self._queues.create(name, attributes, region=region, now=now).url}

    def url(self, given: JSON) -> JSON:
        """Answer GetQueueUrl."""
        return {"QueueUrl": self.queue(given, "QueueName").url}

    def urls(self, given: JSON) -> JSON:
        """Answer ListQueues, in pages where MaxResults is given."""
        prefix = str(given.get("QueueNamePrefix") or "")
        paged = "MaxResults" in given
        most = whole(given, "MaxResults", _PAGE, least=1, most=_PAGE)
        after = str(given.get("NextToken") or "")
        found = sorted(one.name for one in self._queues.all() if one.name.startswith(prefix))
        rest = [one for one in found if one > after]
        urls = [self.queue({"QueueUrl": one}).url for one in rest[:most]]
        answer: JSON = {"QueueUrls": urls} if urls else {}
        return answer | {"NextToken": rest[most - 1]} if paged and len(rest) > most else answer

    def attributes(self, given: JSON, *, now: datetime) -> JSON:
        """Answer GetQueueAttributes: only what is asked for, and only what has a value."""
        asked = names(given, "AttributeNames")
        if unknown := [one for one in asked if one not in READABLE and one != _ALL]:
            raise SqsFault("InvalidAttributeName", f"Unknown Attribute {unknown[0]}.")
        known = _all_of(self.queue(given), now)
        wanted = {key: value for key, value in known.items() if _ALL in asked or key in asked}
        return {"Attributes": wanted} if wanted else {}

    def change(self, given: JSON, *, now: datetime) -> JSON:
        """Answer SetQueueAttributes; an empty value takes a policy or a key away."""
        queue = self.queue(given)
        attributes = read_attributes(mapping(given, "Attributes"))
        if not attributes:
            raise SqsFault("MissingParameter", "The request must contain the parameter Attributes.")
        self._check_target(attributes)
        queue.attributes |= attributes
        queue.changed_at = now
        self._queues.connect(queue)
        return {}

    def purge(self, given: JSON, *, now: datetime) -> JSON:
        """Answer PurgeQueue, once a minute at most."""
        queue = self.queue(given)
        if queue.purged_at is not None and now - queue.purged_at < _AFTER_PURGING:
            raise SqsFault(
                "PurgeQueueInProgress", "Only one PurgeQueue per queue is allowed every 60 seconds."
            )
        queue.purged_at = now
        queue.purge()
        return {}

    def delete(self, given: JSON, *, now: datetime) -> JSON:
        """Answer DeleteQueue."""
        self._queues.remove(self.queue(given), now=now)
        return {}

    def sources(self, given: JSON) -> JSON:
        """Answer ListDeadLetterSourceQueues."""
        target = self.queue(given)
        found = [one.url for one in self._queues.all() if one.dead_letters and one.dead_letters[0] is target]
        return {"queueUrls": found}

    def queue(self, given: JSON, name: str = "QueueUrl") -> Queue:
        """Return the queue a request is for.

        Raises:
            SqsFault: There is none.
        """
        queue = self._queues.find(str(given.get(name, "")))
        if queue is None:
            raise SqsFault("QueueDoesNotExist", "The specified queue does not exist.")
        return queue

    def _check_target(self, attributes: Mapping[str, str]) -> None:
        redrive = redrive_of(attributes)
        if redrive is not None and self._queues.find_arn(redrive[0]) is None:
            raise invalid("RedrivePolicy", "names a dead-letter queue that does not exist.")


def _current(queue: Queue, name: str) -> str:
    return queue.attributes.get(name) or DEFAULTS.get(name, "")


def _all_of(queue: Queue, now: datetime) -> dict[str, str]:
    visible, hidden = queue.counts(now)
    delayed = queue.delayed(now)
    created, changed = queue.created_at or now, queue.changed_at or now
    known = {name: _current(queue, name) for name in sorted(SETTABLE)}
    known |= {
        "ApproximateNumberOfMessages": str(visible),
        "ApproximateNumberOfMessagesNotVisible": str(hidden - delayed),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
        "CreatedTimestamp": str(int(created.timestamp())),
        "LastModifiedTimestamp": str(int(changed.timestamp())),
        "QueueArn": queue.arn,
    }
    return {name: value for name, value in known.items() if value}
