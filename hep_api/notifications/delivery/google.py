"""How we sign in at Google to send pushes: with a service account's key, for a token that is good for sending and
nothing else.

google-auth's own class asks again by itself when Google's answer is slow in coming, sleeping in between, and looks up
regions at another host in the background. This one asks once, where the key file says; the job tries again.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from firebase_admin import credentials
from google.auth import crypt, exceptions, jwt
from google.auth.credentials import Credentials

from hep_api.foundation import clock

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Whom the assertion is meant for, wherever it is handed in (RFC 7523, and Google's guide to service accounts).
AUDIENCE = "https://oauth2.googleapis.com/token"
ASSERTION_LIVES = timedelta(hours=1)
LONGEST_LIFE = 24 * 60 * 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class SendingToken(Credentials):
    """A token for sending, fetched when it is needed; any failure is a GoogleAuthError."""

    def __init__(self, account: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = account
        self._signer = crypt.RSASigner.from_service_account_info(account)  # type: ignore[no-untyped-call]

    def refresh(self, request: Any) -> None:
        """Fetch a new token by `request`, google-auth's way to ask, which has the time limit."""
        asked = f"grant_type={GRANT}&assertion={self._assertion().decode()}"
        answer = request(url=self._account["token_uri"], method="POST", headers=FORM, body=asked.encode())
        if answer.status != 200:
            raise exceptions.RefreshError(f"status {answer.status}")  # type: ignore[no-untyped-call]
        try:
            given = json.loads(answer.data)
            lives = timedelta(seconds=min(int(given["expires_in"]), LONGEST_LIFE))
            # google-auth counts in UTC without saying so.
            token, expiry = str(given["access_token"]), clock.now().replace(tzinfo=None) + lives
        except (ValueError, TypeError, KeyError, OverflowError):
            raise exceptions.RefreshError("no token in the answer") from None  # type: ignore[no-untyped-call]
        self.token, self.expiry = token, expiry

    def _assertion(self) -> bytes:
        now = int(clock.now().timestamp())
        lives = int(ASSERTION_LIVES.total_seconds())
        claims = {
            "iss": self._account["client_email"],
            "scope": SCOPE,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + lives,
        }
        signed: bytes = jwt.encode(self._signer, claims)  # type: ignore[no-untyped-call]
        return signed


class SendingAccount(credentials.Base):  # type: ignore[misc]
    """The service account of a key file, as firebase-admin takes it."""

    def __init__(self, account: Mapping[str, Any]) -> None:
        super().__init__()
        self._token = SendingToken(account)

    def get_credential(self) -> SendingToken:
        return self._token
