"""Letters that look like Latin ones and are others: of other scripts within a Latin word, and such as no text has else.

A keyboard that was switched in the middle of a word writes them, and so does an app that makes letters fancy. A word
that is wholly Greek or Cyrillic is left as it is.
"""

import re
from string import ascii_lowercase

# Each string is followed by what its letters look like, one by one.
_GREEK_AND_CYRILLIC = (
    ("αβεζηικμνορτυχωϲϳ", "abezhikmvoptuxwcj"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ", "abezhikmnoptyxcj"),  # noqa: RUF001 - that they look like others is why they stand here
    ("авекмнорстухьѕіјһԁԛԝӏпг", "abekmhopctyxbsijhdqwlnr"),
    ("АВЕКМНОРСТУХЅІЈҺԌԚԜӀ", "abekmhopctyxsijhgqwi"),
)
# Small capitals, and letters with a stroke or without a dot, which Unicode does not take apart as those with an accent.
_LATIN = (
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"),
    ("ɑɡıłŁøØđĐħĦŧŦ", "agillooddhhtt"),
)
_LIGATURES = {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"}
# Those in white circles and squares Unicode takes apart; those in black squares are signs too, as that of parking.
_IN_BLACK_CIRCLES = {0x1F150 + place: letter for place, letter in enumerate(ascii_lowercase)}

_FOREIGN = {
    ord(each): like for letters, likes in _GREEK_AND_CYRILLIC for each, like in zip(letters, likes, strict=True)
}
LATIN = {
    **{ord(each): like for letters, likes in _LATIN for each, like in zip(letters, likes, strict=True)},
    **{ord(each): like for each, like in _LIGATURES.items()},
    **_IN_BLACK_CIRCLES,
}
_FOREIGN_LETTER = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\W_]+")


def without_foreign_letters(text: str) -> str:
    """Return the text with the Greek and Cyrillic letters in Latin words as those that they look like."""
    if not (_FOREIGN_LETTER.search(text) and _LATIN_LETTER.search(text)):
        return text
    return _WORD.sub(lambda word: _in_latin(word[0]), text)


def _in_latin(word: str) -> str:
    return word.translate(_FOREIGN) if _LATIN_LETTER.search(word) and _FOREIGN_LETTER.search(word) else word
