"""Who carries pushes to which provider. A provider that no setting names has none: then its pushes are recorded as not
configured, and all else works.
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import current_app

from hep_api.foundation.settings import Settings, SettingsError
from hep_api.notifications.delivery.parcels import Carrier
from hep_api.notifications.delivery.vapid import Browsers
from hep_api.notifications.models.devices import DeviceKind
from hep_api.notifications.models.pushes import Provider

PROVIDERS: Mapping[DeviceKind, Provider] = {
    DeviceKind.FCM_TOKEN: Provider.FCM,
    DeviceKind.FCM_INSTALLATION: Provider.FCM,
    DeviceKind.WEB_PUSH: Provider.WEB_PUSH,
}
# What a key file must say; the rest of it is Google's.
OF_A_KEY_FILE = ("project_id", "client_email", "private_key", "token_uri")

Maker = Callable[[], Carrier]


class Carriers:
    """The carriers of one process, each made when its first push leaves: web processes never make one."""

    def __init__(self, makers: Mapping[Provider, Maker]) -> None:
        self._makers = makers
        self._made: dict[Provider, Carrier] = {}
        self._making = threading.Lock()

    def is_configured(self, provider: Provider) -> bool:
        return provider in self._makers

    def of(self, provider: Provider) -> Carrier:
        """Return the carrier of a provider that is configured."""
        with self._making:
            if provider not in self._made:
                self._made[provider] = self._makers[provider]()
            return self._made[provider]


def load_carriers(settings: Settings, browsers: Browsers | None = None) -> Carriers:
    """Read what the settings name; SettingsError when a key file is none. `browsers`: what these are pushed to by."""
    makers: dict[Provider, Maker] = {}
    if settings.firebase_credentials_file:
        makers[Provider.FCM] = _maker_of_fcm(settings)
    if browsers:
        makers[Provider.WEB_PUSH] = _maker_of_web_push(browsers, settings)
    return Carriers(makers)


def carriers() -> Carriers:
    """Return the current app's carriers."""
    found: Carriers = current_app.extensions["hep_carriers"]
    return found


def limit_of_one_try(settings: Settings) -> timedelta:
    """Return how long one push may take, sign-in at its provider included; less where leases are short."""
    return timedelta(seconds=min(settings.push_seconds, settings.job_lease_seconds / 4))


def _maker_of_fcm(settings: Settings) -> Maker:
    account = _account(settings.firebase_credentials_file)
    project = settings.firebase_project_id or account["project_id"]

    def make() -> Carrier:
        from hep_api.notifications.delivery.fcm import Fcm

        return Fcm(project, account, limit_of_one_try(settings).total_seconds(), settings.push_url)

    return make


def _maker_of_web_push(browsers: Browsers, settings: Settings) -> Maker:
    def make() -> Carrier:
        from hep_api.notifications.delivery.web_push import WebPush

        return WebPush(browsers, limit_of_one_try(settings).total_seconds(), settings.push_url)

    return make


def _account(file: str) -> Mapping[str, Any]:
    try:
        account: dict[str, Any] = json.loads(Path(file).read_text())
        load_pem_private_key(account["private_key"].encode(), None)
        return account | {name: str(account[name]) for name in OF_A_KEY_FILE}
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        kind = type(error).__name__
        raise SettingsError(f"HEP_FIREBASE_CREDENTIALS_FILE is no service account's key file ({kind}).") from None
