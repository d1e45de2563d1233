"""Tells by a Firebase ID token which Firebase account somebody has signed in to; firebase-admin verifies it.

The library keeps Google's certificates for as long as they say. It asks Google about the account itself only with a
service account's key: then a token that was revoked, or whose account was disabled, is refused at once; without, it is
good until it expires, an hour after it was issued. firebase-admin takes half a second to import, so only those do who
offer this.
"""

import os
from collections.abc import Mapping
from typing import Any, Protocol

from flask import current_app

from hep_api.foundation.errors import Problem, not_signed_in, unavailable
from hep_api.foundation.settings import Settings, SettingsError

EMULATOR = "FIREBASE_AUTH_EMULATOR_HOST"
SECONDS_FOR_GOOGLE = 5
SKEW_SECONDS = 10
# What the library trips over when it looks into a token before it has checked the signature.
TRIPPED = (ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError)


class Firebase(Protocol):
    """Whoever can tell a Firebase account by its token."""

    def verify(self, id_token: str) -> str:
        """Return the uid of the account that the token was issued to; 401 for any but a good one."""


class NotOffered:
    """Where no Firebase project is named."""

    def verify(self, _: str) -> str:
        raise Problem("firebase_not_offered", 404, "Signing in by Firebase is not offered here.")


class FirebaseProject:
    """One Firebase project, as firebase-admin knows it."""

    def __init__(self, project_id: str, credentials_file: str) -> None:
        import firebase_admin
        from firebase_admin import auth, credentials, exceptions
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import GoogleAuthError

        self._auth = auth
        self._away = (auth.CertificateFetchError, GoogleAuthError)
        self._refusals = exceptions.FirebaseError
        self._asks_google = bool(credentials_file)
        known = credentials.Certificate(credentials_file) if credentials_file else AnonymousCredentials()  # type: ignore[no-untyped-call]
        options = {"projectId": project_id, "httpTimeout": SECONDS_FOR_GOOGLE}
        self._client = auth.Client(firebase_admin.App("hep-api", known, options))

    def verify(self, id_token: str) -> str:
        """Return the uid of the account that the token was issued to; 401 for any but a good one."""
        try:
            claims = self._client.verify_id_token(id_token, self._asks_google, SKEW_SECONDS)
        except self._auth.ExpiredIdTokenError:
            raise not_signed_in("firebase_token_expired", "The Firebase ID token has expired; get a new one.") from None
        except (self._auth.InvalidIdTokenError, self._auth.UserDisabledError, self._auth.UserNotFoundError):
            raise _token_invalid() from None
        except (*self._away, self._refusals):
            raise unavailable("Google cannot be asked at this moment; try again shortly.") from None
        except TRIPPED:
            raise _token_invalid() from None
        return _uid_of_the_project(claims)


def load_firebase(settings: Settings) -> Firebase:
    """Build what verifies Firebase's tokens; SettingsError when they would be believed unsigned."""
    if os.environ.get(EMULATOR) and settings.environment != "development":
        raise SettingsError(f"{EMULATOR} is set: unsigned tokens would be believed. It is for development only.")
    if not settings.firebase_project_id:
        return NotOffered()
    try:
        return FirebaseProject(settings.firebase_project_id, settings.firebase_credentials_file)
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        raise SettingsError(f"HEP_FIREBASE_CREDENTIALS_FILE is no service account's key file ({kind}).") from None


def firebase() -> Firebase:
    """Return the current app's Firebase project."""
    found: Firebase = current_app.extensions["hep_firebase"]
    return found


def _uid_of_the_project(claims: Mapping[str, Any]) -> str:
    """Return the uid; 401 for a token of one of the project's tenants, who give out uids of their own."""
    if claims.get("firebase", {}).get("tenant"):
        raise _token_invalid()
    uid: str = claims["uid"]
    return uid


def _token_invalid() -> Problem:
    return not_signed_in("firebase_token_invalid", "This is no Firebase ID token that is good here.")
