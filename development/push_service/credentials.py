"""The service account that senders sign in with: its key, its key file, and the tokens that its assertions are worth.

The token endpoint is OAuth's (RFC 7523): a JWT, signed by the account's key, is exchanged for a bearer token.
"""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT = "demo-hep"
EMAIL = f"push@{PROJECT}.iam.gserviceaccount.com"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
# Either of them lets its bearer send.
SCOPES = {"https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"}
TOKEN_SECONDS = 3600


class Refused(Exception):
    """The assertion is not worth a token; says why."""


@dataclass
class ServiceAccount:
    """One account of one project, and the bearer tokens that it was given."""

    key: rsa.RSAPrivateKey
    given: set[str] = field(default_factory=set)

    @classmethod
    def made(cls) -> "ServiceAccount":
        """Make one with a key of its own."""
        return cls(rsa.generate_private_key(65537, 2048))

    @classmethod
    def read(cls, file: Path) -> "ServiceAccount":
        """Return the one of a key file that `write` wrote."""
        key = serialization.load_pem_private_key(json.loads(file.read_text())["private_key"].encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return cls(key)

    def write(self, file: Path, token_url: str) -> None:
        """Write its key file, as Firebase gives one out, for whoever asks at `token_url`."""
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        said = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "loopback",
            "private_key": self.key.private_bytes(encoding, form, serialization.NoEncryption()).decode(),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": token_url,
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(said, indent=2))

    def exchange(self, form: dict[str, str], address: str) -> dict[str, Any]:
        """Return what the token endpoint at `address` answers a form with; Refused for any but a good assertion."""
        if form.get("grant_type") != GRANT:
            raise Refused("grant_type")
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self.key.public_key(),
                algorithms=["RS256"],
                audience=[AUDIENCE, address],
                issuer=EMAIL,
                options={"require": ["iss", "aud", "iat", "exp"]},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(type(error).__name__) from error
        if not SCOPES & set(str(claims.get("scope", "")).split()) or claims["exp"] - claims["iat"] > TOKEN_SECONDS:
            raise Refused("scope or life")
        token = secrets.token_urlsafe(32)
        self.given.add(token)
        return {"access_token": token, "expires_in": TOKEN_SECONDS - 1, "token_type": "Bearer"}
