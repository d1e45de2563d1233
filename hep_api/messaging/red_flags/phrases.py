"""Whether a text holds one of the red-flag phrases: as whole words, whatever the case, accents, punctuation, spacing.

Only the words count, not what is meant by them: "no chest pain" is found as well, as a false alarm costs a look and a
missed one may cost a life. What a phrase means, and what follows, is left to others.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

ANY_ENDING = "*"
LEAST_LETTERS = 3
MOST_LETTERS = 16_000
# As phones and keyboards write them. Left out by some ("cant"), so a word is looked for with and without.
APOSTROPHES = "'\u2019\u2018\u02bc\u00b4`\uff07\u2032"
_WITHOUT_APOSTROPHES = {ord(each): None for each in APOSTROPHES}
_APART_AT_APOSTROPHES = {ord(each): " " for each in APOSTROPHES}
_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}
# Accents of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic, which many leave out; and what is unseen.
_ACCENTS = (*range(0x0300, 0x0370), *range(0x0591, 0x05C8), *range(0x064B, 0x0660), 0x0670)
_UNSEEN = (0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
_LEFT_OUT = dict.fromkeys((*_ACCENTS, *_UNSEEN))
# Thai, Lao, Myanmar, Khmer, kana and the ideographs: written without spaces, so that a phrase may stand anywhere.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))

_GAPS = re.compile("[^a-z0-9]+")


class PhraseList:
    """Phrases, made ready once to be looked for in many texts; of such that are the same words the first one counts.

    Looking costs by the words of the text and hardly by how many phrases there are.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first_word: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._beginnings: dict[str, str] = {}
        self._anywhere: dict[str, str] = {}
        for phrase in phrases:
            for words in set(_spellings(phrase)):
                self._add(phrase, words)
        self._first_words = frozenset(self._by_first_word)
        self._all_beginnings = tuple(self._beginnings)

    def _add(self, phrase: str, words: str) -> None:
        text = " ".join(_words(words.removesuffix(ANY_ENDING)))
        if not text:
            return
        if any(map(_is_unspaced, text)):
            self._anywhere.setdefault(text.replace(" ", ""), phrase)
        elif words.endswith(ANY_ENDING) and " " not in text:
            self._beginnings.setdefault(text, phrase)
        else:
            ending = "" if words.endswith(ANY_ENDING) else " "
            self._by_first_word[text.partition(" ")[0]].setdefault(f" {text}{ending}", phrase)

    def found_in(self, text: str) -> set[str]:
        """Return the phrases, as they were given, that stand in a text."""
        spellings = {text.translate(_WITHOUT_APOSTROPHES), text.translate(_APART_AT_APOSTROPHES)}
        return {phrase for each in spellings for phrase in self._found(_words(each))}

    def _found(self, words: list[str]) -> Iterator[str]:
        different = set(words)
        joined = f" {' '.join(words)} "
        for first in different & self._first_words:
            yield from (phrase for sought, phrase in self._by_first_word[first].items() if sought in joined)
        if any(each.startswith(self._all_beginnings) for each in different):
            yield from (p for begins, p in self._beginnings.items() if any(each.startswith(begins) for each in words))
        if self._anywhere and not joined.isascii():
            unspaced = "".join(words)
            yield from (phrase for sought, phrase in self._anywhere.items() if sought in unspaced)


def says_enough(phrase: str) -> bool:
    """Tell whether a phrase has three letters or digits: one of fewer, such as `a*`, stands in nearly every message.

    A sign of Chinese, Japanese or Korean is a syllable or a word, and counts for two.
    """
    letters = [letter for letter in "".join(_words(phrase)) if letter.isalnum()]
    return sum(2 if unicodedata.east_asian_width(letter) == "W" else 1 for letter in letters) >= LEAST_LETTERS


def _spellings(phrase: str) -> Iterator[str]:
    """Yield a phrase with its apostrophes left out and as gaps, with its umlauts and with those written out."""
    phrase = unicodedata.normalize("NFC", phrase).strip().lower()
    for each in (phrase, phrase.translate(_UMLAUTS)):
        yield each.translate(_WITHOUT_APOSTROPHES)
        yield each.translate(_APART_AT_APOSTROPHES)


def _words(text: str) -> list[str]:
    """Return the words of a text without case, accents and punctuation."""
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).split()
    # Signs within a word, such as vowels of Thai, are part of it; whatever else is no letter or digit parts words.
    letters = (each if each.isalnum() or unicodedata.category(each)[0] == "M" else " " for each in _folded(text))
    return "".join(letters).split()


def _folded(text: str) -> str:
    # A letter may be taken apart into eighteen; texts of many such are nobody's words.
    taken_apart = unicodedata.normalize("NFKD", text)[:MOST_LETTERS].casefold()
    return unicodedata.normalize("NFC", taken_apart.translate(_LEFT_OUT))


def _is_unspaced(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _UNSPACED)
