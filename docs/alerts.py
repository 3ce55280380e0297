"""Makes the page of alerts: its rules and their runbook, out of the code. `generate.py` writes it."""

from collections.abc import Iterator
from datetime import timedelta

from dockseal.monitoring_audit.alerts.attending import every_rule, longest_mute
from dockseal.monitoring_audit.alerts.planning import REMINDED
from dockseal.monitoring_audit.alerts.rules import Rule
from dockseal.monitoring_audit.alerts.runbooks import RUNBOOKS
from dockseal.monitoring_audit.alerts.unusual import KNOWN_HOURS, TERMS

_ABOUT = """\
# Alerts

Written from the code by `python docs/generate.py`.

Whatever `dockseal health` finds not well becomes an alert, and so do orders that are late and opens of
personal data that are unusual. Every 15 seconds everything is looked at. A rule says how long it must last,
how pressing it is, and which others it is told with.

**Life.** *Pending* while its rule waits; *firing*; *resolved* once it was well for two minutes. What comes
back soon is waited for longer each time, up to an hour, so that a check that flips does not ring all day.

**Grouped.** What fires at about the same time goes out in one message for each group and channel: a group
waits 30 seconds for others of it, and rests five minutes after a message. Rules that say *at once* do
neither.

**Seen to.** `dockseal alerts ack ALERT` or the console's page Alerts: nobody is reminded until your time is
over, at most seven days. `dockseal alerts mute RULE` keeps a rule quiet, or with `--about` only what it
finds about one thing. No mute is endless; one of a rule that is more than a warning ends within a day. The
end of an alert is told to whoever was told of it, muted or not.

**Nothing personal.** An alert holds sentences of checks, cleaned as log lines are: no secret, no buyer's
data, and no order id of Amazon.

## Channels

A channel takes alerts from a severity on. Its address and its password lie in the credential vault, and are
given by a file, by standard input, or when you are asked, never as an argument:

```sh
dockseal alerts channels add pager --kind webhook --from page
dockseal alerts channels add chat --kind slack --file slack-url.txt
dockseal alerts channels add desk --kind mail --host mail.example --user dockseal \\
    --sender dockseal@shop.example --to ops@shop.example --file password.txt
dockseal alerts channels test desk
```

Webhook and Slack: `https://` with a checked certificate; `http://` to this machine only. Redirects are not
followed and proxies of the environment are not used. Mail: STARTTLS or TLS, at least 1.2, with a checked
certificate; unencrypted to this machine only. `DOCKSEAL_ALERTS_CA` names an authority of your own.

A message is written down before it is sent, and sent again until it is known to have arrived, for a day at
most: after a crash one may arrive twice, under the same `webhook-id` or `Message-ID`. A channel that fails
is told of by the others. If the database itself fails, each channel that worked before is told once an
hour, straight from memory. That Dockseal does not run at all, it cannot tell: have something outside look
at `/health`.

A webhook is signed by [Standard Webhooks](https://www.standardwebhooks.com), as orders are; `add` prints
its key once. Its body:

```json
{"type": "alerts", "id": "…", "group": "synchronization", "made_at": "2026-11-02T08:00:00.000Z",
 "alerts": [{"id": "…", "news": "new", "rule": "sweep", "what": "sweep acme-us", "severity": "critical",
             "sentence": "…", "since": "2026-11-02T07:54:00.000Z", "runbook": "docs/alerts.md#sweep"}]}
```

`news` is `new`, `still` or `over`. `DOCKSEAL_ALERTS_RUNBOOK` says where the runbook is that alerts link to.

## Unusual opens

Each actor is measured by its own hours of the last four weeks: an hour is unusual with more opens than one
and a half times its ordinary busy hour, and more than its hours scatter. One hour in twenty, however large,
sets no habit. An actor with fewer than %KNOWN% hours in which it opened anything has no habit, and a
stricter bound.

| actor | never unusual with a habit | without one |
| --- | --- | --- |
%TERMS%
"""


def page() -> str:
    """Returns the page."""
    terms = [f"| {kind} | {each.floor} an hour | {each.new} an hour |" for kind, each in TERMS.items()]
    lines = [
        _ABOUT.replace("%KNOWN%", str(KNOWN_HOURS)).replace("%TERMS%", "\n".join(terms)),
        "## Rules",
        "",
        "| rule | severity | told after | in the group | again after | muted at most |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(rule) for rule in every_rule()),
        "",
        "## Runbook",
        "",
        *(line for rule in every_rule() for line in _section(rule)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _row(rule: Rule) -> str:
    after = "at once" if rule.at_once else _span(rule.lasts + timedelta(seconds=30))
    again, muted = _span(REMINDED[rule.severity]), _span(longest_mute(rule))
    return f"| [`{rule.id}`](#{rule.id}) | {rule.severity} | {after} | {rule.group} | {again} | {muted} |"


def _section(rule: Rule) -> Iterator[str]:
    book = RUNBOOKS[rule.id]
    yield from (f"### {rule.id}", "", f"**Means.** {book.means}", "")
    yield from (f"**Look at.** {book.look}", "", f"**Do.** {book.act}", "")


def _span(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {word}{'s' if seconds > size else ''}"
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
