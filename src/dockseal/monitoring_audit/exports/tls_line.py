"""Sends bytes over TLS, and learns whether the other side has read them all.

The standard library's `SSLSocket.unwrap` does not tell that: after a fatal alert, such as one that refuses
our certificate, which comes as late as this with TLS 1.3, OpenSSL's `SSL_shutdown` says that all is well. So
our end of the connection is sent, and what the other side says after it is read.
"""

import socket
import ssl
from collections.abc import Callable


def send_whole(line: socket.socket, context: ssl.SSLContext, host: str, sent: bytes) -> None:
    """Sends bytes, ends the connection, and waits until the other side has ended it too.

    Some receivers end it without TLS's own word for that. They have read what was sent all the same: a system
    that drops bytes nobody read resets the connection.

    Args:
        line: A connection with a time limit.
        context: Checks the other side's certificate.
        host: Whose certificate it must be.
        sent: What is sent.

    Raises:
        OSError: the connection broke, the other side refused us, or its certificate is not taken.
    """
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(came, goes, server_hostname=host)

    def through(act: Callable[[], object]) -> None:
        while True:
            try:
                act()
            except ssl.SSLWantReadError:
                line.sendall(goes.read())
            except ssl.SSLError:
                line.sendall(goes.read())  # it is told why
                raise
            else:
                return
            if more := line.recv(65536):
                came.write(more)
            else:
                came.write_eof()

    through(tls.do_handshake)
    tls.write(sent)
    try:
        tls.unwrap()
    except ssl.SSLWantReadError:
        line.sendall(goes.read())
    try:
        while True:
            through(lambda: tls.read(4096))
    except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
        return
