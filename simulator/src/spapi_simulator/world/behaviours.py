"""What is not known about Amazon for certain, as switches with a stated default."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviours:
    """Switches for what Amazon's documents leave open, or what Amazon does only at times.

    Attributes:
        list_lag_seconds: Lists show changes only once they are this old (documented: two minutes).
        read_after_write_seconds: How long reads keep showing an order as it was before confirmShipment.
        refuse_future_ship_date: Refuse a shipDate later than now.
        refuse_ship_date_before_purchase: Refuse a shipDate earlier than the purchase.
        refuse_unknown_carrier: Refuse a carrierCode outside Amazon's published list.
        refuse_utc_offsets: Refuse request dates with an offset other than Z or +00:00.
        refuse_after_newer_than_lag: Refuse *After values newer than now minus the list lag.
        notify_pending_creation: Send ORDER_CHANGE when an order is created in Pending.
        empty_name_without_rdt: v0 addresses without personal data carry `Name: ""` instead of no Name.
        gift_message_needs: The includedData values, all of them, that a v2026 gift message takes to show.
        rdt_needs_elements: Refuse an RDT for getOrders, getOrder and getOrderItems without dataElements;
            otherwise it is issued and reveals nothing.
        cancelled_items_stay: An item cancelled completely stays with quantity 0 instead of disappearing.
        redact_after_days: Personal data disappears this many days after the last change; None keeps it.
    """

    list_lag_seconds: float = 120
    read_after_write_seconds: float = 0
    refuse_future_ship_date: bool = False
    refuse_ship_date_before_purchase: bool = False
    refuse_unknown_carrier: bool = False
    refuse_utc_offsets: bool = True
    refuse_after_newer_than_lag: bool = True
    notify_pending_creation: bool = False
    empty_name_without_rdt: bool = False
    gift_message_needs: frozenset[str] = frozenset({"FULFILLMENT"})
    rdt_needs_elements: bool = True
    cancelled_items_stay: bool = True
    redact_after_days: float | None = None
