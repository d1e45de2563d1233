"""Google's client library tries again by itself, as it does unless it is told not to."""

from typing import Any

from firebase_admin import _http_client
from requests.adapters import HTTPAdapter

from hep_api.notifications.delivery import fcm
from torture.broken.taking import replacing


def do() -> None:
    replacing(fcm, "_session_that_asks_once", _that_asks_again)


def _that_asks_again(whole: Any, *arguments: Any) -> Any:
    session = whole(*arguments)
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=_http_client.DEFAULT_RETRY_CONFIG))
    return session
