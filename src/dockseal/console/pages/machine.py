"""What machines fetch: static files, health and metrics."""

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_safe

from dockseal.console.answers import open_to_all
from dockseal.console.desk import app_of, desk_of
from dockseal.console.sign_in import metrics_key
from dockseal.domain.loopback import is_loopback
from dockseal.monitoring_audit.checks import Condition
from dockseal.monitoring_audit.metrics import METRICS_CONTENT_TYPE

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


@open_to_all
@require_safe
def static(request: HttpRequest, name: str) -> HttpResponse:
    """Serves one of the static files; for good under its own version, else to be asked for again."""
    asset = desk_of(request).assets.by_name.get(name)
    if asset is None:
        return HttpResponseNotFound("There is no such file.\n", content_type="text/plain; charset=utf-8")
    etag = f'"{asset.version}"'
    kept = request.headers.get("If-None-Match") == etag
    answer = HttpResponse(status=304) if kept else HttpResponse(asset.content)
    answer.headers["Content-Type"] = asset.content_type
    answer.headers["ETag"] = etag
    named = request.GET.get("v") == asset.version
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return answer


@open_to_all
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answers 200 while Dockseal does its work, else 503; each check only to who may read the metrics."""
    found = app_of(request).health()
    status = 503 if found.verdict is Condition.FAILING else 200
    body: dict[str, object] = {"verdict": found.verdict.value}
    if _may_scrape(request):
        body["checks"] = [
            {"name": check.name, "about": check.about, "ok": check.ok, "sentence": check.sentence}
            for check in found.checks
        ]
    return JsonResponse(body, status=status)


@open_to_all
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answers 200 while the process runs its lanes; 503 when only starting it anew helps."""
    alive = app_of(request).alive()
    return JsonResponse({"live": alive}, status=200 if alive else 503)


@open_to_all
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answers 200 while work may be sent here, else 503; why not, only to who may read the metrics.

    It is not while a store is old or missing, a key cannot be read, or tables are behind.
    """
    faults = app_of(request).unready()
    body: dict[str, object] = {"ready": not faults}
    if faults and _may_scrape(request):
        body["faults"] = faults
    return JsonResponse(body, status=503 if faults else 200)


@open_to_all
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answers with the metrics, to a reader on this machine or with the metrics key."""
    if not _may_scrape(request):
        return HttpResponse(
            "The metrics are read from this machine itself, or with the metrics key as bearer.\n",
            status=401,
            content_type="text/plain; charset=utf-8",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return HttpResponse(app_of(request).metrics_text(), content_type=METRICS_CONTENT_TYPE)


def _may_scrape(request: HttpRequest) -> bool:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        wanted = metrics_key(app_of(request).keys).reveal()
        return secrets.compare_digest(key.encode(), wanted.encode())
    # Behind a proxy on this machine everybody seems to come from loopback.
    return is_loopback(request.META.get("REMOTE_ADDR", "")) and not any(
        name in request.headers for name in _FORWARDED
    )
