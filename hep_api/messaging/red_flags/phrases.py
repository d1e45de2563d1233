"""Whether a text holds one of the red-flag phrases: as whole words, whatever the case, accents, punctuation, spacing.

Only the words count, not what is meant by them: "no chest pain" is found as well, as a false alarm costs a look and a
missed one may cost a life. What a phrase means, and what follows, is left to others.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from hep_api.messaging.red_flags.folding import MAY_PART, SELDOM_PARTS, folded, has_hidden
from hep_api.messaging.red_flags.hidden_gaps import HiddenGaps

ANY_ENDING = "*"
LEAST_LETTERS = 3
# As phones and keyboards write them. Left out by some ("cant"), so a word is looked for with and without.
APOSTROPHES = "'\u2019\u2018\u201b\u02b9\u02bb\u02bc\u02bd\u00b4`\uff07\u2032"
_WITHOUT_APOSTROPHES = {ord(each): None for each in APOSTROPHES}
_APART_AT_APOSTROPHES = {ord(each): " " for each in APOSTROPHES}
_WITHOUT_HIDDEN = {ord(each): None for each in (MAY_PART, SELDOM_PARTS)}
_APART_AT_HIDDEN = {ord(each): " " for each in (MAY_PART, SELDOM_PARTS)}
_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}
# Thai, Lao, Myanmar, Khmer, kana and the ideographs: written without spaces, so that a phrase may stand anywhere.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))


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
                self._add(phrase, words, may_go_on=phrase.rstrip().endswith(ANY_ENDING))
        self._first_words = frozenset(self._by_first_word)
        self._all_beginnings = tuple(self._beginnings)

    def _add(self, phrase: str, words: str, *, may_go_on: bool) -> None:
        if not words:
            return
        if any(map(_is_unspaced, words)):
            self._anywhere.setdefault(words.replace(" ", ""), phrase)
        elif may_go_on and " " not in words:
            self._beginnings.setdefault(words, phrase)
        else:
            ending = "" if may_go_on else " "
            self._by_first_word[words.partition(" ")[0]].setdefault(f" {words}{ending}", phrase)

    def found_in(self, text: str) -> set[str]:
        """Return the phrases, as they were given, that stand in a text."""
        spellings = {text.translate(_WITHOUT_APOSTROPHES), text.translate(_APART_AT_APOSTROPHES)}
        return {phrase for each in spellings for phrase in self._found(folded(each))}

    def _found(self, text: str) -> Iterator[str]:
        if has_hidden(text):
            yield from self._found_between(HiddenGaps(text))
            text = text.translate(_WITHOUT_HIDDEN)
        words = text.split()
        different = set(words)
        joined = f" {' '.join(words)} "
        for first in different & self._first_words:
            yield from (phrase for sought, phrase in self._by_first_word[first].items() if sought in joined)
        if any(each.startswith(self._all_beginnings) for each in different):
            yield from (p for begins, p in self._beginnings.items() if any(each.startswith(begins) for each in words))
        if self._anywhere and not joined.isascii():
            unspaced = "".join(words)
            yield from (phrase for sought, phrase in self._anywhere.items() if sought in unspaced)

    def _found_between(self, gaps: HiddenGaps) -> Iterator[str]:
        for listed in self._by_first_word.values():
            for sought, phrase in listed.items():
                if gaps.hold(sought.split(), open_end=not sought.endswith(" ")):
                    yield phrase
        yield from (phrase for begins, phrase in self._beginnings.items() if gaps.hold([begins], open_end=True))


def says_enough(phrase: str) -> bool:
    """Tell whether a phrase has three letters or digits: one of fewer, such as `a*`, stands in nearly every message.

    A sign of Chinese, Japanese or Korean is a syllable or a word, and counts for two.
    """
    letters = [letter for letter in folded(phrase) if letter.isalnum()]
    return sum(2 if unicodedata.east_asian_width(letter) == "W" else 1 for letter in letters) >= LEAST_LETTERS


def _spellings(phrase: str) -> Iterator[str]:
    """Yield the words of a phrase with its apostrophes left out and as gaps, its umlauts as they are and written out,
    and with what is unseen in it, if anything, left out and as gaps.
    """
    phrase = unicodedata.normalize("NFC", phrase).lower()
    for umlauts in (phrase, phrase.translate(_UMLAUTS)):
        for apostrophes in (_WITHOUT_APOSTROPHES, _APART_AT_APOSTROPHES):
            words = folded(umlauts.translate(apostrophes))
            for hidden in (_WITHOUT_HIDDEN, _APART_AT_HIDDEN):
                yield " ".join(words.translate(hidden).split())


def _is_unspaced(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _UNSPACED)
