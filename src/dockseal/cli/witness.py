"""`dockseal witness`: signs how far other installations' audit trails are; runs where they have no power."""

import ssl
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from dockseal.domain.clock import SystemClock
from dockseal.domain.loopback import is_loopback
from dockseal.errors import BadInput
from dockseal.monitoring_audit.witness import Answer, Witness

app = typer.Typer(
    help="A witness of other installations' audit trails (C2SP tlog-witness).", no_args_is_help=True
)
_LONGEST = 100_000
_Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the witness keeps its key and state.")]


@app.command("make")
def make(
    folder: _Folder,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as witness.example/dockseal.")],
) -> None:
    """Makes a witness and prints its key, for DOCKSEAL_AUDIT_WITNESS_KEY."""
    typer.echo(Witness.made(folder, name, SystemClock()).key)


@app.command("knows")
def knows(
    folder: _Folder,
    keys: Annotated[
        Path, typer.Argument(metavar="KEYS", help="What `dockseal credentials public-keys` printed there.")
    ],
) -> None:
    """Signs for an installation from now on; again, after its key was rotated."""
    try:
        text = keys.read_text()
    except OSError as fault:
        raise BadInput(f"{keys} cannot be read ({fault.strerror})") from None
    for each in Witness.kept(folder, SystemClock()).knows(text):
        typer.echo(f"The witness signs for {each}.")


@app.command("serve")
def serve(
    folder: _Folder,
    *,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.")] = 8378,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="PEM certificate chain; needed off loopback.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="PEM private key of that certificate.")] = None,
) -> None:
    """Answers until it is ended."""
    if not is_loopback(host) and (certificate is None or key is None):
        raise BadInput(f"{host} is not loopback: give --certificate and --key, or listen on 127.0.0.1")
    server = witness_server(Witness.kept(folder, SystemClock()), host, port)
    if certificate is not None:
        protect(server, certificate, key)
    scheme = "https" if certificate else "http"
    typer.echo(f"The witness answers at {scheme}://{host}:{server.server_port}")
    server.serve_forever()


def protect(server: ThreadingHTTPServer, certificate: Path, key: Path | None) -> None:
    """Has a server speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    # The handshake is each connection's own, in its thread: one that hangs keeps nobody waiting.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)


def witness_server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Returns a server of a witness that does not run yet."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                self._answer(Answer(status=HTTPStatus.NOT_FOUND))
            elif not length.isdigit() or int(length) > _LONGEST:
                self._answer(Answer(status=HTTPStatus.BAD_REQUEST))
            else:
                self._answer(witness.answer(self.rfile.read(int(length)).decode("utf-8", "replace")))

        def log_message(self, format: str, *args: object) -> None:
            """Logs nothing."""

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            kind = "text/x.tlog.size" if answer.status is HTTPStatus.CONFLICT else "text/plain; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer.text.encode())))
            self.end_headers()
            self.wfile.write(answer.text.encode())

    return ThreadingHTTPServer((host, port), Handler)
