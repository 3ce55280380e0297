"""Which of the possible offers a seller wants to see (ShippingOfferingFilter)."""

from dataclasses import dataclass

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.bodies import flag
from spapi_simulator.merchant_fulfillment.question import PICKUP_OPTIONS
from spapi_simulator.merchant_fulfillment.rates import Quote
from spapi_simulator.merchant_fulfillment.services import DEFAULT, EXPERIENCES, PDF
from spapi_simulator.merchant_fulfillment.wording import choice_of

_WHERE, _ANY = "shippingOfferingFilter", "NoPreference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Lets offers through.

    Attributes:
        slip: Only labels with a packing slip.
        complex: Also services that take additional seller inputs; without it they stay hidden.
        pickup, experience: Only services that offer these; `NoPreference` for any.
    """

    slip: bool
    complex: bool
    pickup: str
    experience: str

    def lets(self, quote: Quote) -> bool:
        """Say whether an offer is one to show."""
        service = quote.service
        return (
            (self.complex or not quote.needs_inputs)
            and (not self.slip or PDF in service.carrier.formats)
            and (self.pickup != "CarrierWillPickUp" or service.carrier.pickup)
            and self.experience in {_ANY, *service.experiences}
        )


def read(given: JSON) -> Filter:
    """Return the filter of a request.

    Raises:
        Refusal: 400 for words the model does not know.
    """
    return Filter(
        slip=flag(given, "IncludePackingSlipWithLabel"),
        complex=flag(given, "IncludeComplexShippingOptions"),
        pickup=choice_of(given, "CarrierWillPickUp", _WHERE, PICKUP_OPTIONS, default=_ANY),
        experience=choice_of(given, "DeliveryExperience", _WHERE, (*EXPERIENCES, _ANY), default=_ANY),
    )


def has_slip(quote: Quote, label_format: str) -> bool:
    """Say whether a label comes with a packing slip: a second page, which only a PDF has."""
    carrier = quote.service.carrier
    return (carrier.formats[0] if label_format == DEFAULT else label_format) == PDF
