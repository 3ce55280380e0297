"""The page of alerts: what fires, who sees to it, what is kept quiet, and what was over lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from dockseal.console.answers import redirect
from dockseal.console.desk import PERSON, app_of
from dockseal.domain.alert import Alert
from dockseal.errors import BadInput
from dockseal.monitoring_audit.alerts.attending import longest_mute
from dockseal.monitoring_audit.alerts.rules import Rule, rule_named
from dockseal.monitoring_audit.alerts.runbooks import RUNBOOKS, Runbook

PAGE = "/alerts"
_TIMES = (1, 4, 24, 72, 168)
"""Hours that the page offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One alert of the page."""

    alert: Alert
    rule: Rule
    book: Runbook
    quiet_for: tuple[int, ...]
    """Hours that its rule may be kept quiet for."""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows how the alerts stand, the most pressing first."""
    return _page(request)


@require_POST
def acknowledge(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes note that whoever is signed in sees to an alert."""
    try:
        app_of(request).attending.acknowledge(ref, PERSON, _hours(request))
    except BadInput as fault:
        return _page(request, str(fault))
    return redirect(PAGE)


@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Keeps a rule quiet about one thing for a while."""
    rule, about = request.POST.get("rule", ""), request.POST.get("about", "")
    try:
        app_of(request).attending.mute(rule, about, PERSON, _hours(request))
    except BadInput as fault:
        return _page(request, str(fault))
    return redirect(PAGE)


@require_POST
def unmute(request: HttpRequest, ref: str) -> HttpResponse:
    """Ends a mute before its time."""
    try:
        app_of(request).attending.unmute(ref, PERSON)
    except BadInput as fault:
        return _page(request, str(fault))
    return redirect(PAGE)


def _page(request: HttpRequest, fault: str = "") -> HttpResponse:
    app = app_of(request)
    board = app.attending.board()
    values = {
        "firing": _shown(board.firing),
        "acknowledged": _shown(board.acknowledged),
        "muted": _shown(board.muted),
        "resolved": _shown(board.resolved),
        "mutes": board.mutes,
        "channels": len(app.storage.alert_channels.all()),
        "times": _TIMES,
        "fault": fault,
    }
    return render(request, "alerts.html", values, status=409 if fault else 200)


def _shown(alerts: Iterable[Alert]) -> list[Shown]:
    return [_one(alert, rule_named(alert.rule)) for alert in alerts]


def _one(alert: Alert, rule: Rule) -> Shown:
    most = longest_mute(rule)
    quiet_for = tuple(hours for hours in _TIMES if timedelta(hours=hours) <= most)
    return Shown(alert=alert, rule=rule, book=RUNBOOKS[rule.id], quiet_for=quiet_for)


def _hours(request: HttpRequest) -> timedelta:
    text = request.POST.get("hours", "")
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise BadInput("the time is missing: give it in whole hours")
    return timedelta(hours=int(text))
