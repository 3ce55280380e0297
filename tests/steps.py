"""Runs single steps of a day by hand, and bends the size of Amazon's pages, where a whole day would be
slow."""

import contextlib
from datetime import timedelta

import httpx

from day import SELLER, Day
from dockseal.domain.lane import Outcome
from dockseal.errors import AmazonError

_SIZES = ("maxResultsPerPage", "MaxResultsPerPage")


class SmallPages(httpx.BaseTransport):
    """A line to Amazon on which every list is asked for in pages of two orders."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for name in _SIZES:
            if name in request.url.params:
                request.url = request.url.copy_set_param(name, "2")
        return self.inner.handle_request(request)


def step(day: Day, name: str) -> Outcome:
    """Runs one step of the day's seller once."""
    (found,) = [each for each in day.app.lanes.steps if each.name == name]
    return found.run(SELLER)


def attempt(day: Day, name: str) -> Outcome:
    """Runs a step once; what Amazon refuses or throttles is tried again later, as the lanes do."""
    with contextlib.suppress(AmazonError):
        return step(day, name)
    return Outcome()


def catch_up(day: Day, *, turns: int = 400) -> None:
    """Lets time pass and sweeps, until a whole window is read that began after now, and every notice with
    it."""
    began = day.clock.now()
    for _ in range(turns):
        day.clock.advance(timedelta(minutes=4))
        attempt(day, "sweep")
        while attempt(day, "take_in").done:
            pass
        mark = day.app.storage.watermarks.get(SELLER)
        if mark and mark.complete_to > began and not day.app.storage.notices.open_count(SELLER):
            return
    raise AssertionError("the sweep does not catch up")


def reconcile(day: Day) -> str:
    """Lets the seller's next turn come, counts, reads what differs, and returns what was said of it."""
    storage = day.app.storage
    before = {run.started_at for run in storage.sync_runs.latest(SELLER, 500)}
    due = step(day, "reconcile").again_at
    if due is not None and due > day.clock.now():
        day.clock.set(due)
    catch_up(day)
    for _ in range(400):
        if step(day, "reconcile").more is False and not _under_way(day, before):
            break
        day.clock.advance(timedelta(minutes=3))
    (run, *_) = [run for run in storage.sync_runs.latest(SELLER, 500) if run.source == "reconciliation"]
    while attempt(day, "take_in").done:
        day.clock.advance(timedelta(seconds=20))
    return run.sentence


def _under_way(day: Day, before: set[object]) -> bool:
    runs = day.app.storage.sync_runs.latest(SELLER, 500)
    new = [run for run in runs if run.source == "reconciliation" and run.started_at not in before]
    return not any(run.outcome == "complete" for run in new)
