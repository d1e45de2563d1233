"""Alerts and dashboard ask for what the product exports, by the labels that it has, and each alert is explained."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from hep_api.app import MEASURES
from hep_api.foundation.metrics.process import NAMES
from hep_api.foundation.metrics.tallies import LEVELS, TALLIES, TIMINGS
from tests.security.named import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
GUIDE = (ROOT / "docs" / "monitoring.md").read_text()
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
BOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "hep-api.json").read_text())
# What others export: Prometheus itself, its client library, the node and the blackbox exporter, deploy/backup.sh.
OF_OTHERS = {
    *("up", "ALERTS", "process_start_time_seconds", "process_cpu_seconds_total", "process_resident_memory_bytes"),
    *("process_open_fds", "probe_success", "probe_ssl_earliest_cert_expiry", "node_filesystem_avail_bytes"),
    *("node_filesystem_size_bytes", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"),
    *("node_timex_offset_seconds", "node_systemd_unit_state", "node_cpu_seconds_total"),
    *("hep_backup_finished_timestamp_seconds", "hep_backup_database_bytes"),
}
OF_PROMETHEUS = {"job", "instance", "le"}
# A name with its labels in braces.
NAMED = re.compile(r"\b([a-zA-Z_][a-zA-Z0-9_]*)\{([^}]*)\}")
WORD = re.compile(r"\b((?:hep|node|probe|process)_\w+|ALERTS|up)\b")


def exported() -> dict[str, set[str]]:
    """Return every metric of ours, as Prometheus has it, with its labels."""
    found = {f"{each.name}_total": set(each.labels) for each in TALLIES.values()}
    for each in TIMINGS.values():
        found |= {f"{each.name}_{part}": {*each.labels, "le"} for part in ("bucket", "sum", "count")}
    return found | {name: {"kind"} for name in MEASURES} | {name: set[str]() for name in LEVELS} | NAMES


def queries() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    for panel in BOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_only_what_is_exported_is_asked_for() -> None:
    asked = {name for query in queries() for name in WORD.findall(query)}
    assert asked - set(exported()) - OF_OTHERS == set()
    assert OF_OTHERS - asked == set()


def test_by_labels_that_it_has() -> None:
    ours = exported()
    for query in queries():
        for name, within in NAMED.findall(query):
            if name in ours:
                assert set(re.findall(r"(\w+)\s*[=!]~?", re.sub(r'"[^"]*"', "", within))) <= ours[name] | OF_PROMETHEUS
        labels = {label for name in WORD.findall(query) for label in ours.get(name, ())} | OF_PROMETHEUS
        grouped = {label for listed in re.findall(r"by \(([^)]*)\)", query) for label in listed.split(", ")}
        assert grouped <= labels, query


def test_what_is_exported_is_asked_for() -> None:
    """A number that nobody looks at is counted for nothing."""
    asked = {name for query in queries() for name in WORD.findall(query)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported()}
    assert families - {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked} == set()


def test_the_guide_lists_each_metric_with_its_labels() -> None:
    listed = dict(re.findall(r"^\| `(hep_\w+)` \| ([^|:]*)", GUIDE, re.MULTILINE))
    ours = {re.sub(r"_(bucket|sum|count)$", "", name): labels - {"le"} for name, labels in exported().items()}
    assert set(listed) == set(ours)
    for name, labels in ours.items():
        said = {label.strip() for label in listed[name].split(",") if label.strip()}
        assert said == labels or (name in MEASURES and not said), name


def test_each_alert_says_what_to_do_and_is_explained_and_tried() -> None:
    tried = (PROMETHEUS / "alerts.test.yml").read_text()
    for rule in RULES:
        name = rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket"), name
        assert set(rule["annotations"]) == {"summary", "todo", "runbook_url"}, name
        assert rule["annotations"]["runbook_url"] == f"docs/monitoring.md#{name.lower()}"
        assert f"\n### {name}\n" in GUIDE, name
        assert f'alertname=\\"{name}\\"' in tried or f'alertname="{name}"' in tried, name
    headings = set(re.findall(r"^### (Hep\w+)$", GUIDE, re.MULTILINE))
    assert headings == {rule["alert"] for rule in RULES}


def test_panels_stand_beside_each_other_and_have_ids_of_their_own() -> None:
    places = [
        {
            (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
            for x in range(panel["gridPos"]["w"])
            for y in range(panel["gridPos"]["h"])
        }
        for panel in BOARD["panels"]
    ]
    assert sum(map(len, places)) == len(set().union(*places))
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="this machine has no promtool; `apt install prometheus` brings it"
)
@pytest.mark.parametrize("words", ["check config prometheus.yml", "test rules alerts.test.yml"])
def test_prometheus_takes_them(words: str) -> None:
    ran = subprocess.run(["promtool", *words.split()], cwd=PROMETHEUS, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
