"""An Amazon that does what a test tells it to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from dockseal.amazon.tokens import MOST_RESOURCES, Rdt, Resource
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.errors import DocksealError
from unit.pii_security.safe import NOW, SELLER, someone


@dataclass
class ScriptedAmazon:
    """Gives everybody's data, except where it is told to fail; writes down what it was asked."""

    wants_tokens: bool = False
    fails: dict[AmazonOrderId, list[DocksealError]] = field(default_factory=dict)
    token_fails: Callable[[Sequence[Resource]], DocksealError | None] = lambda _: None
    gives: Callable[[frozenset[Field]], Recipient] = lambda fields: someone().only(fields)
    read_: list[tuple[AmazonOrderId, frozenset[Field]]] = field(default_factory=list)
    tokens: list[Sequence[Resource]] = field(default_factory=list)

    def recipients(self, seller: SellerId) -> "ScriptedAmazon":
        assert seller == SELLER
        return self

    def issue(self, seller: SellerId, resources: Sequence[Resource]) -> Rdt:
        self.tokens.append(resources)
        assert 0 < len(resources) <= MOST_RESOURCES
        failure = self.token_fails(resources)
        if failure is not None:
            raise failure
        return Rdt(
            token=Secret("an invented token"), expires_at=NOW + timedelta(hours=1), resources=tuple(resources)
        )

    def resources(self, order_id: AmazonOrderId, fields: frozenset[Field]) -> tuple[Resource, ...]:
        if not self.wants_tokens:
            return ()
        names = ["address", "items"] if Field.GIFT_MESSAGE in fields else ["address"]
        return tuple(Resource(method="GET", path=f"/{order_id}/{name}") for name in names)

    def read(self, order_id: AmazonOrderId, fields: frozenset[Field], rdt: Secret | None = None) -> Recipient:
        assert (rdt is not None) == self.wants_tokens
        if self.fails.get(order_id):
            raise self.fails[order_id].pop(0)
        self.read_.append((order_id, fields))
        return self.gives(fields)
