"""Finds a text wherever it lies, in whatever usual form: in plain, encoded, compressed, or in a database."""

import base64
import bz2
import contextlib
import html
import json
import lzma
import quopri
import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, quote_plus

import brotli
import zstandard

_SQLITE = b"SQLite format 3\0"
_DEEPEST = 4
_CHUNK = 1 << 16
_LARGEST = 1 << 26
_COMPRESSED: tuple[tuple[str, re.Pattern[bytes], Callable[[], "_Stream"]], ...] = (
    ("gzip", re.compile(rb"\x1f\x8b\x08"), lambda: zlib.decompressobj(31)),
    ("zlib", re.compile(rb"\x78[\x01\x5e\x9c\xda]"), lambda: zlib.decompressobj(15)),
    ("bzip2", re.compile(rb"BZh[1-9]1AY&SY"), bz2.BZ2Decompressor),
    ("xz", re.compile(rb"\xfd7zXZ\x00"), lzma.LZMADecompressor),
    ("zstd", re.compile(rb"\x28\xb5\x2f\xfd"), lambda: zstandard.ZstdDecompressor().decompressobj()),
)
_BROTLI = re.compile(rb"content-encoding:\s*br\b.*?\r?\n\r?\n", re.IGNORECASE | re.DOTALL)
"""Nothing in brotli's bytes tells that they are: what it says is its answer's header."""
_ZIPPED = re.compile(rb"PK\x03\x04")
_WORD = re.compile(rb"=\?[A-Za-z0-9-]+\?([bBqQ])\?([^?\s]*)\?=(?:\s+(?==\?))?")
"""One word of a mail's header in another alphabet (RFC 2047)."""
_PACKED = re.compile(
    rb"(?:H4sI|eAE|eF[4-7]|eJ[w-z]|eN[o-r]|Qlpo|/Td6WFo|_Td6WFo|KLUv[/_])[A-Za-z0-9+/_-]{16,}"
)
"""Base64 of what begins as gzip, zlib, bzip2, xz and zstd do."""
_WORDS = re.compile(r"\w{4,}")
_NEAR = 120
"""Letters within which the words of one text stand, as the fields of one record do."""
_LONG_ENOUGH = 8
_TAGS = re.compile(rb"<[^<>]{0,200}>")
_BETWEEN = bytes(each for each in range(128) if not chr(each).isalnum())
"""What may stand between the words of a text, or between its letters."""


class Scanner:
    """Looks for one text.

    Args:
        text: The longer, the fewer false alarms: of its encodings the shortest has as many bytes.
    """

    def __init__(self, text: str) -> None:
        variants = {text, text.lower(), text.upper(), text.swapcase(), text.title(), text.casefold()}
        self._folded = _by_bytes((name, form.lower()) for one in variants for name, form in _plain(one))
        self._exact = _by_bytes(pair for one in variants for pair in _base64(one))
        self._bare = {bare for one in variants if len(bare := _bare(one.encode())) >= _LONG_ENOUGH}
        words = sorted({word.casefold() for word in _WORDS.findall(text)}, key=len)
        self._words = words if len(words) > 1 else []

    def found(self, data: bytes, *, depth: int = 0) -> set[str]:
        """Returns the forms in which the text lies in some bytes; none is the empty set."""
        views = {"": data}
        if b"\n" in data:
            views["wrapped "] = re.sub(rb"=?\r?\n", b"", data)
        if b"\\\\" in data:
            views["escaped again "] = re.sub(rb"\\{2,}", rb"\\", data)
        if b"=?" in data:
            views["mail header "] = _WORD.sub(_word, data)
        forms = {view + name for view, seen in views.items() for name in self._in(seen)}
        forms |= {"in pieces"} if self._in_pieces(data) or self._in_words(data) else set()
        if depth < _DEEPEST:
            for name, inner in _unpacked(data):
                forms |= {f"{name} of {form}" for form in self.found(inner, depth=depth + 1)}
        return forms

    def _in(self, data: bytes) -> Iterator[str]:
        folded = data.lower()
        yield from (name for form, name in self._folded.items() if form in folded)
        yield from (name for form, name in self._exact.items() if form in data)

    def _in_pieces(self, data: bytes) -> bool:
        """Whether the text is there once whatever stands between its letters is taken out."""
        bare = _bare(data)
        return any(form in bare for form in self._bare)

    def _in_words(self, data: bytes) -> bool:
        """Whether its longer words stand near each other, in any order."""
        if not self._words:
            return False
        folded = data.decode(errors="ignore").casefold()
        *others, rarest = self._words
        return any(
            all(each in folded[max(0, at.start() - _NEAR) : at.end() + _NEAR] for each in others)
            for at in re.finditer(re.escape(rarest), folded)
        )

    def in_folder(self, folder: Path) -> dict[str, set[str]]:
        """Returns the forms found by file: in their contents, names, and rows where they are databases."""
        hits: dict[str, set[str]] = {}
        for place in sorted(folder.rglob("*")):
            name = place.relative_to(folder).as_posix()
            forms = {f"name as {form}" for form in self.found(place.name.encode())}
            if place.is_file():
                forms |= self.found(place.read_bytes())
                forms |= {f"row with {form}" for row in rows(place) for form in self.found(row)}
            if forms:
                hits[name] = forms
        return hits


