"""Every setting is documented, as it is; a wrong or missing one is named when the process starts."""

from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from hep_api.foundation.settings import Settings, SettingsError, variable_name

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "settings.md"
NEEDED = {"DATABASE_URL": "postgresql://localhost/hep", "HEP_TOKEN_KEYS_FOLDER": "/keys"}


def row(setting: Any) -> str:
    default = "*needed*" if setting.default is MISSING else shown(setting.default)
    return f"| `{variable_name(setting.name)}` | {default} | {setting.metadata['reason']} |"


def shown(default: Any) -> str:
    if default in ("", ()):
        return "empty"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"


def test_the_document_has_one_row_for_each_setting_and_no_other() -> None:
    documented = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    assert documented == [row(setting) for setting in fields(Settings)]


def test_the_needed_settings_are_enough() -> None:
    settings = Settings.from_environment(NEEDED)
    assert settings.database_url == "postgresql+psycopg://localhost/hep"


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_setting_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing} is not set"):
        Settings.from_environment({name: value for name, value in NEEDED.items() if name != missing})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HEP_ACCESS_TOKEN_SECONDS", "a quarter of an hour"),
        ("HEP_DATABASE_BEHIND_POOLER", "yes"),
        ("HEP_WORKER_POLL_SECONDS", "soon"),
        ("HEP_WORKER_POLL_SECONDS", "nan"),
        ("HEP_DATABASE_POOL_SIZE", "0"),
        ("HEP_MAX_BODY_BYTES", "-1"),
        ("HEP_TRUSTED_PROXIES", "-1"),
        ("HEP_TRUSTED_PROXIES", "one"),
        ("HEP_TRUSTED_PROXIES", "٣"),
        ("HEP_ENVIRONMENT", "staging"),
        ("HEP_PUSH_URL", "http://127.0.0.1:8085"),  # in production
        ("HEP_MAIL_UNSUBSCRIBE_LINK", "http://api.clinic.example/v1/mail/unsubscribe/"),
        ("HEP_MAIL_UNSUBSCRIBE_LINK", "https://x.example/>\r\nBcc: b@example.org"),
        ("HEP_PASSKEY_DOMAIN", "https://clinic.example"),
        ("HEP_PASSKEY_DOMAIN", "192.168.0.1"),
    ],
)
def test_a_wrong_setting_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({**NEEDED, variable: value})


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"HEP_ACCESS_TOKEN_SECONDS": "x"})
    assert len(str(refused.value).splitlines()) == 3
