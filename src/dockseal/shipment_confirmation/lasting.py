"""What a person still has to see to although Amazon shows all of an order as it was sent. Pure.

Most of what is said of an order on its way is over by then. These sentences are of what lies outside of what
Amazon shows: where a parcel goes to, that it should not have left, what is to come back, what was paid twice.
"""

import re

_WAREHOUSE = r"Warehouse \S+ "
_LASTING = re.compile(
    "|".join(
        (
            r"The label whose answer was lost was .*?(?:buy it again|voided too)\.",
            r"Amazon has cancelled what lies in parcel \d+, .*?in Seller Central\.",
            r"Warehouses? .*? could not stop order \S+ any more: "
            r".*?(?:once it arrived|or tell the buyer|send there what differs|ships as it is)\."
            r"(?: Warehouses? .*? did stop its part, .*?settle that part there\.)?",
            r"The address of order \S+ changed between .*?that Seller Central shows\.",
            _WAREHOUSE + r"shipped order \S+ although it was held here .*?ships nothing twice\.",
            _WAREHOUSE + r"shipped a parcel of order \S+ under reference .*?shipped a second time\.",
            _WAREHOUSE + r"shipped reference .*?refunded as well\.",
            _WAREHOUSE + r"said that it had stopped reference .*?ships only once \(`[^`]*`\)\.",
        )
    )
)
"""As labelling, stopping and tracking say them, whatever they name (`fulfillment_processing`)."""


def lasting(attention: str) -> list[str]:
    """Returns the sentences of an order's attention that what Amazon shows does not settle."""
    return [found[0] for found in _LASTING.finditer(attention)]
