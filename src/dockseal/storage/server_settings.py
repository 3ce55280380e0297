"""What a PostgreSQL server should be told: to keep values out of its log, and what it committed on disk."""

from collections.abc import Mapping

from django.db import connections

from dockseal.storage.places import Server

_WANTED: Mapping[str, tuple[frozenset[str], str]] = {
    "log_parameter_max_length": (frozenset({"0"}), "0: it logs the values of statements"),
    "log_parameter_max_length_on_error": (frozenset({"0"}), "0: it logs the values of statements that fail"),
    "log_error_verbosity": (frozenset({"terse"}), "terse: it logs the keys that collide (DETAIL)"),
    "fsync": (frozenset({"on"}), "on: a power cut may lose what was committed"),
    "full_page_writes": (frozenset({"on"}), "on: a power cut may damage pages"),
    "synchronous_commit": (
        frozenset({"on", "local", "remote_write", "remote_apply"}),
        "on: a power cut may lose what was committed",
    ),
}


def server_warnings(servers: Mapping[str, Server]) -> list[str]:
    """Returns a sentence for each setting of a server, as a role has it, that should be otherwise."""
    warnings = []
    for alias, server in servers.items():
        with connections[alias].cursor() as cursor:
            for name, (good, wanted) in _WANTED.items():
                cursor.execute("SELECT pg_catalog.current_setting(%s, true)", [name])
                (value,) = cursor.fetchone()
                if value is not None and value not in good:
                    warnings.append(
                        f"the server of {server} has {name} = {value} for {server.url.role}; "
                        f"set it to {wanted}"
                    )
    return warnings
