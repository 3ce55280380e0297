"""Whether every lane runs, and how it fares."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from dockseal.monitoring_audit.checks import Check, LaneHealth
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.monitoring_audit.looking.shredding import SHRED_WITHIN

_WATCHED = frozenset({"shorten", "shred"})
"""Lanes that run by the clock, whether there is work or not: their silence is a fault."""


def look_at_lanes(lanes: Sequence[LaneHealth], now: datetime) -> Iterator[Check]:
    """Tells of every lane."""
    for lane in lanes:
        yield _lane(lane, now)


def _lane(lane: LaneHealth, now: datetime) -> Check:
    name = f"lane {lane.name}"
    if not lane.alive:
        return Check(name=name, ok=False, sentence="Nothing runs this lane; restart Dockseal.", vital=True)
    if lane.failing:
        since = f" since {lane.failing_since:%Y-%m-%d %H:%M:%S} UTC" if lane.failing_since else ""
        return Check(
            name=name,
            ok=False,
            sentence=sentence_of(f"It has failed{since}, and is tried again by itself: {lane.failing}"),
            about=lane.about,
        )
    if lane.name in _WATCHED and lane.finished_at and now - lane.finished_at >= SHRED_WITHIN:
        silent = f"It has ended no run since {lane.finished_at:%Y-%m-%d %H:%M:%S} UTC; restart Dockseal."
        return Check(name=name, ok=False, sentence=silent, vital=True)
    return Check(name=name, ok=True, sentence="It runs.", vital=True, about=lane.about)
