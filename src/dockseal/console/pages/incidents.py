"""The page of incidents: cases with their countdown, measures as buttons, evidence, and the notice."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from dockseal.console.answers import redirect, refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.domain.incident import Incident
from dockseal.errors import BadInput, DocksealError, SignatureRefused, StorageUnavailable
from dockseal.pii_security.incidents.casework import Casework

PAGE = "/incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One case in the list."""

    incident: Incident
    left: str
    """How long is left to tell Amazon; empty where it was told."""
    late: bool


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Lists the cases, those that are open first, and who is locked."""
    return _list(request)


@require_POST
def open_case(request: HttpRequest) -> HttpResponse:
    """Opens a case because somebody has a suspicion."""
    what, actor = request.POST.get("what", ""), request.POST.get("actor", "").strip()
    try:
        incident = app_of(request).incidents.open(what, PERSON, actor=actor)
    except BadInput as fault:
        return _list(request, fault=str(fault))
    return redirect(f"{PAGE}/{incident.id}")


@require_safe
def one(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Shows a case."""
    return _case(request, incident_id)


@require_POST
def note(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Adds a note to a case."""
    text = request.POST.get("text", "")
    return _act(request, incident_id, lambda work: work.note(incident_id, text, PERSON))


@require_POST
def freeze(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Freezes evidence."""
    return _act(request, incident_id, lambda work: work.freeze(incident_id, PERSON))


@require_POST
def verify(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Compares the evidence with its manifests."""
    return _act(request, incident_id, lambda work: work.verify(incident_id, PERSON))


@require_POST
def take(request: HttpRequest, incident_id: str, code: str) -> HttpResponse:
    """Takes a measure. Who ends all sessions, ends their own."""
    subject = request.POST.get("subject", "")
    return _act(request, incident_id, lambda work: work.take(incident_id, code, subject, PERSON))


@require_POST
def told(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Marks that Amazon was told."""
    return _act(request, incident_id, lambda work: work.told(incident_id, PERSON))


@require_POST
def close(request: HttpRequest, incident_id: str) -> HttpResponse:
    """Closes a case."""
    names = ("root_cause", "remediation", "corrective_control")
    given = {name: request.POST.get(name, "") for name in names}
    return _act(request, incident_id, lambda work: work.close(incident_id, PERSON, **given))


def _act(request: HttpRequest, incident_id: str, act: Callable[[Casework], object]) -> HttpResponse:
    try:
        act(app_of(request).incidents)
    except StorageUnavailable:
        raise
    except DocksealError as fault:
        return _case(request, incident_id, fault=str(fault))
    return redirect(f"{PAGE}/{incident_id}")


def _list(request: HttpRequest, *, fault: str = "") -> HttpResponse:
    app = app_of(request)
    values = {
        "cases": [_shown(request, each) for each in app.storage.incidents.all()],
        "locks": app.storage.locks.all(),
        "contact": app.incidents.contact,
        "fault": fault,
    }
    return render(request, "incidents.html", values, status=400 if fault else 200)


def _case(request: HttpRequest, incident_id: str, *, fault: str = "") -> HttpResponse:
    app = app_of(request)
    try:
        incident = app.storage.incidents.get(incident_id)
    except BadInput:
        return refuse(request, "No incident has this id.", status=404, way=(PAGE, "To the incidents"))
    work = app.incidents
    broken = ""
    try:
        chain = work.custody.verify(incident)
    except SignatureRefused as refused:
        chain, broken = app.storage.incidents.entries(incident_id), str(refused)
    values = {
        "shown": _shown(request, incident),
        "incident": incident,
        "chain": chain,
        "broken": broken,
        "exposed": work.exposure(incident).by_seller.items(),
        "measures": [
            (each, each.choices()) for each in work.measures.all if each.subjects is None or each.choices()
        ],
        "notice": work.notice(incident),
        "fault": fault,
    }
    return render(request, "incident.html", values, status=409 if fault else 200)


def _shown(request: HttpRequest, incident: Incident) -> Shown:
    if not incident.open or incident.told_at is not None:
        return Shown(incident=incident, left="", late=False)
    seconds = int((incident.tell_by - app_of(request).clock.now()).total_seconds())
    left = f"{abs(seconds) // 3600} h {abs(seconds) // 60 % 60} min"
    return Shown(incident=incident, left=left, late=seconds < 0)
