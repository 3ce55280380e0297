"""The console as a WSGI application."""

from collections.abc import Iterable, Iterator
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
            response = django(environ, start_response)
            if getattr(response, "streaming", False):
                return _Streamed(response, app)
            # Taken whole, since the databases are let go of below.
            whole = [*response]
        except BaseException:
            app.storage.close_thread()
            raise
        app.storage.close_thread()
        return whole

    return serve


class _Streamed:
    """An answer that reads the databases while it is sent; they are let go of at its end.

    The server's threads end without telling, so none may keep a connection.
    """

    def __init__(self, response: Iterable[bytes], app: App) -> None:
        self._response, self._app = response, app

    def __iter__(self) -> Iterator[bytes]:
        """Yields the answer, piece by piece."""
        yield from self._response

    def close(self) -> None:
        """Is called by the server when all was sent, or nobody takes it any more."""
        self._app.storage.close_thread()
