"""The files for Prometheus and Grafana, held against the numbers of a real day, and read by promtool."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from day import Day
from house.tree import ROOT
from spapi_simulator import Line

FILES = ROOT / "docs" / "monitoring"
RULE_TESTS = ROOT / "tests" / "contract" / "alerts.test.yml"
SERVICES = (
    "Order Synchronization Service",
    "PII Security Layer",
    "Fulfillment Processing Engine",
    "Shipment Confirmation Service",
    "Monitoring & Audit Module",
)
_NUMBER = re.compile(r"\b((?:dockseal|process)_[a-z0-9_]+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")
_OF_PROMETHEUS = frozenset({"instance", "job", "le"})

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus)"
)


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The numbers after a day in which something of every kind happened."""
    day = Day(folder=tmp_path_factory.mktemp("day"))
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-2")], programs=["IN_STORE_PICK_UP"])
    day.run(minutes=10)
    day.ship(order_id)
    day.run(hours=2)
    text = day.app.metrics_text()
    day.close()
    return text


@pytest.fixture(scope="module")
def labels(exposed: bytes) -> Mapping[str, frozenset[str]]:
    """The labels of every number, by the names that its samples have; empty where it has no sample yet."""
    documented = {name: _documented_labels(row) for name, row in _documented_rows()}
    return {
        name: documented[_documented_as(family)]
        for family in text_string_to_metric_families(exposed.decode())
        if not family.name.endswith("_created")
        for name in _sample_names(family)
    }


def _documented_rows() -> Iterator[tuple[str, list[str]]]:
    for line in (ROOT / "docs" / "metrics.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].startswith("`"):
            yield cells[0].strip("`"), cells


def _documented_labels(cells: list[str]) -> frozenset[str]:
    return frozenset(re.findall(r"`(\w+)`", cells[3]))


def _documented_as(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def _sample_names(family: Metric) -> tuple[str, ...]:
    if family.type == "counter":
        return (f"{family.name}_total",)
    if family.type == "histogram":
        return tuple(f"{family.name}_{end}" for end in ("bucket", "count", "sum"))
    return (family.name,)


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FILES / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FILES / "dashboard.json").read_text("utf-8"))
    return found


def _panels() -> list[dict[str, Any]]:
    return [panel for panel in _dashboard()["panels"] if panel["type"] != "row"]


def _shown() -> list[str]:
    """Every expression of the dashboard, with its variables as Grafana fills them in."""
    texts = [target["expr"] for panel in _panels() for target in panel["targets"]]
    return [text.replace("$__rate_interval", "5m").replace("$seller", ".*") for text in texts]


def _faults(expression: str, labels: Mapping[str, frozenset[str]]) -> list[str]:
    """What of an expression no scrape can answer: numbers there are not, and labels that they have not."""
    found = list(_NUMBER.finditer(expression))
    faults = [each[1] for each in found if each[1] not in labels]
    known = _OF_PROMETHEUS.union(*(labels.get(each[1], frozenset()) for each in found))
    for each in found:
        told = labels.get(each[1], frozenset()) | _OF_PROMETHEUS
        faults += [f"{each[1]} by {name}" for name in _MATCHER.findall(each[2] or "") if name not in told]
    grouped = {name.strip() for names in _GROUPED.findall(expression) for name in names.split(",")}
    return [*faults, *sorted(grouped - known)]


def test_every_rule_asks_for_numbers_and_labels_that_a_day_shows(
    labels: Mapping[str, frozenset[str]],
) -> None:
    assert len(_rules()) > 20
    assert {rule["alert"]: found for rule in _rules() if (found := _faults(rule["expr"], labels))} == {}


def test_every_panel_asks_for_numbers_and_labels_that_a_day_shows(
    labels: Mapping[str, frozenset[str]],
) -> None:
    assert len(_shown()) > 40
    assert {text: found for text in _shown() if (found := _faults(text, labels))} == {}


def test_a_number_there_is_not_and_a_label_it_has_not_are_found() -> None:
    labels = {"dockseal_orders": frozenset({"state"})}
    assert _faults("sum by (state) (dockseal_orders{state='held'})", labels) == []
    assert _faults('dockseal_order{state="held"}', labels) == ["dockseal_order", "dockseal_order by state"]
    assert _faults('dockseal_orders{phase="held"}', labels) == ["dockseal_orders by phase"]
    assert _faults("sum by (buyer) (dockseal_orders)", labels) == ["buyer"]


