"""The settings, read once at start from `DOCKSEAL_…` variables; the only module that reads the environment.

No setting is a secret. Secrets are given to `dockseal sellers add` and `dockseal warehouses add`, which seal
them in the credential vault.
"""

import difflib
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self, cast

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from dockseal.domain.database_url import DatabaseUrl
from dockseal.domain.loopback import is_loopback
from dockseal.domain.policy import LEAVER_OUT_WITHIN, LONGEST_IDLE, LONGEST_KEEP
from dockseal.domain.web_url import bare, protected
from dockseal.errors import SettingsFault
from dockseal.settings_watching import WatchingSettings, watching_faults

PREFIX = "DOCKSEAL_"
_DATABASES = ("operations_database", "vault_database")


class Settings(WatchingSettings):
    """Everything an installation can choose. Each name below is a variable with `DOCKSEAL_` before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("dockseal-data"), description="Folder of the operations and vault databases.")
    operations_database: str = Field(
        "",
        description="postgresql://role@host:port/name of the operations database; empty: SQLite in data_dir.",
    )
    vault_database: str = Field(
        "",
        description="The same of the vault: another database, under another role. Set both or neither.",
    )
    operations_password_file: Path | None = Field(
        None,
        description="File with the password of the operations role, mode 0400 or 0600. Unset: libpq's own "
        "password file.",
    )
    vault_password_file: Path | None = Field(
        None, description="The same for the role of the vault, in a file of its own."
    )
    database_ca: Path | None = Field(
        None,
        description="PEM file of the authorities that certificates of PostgreSQL are checked against, off "
        "loopback. Unset: the system's.",
    )
    key_dir: Path = Field(
        Path("dockseal-keys"),
        description="Folder of the keys. Back it up apart from the data, and for no longer than key_backups.",
    )
    key_provider: str = Field(
        "file",
        description="Where the master key is: file (in key_dir), aws-kms, transit (OpenBao, Vault), or what "
        "is installed besides.",
    )
    key_at: str = Field(
        "",
        description="ARN of the key in AWS KMS, or URL of the one in the transit engine "
        "(https://bao.example:8200/v1/transit/keys/dockseal); after a space, that of the one before.",
    )
    key_token_file: Path | None = Field(
        None,
        description="File with the token for the transit engine, mode 0400 or 0600; read anew for each call.",
    )
    key_namespace: str = Field("", description="Namespace of the transit engine; empty: none.")
    key_passphrase_file: Path | None = Field(
        None,
        description="File with the passphrase of the master key, mode 0400 or 0600. The passphrase itself is "
        "no setting.",
    )
    key_secret_file: Path | None = Field(
        None,
        description="Mounted secret, 32 bytes or more, mode 0400 or 0600, that the master key lies under.",
    )
    shredder: Literal["within", "apart"] = Field(
        "within",
        description="Who makes and destroys keys: `dockseal serve` itself (within), or `dockseal shredder` "
        "as a user of its own (apart).",
    )
    key_asks_dir: Path = Field(
        Path("dockseal-asks"),
        description="Folder of what the service asks of a shredder that stands apart.",
    )
    amazon_url: str = Field(
        "", description="Base URL to use in place of Amazon's own hosts, for a simulator. Empty: Amazon."
    )
    aws_region: str = Field("us-east-1", description="AWS region of the queues, when their URL does not say.")
    aws_role: str = Field(
        "",
        pattern=r"^$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$",
        description="ARN of the AWS role to take for the queues; empty: this machine's own credentials.",
    )
    aws_external_id: str = Field("", description="External id that the role's trust policy demands.")
    keep: timedelta = Field(
        LONGEST_KEEP,
        description="How long personal data is kept, counted from when it was retrieved; at most 30 days.",
    )
    key_backups: timedelta = Field(
        timedelta(0),
        description="How long backups of key_dir live. Taken off `keep`, so that they count too.",
    )
    epoch_length: timedelta = Field(
        timedelta(days=1),
        description="How much personal data shares one key: it is destroyed once per epoch.",
    )
    opens_an_hour: int = Field(
        60,
        ge=1,
        le=1000,
        description="How often one person may open personal data within an hour, for each purpose.",
    )
    service_opens_an_hour: int = Field(
        50_000,
        ge=1,
        description="How often one service may open personal data within an hour, for each purpose; past "
        "that its orders wait.",
    )
    warehouse_opens_an_hour: int = Field(
        10_000,
        ge=1,
        description="How often one warehouse that comes and gets its orders may open personal data within an "
        "hour; past that it is told when to go on.",
    )
    routing_file: Path | None = Field(
        None,
        description="TOML file with the rules that say which warehouse an order goes to; see "
        "[routing.md](routing.md). Unset: its seller's own.",
    )
    sweep_every: timedelta = Field(
        timedelta(minutes=10),
        description="How often a seller's orders are swept for changes nobody told us of.",
    )
    sweep_overlap: timedelta = Field(
        timedelta(minutes=5), description="How far each sweep reaches back before the end of the last."
    )
    sweep_from: timedelta = Field(
        timedelta(days=7), description="How far back the first sweep of a new seller reaches."
    )
    reconcile_every: timedelta = Field(
        timedelta(days=1),
        description="How often a seller's orders are counted against a second list of Amazon's.",
    )
    reconcile_from: timedelta = Field(
        timedelta(days=2), description="How far back the orders were created that are counted then."
    )
    order_reports: bool = Field(
        True,
        description="Whether a flood of orders is taken in by an order report too, where that is sooner.",
    )
    confirmation_feeds: bool = Field(
        True,
        description="Whether a backlog of packages that calls cannot clear in time goes to Amazon with a "
        "feed. Without, a package that has no tracking number is held.",
    )
    verify_after: timedelta = Field(
        timedelta(minutes=15),
        description=(
            "How long after a confirmation Amazon is asked to show it back, where no sweep showed it."
        ),
    )
    stop_answer_within: timedelta = Field(
        timedelta(hours=4),
        description="How long a warehouse that was asked to stop an order may take to answer before a person "
        "is told.",
    )
    console_host: str = Field("127.0.0.1", description="Address the console and the machine API listen on.")
    console_port: int = Field(8377, ge=0, le=65535, description="Their port; 0 takes a free one.")
    session_idle: timedelta = Field(
        LONGEST_IDLE,
        description="How long nobody may do anything at the console before it signs out; at most 15 minutes.",
    )
    session_longest: timedelta = Field(
        timedelta(hours=12),
        description="How long a session lasts at most, however busy it is; at most 24 hours.",
    )
    tls_certificate: Path | None = Field(None, description="PEM certificate chain; needed off loopback.")
    tls_key: Path | None = Field(None, description="PEM private key of that certificate.")
    workers: int = Field(4, ge=1, le=64, description="Threads that run lanes.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        faults = [
            *_retention_faults(self),
            *_place_faults(self),
            *_database_faults(self),
            *_time_faults(self),
            *_session_faults(self),
            *watching_faults(self),
        ]
        if faults:
            raise ValueError("\n".join(faults))
        return self


def _retention_faults(settings: Settings) -> Iterable[str]:
    if settings.keep > LONGEST_KEEP:
        yield "DOCKSEAL_KEEP is over 30 days, which DPP 2.1 forbids: lower it, for example to P30D"
    if settings.epoch_length <= timedelta(0):
        yield "DOCKSEAL_EPOCH_LENGTH must be more than nothing: set it, for example, to P1D"
    elif settings.keep - settings.key_backups < 2 * settings.epoch_length:
        yield (
            "DOCKSEAL_KEEP less DOCKSEAL_KEY_BACKUPS leaves less than two epochs: raise KEEP, let key "
            "backups live shorter, or lower DOCKSEAL_EPOCH_LENGTH"
        )


def _time_faults(settings: Settings) -> Iterable[str]:
    for name in (
        "sweep_every",
        "reconcile_every",
        "reconcile_from",
        "stop_answer_within",
        "session_idle",
        "session_longest",
    ):
        if getattr(settings, name) <= timedelta(0):
            yield f"{PREFIX}{name.upper()} must be more than nothing: set it, for example, to PT10M"


def _session_faults(settings: Settings) -> Iterable[str]:
    if settings.session_idle > LONGEST_IDLE:
        yield "DOCKSEAL_SESSION_IDLE is over 15 minutes, which DPP 1.1.2 forbids: lower it to PT15M"
    if settings.session_longest > LEAVER_OUT_WITHIN:
        yield (
            "DOCKSEAL_SESSION_LONGEST is over 24 hours, by when whoever leaves has to be out (DPP 1.2.3): "
            "lower it, for example to PT12H"
        )


def _place_faults(settings: Settings) -> Iterable[str]:
    data, keys = settings.data_dir.resolve(), settings.key_dir.resolve()
    if keys == data or data in keys.parents or keys in data.parents:
        yield "DOCKSEAL_KEY_DIR and DOCKSEAL_DATA_DIR lie inside each other: keep them apart"
    asks = settings.key_asks_dir.resolve()
    if settings.shredder == "apart" and {data, keys} & {asks, *asks.parents}:
        yield "DOCKSEAL_KEY_ASKS_DIR lies in DOCKSEAL_KEY_DIR or DOCKSEAL_DATA_DIR: keep it apart"
    for name in (
        "key_passphrase_file",
        "key_secret_file",
        "key_token_file",
        "siem_token_file",
        "siem_key",
        "operations_password_file",
        "vault_password_file",
    ):
        place: Path | None = getattr(settings, name)
        if place is not None and {data, keys} & set(place.absolute().parents):
            yield (
                f"{PREFIX}{name.upper()} lies in DOCKSEAL_KEY_DIR or DOCKSEAL_DATA_DIR, where each backup "
                "takes it along: keep it apart"
            )
    if settings.key_passphrase_file and settings.key_secret_file:
        yield (
            "DOCKSEAL_KEY_PASSPHRASE_FILE and DOCKSEAL_KEY_SECRET_FILE are both set, and the master key lies "
            "under one of them: unset the other"
        )
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        yield "DOCKSEAL_TLS_CERTIFICATE and DOCKSEAL_TLS_KEY belong together: set both or neither"
    if not is_loopback(settings.console_host) and settings.tls_certificate is None:
        yield (
            "DOCKSEAL_CONSOLE_HOST is not loopback, and there is no certificate: set "
            "DOCKSEAL_TLS_CERTIFICATE and DOCKSEAL_TLS_KEY, or listen on 127.0.0.1"
        )
    yield from _url_faults(settings)


def _url_faults(settings: Settings) -> Iterable[str]:
    if settings.amazon_url and not (protected(settings.amazon_url) and bare(settings.amazon_url)):
        yield "DOCKSEAL_AMAZON_URL must begin with https:// (or be a simulator on 127.0.0.1)"
    anchors = settings.audit_anchor_dir
    if anchors is not None and settings.data_dir.resolve() in [anchors.resolve(), *anchors.resolve().parents]:
        yield (
            "DOCKSEAL_AUDIT_ANCHOR_DIR lies in DOCKSEAL_DATA_DIR, where whoever can change the trail can "
            "change it too: keep it apart"
        )


def _database_faults(settings: Settings) -> Iterable[str]:
    texts = {name: getattr(settings, name) for name in _DATABASES}
    if not any(texts.values()):
        for name in ("operations_password_file", "vault_password_file", "database_ca"):
            if getattr(settings, name) is not None:
                yield f"{PREFIX}{name.upper()} is set, and there is no PostgreSQL: set both databases"
        return
    urls = []
    for name, text in texts.items():
        if not text:
            yield f"{PREFIX}{name.upper()} is empty, and the other database is on PostgreSQL: set both"
            continue
        try:
            urls.append(DatabaseUrl.parsed(text))
        except ValueError as fault:
            yield f"{PREFIX}{name.upper()} {fault}"
    if len(urls) == len(_DATABASES):
        yield from _apart_faults(settings, *urls)


def _apart_faults(settings: Settings, operations: DatabaseUrl, vault: DatabaseUrl) -> Iterable[str]:
    both = "DOCKSEAL_OPERATIONS_DATABASE and DOCKSEAL_VAULT_DATABASE"
    if (operations.host, operations.port, operations.name) == (vault.host, vault.port, vault.name):
        yield f"{both} are the same database: give the vault a database of its own"
    if {operations.role, operations.owner} & {vault.role, vault.owner}:
        yield f"{both} name the same role: give each a role that the other does not let in"
    files = settings.operations_password_file, settings.vault_password_file
    if files[0] is not None and files[0] == files[1]:
        yield (
            "DOCKSEAL_OPERATIONS_PASSWORD_FILE and DOCKSEAL_VAULT_PASSWORD_FILE are one file: give each role "
            "a password of its own"
        )


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings from the environment.

    Args:
        environment: Variables to read in place of the process's own.

    Raises:
        SettingsFault: with every fault at once, each saying what to do; misspelt names among them.
    """
    names = {**(os.environ if environment is None else environment)}
    given = {
        name.removeprefix(PREFIX).lower(): text
        for name, text in names.items()
        if name.startswith(PREFIX) and text
    }
    faults = [_unknown(name) for name in sorted(given) if name not in Settings.model_fields]
    try:
        settings = settings_from(
            {name: text for name, text in given.items() if name in Settings.model_fields}
        )
    except SettingsFault as fault:
        raise SettingsFault((*faults, *fault.faults)) from None
    if faults:
        raise SettingsFault(tuple(faults))
    return settings


def settings_from(values: Mapping[str, object]) -> Settings:
    """Builds settings from values by name, without looking at the environment.

    Raises:
        SettingsFault: with every fault at once.
    """
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        raise SettingsFault(tuple(_sentences(error.errors()))) from None


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, list(Settings.model_fields), n=1)
    hint = f"did you mean {PREFIX}{near[0].upper()}?" if near else "see docs/settings.md for the list"
    return f"{PREFIX}{name.upper()} is no setting: {hint}"


def _sentences(errors: list[ErrorDetails]) -> Iterable[str]:
    for error in errors:
        if not error["loc"]:
            yield from str(cast("dict[str, object]", error["ctx"])["error"]).split("\n")
            continue
        name = str(error["loc"][0])
        yield f"{PREFIX}{name.upper()}: {error['msg']}; it is: {Settings.model_fields[name].description}"
