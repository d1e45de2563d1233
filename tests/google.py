"""Google, as far as signing in by Firebase needs it, over HTTP on loopback: certificates, accounts, and ID tokens.

The product verifies with the real firebase-admin, which is only told other addresses.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

PROJECT = "hep-tests"
# Private names of the library, and what they hold in it; a test in tests/accounts says so.
ADDRESSES = {
    "firebase_admin._token_gen.ID_TOKEN_CERT_URI": (
        "https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com"
    ),
    "firebase_admin._user_mgt.UserManager.ID_TOOLKIT_URL": "https://identitytoolkit.googleapis.com/v1",
}
CERTIFICATES, ACCOUNTS = ADDRESSES


class Google:
    """Signs ID tokens for Firebase accounts, publishes the certificates, and answers for the accounts.

    `status` is what it answers with; `accounts` are Firebase accounts as it describes them, by uid.
    """

    def __init__(self) -> None:
        self.keys = {"one": rsa.generate_private_key(65537, 2048)}
        self.status = 200
        self.url = ""
        self.accounts: dict[str, dict[str, Any]] = {}

    def id_token(self, uid: str = "firebase-user", *, kid: str = "one", key: Any = None, **claims: Any) -> str:
        """Return an ID token as Firebase issues it; claims given as None are left out."""
        now = int(time.time())
        usual = {
            "iss": f"https://securetoken.google.com/{PROJECT}",
            "aud": PROJECT,
            "sub": uid,
            "user_id": uid,
            "auth_time": now - 5,
            "iat": now - 5,
            "exp": now + 3595,
            "firebase": {"identities": {}, "sign_in_provider": "password"},
        }
        payload = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(payload, key or self.keys[kid], "RS256", headers={"kid": kid})

    def answer(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what stands at a path."""
        if path == "/certificates":
            return {kid: _certificate(key) for kid, key in self.keys.items()}
        if path == "/token":
            return {"access_token": "for the service account", "expires_in": 3600, "token_type": "Bearer"}
        assert path == f"/projects/{PROJECT}/accounts:lookup"
        return {"users": [self.accounts[uid] for uid in asked["localId"] if uid in self.accounts]}

    def key_file(self, folder: Path) -> str:
        """Write the key file of a service account, as Google gives it out, and return where it is."""
        pem = self.keys["one"].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        account = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key": pem.decode(),
            "client_email": "nobody@hep-tests.iam.gserviceaccount.com",
            "token_uri": f"{self.url}/token",
        }
        file = folder / "service-account.json"
        file.write_text(json.dumps(account))
        return str(file)


@contextmanager
def serving() -> Iterator[Google]:
    """Yield a Google that firebase-admin asks within the block."""
    google = Google()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(json.loads(sent) if "json" in self.headers["Content-Type"] else {})

        def _say(self, asked: dict[str, Any]) -> None:
            body = json.dumps(google.answer(self.path, asked)).encode()
            self.send_response(google.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    google.url = f"http://127.0.0.1:{server.server_address[1]}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(CERTIFICATES, f"{google.url}/certificates")
        patched.setattr(ACCOUNTS, google.url)
        yield google
    server.shutdown()
    server.server_close()


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "securetoken.system.gserviceaccount.com")])
    now = datetime.now(UTC)
    building = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    building = building.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=10))
    return building.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
