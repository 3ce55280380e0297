"""Settings: understood, or refused with every fault at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.policy import LONGEST_KEEP
from dockseal.domain.siem_url import SiemUrl
from dockseal.errors import SettingsFault
from dockseal.settings import Settings, load, settings_from


def faults(environment: dict[str, str]) -> tuple[str, ...]:
    """The faults of an environment."""
    with pytest.raises(SettingsFault) as caught:
        load(environment)
    return caught.value.faults


def test_an_empty_environment_is_a_working_installation_on_loopback() -> None:
    settings = load({})
    assert settings.console_host == "127.0.0.1"
    assert settings.keep == LONGEST_KEEP


def test_values_are_read_from_their_variables_and_an_empty_one_is_the_default() -> None:
    settings = load(
        {"DOCKSEAL_DATA_DIR": "/srv/data", "DOCKSEAL_SWEEP_EVERY": "PT4M", "DOCKSEAL_WORKERS": ""}
    )
    assert settings.data_dir == Path("/srv/data")
    assert settings.sweep_every == timedelta(minutes=4)
    assert settings.workers == 4


def test_variables_of_others_are_not_looked_at() -> None:
    assert load({"PATH": "/bin", "DATA_DIR": "/elsewhere"}).data_dir == Path("dockseal-data")


def test_all_faults_are_told_at_once_each_with_what_to_do() -> None:
    found = faults(
        {"DOCKSEAL_KEEP": "P40D", "DOCKSEAL_CONSOLE_HOST": "0.0.0.0", "DOCKSEAL_SWEEP_EVRY": "PT1M"}
    )
    assert len(found) == 3
    assert found[0] == "DOCKSEAL_SWEEP_EVRY is no setting: did you mean DOCKSEAL_SWEEP_EVERY?"
    assert "over 30 days" in found[1]
    assert "there is no certificate" in found[2]


def test_a_value_of_the_wrong_kind_names_its_variable() -> None:
    (fault,) = faults({"DOCKSEAL_CONSOLE_PORT": "many"})
    assert fault.startswith("DOCKSEAL_CONSOLE_PORT:")


@pytest.mark.parametrize(
    ("data", "keys"),
    [("/srv/one", "/srv/one"), ("/srv/one", "/srv/one/keys"), ("/srv/keys/data", "/srv/keys")],
)
def test_keys_and_data_are_never_inside_each_other(data: str, keys: str) -> None:
    (fault,) = faults({"DOCKSEAL_DATA_DIR": data, "DOCKSEAL_KEY_DIR": keys})
    assert "keep them apart" in fault


@pytest.mark.parametrize("name", ["DOCKSEAL_KEY_PASSPHRASE_FILE", "DOCKSEAL_KEY_SECRET_FILE"])
@pytest.mark.parametrize("folder", ["/srv/keys", "/srv/data/below"])
def test_what_the_master_key_lies_under_is_not_backed_up_with_it(name: str, folder: str) -> None:
    places = {"DOCKSEAL_DATA_DIR": "/srv/data", "DOCKSEAL_KEY_DIR": "/srv/keys"}
    (fault,) = faults({**places, name: f"{folder}/words"})
    assert "keep it apart" in fault
    assert load({**places, name: "/run/secrets/words"})


def test_the_master_key_lies_under_one_thing() -> None:
    (fault,) = faults({"DOCKSEAL_KEY_PASSPHRASE_FILE": "/run/words", "DOCKSEAL_KEY_SECRET_FILE": "/run/key"})
    assert "unset the other" in fault


def test_amazon_is_only_asked_over_tls_or_on_loopback() -> None:
    assert load({"DOCKSEAL_AMAZON_URL": "http://127.0.0.1:9000"}).amazon_url
    (fault,) = faults({"DOCKSEAL_AMAZON_URL": "http://amazon.example"})
    assert "https://" in fault


OPERATIONS = "postgresql://dock@127.0.0.1:5432/dock"
VAULT = "postgresql://seal@db.example.com/seal"


def _databases(operations: str = OPERATIONS, vault: str = VAULT, **more: str) -> dict[str, str]:
    return {"DOCKSEAL_OPERATIONS_DATABASE": operations, "DOCKSEAL_VAULT_DATABASE": vault, **more}


def test_both_databases_are_on_postgresql_or_neither() -> None:
    assert load(_databases()).vault_database == VAULT
    for some in ({"operations": ""}, {"vault": ""}):
        (fault,) = faults(_databases(**some))
        assert "set both" in fault
    (fault,) = faults({"DOCKSEAL_VAULT_PASSWORD_FILE": "/run/secrets/seal"})
    assert "there is no PostgreSQL" in fault


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://seal:hunter2@db.example.com/seal",
        "postgresql://seal:@db.example.com/seal",
        "postgresql://seal@db.example.com/seal?password=hunter2",
        "postgresql://seal@db.example.com/seal#hunter2",
    ],
)
def test_a_password_in_an_url_is_refused_and_not_repeated(url: str) -> None:
    (fault,) = faults(_databases(vault=url))
    assert "a file of its own" in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://seal@db.example.com/seal", "no URL such as"),
        ("postgresql://seal@db.example.com:many/seal", "no URL such as"),
        ("postgresql://seal@/seal", "names no host"),
        ("postgresql://db.example.com/seal", "names no role"),
        ("postgresql://seal@db.example.com/", "names no database"),
        ("postgresql://seal@db.example.com/a/b", "names no database"),
        ('postgresql://seal@db.example.com/seal";--', "names no database"),
        ("postgresql://Seal@db.example.com/seal", "names no role"),
        ("postgresql://pg_monitor@db.example.com/seal", "names no role"),
        (f"postgresql://{'s' * 58}@db.example.com/seal", "names no role"),
    ],
)
def test_an_url_that_names_no_database_is_refused(url: str, words: str) -> None:
    (fault,) = faults(_databases(vault=url))
    assert words in fault


@pytest.mark.parametrize(
    ("vault", "words"),
    [
        ("postgresql://seal@127.0.0.1/dock", "are the same database"),
        ("postgresql://dock@127.0.0.1/seal", "name the same role"),
        ("postgresql://dock_owner@127.0.0.1/seal", "name the same role"),
    ],
)
def test_the_stores_share_neither_database_nor_role(vault: str, words: str) -> None:
    (fault,) = faults(_databases(vault=vault))
    assert words in fault


def test_each_role_has_a_password_of_its_own_that_no_backup_takes_along() -> None:
    names = ("DOCKSEAL_OPERATIONS_PASSWORD_FILE", "DOCKSEAL_VAULT_PASSWORD_FILE")
    (fault,) = faults(_databases(**dict.fromkeys(names, "/run/secrets/one")))
    assert "are one file" in fault
    (fault,) = faults(_databases(**{names[0]: "/srv/data/one", "DOCKSEAL_DATA_DIR": "/srv/data"}))
    assert "keep it apart" in fault


@given(
    keep=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)),
    backups=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)),
    epoch=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=10)),
)
def test_no_settings_are_accepted_that_keep_a_readable_copy_beyond_30_days(
    keep: timedelta, backups: timedelta, epoch: timedelta
) -> None:
    try:
        settings = settings_from({"keep": keep, "key_backups": backups, "epoch_length": epoch})
    except SettingsFault:
        return
    assert settings.keep <= LONGEST_KEEP
    assert settings.keep - settings.key_backups >= 2 * settings.epoch_length


@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [("SESSION_IDLE", "PT16M", "DPP 1.1.2"), ("SESSION_LONGEST", "PT25H", "DPP 1.2.3")],
)
def test_nobody_can_be_left_signed_in_longer_than_amazon_allows(name: str, value: str, clause: str) -> None:
    (fault,) = faults({f"DOCKSEAL_{name}": value})
    assert clause in fault
    assert "lower it" in fault


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"URL": "syslog://siem.example:514"}, "is no URL such as syslog+tls://host:6514"),
        ({"URL": "syslog+tcp://siem.example:514"}, "would send the audit trail unprotected"),
        ({"URL": "http://siem.example/in"}, "would send the audit trail unprotected"),
        ({"URL": "https://name@siem.example/in"}, "DOCKSEAL_SIEM_TOKEN_FILE"),
        ({"URL": "https://siem.example/in?token=invented"}, "DOCKSEAL_SIEM_TOKEN_FILE"),
        ({"URL": "syslog+tls://siem.example/path"}, "has a path"),
        ({"URL": "https://siem.example:port/in"}, "is no URL such as"),
        ({"CA": "/etc/ca.pem"}, "DOCKSEAL_SIEM_CA is set, and DOCKSEAL_SIEM_URL is not"),
        ({"URL": "https://siem.example/in", "KEY": "/etc/key.pem"}, "belong together"),
        ({"URL": "syslog+tls://siem.example", "TOKEN_FILE": "/etc/token"}, "syslog has no token"),
        ({"URL": "https://siem.example/in", "TOKEN_FILE": "dockseal-data/token"}, "keep it apart"),
        ({"URL": "https://siem.example/in", "FORMAT": "cef"}, "DOCKSEAL_SIEM_FORMAT"),
    ],
)
def test_a_siem_that_would_be_told_unprotected_or_halfway_is_refused(
    given: dict[str, str], says: str
) -> None:
    (fault,) = faults({f"DOCKSEAL_SIEM_{name}": text for name, text in given.items()})
    assert says in fault
    assert "invented" not in fault
    assert "name@" not in fault


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("syslog+tls://siem.example", "syslog+tls://siem.example:6514"),
        ("https://siem.example/services/collector", "https://siem.example:443"),
        ("syslog+tcp://127.0.0.1:1514", "syslog+tcp://127.0.0.1:1514"),
        ("http://localhost:8088/in", "http://localhost:8088"),
        ("syslog+tls://[2001:db8::1]:6514", "syslog+tls://[2001:db8::1]:6514"),
    ],
)
def test_a_siem_is_named_by_scheme_host_and_port(url: str, name: str) -> None:
    assert f"{SiemUrl.parsed(load({'DOCKSEAL_SIEM_URL': url}).siem_url)}" == name
