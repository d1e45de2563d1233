"""Passkeys (WebAuthn) as rules without a database: what authenticators are asked, and whether their answer is right.

The authenticator itself checks the person (fingerprint, face, PIN); a passkey belongs to one domain, the setting
`HEP_PASSKEY_DOMAIN`, and answers from the origins of that domain's apps only. Without the setting there are none.

webauthn is imported where it is needed: with the certificates that it knows of it takes as long as Flask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from hep_api.accounts.models.second_factor import Passkey
from hep_api.foundation.settings import Settings

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor
    from webauthn.registration.verify_registration_response import VerifiedRegistration

T = TypeVar("T")
Json = dict[str, Any]

CHALLENGE_BYTES = 32
# Those that webauthn knows: its `AuthenticatorTransport`.
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid"})
# As many as a person has devices, and then some; the list travels with every question.
MOST_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The domain that passkeys belong to, its name for people, and from where they may answer."""

    domain: str
    name: str
    origins: Sequence[str]

    def creation_options(self, account_id: UUID, email: str, challenge: bytes, present: Sequence[Passkey]) -> Json:
        """Return what `navigator.credentials.create` takes; those that are there already are left out."""
        webauthn = _webauthn()
        structs = webauthn.helpers.structs
        options = webauthn.generate_registration_options(
            rp_id=self.domain,
            rp_name=self.name,
            user_id=account_id.bytes,
            user_name=email,
            challenge=challenge,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.PREFERRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_described(passkey) for passkey in present],
        )
        return _as_json(options)

    def request_options(self, challenge: bytes, present: Sequence[Passkey]) -> Json:
        """Return what `navigator.credentials.get` takes."""
        webauthn = _webauthn()
        options = webauthn.generate_authentication_options(
            rp_id=self.domain,
            challenge=challenge,
            allow_credentials=[_described(passkey) for passkey in present],
            user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
        )
        return _as_json(options)

    def read_creation(self, credential: Mapping[str, Any], challenge: bytes) -> VerifiedRegistration | None:
        """Return the new key in an authenticator's answer, None when the answer is not right."""
        return _unless_wrong(
            lambda: _webauthn().verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=list(self.origins),
                require_user_verification=True,
            )
        )

    def read_assertion(self, credential: Mapping[str, Any], challenge: bytes, passkey: Passkey) -> int | None:
        """Return the sign count in a passkey's answer, None when the answer is not right.

        Whether the count has grown is for the caller to decide, under the row: the library would judge it before the
        signature, so that anyone could make a key look copied.
        """
        verified: VerifiedAuthentication | None = _unless_wrong(
            lambda: _webauthn().verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=list(self.origins),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        )
        return None if verified is None else verified.new_sign_count


def load_relying_party(settings: Settings) -> RelyingParty | None:
    """Build the relying party from the settings; None where there is no domain.

    The domain's own origin is always among those that may answer: apps of Apple's name it.
    """
    domain = settings.passkey_domain
    if not domain:
        return None
    origins = dict.fromkeys((f"https://{domain}", *settings.web_origins, *settings.passkey_app_origins))
    return RelyingParty(domain, settings.token_issuer, tuple(origins))


def credential_id_of(credential: Mapping[str, Any]) -> bytes | None:
    """Return the id of the key that an authenticator answers with, None when it cannot be read."""
    decoded: bytes | None = _unless_wrong(lambda: _webauthn().base64url_to_bytes(credential["id"]))
    return decoded


def _webauthn() -> Any:
    import webauthn

    return webauthn


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    structs = _webauthn().helpers.structs
    transports = [structs.AuthenticatorTransport(name) for name in passkey.transports if name in TRANSPORTS]
    described: PublicKeyCredentialDescriptor = structs.PublicKeyCredentialDescriptor(
        id=passkey.credential_id, transports=transports or None
    )
    return described


def _as_json(options: Any) -> Json:
    written: Json = _webauthn().helpers.options_to_json_dict(options)
    return written


def _unless_wrong(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except Exception:  # noqa: BLE001 - hostile CBOR makes the library raise KeyError, ValueError, TypeError and its own
        return None
