"""The grace for a lost answer is given to whoever asks, not only to the device that asked before."""

from hep_api.accounts import devices
from torture.broken.taking import replacing


def do() -> None:
    replacing(devices, "digest_of_asking", lambda *_: b"any")
