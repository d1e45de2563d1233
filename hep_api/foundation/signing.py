"""What is ours to recognise when somebody brings it back, such as a link: signed, not sealed, so it holds no secret.

The keys are derived from the signing keys of the access tokens, another for each purpose: every process has those, and
what was signed outlives a change of keys as long as the older key is there.
"""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import URLSafeSerializer


def signer(keys_folder: Path, purpose: bytes) -> URLSafeSerializer:
    """Return what signs lists of words and numbers for addresses, and reads them; BadData for what is not ours."""
    # Such links are rare and keys few, so the folder is read each time, and no process lags behind a change of keys.
    keys = [_derived(file.read_bytes(), purpose) for file in sorted(keys_folder.glob("*.pem"))]
    # The last one signs, all of them verify.
    return URLSafeSerializer(
        keys, salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
