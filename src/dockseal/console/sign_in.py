"""One-time sign-in links, made at the terminal and used once in a browser; and the key of the metrics."""

import hashlib
import secrets
from datetime import timedelta

from dockseal.console.desk import PERSON, Desk
from dockseal.console.ports import App, Keys
from dockseal.console.sources import lockouts_at
from dockseal.domain.clock import Clock, SystemClock
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.tags import Tag

LINK_LIVES = timedelta(minutes=15)


def metrics_key(keys: Keys) -> Secret:
    """Returns the bearer key that reads health in full and the metrics from elsewhere than loopback."""
    return Secret(keys.derive("console/metrics").hex())


def new_link(app: App, base_url: str, *, people: Clock | None = None) -> str:
    """Makes a link that signs one person in, once, within 15 minutes; only its hash is kept.

    Args:
        app: Whose console it leads to.
        base_url: Where the console is, such as `http://127.0.0.1:8377`.
        people: The clock of sessions and sign-in links; the machine's own unless given.
    """
    now = (people or SystemClock()).now()
    token = secrets.token_urlsafe(32)
    with app.storage.transaction():
        app.storage.sign_ins.purge(now)
        app.storage.sign_ins.add(token_hash(token), now + LINK_LIVES)
    return f"{base_url.rstrip('/')}/sign-in/{token}"


def use_link(desk: Desk, token: str, *, source: str) -> bool:
    """Uses a link up; tells whether it was still good. Either way it is recorded.

    Raises:
        LockedOut: ten links in a row from this source were not; whether this one is stays open.
    """
    app, now, lockouts = desk.app, desk.people.now(), lockouts_at(desk)
    lockouts.refuse_if_locked(source)
    with app.storage.transaction():
        good = app.storage.sign_ins.use(token_hash(token), now)
        if good:
            app.trail.record(Tag.CONSOLE_SESSION_OPENED, actor=PERSON)
            lockouts.passed(source)
        else:
            lockouts.failed(source, actor=PERSON)
            if not desk.failures.too_many(now):
                app.trail.record(Tag.CONSOLE_SIGN_IN_REFUSED, actor=PERSON, reason="link_used_or_expired")
    return good


def token_hash(token: str) -> str:
    """Returns what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
