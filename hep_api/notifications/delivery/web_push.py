"""Takes pushes to browsers, by their push services (RFC 8030), sealed for the browser alone (RFC 8291) by pywebpush.

The library would follow redirects and read whatever is answered; here neither is done, as the address is one that a
client named. It is imported by a worker, with the first push to a browser.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import requests
from py_vapid import Vapid02
from pywebpush import WebPusher

from hep_api.notifications.delivery.endpoints import host_of
from hep_api.notifications.delivery.parcels import Answer, Parcel
from hep_api.notifications.delivery.vapid import Browsers
from hep_api.notifications.delivery.waiting import retry_after
from hep_api.notifications.models.pushes import PushResult

# A push service lets us in for a day at most; clocks differ.
LET_IN_FOR = timedelta(hours=12)
# All parcels are of one length, so that it does not tell which of the few texts is in one.
BYTES = 1024
TAKEN = (201, 202)
GONE = (404, 410)
LATER: Mapping[int, PushResult] = {
    408: PushResult.SERVER_ERROR,
    425: PushResult.SERVER_ERROR,
    429: PushResult.TOO_OFTEN,
}


class WebPush:
    """All known push services of browsers. `url` stands in front of their addresses, for development."""

    def __init__(self, browsers: Browsers, seconds: float, url: str = "") -> None:
        self._browsers = browsers
        self._vapid = Vapid02(browsers.key)
        self._seconds = seconds
        self._url = url
        self._session = requests.Session()
        # Or a .netrc of the machine's would speak in our place.
        self._session.auth = lambda request: request
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=0))

    def send(self, parcel: Parcel, now: datetime) -> Answer:
        """Hand the parcel over and return what came of it."""
        host = host_of(parcel.address.value, self._browsers.hosts)
        if host is None:
            return Answer(PushResult.REFUSED)
        # Whoever registers may name any host that a wildcard covers, also one that is not there.
        of_this_one = host not in self._browsers.hosts
        headers = {**self._says_who(host, now), **_headers(parcel, now)}
        try:
            with self._session.post(
                self._address(parcel.address.value),
                data=_sealed(parcel),
                headers=headers,
                timeout=self._seconds,
                allow_redirects=False,
                stream=True,
            ) as response:
                later = retry_after(response.headers.get("Retry-After"), now)
                return Answer(_result(response.status_code), retry_after=later, of_this_one=of_this_one)
        except requests.RequestException:
            return Answer(PushResult.NO_ANSWER, of_this_one=of_this_one)

    def _address(self, endpoint: str) -> str:
        return f"{self._url}/web-push/{endpoint.removeprefix('https://')}" if self._url else endpoint

    def _says_who(self, host: str, now: datetime) -> dict[str, str]:
        until = int((now + LET_IN_FOR).timestamp())
        claims = {"aud": f"https://{host}", "exp": until, "sub": self._browsers.contact}
        signed: dict[str, str] = self._vapid.sign(claims)
        return signed


def _sealed(parcel: Parcel) -> bytes:
    """Return what a service worker gets, sealed: a title, a body, the tag by which it replaces what it shows."""
    said = {"title": parcel.title, "body": parcel.body, "tag": parcel.collapse_key, "data": dict(parcel.data)}
    padded = json.dumps(said, ensure_ascii=False).encode().ljust(BYTES)
    keys = {"p256dh": parcel.address.p256dh, "auth": parcel.address.auth}
    sealed: bytes = WebPusher({"endpoint": parcel.address.value, "keys": keys}).encode(padded)["body"]
    return sealed


def _headers(parcel: Parcel, now: datetime) -> dict[str, str]:
    lives = max(parcel.expires_at - now, timedelta())
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(lives.total_seconds())),
        "Urgency": "high" if parcel.wakes else "normal",
        "Topic": parcel.collapse_key,
    }


def _result(status: int) -> PushResult:
    """Return what an answer means. One that does not let us in is about this subscription, made for another key: it is
    given up and nobody else's waits for it, else whoever registers such a one could stop all pushes.
    """
    if status in TAKEN:
        return PushResult.ACCEPTED
    if status in GONE:
        return PushResult.UNREGISTERED
    if status in LATER:
        return LATER[status]
    if status >= 500:
        return PushResult.SERVER_ERROR
    return PushResult.REFUSED if status >= 400 else PushResult.GARBLED
