"""The rule on alerts: a red flag that nobody has acknowledged, whatever raised it."""

from hep_api.foundation import clock
from hep_api.insights.evidence import Json, evidence
from hep_api.insights.rules.findings import Finding
from hep_api.insights.standing import Standing


def find_open_flag(standing: Standing) -> Finding | None:
    """Hold while the patient has a red flag that no person has acknowledged."""
    alert = standing.alert
    if alert is None:
        return None
    found = evidence(flag_id=str(alert.flag_id), causes=alert.causes, waiting_since=alert.raised_at)
    return Finding(clock.local_date(alert.raised_at, standing.zone), found)


def has_other_causes(found: Json, seen: Json) -> bool:
    """Tell whether it is another flag than the one that somebody has seen, or has more causes by now."""
    return bool(found["flag_id"] != seen["flag_id"] or found["causes"] > seen["causes"])
