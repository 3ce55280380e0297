import re
import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from dockseal.domain.recipient import Field
from dockseal.storage.store import Storage

OPERATIONS = {
    "django_migrations": {"id", "app", "name", "applied"},
    "django_session": {"session_key", "session_data", "expire_date"},
    "operations_audit": {"seq", "at", "tag", "actor", "order_ref", "fields", "previous", "hash"},
    "operations_audit_head": {"id", "seq", "hash"},
    "operations_bucket": {"id", "seller", "operation", "tokens", "rate", "burst", "at"},
    "operations_credential_mark": {"name", "version", "mark"},
    "operations_notice": {
        "id",
        "notice_id",
        "seller",
        "amazon_order_id",
        "source",
        "noticed_at",
        "ship_by",
        "next_try",
        "tries",
        "open",
    },
    "operations_order": {
        "ref",
        "seller",
        "amazon_order_id",
        "state",
        "revision",
        "amazon",
        "ship_by",
        "deliver_by",
        "read_at",
        "accepted_at",
        "warehouse",
        "hold_code",
        "hold_sentence",
        "sealed_until",
        "sealed_version",
        "sealed_mark",
        "shipped_at",
        "left_by",
        "confirmed_at",
        "attention",
        "next_try",
        "tries",
        "stamp",
    },
    "operations_order_report": {"id", "seller", "marketplace_id", "asked_at", "report_id", "rests_until"},
    "operations_package": {
        "id",
        "order_id",
        "reference_id",
        "warehouse",
        "report_id",
        "release",
        "carrier",
        "service",
        "tracking_number",
        "shipped_at",
        "contents",
        "state",
        "refusal",
        "confirmed_at",
        "next_try",
        "tries",
        "stamp",
        "bought",
    },
    "operations_former_report": {
        "id",
        "warehouse",
        "report_id",
        "order_id",
        "reference_id",
        "carrier",
        "service",
        "tracking_number",
        "contents",
        "at",
    },
    "operations_unmatched": {
        "number",
        "warehouse",
        "digest",
        "received_at",
        "kind",
        "delivery",
        "release",
        "amazon_order_id",
        "corrects",
        "message",
        "reason",
        "waits",
        "state",
        "settled_by",
        "settled_at",
    },
    "operations_probe": {"id", "at"},
    "operations_release": {
        "ref",
        "order_id",
        "warehouse",
        "state",
        "intended_at",
        "settled_at",
        "receipt",
        "differing",
        "contents",
    },
    "operations_api_key": {"id", "warehouse", "key_hash", "scopes", "added_at"},
    "operations_request_once": {
        "id",
        "warehouse",
        "door",
        "key_hash",
        "fingerprint",
        "at",
        "status",
        "answer",
    },
    "operations_stop": {
        "release",
        "order_id",
        "warehouse",
        "reason",
        "state",
        "wanted_at",
        "asked_at",
        "answered_at",
        "settled",
        "next_try",
        "tries",
    },
    "operations_feed": {
        "number",
        "seller",
        "kind",
        "state",
        "intended_at",
        "feed_id",
        "next_try",
        "tries",
    },
    "operations_cancellation": {
        "number",
        "order_id",
        "reason",
        "items",
        "state",
        "wanted_at",
        "feed_id",
        "words",
        "next_try",
        "tries",
    },
    "operations_shelf": {"number", "warehouse", "release", "kind", "at"},
    "operations_label": {
        "id",
        "order",
        "release",
        "warehouse",
        "state",
        "carrier",
        "service",
        "service_id",
        "offer_id",
        "amount",
        "currency",
        "contents",
        "parcel_id",
        "shipment_id",
        "tracking_number",
        "intended_at",
        "settled_at",
        "reported",
    },
    "operations_sku": {"id", "warehouse", "sku"},
    "operations_working_hours": {"warehouse", "hours"},
    "operations_seller": {
        "id",
        "region",
        "marketplaces",
        "selling_partner_id",
        "orders_api",
        "queue_url",
        "warehouse",
        "rests_because",
        "application",
        "consent_until",
        "may_read",
        "shadow",
    },
    "operations_application": {
        "id",
        "application_id",
        "redirect_uri",
        "rotation_queue_url",
        "secret_expires_at",
        "draft",
    },
    "operations_consent": {
        "state_hash",
        "application",
        "seller",
        "region",
        "marketplaces",
        "warehouse",
        "expires_at",
        "used_at",
    },
    "operations_sync_run": {
        "id",
        "seller",
        "source",
        "started_at",
        "ended_at",
        "outcome",
        "window_since",
        "window_until",
        "pages",
        "orders",
        "news",
        "calls",
        "sentence",
    },
    "operations_set_aside": {"id", "queue_url", "message_id", "reason", "set_aside_at", "receive_count"},
    "operations_difference": {"id", "seller", "amazon_order_id", "field", "v0", "v2026", "found_at"},
    "operations_lockout": {"source", "failures", "last_at", "locked_until"},
    "operations_open_count": {"id", "actor", "purpose", "minute", "opens"},
    "operations_seen": {"id", "seq", "hash"},
    "operations_sign_in": {"token_hash", "expires_at", "used_at"},
    "operations_warehouse": {
        "id",
        "adapter",
        "options",
        "api_key_hash",
        "api_key_at",
        "former_key_hash",
        "former_key_until",
    },
    "operations_circuit": {
        "id",
        "seller",
        "operation",
        "shape",
        "worked_at",
        "since",
        "last",
        "times",
        "status",
        "several",
    },
    "operations_count": {
        "seller",
        "started_at",
        "since",
        "until",
        "part_since",
        "part_until",
        "page_token",
        "read_at",
        "listed",
        "amazon",
        "here",
        "over_before",
        "oldest_unseen",
        "only_here",
    },
    "operations_watermark": {
        "seller",
        "complete_to",
        "window_since",
        "window_until",
        "page_token",
        "window_started_at",
        "window_bound",
    },
}
VAULT = {
    "django_migrations": {"id", "app", "name", "applied"},
    "vault_clue": {"id", "order_ref", "seller", "epoch", "kind", "bits", "proof"},
    "vault_credential": {
        "id",
        "name",
        "version",
        "stored_at",
        "secret_at",
        "first_at",
        "former_until",
        "ciphertext",
    },
    "vault_sealed": {
        "order_ref",
        "seller",
        "version",
        "epoch",
        "deadline",
        "sealed_at",
        "wrapped_key",
        "ciphertext",
    },
    "vault_erased": {"id", "what", "subject", "reason", "at", "until", "seller", "amazon_order_id"},
    "vault_seen": {"id", "seq", "hash"},
}
_PERSONAL = re.compile(
    "|".join({"recipient", "buyer", "address", "street", "postal", "zip", "city", "phone", "mail", "gift"})
)


