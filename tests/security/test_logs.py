"""Lines of the log can be put in order with those of other machines."""

import io
import json
import re
import sys
from datetime import UTC, datetime

import pytest
import structlog

from hep_api.foundation.logs import configure_logs


def test_times_in_the_log_are_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Kathmandu")
        patched.setattr(sys, "stderr", io.StringIO())
        configure_logs("test")
        structlog.get_logger().info("something")
        line = json.loads(sys.stderr.getvalue())  # type: ignore[attr-defined]
    configure_logs("test")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["timestamp"])
    assert abs((datetime.fromisoformat(line["timestamp"]) - datetime.now(UTC)).total_seconds()) < 60