def test_every_number_of_ours_is_on_the_dashboard(labels: Mapping[str, frozenset[str]]) -> None:
    shown = {each[1] for text in _shown() for each in _NUMBER.finditer(text)}
    ours = {name for name in labels if name.startswith("dockseal_")}
    parts = {name for name in ours if name.endswith(("_count", "_sum"))}
    assert ours - parts - shown == set()


def test_the_dashboard_reads_the_prometheus_that_is_chosen_in_it() -> None:
    variables = {each["name"]: each for each in _dashboard()["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for panel in _panels():
        assert panel["datasource"] == chosen, panel["title"]
        assert panel["targets"], panel["title"]
        assert all(target["datasource"] == chosen for target in panel["targets"])
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs), panel["title"]
        assert panel["title"]
        assert panel["description"]


def test_the_panels_have_numbers_of_their_own_and_lie_beside_each_other() -> None:
    panels = _dashboard()["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids)
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, f"{panel['title']} lies on {taken[x, y]}"
                taken[x, y] = panel["title"]


def test_each_of_the_five_services_has_a_row_with_panels() -> None:
    rows: dict[str, int] = {}
    title = ""
    for panel in _dashboard()["panels"]:
        if panel["type"] == "row":
            title = panel["title"]
            rows[title] = 0
        else:
            rows[title] += 1
    assert [title for title in rows if title in SERVICES] == list(SERVICES)
    assert all(rows.values()), rows


def test_every_alert_says_what_is_wrong_and_what_to_do_and_has_its_section_in_the_runbook() -> None:
    page = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    sections = re.findall(r"^### (\w+)$", page, re.MULTILINE)
    rules = _rules()
    assert sections == list(dict.fromkeys(sections)), "a section stands twice"
    assert sorted(sections) == sorted(rule["alert"] for rule in rules)
    for rule in rules:
        notes = rule["annotations"]
        anchor = f"docs/monitoring.md#{rule['alert'].lower()}"
        assert notes["runbook_url"] == f"https://dockseal.example/{anchor}"
        assert notes["summary"], rule["alert"]
        assert len(notes["description"]) > 30, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_command_that_a_runbook_names_exists() -> None:
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    known = set(re.findall(r"^## `dockseal ([a-z-]+(?: [a-z-]+)?)", page, re.MULTILINE))
    texts = [(ROOT / "docs" / "monitoring.md").read_text("utf-8"), (FILES / "alerts.yml").read_text("utf-8")]
    for text in texts:
        for named in re.findall(r"`dockseal\s+([a-z-]+(?:\s+[a-z-]+)?)", text):
            words = " ".join(named.split())
            assert any(each == words or words.startswith(f"{each} ") or each.startswith(f"{words} ")
                       for each in known), words  # fmt: skip


@needs_promtool
def test_the_numbers_are_named_as_prometheus_wants_them(exposed: bytes) -> None:
    _promtool("check", "metrics", given=exposed)


@needs_promtool
def test_the_rules_are_rules() -> None:
    assert f"{len(_rules())} rules found" in _promtool("check", "rules", str(FILES / "alerts.yml"))


@needs_promtool
def test_the_rules_fire_when_they_should_and_only_then(tmp_path: Path) -> None:
    for file in (FILES / "alerts.yml", RULE_TESTS):
        shutil.copy(file, tmp_path)
    assert "SUCCESS" in _promtool("test", "rules", str(tmp_path / RULE_TESTS.name))


@needs_promtool
def test_every_expression_of_the_dashboard_is_promql(tmp_path: Path) -> None:
    recorded = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(_shown())]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}), "utf-8")
    assert f"{len(recorded)} rules found" in _promtool("check", "rules", str(file))
    recorded[0]["expr"] += ")"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}), "utf-8")
    with pytest.raises(AssertionError, match="parse error"):
        _promtool("check", "rules", str(file))


@needs_promtool
def test_the_configuration_is_one(tmp_path: Path) -> None:
    text = (FILES / "prometheus.yml").read_text("utf-8")
    for name in ("dockseal.key", "dockseal-ca.pem"):
        (tmp_path / name).write_text("made up", "utf-8")
        text = text.replace(f"/etc/prometheus/{name}", str(tmp_path / name))
    (tmp_path / "prometheus.yml").write_text(text, "utf-8")
    shutil.copy(FILES / "alerts.yml", tmp_path)
    assert "SUCCESS" in _promtool("check", "config", "--syntax-only", str(tmp_path / "prometheus.yml"))


def _promtool(*words: str, given: bytes = b"") -> str:
    done = subprocess.run(["promtool", *words], input=given, capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said