_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = 'public'",
}


@pytest.mark.parametrize(("store", "expected"), [("operations", OPERATIONS), ("vault", VAULT)])
def test_every_column_is_listed_here_so_that_a_new_one_is_thought_about(
    storage: Storage,
    behind: Callable[..., list[tuple[str, str]]],
    *,
    engine: str,
    store: str,
    expected: dict[str, set[str]],
) -> None:
    found: dict[str, set[str]] = {}
    for table, column in behind(store, _COLUMNS[engine]):
        found.setdefault(table, set()).add(column)
    assert found == expected


def test_no_column_holds_personal_data() -> None:
    tables = [*OPERATIONS.values(), *VAULT.values()]
    columns = set().union(*tables)
    # `name` names migrations and credentials, `region` the part of the world a seller sells in.
    assert columns & {field.value for field in Field} == {"name", "region"}
    named = {table for table, names in (OPERATIONS | VAULT).items() if names & {"name", "region"}}
    assert named == {
        "django_migrations",
        "vault_credential",
        "operations_credential_mark",
        "operations_seller",
        "operations_consent",
    }
    assert [column for column in columns if _PERSONAL.search(column)] == []


@pytest.mark.parametrize(
    ("engine", "statement"),
    [
        ("sqlite", "UPDATE operations_audit SET actor = 'person:other'"),
        ("sqlite", "UPDATE OR REPLACE operations_audit SET seq = 2 WHERE seq = 1"),
        ("sqlite", "DELETE FROM operations_audit"),
        ("sqlite", "DELETE FROM operations_audit_head"),
        ("sqlite", "INSERT OR REPLACE INTO operations_audit SELECT * FROM operations_audit WHERE seq = 1"),
        ("sqlite", "REPLACE INTO operations_audit SELECT * FROM operations_audit WHERE seq = 1"),
        ("postgresql", "UPDATE operations_audit SET actor = 'person:other'"),
        ("postgresql", "DELETE FROM operations_audit"),
        ("postgresql", "TRUNCATE operations_audit"),
        ("postgresql", "SET session_replication_role = replica; DELETE FROM operations_audit"),
        (
            "postgresql",
            "INSERT INTO operations_audit SELECT * FROM operations_audit "
            "ON CONFLICT (seq) DO UPDATE SET tag = ''",
        ),
        (
            "postgresql",
            "MERGE INTO operations_audit a USING operations_audit b ON a.seq = b.seq "
            "WHEN MATCHED THEN DELETE",
        ),
        ("postgresql", "DELETE FROM operations_audit_head"),
        ("postgresql", "TRUNCATE operations_audit_head"),
    ],
)
def test_the_database_itself_refuses_to_change_the_audit_trail(
    storage: Storage, behind: Callable[..., list[object]], statement: str
) -> None:
    behind(
        "operations",
        "INSERT INTO operations_audit (seq, at, tag, actor, order_ref, fields, previous, hash) "
        "VALUES (1, '2026-11-02 08:00:00', 'key:master:created', 'service:x', '', '{}', '0', '1')",
    )
    before = behind("operations", "SELECT * FROM operations_audit")
    with pytest.raises(
        (sqlite3.IntegrityError, psycopg.errors.IntegrityConstraintViolation), match="only grows"
    ):
        behind("operations", statement)
    assert behind("operations", "SELECT * FROM operations_audit") == before
