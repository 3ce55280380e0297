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
        reauthorisation_ends_old_token: A new consent of a seller kills the refresh tokens of the older ones.
        consent_days: A seller's consent at the website ends after this many days (documented: 365); None
            keeps it. A self-authorisation (`Simulator.authorize`) does not end.
        client_secret_days: A client secret ends after this many days (documented: 180); None keeps it.
        old_client_secret_days: How long the old client secret lives on after a rotation.
        redact_after_days: Personal data disappears this many days after the order was settled: delivered,
            or changed its status last. None keeps it.
        by_id_lag_seconds: How long reads by id show an order as it was before a change that lists show.
        items_per_page: How many items getOrderItems and getOrderItemsBuyerInfo give at once.
        null_message_for_bad_tokens: Refuse a page token that cannot be decoded with `message: null`.
        company_only_in_address: v0 shows CompanyName in getOrderAddress and not in getOrder and getOrders.
        detailed_package_status: v2026 packages carry detailedStatus (Amazon documents it and never sends it).
        in_transit_after_seconds: How long after its report a package is scanned by the carrier.
        delivered_after_seconds: How long after its report a package is delivered.
        static_sandbox: The sandbox hosts answer 400 "Could not match input arguments", as Amazon's static
            sandbox does for every request that is none of its samples.
        rdt_ignores_trailing_slash: An RDT for a path with a slash at its end is issued, and opens nothing.
        garbled_titles_in: Countries whose titles getOrderItems gives as UTF-8 misread for Latin-1.
        numbers_packages_from: The first packageReferenceId of packages that Amazon numbers itself: those of
            Seller Central, of feeds and of its own labels. Far from 1, they meet none that a sender chose.
        refuse_confirm_unverified: Refuse confirmShipment while regulated items are not approved.
        feed_queue_seconds: How long a feed waits before it is worked on.
        feed_processing_seconds: How long a feed is worked on.
        feed_report_gzip_from_bytes: Processing reports of this size or more come compressed.
        refuse_created_since_before_retention: Refuse a createdSince of more than 90 days ago.
        report_queue_seconds: How long a report waits before it is worked on.
        report_processing_seconds: How long a report is worked on.
        report_lag_seconds: Reports miss what happened this long before they look (documented: up to 30
            minutes for order reports). A schedule whose periods end in that time misses it for good.
        report_charset: What report documents are encoded in: `UTF-8`, or `Cp1252` and `Shift_JIS` as Amazon
            does at times. The document's Content-Type names it.
        report_gzip_from_bytes: Report documents of this size or more come compressed.
        undocumented_report_schedules: The flat all-orders reports may be scheduled, as Amazon allows although
            its documents say that they are only requested.
        check_queue_policy: A queue takes notifications only where its policy lets Amazon's account send.
        order_change_needs_directive: Refuse a subscription to ORDER_CHANGE without a processingDirective.
        first_message_delay_seconds: Nothing arrives earlier than this after subscribing (up to an hour was
            seen); what happens meanwhile arrives then.
        buyer_requests_by_item: Tell of a BuyerRequestedChange once for each item (OrderItemLevel).
        malformed_destination_is_internal_failure: Answer 500 to createDestination with a malformed body.
        label_offer_seconds: How long an offer of getEligibleShipmentServices can be bought.
        label_refund_seconds: How long after cancelShipment the carrier decides on the refund.
        labels_need_rdt: Refuse createShipment, getShipment and cancelShipment without an RDT; otherwise they
            answer without the recipient's address and without the label that shows it.
        refuse_cancelled_again: Refuse cancelShipment for a shipment that is cancelled already; otherwise the
            shipment is answered as it stands.
        unavailable_carriers: The carriers, by name, that sell no labels for the time being.
        unaccepted_carriers: The carriers whose terms and conditions the seller has not accepted.
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
    reauthorisation_ends_old_token: bool = False
    consent_days: float | None = 365
    client_secret_days: float | None = 180
    old_client_secret_days: float = 7
    redact_after_days: float | None = None
    by_id_lag_seconds: float = 0
    items_per_page: int = 100
    null_message_for_bad_tokens: bool = False
    company_only_in_address: bool = False
    detailed_package_status: bool = False
    in_transit_after_seconds: float = 6 * 3600
    delivered_after_seconds: float = 3 * 86400
    static_sandbox: bool = False
    rdt_ignores_trailing_slash: bool = False
    garbled_titles_in: frozenset[str] = frozenset()
    numbers_packages_from: int = 1
    refuse_confirm_unverified: bool = True
    feed_queue_seconds: float = 30
    feed_processing_seconds: float = 60
    feed_report_gzip_from_bytes: int = 65_536
    refuse_created_since_before_retention: bool = True
    report_queue_seconds: float = 15
    report_processing_seconds: float = 45
    report_lag_seconds: float = 0
    report_charset: str = "UTF-8"
    report_gzip_from_bytes: int = 65_536
    undocumented_report_schedules: bool = True
    check_queue_policy: bool = True
    order_change_needs_directive: bool = False
    first_message_delay_seconds: float = 0
    buyer_requests_by_item: bool = False
    malformed_destination_is_internal_failure: bool = False
    label_offer_seconds: float = 1800
    label_refund_seconds: float = 86400
    labels_need_rdt: bool = True
    refuse_cancelled_again: bool = True
    unavailable_carriers: frozenset[str] = frozenset()
    unaccepted_carriers: frozenset[str] = frozenset()
