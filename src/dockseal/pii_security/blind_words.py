"""What the blind index makes of an e-mail address, a phone number or an order id before any key is used.

The same value, written another way, becomes the same word; another value never does. Words are as telling as
the values: they exist in memory, and encrypted.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Mapping

import phonenumbers

from dockseal.domain.clue import ClueKind
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.recipient import Recipient
from dockseal.errors import BadInput

_LABEL = b"dockseal/blind-index/word"
_NO_DIGIT = re.compile(r"\D")


def words_of(seller: SellerId, recipient: Recipient) -> dict[ClueKind, bytes]:
    """Returns the word of each value of a recipient that it can be found by.

    Args:
        seller: Whose order it is: no two sellers have a word in common.
        recipient: The values; a phone number without a country code is one of the country delivered to.
    """
    values = recipient.disclose()
    country = values.get(Field.COUNTRY, "")
    found = {
        ClueKind.EMAIL: email(values.get(Field.BUYER_EMAIL, "")),
        ClueKind.PHONE: phone(values.get(Field.PHONE, ""), country),
    }
    return {kind: _word(seller, kind, value) for kind, value in found.items() if value}


def word_of_order(seller: SellerId, order_id: AmazonOrderId) -> Mapping[ClueKind, bytes]:
    """Returns the word of Amazon's order id."""
    return {ClueKind.ORDER: _word(seller, ClueKind.ORDER, order_id)}


def asked_for(text: str) -> Recipient:
    """Returns what somebody asks for, an e-mail address or a phone number, as personal data.

    Raises:
        BadInput: it is neither, or a phone number without a country code. Its text never shows what it was.
    """
    asked = text.strip()
    if "@" in asked and not any(each.isspace() for each in asked):
        return Recipient({Field.BUYER_EMAIL: asked})
    if len(asked.splitlines()) != 1 or not asked.startswith("+") or not _parsed(asked, ""):
        raise BadInput(
            "this is neither an e-mail address nor a phone number with its country code: write the number "
            "as Seller Central shows it, with + and the country code before it, and its extension after it"
        )
    return Recipient({Field.PHONE: asked})


def email(text: str) -> str:
    """Returns the one form of an e-mail address: capitals and what stands around it make no other one."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def phone(text: str, country: str) -> str:
    """Returns the one form of a phone number: E.164, and the extension where there is one (RFC 3966).

    An extension is part of it: Amazon gives out numbers that many buyers share, told apart by that alone.

    Args:
        text: As it is written; nothing where no number can be seen in it.
        country: ISO 3166 code of where it is dialled without a country code.
    """
    digits = _NO_DIGIT.sub("", text)
    return _parsed(text, country.upper()) or (digits and f"{country.upper()}/{digits}")


def _parsed(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    extension = f";ext={number.extension}" if number.extension else ""
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}{extension}"


def _word(seller: SellerId, kind: ClueKind, value: str) -> bytes:
    return hmac.digest(_LABEL, json.dumps([seller, kind.value, value]).encode(), "sha256")
