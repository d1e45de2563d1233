"""Whether words stand in a text with unseen characters, each of which may part two words, or stand within one.

Copied text and some keyboards have them: nobody can tell the readings apart by looking, so any that makes the words
counts. Only a phrase that nothing else parts from its neighbours is not cut out of a word at a soft hyphen or a joiner:
`cam-pus`, hyphenated, does not say `pus`.
"""

import re
from itertools import accumulate

from hep_api.messaging.red_flags.folding import MAY_PART, SELDOM_PARTS

_PARTS = re.compile(f"([ {MAY_PART}{SELDOM_PARTS}])")


class HiddenGaps:
    """Words as `folded` returns them, with what stands between their letters."""

    def __init__(self, words: str) -> None:
        pieces = _PARTS.split(words)
        self.letters = "".join(pieces[::2])
        places = list(accumulate(map(len, pieces[::2])))
        parted = list(zip(places, pieces[1::2], strict=False))
        self._parting = {0, len(self.letters), *(place for place, by in parted if by == " ")}
        self._may_part = {place for place, by in parted if by == MAY_PART}
        self._seldom = {place for place, by in parted if by == SELDOM_PARTS}

    def hold(self, words: list[str], *, open_end: bool) -> bool:
        """Tell whether the words stand here one after the other; with an open end the last may go on."""
        sought = "".join(words)
        begins = self.letters.find(sought)
        if begins < 0:
            return False
        gaps = list(accumulate(map(len, words)))
        while begins >= 0:
            if self._are_words(begins, [begins + gap for gap in gaps], open_end=open_end):
                return True
            begins = self.letters.find(sought, begins + 1)
        return False

    def _are_words(self, begins: int, ends: list[int], *, open_end: bool) -> bool:
        gaps = set(ends[:-1])
        if not gaps <= self._parting | self._may_part | self._seldom:
            return False
        if any(place in self._parting for place in range(begins + 1, ends[-1]) if place not in gaps):
            return False
        outer = {begins} if open_end else {begins, ends[-1]}
        # Where such a character parts the words themselves, it is likely to stand for a space around them as well.
        seldom = self._seldom if gaps & self._seldom else set()
        return outer <= self._parting | self._may_part | seldom
