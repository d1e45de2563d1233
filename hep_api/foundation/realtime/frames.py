"""The plain frames of a WebSocket by hand: a whole text in one masked frame, which is what clients send, and the text
that goes back. wsproto knows all the others, and refuses what is wrong; for a short one it takes eight times as long.
"""

import struct

TEXT, MASKED = 0x81, 0x80  # A whole text, with no reserved bit set; the bit beside the length.
LONGEST_SHORT, TWO_BYTES, EIGHT_BYTES = 125, 126, 127
MASK_BYTES = 4


def plain_texts(data: bytes, most: int) -> tuple[list[str], int]:
    """Return the texts of the plain frames that `data` begins with, and how many bytes they take.

    It ends before the first frame that is anything else, not wholly there, longer than `most` bytes or not UTF-8.
    """
    texts: list[str] = []
    taken, end = 0, len(data)
    while end - taken >= 2 + MASK_BYTES and data[taken] == TEXT:
        size, mask_at = data[taken + 1] - MASKED, taken + 2
        if size == TWO_BYTES:
            size, mask_at = int.from_bytes(data[mask_at : mask_at + 2], "big"), mask_at + 2
            if size <= LONGEST_SHORT:
                break
        elif not 0 <= size <= LONGEST_SHORT:
            break
        following = mask_at + MASK_BYTES + size
        if following > end or size > most:
            break
        try:
            texts.append(_unmasked(data, mask_at, size).decode())
        except UnicodeDecodeError:
            break
        taken = following
    return texts, taken


def text_frame(payload: bytes) -> bytes:
    """Return the bytes of an unmasked text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size <= LONGEST_SHORT:
        return b"\x81" + bytes((size,)) + payload
    long = struct.pack("!BH", TWO_BYTES, size) if size < 65_536 else struct.pack("!BQ", EIGHT_BYTES, size)
    return b"\x81" + long + payload


def _unmasked(data: bytes, mask_at: int, size: int) -> bytes:
    # As two large numbers: Python goes through bytes one by one, and through these a machine word at a time.
    start = mask_at + MASK_BYTES
    mask = (data[mask_at:start] * (size // MASK_BYTES + 1))[:size]
    whole = int.from_bytes(data[start : start + size], "big") ^ int.from_bytes(mask, "big")
    return whole.to_bytes(size, "big")
