"""Labels as files: drawn in the format that was asked for, compressed, and with their checksum."""

import base64
import gzip
import hashlib
from collections.abc import Callable
from types import MappingProxyType

from spapi_simulator.front.answers import JSON
from spapi_simulator.merchant_fulfillment import pdf, png, zpl
from spapi_simulator.merchant_fulfillment.label import Label
from spapi_simulator.merchant_fulfillment.services import PDF, PNG, ZPL203, ZPL300

_DRAWN: MappingProxyType[str, tuple[Callable[[Label], bytes], str]] = MappingProxyType(
    {
        PDF: (pdf.draw, "application/pdf"),
        PNG: (png.draw, "image/png"),
        ZPL203: (zpl.draw_203, "application/zpl"),
        ZPL300: (zpl.draw_300, "application/zpl"),
    }
)


def file_of(label: Label, label_format: str) -> JSON:
    """Return a label as FileContents: the file compressed and in Base64, with the MD5 of the file itself."""
    draw, kind = _DRAWN[label_format]
    content = draw(label)
    checksum = hashlib.md5(content, usedforsecurity=False).digest()
    return {
        "Contents": base64.b64encode(gzip.compress(content, mtime=0)).decode(),
        "FileType": kind,
        "Checksum": base64.b64encode(checksum).decode(),
    }


def no_file(label_format: str) -> JSON:
    """Return the empty FileContents of a label that is cancelled or may not be shown."""
    return {"Contents": "", "FileType": _DRAWN[label_format][1], "Checksum": ""}
