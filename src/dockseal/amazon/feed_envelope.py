"""What stands around the messages of every XML feed (amzn-envelope.xsd), and how its texts are written."""

import re
from xml.etree.ElementTree import Element, SubElement, tostring

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry in any form: most control characters, and halves of characters."""


def envelope(merchant: str, message_type: str) -> Element:
    """Returns a feed still without messages.

    Args:
        merchant: Amazon's merchant token of the seller.
        message_type: What its messages are.
    """
    root = Element(
        "AmazonEnvelope",
        {
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": "amzn-envelope.xsd",
        },
    )
    header = SubElement(root, "Header")
    put(header, "DocumentVersion", "1.01")
    put(header, "MerchantIdentifier", merchant)
    put(root, "MessageType", message_type)
    return root


def put(parent: Element, name: str, text: str) -> None:
    """Puts a text under a name into an element, without what XML cannot carry."""
    SubElement(parent, name).text = _NO_XML.sub("", text)


def written(root: Element) -> bytes:
    """Returns the file."""
    file: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return file
