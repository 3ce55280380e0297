"""Notifications API v1: a queue as a destination, and a seller's subscription to ORDER_CHANGE.

Destinations belong to an application and are made with its own grantless token; a subscription belongs to a
seller and is made with the seller's. What is there already is taken over (409), not a failure.
"""

from dockseal.amazon.login import NOTIFICATIONS_SCOPE
from dockseal.amazon.operations import (
    CREATE_DESTINATION,
    CREATE_SUBSCRIPTION,
    GET_DESTINATIONS,
    GET_SUBSCRIPTION,
)
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Answer, Session
from dockseal.domain.identifiers import SellerId
from dockseal.domain.seller import Region
from dockseal.errors import AmazonRefused

PAYLOAD_VERSION = "1.0"
_CONFLICT, _UNKNOWN = 409, 404


def destinations(session: Session, application: str, region: Region) -> dict[str, str]:
    """Returns the ids of an application's destinations, each with the ARN of its queue, if it is one."""
    answer = session.call_grantless(GET_DESTINATIONS, application, region, scope=NOTIFICATIONS_SCOPE)
    whole = _piece(answer, f"the destinations of application {application}")
    return {
        each.needed_text("destinationId"): each.piece("resource").piece("sqs").text("arn")
        for each in whole.pieces("payload")
    }


def destination_of(session: Session, application: str, region: Region, *, name: str, arn: str) -> str:
    """Returns the id of the destination that a queue is to an application; makes it if there is none.

    Raises:
        AmazonRefused: Amazon may not send to the queue, or knows none of this ARN.
    """
    known = _id_of(destinations(session, application, region), arn)
    if known:
        return known
    body = {"name": name, "resourceSpecification": {"sqs": {"arn": arn}}}
    try:
        answer = session.call_grantless(
            CREATE_DESTINATION, application, region, scope=NOTIFICATIONS_SCOPE, body=body, write=True
        )
    except AmazonRefused as refused:
        adopted = (
            _id_of(destinations(session, application, region), arn) if refused.status == _CONFLICT else ""
        )
        if not adopted:
            raise
        return adopted
    return (
        _piece(answer, f"a destination of application {application}")
        .piece("payload")
        .needed_text("destinationId")
    )


def subscription_to(session: Session, seller: SellerId) -> str:
    """Returns the id of the destination that a seller's ORDER_CHANGE notifications go to; empty for none."""
    try:
        answer = session.call(GET_SUBSCRIPTION, seller, query={"payloadVersion": PAYLOAD_VERSION})
    except AmazonRefused as refused:
        if refused.status == _UNKNOWN:
            return ""
        raise
    return _piece(answer, f"the subscription of seller {seller}").piece("payload").text("destinationId")


def subscribe(session: Session, seller: SellerId, destination: str) -> str:
    """Subscribes a seller's ORDER_CHANGE notifications; returns the id of the destination they go to.

    That is another one than `destination` where a subscription was there before.
    """
    known = subscription_to(session, seller)
    if known:
        return known
    body = {"payloadVersion": PAYLOAD_VERSION, "destinationId": destination}
    try:
        session.call(CREATE_SUBSCRIPTION, seller, body=body, write=True)
    except AmazonRefused as refused:
        adopted = subscription_to(session, seller) if refused.status == _CONFLICT else ""
        if not adopted:
            raise
        return adopted
    return destination


def _id_of(known: dict[str, str], arn: str) -> str:
    return next((id_ for id_, its_arn in known.items() if its_arn == arn), "")


def _piece(answer: Answer, whose: str) -> Piece:
    return Piece(whose=whose, values=answer.json or {})
