"""Seals what must be readable again and must not be read in the database or its backups: the secrets of TOTP.

AES-256-GCM under keys derived by HKDF from files named `<id>.sealing`, beside the signing keys; the last name seals,
all of them open. What is sealed names its key and is bound to its place, so a value that was moved does not open. A
value under an older key is sealed anew when it is used, and by `flask accounts reseal`; then that key's file can go.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hep_api.foundation.identifiers import new_id
from hep_api.foundation.settings import SettingsError

SUFFIX = ".sealing"
KEY_BYTES = 32
NONCE_BYTES = 12
PURPOSE = b"hep-api: secrets of second factors"


class CannotOpen(Exception):
    """What was sealed names a key that is not there, or is not what was sealed in this place."""


class Sealer:
    """Seals under the newest key of a folder and opens under any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys = _keys_in(folder)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Return the sealed value: the key's name, its length before it, then nonce and ciphertext."""
        newest, nonce = max(self._keys), secrets.token_bytes(NONCE_BYTES)
        name = newest.encode()
        return bytes([len(name)]) + name + nonce + self._keys[newest].encrypt(nonce, plain, place)

    def unseal(self, sealed: bytes, place: bytes) -> bytes:
        """Return what was sealed for this place; CannotOpen otherwise."""
        name = _key_of(sealed)
        rest = sealed[1 + len(name.encode()) :]
        if name not in self._keys:
            # Another process, started after us, has a newer one.
            self._keys = _keys_in(self._folder)
        try:
            return self._keys[name].decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place)
        except (KeyError, InvalidTag):
            raise CannotOpen(f"The sealing key {name} is missing, or the value was changed or moved.") from None

    def is_outdated(self, sealed: bytes) -> bool:
        """Tell whether the value is sealed with an older key than the newest."""
        return _key_of(sealed) != max(self._keys)


def ensure_sealing_key(folder: Path, now: datetime) -> None:
    """Write a sealing key, readable by its owner only, unless the folder has one."""
    if not has_sealing_key(folder):
        create_sealing_key(folder, now)


def create_sealing_key(folder: Path, now: datetime) -> str:
    """Write a new sealing key, readable by its owner only, and return its name; from the next start on it seals."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = now.strftime("%Y%m%dT%H%M%SZ-") + str(new_id())[-4:]
    # Under its name only when it is whole: running processes read whatever has one.
    unfinished = folder / f".{name}"
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_text(secrets.token_hex(KEY_BYTES) + "\n")
    unfinished.rename(folder / f"{name}{SUFFIX}")
    return name


def has_sealing_key(folder: Path) -> bool:
    return next(folder.glob(f"[!.]*{SUFFIX}"), None) is not None


def _keys_in(folder: Path) -> Mapping[str, AESGCM]:
    keys = {file.stem: _derived(file) for file in sorted(folder.glob(f"[!.]*{SUFFIX}"))}
    if not keys:
        raise SettingsError(f"{folder} holds no sealing key; `python -m hep_api.accounts.keys` makes one.")
    return keys


def _derived(file: Path) -> AESGCM:
    try:
        material = bytes.fromhex(file.read_text())
    except ValueError:
        material = b""
    if len(material) < KEY_BYTES:
        raise SettingsError(f"{file} is not a sealing key: it has to hold {KEY_BYTES} bytes or more in hexadecimal.")
    return AESGCM(HKDF(SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(material))


def _key_of(sealed: bytes) -> str:
    return sealed[1 : 1 + sealed[0]].decode("utf-8", "replace")
