"""What lies at the presigned addresses that Amazon gives: read into memory; nothing of it touches a disk."""

import gzip
import zlib

from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Answer
from dockseal.amazon.wire import Fetched, Lost, Wire
from dockseal.domain.secret import Secret
from dockseal.domain.web_url import protected
from dockseal.errors import AmazonUnavailable, AnswerUnreadable


def fetched(wire: Wire, answer: Answer, whose: str) -> Fetched:
    """Reads what lies at the presigned address that an answer gives.

    Args:
        wire: Fetches it.
        answer: Amazon's, with a `url`.
        whose: What it is, in words.

    Raises:
        AnswerUnreadable: there is no usable address.
        AmazonUnavailable: it cannot be fetched.
    """
    found = wire.fetch(presigned(answer, whose))
    if isinstance(found, Lost) or found.status != 200:
        raise AmazonUnavailable(f"{whose} cannot be fetched now; it is tried again with a new address")
    return found


def presigned(answer: Answer, whose: str) -> Secret:
    """Returns the presigned address that an answer gives.

    Raises:
        AnswerUnreadable: there is none, or it is not encrypted.
    """
    url = Piece(whose=whose, values=answer.json or {}).needed_text("url")
    if not protected(url):
        raise AnswerUnreadable(f"Amazon's address of {whose} is not encrypted: it is not used")
    return Secret(url)


def plain(content: bytes, whose: str) -> bytes:
    """Unpacks GZIP, told by its first bytes: Amazon names it in the answer, or the header did already.

    Raises:
        AmazonUnavailable: it was cut off.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise AmazonUnavailable(f"{whose} was cut off on its way; it is tried again") from None
