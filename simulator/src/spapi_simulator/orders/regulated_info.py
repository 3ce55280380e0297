"""getOrderRegulatedInfo and updateVerificationStatus (Orders v0): prescriptions and their verification."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from spapi_simulator.front.answers import JSON, Refusal, Reply, refuse_input, refuse_unknown
from spapi_simulator.front.bodies import optional_part, optional_text, part
from spapi_simulator.front.dates import parse, seconds
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.finding import order_of, shown_order_of
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import OrderRecord
from spapi_simulator.world.regulation import APPROVED, FIELDS, PENDING, REASONS, REJECTED, Regulation

_PATH = "/orders/v0/orders/{orderId}/regulatedInfo"
_PRESCRIPTION = (
    "prescriptionId", "expirationDate", "writtenQuantity", "totalRefillsAuthorized", "refillsRemaining",
    "clinicId", "usageInstructions",
)  # fmt: skip
_ALLOWED_WITH = {
    "prescriptionDetail": APPROVED,
    "approvedAlternativeDetails": REJECTED,
    "interimStatusDetail": PENDING,
}
"""With which verdict each kind of detail may be given."""
_BODY = "regulatedOrderVerificationStatus"

OPERATIONS = (
    Operation(
        "getOrderRegulatedInfo", "GET", _PATH, 0.5, 30, api="ordersV0", honours=("orderId",),
        restricted=frozenset({"regulatedInfo"}),
    ),
    Operation(
        "updateVerificationStatus", "PATCH", _PATH, 0.5, 30, api="ordersV0", honours=("orderId", _BODY),
    ),
)  # fmt: skip


class RegulatedInfo:
    """Answers the two operations on regulated orders."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"getOrderRegulatedInfo": self.get, "updateVerificationStatus": self.update}

    def get(self, ask: Ask) -> Reply:
        """Answer getOrderRegulatedInfo; what the buyer told takes an RDT."""
        order = shown_order_of(ask, self._book)
        regulation = _regulation_of(order)
        fields: list[JSON] = [
            {"FieldId": name, "FieldLabel": label, "FieldType": "Text", "FieldValue": value}
            for name, label, value in FIELDS
        ]
        payload: JSON = {
            "AmazonOrderId": order.order_id,
            "RequiresDosageLabel": regulation.dosage_label,
            "RegulatedInformation": {"Fields": fields if ask.caller.restricted else []},
            "RegulatedOrderVerificationStatus": _status(regulation),
        }
        return Reply(body={"payload": payload})

    def update(self, ask: Ask) -> Reply:
        """Answer updateVerificationStatus; 204 without a body."""
        order = order_of(ask, self._book)
        regulation = _regulation_of(order)
        given = part(ask.json(), _BODY)
        status = optional_text(given, "status")
        self._check(given, status)
        if regulation.status != PENDING:
            raise refuse_input(f"The order is already {regulation.status}.")
        verdict = replace(
            regulation,
            status=status or regulation.status,
            reviewer=optional_text(given, "externalReviewerId"),
            reason=optional_text(given, "rejectionReasonId"),
            reviewed_at=ask.now,
        )
        self._book.verified(order, verdict)
        return Reply(status=204)

    def _check(self, given: JSON, status: str) -> None:
        if status not in {"", APPROVED, REJECTED}:
            raise refuse_input(
                message=f"Invalid request parameter `status`. Must be one of [{APPROVED}, {REJECTED}]."
            )
        details = optional_part(given, "verificationDetails")
        faults = [
            f"Verification Detail `{name}` is not supported when order is in {status} status."
            for name, fitting in _ALLOWED_WITH.items()
            if name in details and status and status != fitting
        ]
        if status == REJECTED and not given.get("rejectionReasonId"):
            faults.append("Missing request parameter: rejectionReasonId.")
        if not given.get("externalReviewerId"):
            faults.append("Missing request parameter: externalReviewerId.")
        if not status and not details:
            faults.append("Missing request parameter: status.")
        if faults:
            raise Refusal.of_many(400, "InvalidInput", faults)
        _check_reason(given, status)
        if "prescriptionDetail" in details:
            _check_prescription(part(details, "prescriptionDetail"))


def _regulation_of(order: OrderRecord) -> Regulation:
    if order.regulation is None:
        raise refuse_unknown()
    return order.regulation


def _status(regulation: Regulation) -> JSON:
    reasons: list[JSON] = [
        {"RejectionReasonId": name, "RejectionReasonDescription": description}
        for name, description in REASONS
    ]
    pending = regulation.status == PENDING
    shape: JSON = {
        "Status": regulation.status,
        "RequiresMerchantAction": pending,
        "ValidRejectionReasons": reasons,
        "ValidVerificationDetails": [
            {"VerificationDetailType": "prescriptionDetail", "ValidVerificationStatuses": [APPROVED]}
        ],
    }
    if regulation.reviewer:
        shape["ExternalReviewerId"] = regulation.reviewer
    if regulation.reviewed_at is not None:
        shape["ReviewDate"] = seconds(regulation.reviewed_at)
    if chosen := next((one for one in reasons if one["RejectionReasonId"] == regulation.reason), None):
        shape["RejectionReason"] = chosen
    return shape


def _check_reason(given: JSON, status: str) -> None:
    known = {name for name, _ in REASONS}
    if status == REJECTED and optional_text(given, "rejectionReasonId") not in known:
        raise refuse_input("rejectionReasonId is not one of the ValidRejectionReasons.")
    optional_text(given, "externalReviewerId")


def _check_prescription(detail: JSON) -> None:
    if missing := [name for name in _PRESCRIPTION if detail.get(name) is None]:
        raise refuse_input(
            message=f"Missing required parameter(s) from prescriptionDetail value: {', '.join(missing)}"
        )
    parse(detail["expirationDate"], "expirationDate")
