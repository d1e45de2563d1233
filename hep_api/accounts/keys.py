"""Makes keys that sign access tokens: `python -m hep_api.accounts.keys FOLDER`.

It needs no app, as an app does not start without a key.
"""

import sys
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id


def create_key(folder: Path, now: datetime) -> str:
    """Write a new P-256 key, readable by its owner only, and return its kid; from the next start on it signs."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kid = now.strftime("%Y%m%dT%H%M%SZ-") + str(new_id())[-4:]
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{kid}.pem"
    file.touch(mode=0o600)
    file.write_bytes(pem)
    return kid


if __name__ == "__main__":
    sys.stdout.write(create_key(Path(sys.argv[1]), clock.now()) + "\n")
