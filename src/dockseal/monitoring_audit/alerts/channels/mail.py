"""Mail over SMTP: with STARTTLS (RFC 3207) or TLS from the start (RFC 8314), at least TLS 1.2."""

import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from ssl import SSLContext, SSLError

from dockseal.domain.alert import Message
from dockseal.domain.clock import Clock
from dockseal.domain.loopback import is_loopback
from dockseal.domain.secret import Secret
from dockseal.errors import ChannelFailed
from dockseal.monitoring_audit.alerts.channels.options import Encryption
from dockseal.monitoring_audit.alerts.texts import subject, text

TIMEOUT = 20.0
"""Seconds that each answer of the server may take."""


class Mail:
    """Sends messages to one or several addresses, over one connection each."""

    def __init__(
        self,
        options: Mapping[str, str],
        tls: SSLContext,
        clock: Clock,
        *,
        password: Secret | None,
        runbooks: str,
    ) -> None:
        self._options, self._tls, self._clock = options, tls, clock
        self._password, self._runbooks = password, runbooks

    def send(self, message: Message) -> None:
        """Sends one message; its `Message-ID` is the same each time.

        Raises:
            ChannelFailed: the server is not there, its certificate does not fit, or it did not take it.
        """
        why = ""
        try:
            self._deliver(self._written(message))
        except smtplib.SMTPResponseException as fault:
            why = f"its mail server said no ({fault.smtp_code}); see its user, password and addresses"
        except smtplib.SMTPException as fault:
            why = f"its mail server did not take it ({type(fault).__name__}); see its options"
        except SSLError as fault:
            why = f"its mail server has no certificate that fits ({fault.reason or type(fault).__name__})"
        except OSError as fault:
            why = f"its mail server cannot be reached ({type(fault).__name__})"
        except ValueError as fault:  # such as a host that is none; its text may quote what it was given
            why = f"its options cannot be used ({type(fault).__name__}): give the channel anew"
        # Raised out here, the error does not carry smtplib's, which quotes the server, as its context.
        if why:
            raise ChannelFailed(why)

    def close(self) -> None:
        """Holds nothing open."""

    def _written(self, message: Message) -> EmailMessage:
        sender = self._options["sender"]
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, self._options["to"]
        mail["Subject"] = subject(message)
        mail["Date"] = format_datetime(message.made_at)
        mail["Message-ID"] = f"<{message.ref}@{sender.rpartition('@')[2]}>"
        # RFC 3834: no out-of-office answers to a machine.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text(message, self._runbooks))
        return mail

    def _deliver(self, mail: EmailMessage) -> None:
        host, port = self._options["host"], int(self._options["port"])
        encryption = Encryption(self._options["encryption"])
        if encryption is Encryption.NONE and not is_loopback(host):
            raise ChannelFailed("it would send unencrypted off this machine: give the channel anew")
        if encryption is Encryption.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=self._tls)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        with server:
            if encryption is Encryption.STARTTLS:
                server.starttls(context=self._tls)
            if self._password is not None:
                server.login(self._options["user"], self._password.reveal())
            refused = server.send_message(mail)
        if refused:
            raise ChannelFailed(
                f"its mail server refused {len(refused)} of the addresses; see which still exist"
            )
