"""Leaks as careless code, libraries and systems make them: each of another kind, in another place."""

import base64
import binascii
import bz2
import contextlib
import ctypes
import gzip
import html
import io
import json
import logging
import lzma
import pickle
import sqlite3
import sys
import traceback
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import brotli
import zstandard
from django.core import signing
from prometheus_client import CollectorRegistry, Counter, generate_latest

from dockseal.storage.store import DatabasePlaces, Storage

Plant = Callable[[Path, str], Path]
"""Writes a name into a new file below a folder; returns the file."""
LEAKS: dict[str, Plant] = {}


def leak(name: str) -> Callable[[Plant], Plant]:
    """Adds a leak to the list."""

    def add(plant: Plant) -> Plant:
        LEAKS[name] = plant
        return plant

    return add


def written(place: Path, content: bytes | str) -> Path:
    """Writes a file between other things."""
    data = content.encode() if isinstance(content, str) else content
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place


@leak("a line of a log without a filter")
def log_line(folder: Path, name: str) -> Path:
    place = written(folder / "logs" / "dockseal.log", "")
    logger, handler = logging.Logger("careless"), logging.FileHandler(place, encoding="utf-8")
    logger.addHandler(handler)
    logger.warning("could not ship to %s", name)
    handler.close()
    return place


@leak("a field of a structured log")
def log_field(folder: Path, name: str) -> Path:
    return written(folder / "logs" / "events.json", json.dumps({"event": "order.failed", "buyer": name}))


@leak("a log line inside a collector's log line")
def log_in_log(folder: Path, name: str) -> Path:
    inner = json.dumps({"buyer": name})
    return written(folder / "collector" / "shipped.json", json.dumps({"log": inner, "stream": "stderr"}))


@leak("a rotated log")
def rotated_log(folder: Path, name: str) -> Path:
    return written(folder / "logs" / "dockseal.log.1.gz", gzip.compress(f"for {name}\n".encode() * 3))


@leak("a search in an access log")
def access_log(folder: Path, name: str) -> Path:
    return written(folder / "nginx" / "access.log", f"GET /?q={urllib.parse.quote(name)} 200\n")


@leak("a form in a wire log")
def wire_log(folder: Path, name: str) -> Path:
    return written(folder / "nginx" / "bodies.log", urllib.parse.urlencode({"order": "1", "name": name}))


@leak("a Basic login in a header log")
def basic_login(folder: Path, name: str) -> Path:
    login = base64.b64encode(f"ab:{name}:word".encode()).decode()
    return written(folder / "proxy" / "headers.log", f"Authorization: Basic {login}\n")


@leak("the payload of a job in a queue")
def job_payload(folder: Path, name: str) -> Path:
    return written(folder / "queue" / "job-1", base64.b64encode(f"abcd{name}".encode()))


@leak("a data URL in a cached page")
def data_url(folder: Path, name: str) -> Path:
    code = base64.b64encode(f"abcde{name}".encode()).decode()
    return written(folder / "browser" / "page.html", f'<a href="data:text/plain;base64,{code}">label</a>')


@leak("a page token")
def page_token(folder: Path, name: str) -> Path:
    token = base64.urlsafe_b64encode(json.dumps([1, f"???{name}"], ensure_ascii=False).encode()).decode()
    return written(folder / "cache" / "next-page", f"cursor={token}&limit=20")


@leak("an attachment of a mail, in lines of 76 letters")
def mail_attachment(folder: Path, name: str) -> Path:
    mail = EmailMessage()
    mail.add_attachment(
        b"x" * 40 + name.encode(), maintype="application", subtype="pdf", filename="label.pdf"
    )
    return written(folder / "mail" / "sent.eml", mail.as_bytes())


@leak("the text of a mail, quoted-printable")
def mail_text(folder: Path, name: str) -> Path:
    mail = EmailMessage()
    mail.set_content(f"{'x' * 66}{name}\n", cte="quoted-printable")
    return written(folder / "mail" / "alarm.eml", mail.as_bytes())


