"""The console as a WSGI application."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.handlers.wsgi import WSGIHandler

from dockseal.console.assets import Assets
from dockseal.console.desk import Desk, Failures
from dockseal.console.ports import App
from dockseal.domain.clock import Clock, SystemClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def application(app: App, *, people: Clock | None = None) -> "WSGIApplication":
    """Returns the console and the machine API of an App whose storage was opened with `parts()`.

    Args:
        app: What they show.
        people: The clock of sessions and sign-in links; the machine's own unless given.
    """
    clock = people or SystemClock()
    desk = Desk(app=app, people=clock, assets=Assets.load(), failures=Failures(since=clock.now()))
    django = WSGIHandler()

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["dockseal.app"] = app
        environ["dockseal.desk"] = desk
        try:
            # Taken whole, since the databases are let go of below.
            response = django(environ, start_response)
            return [*response]
        finally:
            # The server's threads end without telling, so none may keep a connection.
            app.storage.close_thread()

    return serve
