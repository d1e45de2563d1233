"""Frames of PostgreSQL's protocol, version 3: a kind of one byte, a length, a payload; a client's first has no kind.

They are cut out of what was read and handed on as they came, byte for byte.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

CANCEL, SSL, GSS = 80877102, 80877103, 80877104


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: `kind` is its byte, none for a client's first; `whole` is all of it."""

    kind: bytes
    whole: bytes

    @property
    def payload(self) -> bytes:
        return self.whole[5:] if self.kind else self.whole[4:]

    @property
    def asks_for_encryption(self) -> bool:
        """Tell whether it asks for TLS or GSSAPI, which is answered by one byte and followed by another first frame."""
        return not self.kind and self._code in (SSL, GSS)

    @property
    def cancels(self) -> bool:
        """Tell whether it asks to cancel what another connection runs; nothing is answered to it."""
        return not self.kind and self._code == CANCEL

    @property
    def _code(self) -> int:
        code: int = struct.unpack_from("!I", self.payload)[0]
        return code


@dataclass(slots=True)
class Cutter:
    """Cuts what is read into frames; what is not whole yet waits."""

    is_client: bool
    _waiting: bytearray = field(default_factory=bytearray)
    _has_begun: bool = False

    def cut(self, read: bytes) -> Iterator[Frame]:
        """Yield the frames that are whole now."""
        self._waiting += read
        at = 0
        while (frame := self._next(at)) is not None:
            at += len(frame.whole)
            if self.is_client and not frame.kind:
                self._has_begun = not frame.asks_for_encryption
            yield frame
        del self._waiting[:at]

    def _next(self, at: int) -> Frame | None:
        kind_size = 0 if self.is_client and not self._has_begun else 1
        if len(self._waiting) < at + kind_size + 4:
            return None
        size = kind_size + struct.unpack_from("!I", self._waiting, at + kind_size)[0]
        if len(self._waiting) < at + size:
            return None
        return Frame(bytes(self._waiting[at : at + kind_size]), bytes(self._waiting[at : at + size]))


def texts(payload: bytes, amount: int) -> list[bytes]:
    """Return the first so many texts of a payload, each of which ends with a zero."""
    return payload.split(b"\0", amount)[:amount]
