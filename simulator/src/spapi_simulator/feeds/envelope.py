"""XML feeds: an AmazonEnvelope with a header, one message type, and messages.

The reader takes no document type, hence no entities of its own, and goes only so deep: what comes from
outside cannot make it fetch or unfold anything.
"""

import re
from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from spapi_simulator.feeds.messages import Problem, Rejected, Result, Unreadable

Act = Callable[[Element], None]
"""Carries out the body of one message."""
_DEEPEST = 12
_NUMBER = re.compile(r"0{0,19}[1-9]\d{0,19}", re.ASCII)


def carry_out(text: str, act: Act, *, message_type: str, seller_id: str) -> list[Result]:
    """Carry out the messages of a feed, each for itself, and return what became of them.

    Args:
        text: The decoded file; an encoding that the XML declares does not count.
        act: Carries out one message, or raises Rejected.
        message_type: What the feed is about, which is also the name of the element in each message.
        seller_id: Whose feed it is.

    Raises:
        Unreadable: It is not well-formed, is no AmazonEnvelope, or is of another type or another seller.
    """
    results, seen = [], set[int]()
    for message in _messages(text, message_type=message_type, seller_id=seller_id):
        number, body = value(message, "MessageID"), message.find(message_type)
        order_id = "" if body is None else value(body, "AmazonOrderID")
        result = Result(number=number if _NUMBER.fullmatch(number) else "0", order_id=order_id)
        try:
            _check_number(number, seen)
            check_children(message, ("MessageID", "OperationType", message_type))
            act(_present(body, message_type))
        except Rejected as fault:
            result = result.spoiled(fault)
        results.append(result)
    return results


def _messages(text: str, *, message_type: str, seller_id: str) -> list[Element]:
    root = _parse(text)
    if root.tag != "AmazonEnvelope":
        raise Unreadable(Problem.UNREADABLE, "The root element is not AmazonEnvelope.")
    header = root.find("Header")
    if header is None or not value(header, "DocumentVersion"):
        raise Unreadable(Problem.UNREADABLE, "The Header with its DocumentVersion is missing.")
    if value(header, "MerchantIdentifier") != seller_id:
        raise Unreadable(Problem.WRONG_MERCHANT, "The MerchantIdentifier is not the seller of this feed.")
    if value(root, "MessageType") != message_type:
        raise Unreadable(Problem.WRONG_MESSAGE_TYPE, f"The MessageType of this feed must be {message_type}.")
    messages = root.findall("Message")
    if not messages:
        raise Unreadable(Problem.UNREADABLE, "The envelope holds no Message.")
    return messages


def value(element: Element, name: str) -> str:
    """Return the text of a child without the space around it; empty where there is none."""
    return (element.findtext(name) or "").strip()


def check_children(element: Element, allowed: Iterable[str], *, many: Iterable[str] = ()) -> None:
    """Refuse children that the element does not have, or has only once.

    Raises:
        Rejected: There is one, as there is when a name is misspelt.
    """
    names = [child.tag for child in element]
    repeatable = frozenset(many)
    known = frozenset(allowed) | repeatable
    for name in names:
        if name not in known:
            raise Rejected(Problem.INVALID_MESSAGE, f"{element.tag} has no element {name[:40]}.")
        if name not in repeatable and names.count(name) > 1:
            raise Rejected(Problem.INVALID_MESSAGE, f"{element.tag} may hold only one {name}.")


def _check_number(number: str, seen: set[int]) -> None:
    if not _NUMBER.fullmatch(number):
        raise Rejected(Problem.INVALID_MESSAGE, "The MessageID must be a positive whole number.")
    if int(number) in seen:
        raise Rejected(Problem.REPEATED_MESSAGE_ID, "The MessageID was used before in this feed.")
    seen.add(int(number))


def _present(body: Element | None, name: str) -> Element:
    if body is None:
        raise Rejected(Problem.INVALID_MESSAGE, f"The message holds no {name}.")
    return body


def _parse(text: str) -> Element:
    builder, parser, depth = TreeBuilder(), expat.ParserCreate("utf-8"), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Unreadable(Problem.UNREADABLE, "The elements are nested too deeply.")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse_doctype(*_: object) -> None:
        raise Unreadable(Problem.UNREADABLE, "A document type is not allowed in a feed.")

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as fault:
        words = f"The XML is not well-formed at line {fault.lineno}, column {fault.offset + 1}."
        raise Unreadable(Problem.UNREADABLE, words) from fault
    return builder.close()
