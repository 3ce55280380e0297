"""What Django is told of the console; it can be read before Django is configured."""

import ipaddress
from pathlib import Path

from cryptography import x509

from dockseal.console.ports import ConsoleSettings
from dockseal.errors import SettingsFault
from dockseal.storage.store import ConsoleParts

LARGEST_BODY = 256 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_FOLDER = Path(__file__).parent
_MIDDLEWARE = (
    "dockseal.console.middleware.Headers",
    "dockseal.console.middleware.KnownHost",
    "dockseal.console.middleware.Faults",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dockseal.console.middleware.SignedIn",
    "django.middleware.csrf.CsrfViewMiddleware",
)


def parts(settings: ConsoleSettings) -> ConsoleParts:
    """Returns what `Storage.open` tells Django of the console.

    Raises:
        SettingsFault: the certificate cannot be read.
    """
    secure = settings.tls_certificate is not None
    # A cookie with this prefix is taken over TLS, from this host and for all paths only (RFC 6265bis).
    prefix = "__Host-" if secure else ""
    return ConsoleParts(
        root_urlconf="dockseal.console.urls",
        templates=(_FOLDER / "templates",),
        middleware=_MIDDLEWARE,
        context_processors=("dockseal.console.context.page",),
        filters=("dockseal.console.filters",),
        settings={
            "ALLOWED_HOSTS": list(names(settings)),
            "APPEND_SLASH": False,
            "DATA_UPLOAD_MAX_MEMORY_SIZE": LARGEST_BODY,
            # The other one of Django's writes what is large into a temporary file; no form here takes files.
            "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
            "SESSION_ENGINE": "django.contrib.sessions.backends.db",
            "SESSION_COOKIE_NAME": f"{prefix}dockseal_session",
            "SESSION_COOKIE_AGE": int(settings.session_longest.total_seconds()),
            "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Strict",
            "SESSION_COOKIE_SECURE": secure,
            "CSRF_COOKIE_NAME": f"{prefix}dockseal_csrf",
            "CSRF_COOKIE_HTTPONLY": True,
            "CSRF_COOKIE_SAMESITE": "Strict",
            "CSRF_COOKIE_SECURE": secure,
            "CSRF_COOKIE_AGE": None,
            "CSRF_FAILURE_VIEW": "dockseal.console.pages.faults.stale_form",
            # Django's own lines carry paths, and a path can be a sign-in link; `middleware` logs routes.
            "LOGGING_CONFIG": "logging.config.dictConfig",
            "LOGGING": {
                "version": 1,
                "disable_existing_loggers": False,
                # Handlers of Django's own would write past ours, which leave out what may be personal.
                "loggers": {
                    **{name: {"handlers": [], "propagate": True} for name in _DJANGO},
                    **{name: {"level": "CRITICAL", "propagate": False} for name in _QUIET},
                },
            },
        },
    )


_DJANGO = ("django", "django.server")
_QUIET = ("django.request", "django.security", "django.security.csrf", "django.security.DisallowedHost")


def names(settings: ConsoleSettings) -> tuple[str, ...]:
    """Returns the host names that the console answers to: loopback, or those of its certificate.

    A browser that is lured to another name which leads here (DNS rebinding) is turned away.

    Raises:
        SettingsFault: the certificate cannot be read.
    """
    if settings.tls_certificate is None:
        return _LOOPBACK
    try:
        certificate = x509.load_pem_x509_certificate(settings.tls_certificate.read_bytes())
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        raise SettingsFault(
            (
                f"DOCKSEAL_TLS_CERTIFICATE: {settings.tls_certificate} is no readable PEM certificate with a "
                "subjectAltName; make one that names the console's host",
            )
        ) from None
    hosts = [name.replace("*.", ".", 1) for name in found.get_values_for_type(x509.DNSName)]
    return (*hosts, *map(_host, found.get_values_for_type(x509.IPAddress)))


def _host(address: object) -> str:
    return f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
