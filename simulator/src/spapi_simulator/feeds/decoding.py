"""From the bytes of an upload to text, by the charset its Content-Type names."""

import codecs
from email.message import Message

from spapi_simulator.feeds.messages import Problem, Unreadable

LARGEST = 10 * 1024 * 1024
"""In bytes: Amazon's old guidance for one feed (10 MiB), held here as a limit."""
_CODECS = {
    "utf-8": "utf-8",
    "iso8859-1": "iso8859-1",
    "ascii": "ascii",
    "cp1252": "cp1252",
    # Amazon's Shift_JIS is the one of Windows, with its additional characters.
    "shift_jis": "cp932",
    "cp932": "cp932",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}


def decode(content: bytes, content_type: str) -> str:
    """Return the text of a file; without a charset it is UTF-8.

    Raises:
        Unreadable: It is empty, too large, not in its charset, or in one that is not known.
    """
    if not content.strip():
        raise Unreadable(Problem.UNREADABLE, "The file is empty.")
    if len(content) > LARGEST:
        raise Unreadable(Problem.UNREADABLE, "The file is larger than 10 MiB.")
    try:
        return content.decode(_codec(content, content_type)).removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        raise Unreadable(
            Problem.UNREADABLE, f"The file is not in the charset of its Content-Type (byte {fault.start})."
        ) from fault


def _codec(content: bytes, content_type: str) -> str:
    header = Message()
    header["content-type"] = content_type
    charset = header.get_content_charset("utf-8")
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        name = ""
    if name == "utf-16":
        # A byte order mark decides; without one the bytes are big-endian (RFC 2781).
        return "utf-16" if content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-16-be"
    if name not in _CODECS:
        raise Unreadable(
            Problem.UNREADABLE, "The charset of the Content-Type is not one that feeds may have."
        )
    return _CODECS[name]
