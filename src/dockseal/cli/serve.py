"""`dockseal serve`: everything in one process."""

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.signals import told_to_end
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from dockseal.errors import SettingsFault
from dockseal.lane_threads import LaneThreads
from dockseal.logs import configure_logging
from dockseal.monitoring_audit.tags import Tag


def serve() -> None:
    """Runs the lanes, the console and the machine API until Ctrl-C or SIGTERM."""
    stop = told_to_end()
    with opened(traced=True) as app:
        if faults := app.start_faults():
            raise SettingsFault(faults)
        for sentence in app.storage.warnings():
            typer.echo(f"warning  {sentence}", err=True)
        configure_logging(app.settings, in_use=app.vault.in_use)
        app.begin()
        server = ConsoleServer(app, app.settings.console_host, app.settings.console_port)
        lanes = LaneThreads(app.lanes, workers=app.settings.workers, end_of_thread=app.storage.close_thread)
        server.start()
        lanes.start()
        _note(app, Tag.SERVICE_PROCESS_STARTED)
        typer.echo(f"Dockseal serves {server.url}")
        typer.echo(f"Sign in once, within 15 minutes: {new_link(app, server.url)}")
        stop.wait()
        typer.echo("Stopping: running lanes finish first.")
        lanes.stop()
        server.stop()
        _note(app, Tag.SERVICE_PROCESS_STOPPED)
        app.restoring.rollback.note()


def _note(app: App, tag: Tag) -> None:
    with app.storage.transaction():
        app.trail.record(tag, actor=person())


def sign_in() -> None:
    """Prints a new one-time link to the console of the running `dockseal serve`."""
    with opened() as app:
        scheme = "https" if app.settings.tls_certificate else "http"
        typer.echo(new_link(app, f"{scheme}://{app.settings.console_host}:{app.settings.console_port}"))
