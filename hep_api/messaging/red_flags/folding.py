"""A text as its words only, without case, accents, punctuation, and whichever way its letters are written.

What nobody sees, such as a space without width, is left in as a sign of its own: whether it parts two words or stands
within one is for `hidden_gaps` to judge.
"""

import re
import unicodedata

from hep_api.messaging.red_flags.look_alikes import LATIN, without_foreign_letters

MOST_LETTERS = 16_000
# May part two words as well as not. The second is what stands within words by its nature: where a word may be broken
# or must not be, where letters are joined or not.
MAY_PART, SELDOM_PARTS = "\x00", "\x01"
# Accents of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic, which many leave out; rings around letters.
_ACCENTS = (
    *range(0x0300, 0x034F), *range(0x0350, 0x0370), *range(0x0483, 0x048A), *range(0x0591, 0x05C8),
    *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06DD), *range(0x1AB0, 0x1B00), *range(0x1DC0, 0x1E00),
    *range(0x20D0, 0x2100), *range(0xFE20, 0xFE30),
)  # fmt: skip
# Format characters that are not drawn, variants of the sign before them, and letters without a shape.
_UNSEEN = (
    0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2061, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF9, 0xFFFC),
    *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
)  # fmt: skip
_WITHIN_WORDS = (0x00AD, 0x200C, 0x200D, 0x2060, 0xFEFF)
_PLAIN = {
    **dict.fromkeys(_ACCENTS),
    **dict.fromkeys(_UNSEEN, MAY_PART),
    **dict.fromkeys(_WITHIN_WORDS, SELDOM_PARTS),
    **LATIN,
}
_HIDDEN = MAY_PART + SELDOM_PARTS

_GAPS = re.compile("[^a-z0-9]+")
_GAPS_BUT_HIDDEN = re.compile(f"[^a-z0-9{_HIDDEN}]+")
_HIDDEN_AT_A_GAP = re.compile(f"[{_HIDDEN}]? [{_HIDDEN} ]*")
_HIDDEN_TOGETHER = re.compile(f"[{_HIDDEN}]{{2,}}")


def folded(text: str) -> str:
    """Return the words of a text, parted by spaces; MAY_PART and SELDOM_PARTS stand for what is not seen."""
    if text.isascii():
        return _GAPS.sub(" ", text.lower())
    # A letter may be taken apart into eighteen; texts of many such are nobody's words.
    taken_apart = unicodedata.normalize("NFKD", text)[:MOST_LETTERS].translate(_PLAIN)
    plain = unicodedata.normalize("NFC", without_foreign_letters(taken_apart).casefold())
    words = _GAPS_BUT_HIDDEN.sub(" ", plain) if plain.isascii() else "".join(map(_or_gap, plain))
    return _settled(words) if has_hidden(words) else words


def has_hidden(words: str) -> bool:
    """Tell whether it is open for some words where they begin and end."""
    return MAY_PART in words or SELDOM_PARTS in words


def _or_gap(letter: str) -> str:
    # Signs within a word, such as vowels of Thai, are part of it; whatever else is no letter or digit parts words.
    return letter if letter.isalnum() or letter in _HIDDEN or unicodedata.category(letter)[0] == "M" else " "


def _settled(words: str) -> str:
    """Return the words with what is hidden only where it matters: one sign, and none beside a gap."""
    # Together first: of many in a row the second pattern would begin anew at each.
    one_by_one = _HIDDEN_TOGETHER.sub(lambda found: MAY_PART if MAY_PART in found[0] else SELDOM_PARTS, words)
    return _HIDDEN_AT_A_GAP.sub(" ", one_by_one).strip(f"{_HIDDEN} ")
