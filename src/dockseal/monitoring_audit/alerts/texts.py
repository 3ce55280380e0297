"""What a message says in words, for mail and chat; and as data, for machines."""

from collections.abc import Iterator, Mapping

from dockseal.domain.alert import Line, Message, News
from dockseal.domain.clock import instant_text

MOST_LINES = 50
"""Alerts that a text lists; the others are counted."""
_TITLES: Mapping[News, str] = {News.NEW: "New", News.STILL: "Still so", News.OVER: "Over"}


def subject(message: Message) -> str:
    """Returns one line that says how pressing it is, and what it is about."""
    firing = [line for line in message.lines if line.news is not News.OVER]
    if not firing:
        return f"[Dockseal] over: {_some(message.lines)}"
    worst = max(firing, key=lambda line: line.severity.rank).severity
    return f"[Dockseal] {worst}: {_some(firing)}"


def text(message: Message, runbooks: str) -> str:
    """Returns the whole message in words.

    Args:
        message: What is told.
        runbooks: Where the runbook is, up to its sections.
    """
    parts: list[str] = []
    for news, title in _TITLES.items():
        lines = [line for line in message.lines[:MOST_LINES] if line.news is news]
        if lines:
            parts += [f"{title}:", *(part for line in lines for part in _told(line, runbooks)), ""]
    if len(message.lines) > MOST_LINES:
        parts.append(f"And {len(message.lines) - MOST_LINES} more: see `dockseal alerts list`.")
    return "\n".join(parts).rstrip() + "\n"


def data(message: Message, runbooks: str) -> Mapping[str, object]:
    """Returns the message as JSON has it; see docs/alerts.md."""
    return {
        "type": "alerts",
        "id": message.ref,
        "group": message.group,
        "made_at": instant_text(message.made_at),
        "alerts": [
            {
                "id": line.alert,
                "news": line.news.value,
                "rule": line.rule,
                "what": line.what,
                "severity": line.severity.value,
                "sentence": line.sentence,
                "since": instant_text(line.since),
                "runbook": f"{runbooks}#{line.rule}",
            }
            for line in message.lines
        ],
    }


def _some(lines: tuple[Line, ...] | list[Line]) -> str:
    first = lines[0].what
    return first if len(lines) == 1 else f"{first} and {len(lines) - 1} more"


def _told(line: Line, runbooks: str) -> Iterator[str]:
    yield f"- {line.severity}: {line.what} (alert {line.alert}, since {line.since:%Y-%m-%d %H:%M} UTC)"
    if line.news is not News.OVER:
        yield f"  {line.sentence}"
        yield f"  Runbook: {runbooks}#{line.rule}"
