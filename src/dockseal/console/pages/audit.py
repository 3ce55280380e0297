"""The audit trail: who did what with which order, why and when; shown by pages, and taken away whole."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dockseal.console.answers import refuse
from dockseal.console.desk import app_of
from dockseal.domain.access import Purpose
from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import Access
from dockseal.errors import BadInput
from dockseal.monitoring_audit.exports.asking import Wanted, query_of
from dockseal.monitoring_audit.exports.formats import Format, lines, register_csv, register_json
from dockseal.monitoring_audit.exports.ocsf import failed
from dockseal.monitoring_audit.exports.register import register as register_of
from dockseal.monitoring_audit.exports.searching import found
from dockseal.monitoring_audit.meanings import meaning
from dockseal.monitoring_audit.tags import Tag

_PAGE = 50
_LONGEST = 100
_WAY = ("/audit", "To the audit trail")
_PURPOSES = tuple((purpose.name.lower(), purpose.value) for purpose in Purpose)
_TAGS = tuple(sorted({":".join(tag.split(":")[:parts]) for tag in Tag for parts in (1, 2, 3)}))
"""Every tag, and how tags begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One row of the page."""

    row: AuditRow
    words: str
    purpose: str
    details: str
    """The other fields."""
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the register, and the query of the rows behind it."""

    access: Access
    words: str
    behind: str


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows what is asked for, the newest first, a page at a time."""
    wanted, before = _wanted(request), request.GET.get("before", "")
    rows: list[AuditRow] = []
    fault = ""
    try:
        query = query_of(wanted, app_of(request).storage)
        if before:
            query = query.going_on_before(_number(before))
        rows = app_of(request).storage.audit_search.rows(query, _PAGE + 1)
    except BadInput as refused:
        fault = str(refused)
    values = {
        "wanted": wanted,
        "asked": _query(wanted),
        "rows": [_shown(row) for row in rows[:_PAGE]],
        "older": _query(wanted, before=f"{rows[_PAGE - 1].seq}") if len(rows) > _PAGE else "",
        "not_the_newest": bool(before),
        "fault": fault,
        "purposes": _PURPOSES,
        "tags": _TAGS,
    }
    return render(request, "audit.html", values, status=400 if fault else 200)


@require_safe
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Gives all that is asked for as a file, as it is read."""
    storage = app_of(request).storage
    try:
        chosen = Format(name)
    except ValueError:
        return refuse(request, "An export is csv, json or ocsf.", status=404, way=_WAY)
    try:
        query = query_of(_wanted(request), storage)
    except BadInput as fault:
        return refuse(request, str(fault), status=400, way=_WAY)
    return _file("audit-trail", chosen, lines(chosen, found(storage, query)))


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Shows the access register of a period."""
    since, until = (_text(request, name) for name in ("since", "until"))
    entries: list[Access] = []
    fault = ""
    try:
        entries = register_of(app_of(request).storage, since=since, until=until)
    except BadInput as refused:
        fault = str(refused)
    values = {
        "entries": [_entry(each, since, until) for each in entries],
        "since": since,
        "until": until,
        "asked": _query(Wanted(since=since, until=until)),
        "fault": fault,
    }
    return render(request, "register.html", values, status=400 if fault else 200)


@require_safe
def export_register(request: HttpRequest, name: str) -> HttpResponseBase:
    """Gives the access register of a period as a file."""
    written = {"csv": register_csv, "json": register_json}.get(name)
    if written is None:
        return refuse(request, "The access register is csv or json.", status=404, way=_WAY)
    storage = app_of(request).storage
    try:
        entries = register_of(storage, since=_text(request, "since"), until=_text(request, "until"))
    except BadInput as fault:
        return refuse(request, str(fault), status=400, way=_WAY)
    return _file("access-register", Format(name), written(entries))


def _file(name: str, form: Format, texts: Iterable[str]) -> StreamingHttpResponse:
    kind, ending = ("text/csv", "csv") if form is Format.CSV else ("application/x-ndjson", "jsonl")
    return StreamingHttpResponse(
        texts,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


def _wanted(request: HttpRequest) -> Wanted:
    return Wanted(**{field.name: _text(request, field.name) for field in fields(Wanted)})


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").strip()[:_LONGEST]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadInput("`before` is the number of an audit row: begin at the newest rows")
    return int(text)


def _query(wanted: Wanted, *, before: str = "") -> str:
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)} | {"before": before}
    return urlencode({name: text for name, text in values.items() if text})


def _shown(row: AuditRow) -> Shown:
    others = dict(row.fields)
    return Shown(
        row=row,
        words=meaning(row.tag),
        purpose=others.pop("purpose", ""),
        details=" · ".join(f"{name} {text}" for name, text in others.items()),
        failed=failed(row),
    )


def _entry(each: Access, since: str, until: str) -> Entry:
    behind = Wanted(actor=each.actor, tag=each.tag, purpose=each.purpose, since=since, until=until)
    return Entry(access=each, words=meaning(each.tag), behind=_query(behind))