@leak("the subject of a mail")
def mail_subject(folder: Path, name: str) -> Path:
    mail = EmailMessage()
    mail["Subject"] = name
    return written(folder / "mail" / "subject.eml", mail.as_bytes())


@leak("a hex dump of a packet")
def packet(folder: Path, name: str) -> Path:
    return written(folder / "capture" / "packet.txt", binascii.hexlify(name.encode()).upper())


@leak("an audit row")
def audit_row(folder: Path, name: str) -> Path:
    places = DatabasePlaces(
        operations=folder / "audit" / "operations.sqlite3", vault=folder / "audit" / "vault.sqlite3"
    )
    places.operations.parent.mkdir()
    Storage.open(places, secret_key="only for tests").close()
    row = (1, "2026-11-02 08:00:00", "ORDER/LIFE.HELD", "lane", "", json.dumps({"reason": name}), "", "")
    columns = "seq, at, tag, actor, order_ref, fields, previous, hash"
    with contextlib.closing(sqlite3.connect(places.operations)) as database, database:
        database.execute(f"INSERT INTO operations_audit ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return places.operations


@leak("a session of the console")
def session(folder: Path, name: str) -> Path:
    data = signing.dumps({"search": name, "padding": "x" * 500}, key="only for tests", compress=True)
    assert data.startswith(".")
    place = folder / "session" / "django.sqlite3"
    place.parent.mkdir()
    with contextlib.closing(sqlite3.connect(place)) as database, database:
        database.execute("CREATE TABLE django_session (session_data)")
        database.execute("INSERT INTO django_session VALUES (?)", [data])
    return place


@leak("a deleted row, in a free page")
def free_page(folder: Path, name: str) -> Path:
    place = folder / "deleted" / "old.sqlite3"
    place.parent.mkdir()
    with contextlib.closing(sqlite3.connect(place)) as database:
        database.executescript("PRAGMA secure_delete=OFF; CREATE TABLE buyers (name, notes)")
        database.executemany("INSERT INTO buyers VALUES (?, ?)", [(name, "x" * 900)] * 20)
        database.commit()
        database.execute("DELETE FROM buyers")
        database.commit()
        assert database.execute("PRAGMA freelist_count").fetchone()[0] > 0
    return place


@leak("a row in the write-ahead log alone")
def write_ahead_log(folder: Path, name: str) -> Path:
    place, kept = folder / "live.sqlite3", folder / "copied" / "live.sqlite3-wal"
    with contextlib.closing(sqlite3.connect(place)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE buyers (name)")
        database.execute("INSERT INTO buyers VALUES (?)", [name])
        database.commit()
        written(kept, Path(f"{place}-wal").read_bytes())
    place.unlink()
    return kept


@leak("a long value that the pages of a database cut in two")
def cut_by_pages(folder: Path, name: str) -> Path:
    place = folder / "pages" / "cut.sqlite3"
    place.parent.mkdir()
    # SQLite fills the last page of a long value to its end: 4,092 bytes after the number of a next page.
    last_page = "x" * (4_092 - len(name.encode()) // 2)
    with contextlib.closing(sqlite3.connect(place)) as database, database:
        database.execute("CREATE TABLE notes (text)")
        database.execute("INSERT INTO notes VALUES (?)", ["x" * 6_000 + name + last_page])
    assert name.encode() not in place.read_bytes(), "no page cuts it: this leak is no other than the rest"
    return place


@leak("a label of a metric")
def metric_label(folder: Path, name: str) -> Path:
    registry = CollectorRegistry()
    Counter("orders", "Orders.", ["buyer"], registry=registry).labels(name.swapcase()).inc()
    return written(folder / "metrics" / "dockseal.prom", generate_latest(registry))


@leak("a report of an exception, with its locals")
def exception_report(folder: Path, name: str) -> Path:
    return written(folder / "reports" / "crash.txt", reported(name.encode()))


def reported(body: bytes) -> str:
    """Fails with a body among its locals; returns what a reporter that shows them writes."""
    try:
        len(body) / 0
    except ZeroDivisionError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@leak("a debug page")
def debug_page(folder: Path, name: str) -> Path:
    page = html.escape(f"<Recipient {name}>").encode("ascii", "xmlcharrefreplace")
    return written(folder / "reports" / "debug.html", b"<td class='code'>" + page + b"</td>")


@leak("a temporary file of a spreadsheet")
def spreadsheet(folder: Path, name: str) -> Path:
    return written(folder / "tmp" / "orders.csv", b"\xff\xfe" + f"1\t{name}\r\n".encode("utf-16-le"))


@leak("a string of a Java or .NET program's dump")
def utf_16_be(folder: Path, name: str) -> Path:
    return written(folder / "tmp" / "heap.hprof", b"\x01\x02" + name.encode("utf-16-be"))


@leak("an answer in an HTTP cache, gzip")
def http_cache(folder: Path, name: str) -> Path:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    return written(folder / "http" / "answer", head + gzip.compress(json.dumps({"name": name}).encode()))


@leak("an answer in an HTTP cache, deflate, cut short")
def cut_answer(folder: Path, name: str) -> Path:
    packed = zlib.compress(name.encode() + bytes(range(256)) * 4)
    return written(folder / "http" / "half", b"HTTP/1.1 200 OK\r\n\r\n" + packed[:-200])


@leak("a packing slip in an archive")
def archive(folder: Path, name: str) -> Path:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("slips/1.txt", f"{name}\n" * 5)
    return written(folder / "evidence" / "pack.zip", data.getvalue())


@leak("a core file")
def core_file(folder: Path, name: str) -> Path:
    return written(folder / "cores" / "core.1", ctypes.string_at(id(name), sys.getsizeof(name)))


@leak("the name of a file")
def file_name(folder: Path, name: str) -> Path:
    return written(folder / "spool" / f"label for {name}.pdf", b"%PDF-1.7")


@leak("a pickled job, packed")
def pickled_job(folder: Path, name: str) -> Path:
    packed = base64.b64encode(gzip.compress(pickle.dumps({"ship_to": name, "padding": "x" * 200})))
    return written(folder / "queue" / "job-2", b'{"args": "' + packed + b'"}')


@leak("an old log, bzip2")
def bzip2_log(folder: Path, name: str) -> Path:
    return written(folder / "logs" / "old.log.bz2", bz2.compress(f"for {name}\n".encode() * 3))


@leak("a backup, xz")
def xz_backup(folder: Path, name: str) -> Path:
    return written(folder / "backups" / "dump.sql.xz", lzma.compress(f"INSERT '{name}';\n".encode() * 3))


@leak("a segment of a journal, zstd")
def zstd_journal(folder: Path, name: str) -> Path:
    return written(folder / "journal" / "system.zst", b"LPKSHHRH" + zstandard.compress(name.encode() * 3))


@leak("an answer in an HTTP cache, brotli")
def brotli_answer(folder: Path, name: str) -> Path:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nVary: *\r\n\r\n"
    return written(folder / "http" / "br", head + brotli.compress(f"<p>{name}</p>".encode() * 3))


@leak("the words of a name in fields of their own, in other letters")
def words_apart(folder: Path, name: str) -> Path:
    first, middle, *_ = name.split()
    fields = {"last_name": middle.title(), "order": 1, "given_name": first.upper()}
    return written(folder / "crm" / "export.json", json.dumps(fields, ensure_ascii=False))


@leak("a label, one letter in each cell")
def letters_apart(folder: Path, name: str) -> Path:
    cells = "".join(f"<td>{html.escape(each)}</td>" for each in name.casefold() if each.isalnum())
    return written(folder / "labels" / "grid.html", f"<tr>{cells}</tr>")