def rows(place: Path) -> Iterator[bytes]:
    """The values of every row of a SQLite file: in the file itself a long one is cut up by its pages."""
    with place.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            return
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(place))}?mode=ro", uri=True)) as database:
        database.text_factory = bytes
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in database.execute(f'SELECT * FROM "{name.decode()}"'):
                yield b"\t".join(each if isinstance(each, bytes) else str(each).encode() for each in row)


def _bare(data: bytes) -> bytes:
    return _TAGS.sub(b"", data).translate(None, _BETWEEN).lower()


def _by_bytes(forms: Iterator[tuple[str, bytes]]) -> dict[bytes, str]:
    """The first name of each form, once."""
    kept: dict[bytes, str] = {}
    for name, form in forms:
        kept.setdefault(form, name)
    return kept


def _plain(text: str) -> Iterator[tuple[str, bytes]]:
    """The forms that mean the same in capitals and in small letters, or that are searched in both."""
    raw = text.encode()
    yield "plain", raw
    yield "decomposed", unicodedata.normalize("NFD", text).encode()
    yield "backwards", text[::-1].encode()
    for encoding in ("latin-1", "utf-16-le", "utf-16-be", "utf-32-le"):
        with contextlib.suppress(UnicodeEncodeError):
            yield encoding, text.encode(encoding)
    yield "hex", raw.hex().encode()
    yield "spaced hex", raw.hex(" ").encode()
    yield "url", quote(text, safe="").encode()
    yield "form", quote_plus(text).encode()
    yield "url, every byte", "".join(f"%{byte:02x}" for byte in raw).encode()
    yield "json", json.dumps(text)[1:-1].encode()
    yield "json, every letter", "".join(f"\\u{ord(each):04x}" for each in text).encode()
    yield "repr of bytes", repr(raw)[2:-1].encode()
    yield "repr of text", ascii(text)[1:-1].encode()
    yield "quoted-printable", quopri.encodestring(raw).replace(b"=\n", b"")
    yield "html", html.escape(text).encode()
    yield "html numbers", html.escape(text).encode("ascii", "xmlcharrefreplace")
    hex_numbers = (each if each.isascii() else f"&#x{ord(each):x};" for each in html.escape(text))
    yield "html hex numbers", "".join(hex_numbers).encode()


def _base64(text: str) -> Iterator[tuple[str, bytes]]:
    """What base64 makes of a text that begins at any place of three, without what its neighbours change."""
    for encoding in ("utf-8", "utf-16-le"):
        raw = text.encode(encoding)
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + raw).rstrip(b"=")
            core = whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
            yield f"base64 {before} {encoding}", core
            yield f"base64url {before} {encoding}", core.translate(bytes.maketrans(b"+/", b"-_"))


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Everything compressed that begins anywhere in some bytes."""
    for name, magic, stream in _COMPRESSED:
        for start in magic.finditer(data):
            yield name, _inflated(data, start.start(), stream())
    for head in _BROTLI.finditer(data):
        yield "brotli", _inflated(data, head.end(), _Brotli())
    for start in _ZIPPED.finditer(data):
        at = start.start()
        name_length, extra_length = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (26, 28))
        yield "zip", _inflated(data, at + 30 + name_length + extra_length, zlib.decompressobj(-15))
    for packed in _PACKED.finditer(data):
        text = packed.group()
        yield (
            "base64",
            base64.b64decode(text[: len(text) // 4 * 4], altchars=b"-_" if _is_url(text) else None),
        )


def _word(found: re.Match[bytes]) -> bytes:
    kind, text = found.groups()
    if kind in b"qQ":
        return quopri.decodestring(text, header=True)
    return base64.b64decode(text + b"==")


def _is_url(text: bytes) -> bool:
    return b"-" in text or b"_" in text


class _Stream(Protocol):
    """Reads a compressed stream piece by piece."""

    @property
    def eof(self) -> bool:
        """Whether it has ended."""

    def decompress(self, data: bytes, /) -> bytes:
        """Returns what the next piece holds."""


class _Brotli:
    """Brotli's decompressor, by the names of the others."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    def decompress(self, data: bytes, /) -> bytes:
        return bytes(self._stream.process(data))


def _inflated(data: bytes, start: int, stream: _Stream) -> bytes:
    """What can be read of a compressed stream, also of one that is cut short or broken further on."""
    out = bytearray()
    with contextlib.suppress(
        zlib.error, OSError, EOFError, lzma.LZMAError, zstandard.ZstdError, brotli.error
    ):
        for at in range(start, len(data), _CHUNK):
            out += stream.decompress(data[at : at + _CHUNK])
            if stream.eof or len(out) > _LARGEST:
                break
    return bytes(out)
