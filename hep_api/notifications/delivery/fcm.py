"""Takes pushes to Firebase Cloud Messaging by firebase-admin, once each: when to try again is the job's to say.

The library would try again by itself, sleeping in our thread, and wait for two minutes; both are taken from it here.
Private names of the library that this needs are held to exist by a test. It takes half a second to import, so only a
worker does, with its first push.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import requests
from firebase_admin import App, messaging
from firebase_admin.exceptions import FirebaseError
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession, Request

from hep_api.notifications.delivery.google import SendingAccount
from hep_api.notifications.delivery.parcels import Answer, Parcel
from hep_api.notifications.delivery.waiting import retry_after
from hep_api.notifications.models.devices import DeviceKind
from hep_api.notifications.models.pushes import PushResult

# What the library trips over in answers that are no FCM error.
TRIPPED = (ValueError, TypeError, AttributeError, KeyError, RecursionError)
BY_TYPE: tuple[tuple[type[FirebaseError], PushResult], ...] = (
    (messaging.UnregisteredError, PushResult.UNREGISTERED),
    (messaging.SenderIdMismatchError, PushResult.SENDER_MISMATCH),
    (messaging.ThirdPartyAuthError, PushResult.THIRD_PARTY_AUTH),
    (messaging.QuotaExceededError, PushResult.TOO_OFTEN),
)
# 404 that is not "unregistered": there is no such project. The others may be answered otherwise later.
BY_STATUS: Mapping[int, PushResult] = {
    401: PushResult.NOT_LET_IN,
    403: PushResult.NOT_LET_IN,
    404: PushResult.NOT_LET_IN,
    408: PushResult.SERVER_ERROR,
    409: PushResult.SERVER_ERROR,
    425: PushResult.SERVER_ERROR,
    429: PushResult.TOO_OFTEN,
}
LONGEST_ID = 200


class Fcm:
    """One Firebase project. `url` stands in place of Google's address, for development."""

    def __init__(self, project_id: str, account: Mapping[str, Any], seconds: float, url: str = "") -> None:
        signing_in = SendingAccount(account)
        app = App("hep-api-pushes", signing_in, {"projectId": project_id, "httpTimeout": seconds})
        self._service = messaging._MessagingService(app)  # noqa: SLF001 - the public way keeps one for the whole process
        self._service._client._session = _session_that_asks_once(signing_in)  # noqa: SLF001
        if url:
            self._service._fcm_url = f"{url}/v1/projects/{project_id}/messages:send"  # noqa: SLF001

    def send(self, parcel: Parcel, now: datetime) -> Answer:
        """Hand the parcel over and return what came of it."""
        try:
            name = self._service.send(message_of(parcel, now))
        except FirebaseError as error:
            return _answer_of(error, now)
        except GoogleAuthError:
            return Answer(PushResult.NOT_LET_IN)
        except TRIPPED:
            return Answer(PushResult.GARBLED)
        if not isinstance(name, str) or not name:
            return Answer(PushResult.GARBLED)
        return Answer(PushResult.ACCEPTED, name[:LONGEST_ID])


def message_of(parcel: Parcel, now: datetime) -> messaging.Message:
    """Return a parcel as FCM takes it; the collapse key stands wherever a kind of phone looks for it."""
    lives = max(parcel.expires_at - now, timedelta())
    message = messaging.Message(
        data=dict(parcel.data),
        notification=messaging.Notification(parcel.title, parcel.body),
        android=messaging.AndroidConfig(
            collapse_key=parcel.collapse_key,
            priority="high" if parcel.wakes else "normal",
            ttl=lives,
            # Delivered ones stay on the screen beside each other unless they have the same tag.
            notification=messaging.AndroidNotification(tag=parcel.collapse_key),
        ),
        apns=messaging.APNSConfig(
            headers={
                "apns-priority": "10" if parcel.wakes else "5",
                "apns-expiration": str(int(parcel.expires_at.timestamp())),
                "apns-collapse-id": parcel.collapse_key,
            },
            payload=messaging.APNSPayload(messaging.Aps(sound="default", thread_id=parcel.collapse_key)),
        ),
        webpush=messaging.WebpushConfig(
            headers={
                "TTL": str(int(lives.total_seconds())),
                "Urgency": "high" if parcel.wakes else "normal",
                "Topic": parcel.collapse_key,
            },
            notification=messaging.WebpushNotification(tag=parcel.collapse_key),
        ),
    )
    if parcel.address.kind is DeviceKind.FCM_INSTALLATION:
        message.fid = parcel.address.value
    else:
        # Set afterwards: as an argument the library warns that tokens are on their way out.
        message.token = parcel.address.value
    return message


def _session_that_asks_once(account: SendingAccount) -> AuthorizedSession:
    """Return a session without retries and redirects. A token that Google takes no more is replaced once."""
    fetching = requests.Session()
    sending = AuthorizedSession(account.get_credential(), max_refresh_attempts=1, auth_request=Request(fetching))  # type: ignore[no-untyped-call]
    for session in (fetching, sending):
        session.max_redirects = 0
        for scheme in ("http://", "https://"):
            session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=0))
    return sending


def _answer_of(error: FirebaseError, now: datetime) -> Answer:
    response: requests.Response | None = error.http_response
    if response is None:
        return Answer(_without_answer(error))
    later = retry_after(response.headers.get("Retry-After"), now)
    for kind, result in BY_TYPE:
        if isinstance(error, kind):
            return Answer(result, retry_after=later)
    return Answer(_by_status(response.status_code), retry_after=later)


def _by_status(status: int) -> PushResult:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return PushResult.SERVER_ERROR
    return PushResult.REFUSED if status >= 400 else PushResult.GARBLED


def _without_answer(error: FirebaseError) -> PushResult:
    """Tell a receiver that cannot be reached from one whose answer is no answer, which may have taken the push."""
    unreadable = (requests.exceptions.JSONDecodeError, requests.exceptions.ChunkedEncodingError)
    return PushResult.GARBLED if isinstance(error.cause, unreadable) else PushResult.NO_ANSWER
